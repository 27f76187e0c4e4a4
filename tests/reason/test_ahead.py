"""What follows from documents that are not loaded yet is what the draft would tell afterwards."""

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, serialize
from worlds import triples, world

from conflictgraph import graphs
from conflictgraph.reason.ahead import Ahead
from conflictgraph.reason.drafts import infer
from conflictgraph.reason.incoming import Pieces, give
from conflictgraph.reason.relations import Relations
from conflictgraph.store.embedded import EmbeddedStore

SOURCE = graphs.source("one")
UNUSUAL = triples(
    ':p rdfs:subPropertyOf :q . :q rdfs:domain :C . [] :p :y , 0.0 , "1E3"^^xsd:double .'
    ' :x :p "01"^^xsd:integer , "7"^^xsd:byte , "1.50"^^xsd:decimal , 1.5 , true , "1"^^xsd:boolean , "p" ,'
    ' "2020-01-01T00:00:00+00:00"^^xsd:dateTime , "x"^^xsd:integer , "tab\\t\\u0007" , "own"^^:type ,'
    ' "a \\"quote\\" . \\\\"@en-GB , [ :p "nameless" ] .'
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    opened = EmbeddedStore(tmp_path / "home", workers=1)
    yield opened
    opened.close()


def _lines(found: Iterable[Triple]) -> Pieces:
    text = serialize(found, format=RdfFormat.N_TRIPLES) or b""
    return lambda: [text[: text.find(b"\n") + 1], text[text.find(b"\n") + 1 :]]


def _inferred(
    store: EmbeddedStore, there: list[Triple], coming: list[Triple], *, ahead: bool
) -> tuple[list[str], object]:
    """The inferred graph and the findings, when some triples have come after others."""
    with store.draft() as draft:
        draft.load(graphs.ONTOLOGY, there)
        infer(draft)
        begun = Ahead(draft, _lines(coming)) if ahead else None
        draft.load(SOURCE, coming)
        result = infer(draft, begun)
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {graphs.INFERRED} {{ ?s ?p ?o }} }}"
        text = draft.query(query, accept="application/n-triples").read().decode()
        return sorted(text.splitlines()), (result.added, result.findings)


@pytest.mark.parametrize("seed", range(12))
def test_ahead_gives_what_asking_the_draft_gives(seed: int, store: EmbeddedStore) -> None:
    said = world(seed)
    random.Random(seed).shuffle(said)
    there, coming = said[: len(said) // 2], said[len(said) // 2 :]
    assert _inferred(store, there, coming, ahead=True) == _inferred(store, there, coming, ahead=False)


def test_literals_are_told_as_the_store_has_them(store: EmbeddedStore) -> None:
    ahead, asked = (_inferred(store, UNUSUAL[:1], UNUSUAL, ahead=way) for way in (True, False))
    assert ahead == asked
    assert any('"1"^^<http://www.w3.org/2001/XMLSchema#integer>' in line for line in ahead[0])


def test_nothing_is_said_ahead_when_the_conclusions_bring_in_what_was_not_read(store: EmbeddedStore) -> None:
    coming = triples(":below rdfs:subPropertyOf rdfs:domain . :far :below :C . :x :far :y .")
    with store.draft() as draft:
        begun = Ahead(draft, _lines(coming))
        draft.load(SOURCE, coming)
        assert begun.conclusions() is None
    assert _inferred(store, [], coming, ahead=True) == _inferred(store, [], coming, ahead=False)


def test_only_the_relations_that_are_wanted_are_read() -> None:
    said = triples(":x a :C , :D ; :p :y ; :q :z .")
    known = Relations()
    give(known, _lines(said), [("<http://example.org/p>", ""), (f"<{_TYPE}>", "<http://example.org/D>")])
    assert {rows.key for rows in known.everything()} == {
        ("<http://example.org/p>", ""),
        (f"<{_TYPE}>", "<http://example.org/D>"),
    }
    give(known, _lines(said), [("", "")])
    assert sum(len(rows) for rows in known.everything()) == len(said)


_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type").value
