"""Reasoning for the store port, with the embedded store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Triple
from worlds import triples

from conflictgraph import graphs
from conflictgraph.reason.drafts import explanation, extend, infer, retract
from conflictgraph.reason.explain import ASSERTED
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.port import Queryable

ONTOLOGY = triples(
    ":C owl:equivalentClass [ owl:onProperty :p ; owl:someValuesFrom :D ] . :E owl:disjointWith :C ."
    " :p rdfs:range :D ."
)
DATA = triples(":x :p :y . :z a :C .")
SOURCE = graphs.source("one")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    opened = EmbeddedStore(tmp_path / "home", workers=1)
    yield opened
    opened.close()


def _lines(source: Queryable, query: str) -> set[str]:
    return set(source.query(query, accept="application/n-triples").read().decode().splitlines())


def _text(found: list[Triple]) -> set[str]:
    return {f"{triple} ." for triple in found}


def test_a_draft_gets_what_follows_without_nodes_that_have_no_name(store: EmbeddedStore) -> None:
    with store.draft() as draft:
        draft.load(graphs.ONTOLOGY, ONTOLOGY)
        draft.load(SOURCE, DATA)
        result = infer(draft)
        got = _lines(draft, f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {graphs.INFERRED} {{ ?s ?p ?o }} }}")
        assert got == _text(triples(":y a :D . :x a :C ."))
        assert (result.added, result.findings) == (2, ())


def test_inferring_twice_leaves_the_same_graph(store: EmbeddedStore) -> None:
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(!isBlank(?s) && !isBlank(?o)) }"
    with store.draft() as draft:
        draft.load(graphs.ONTOLOGY, ONTOLOGY)
        draft.load(SOURCE, DATA)
        infer(draft)
        once = _lines(draft, query)
        infer(draft)
        assert _lines(draft, query) == once


def test_an_inferred_triple_that_a_source_states_later_is_asserted(store: EmbeddedStore) -> None:
    with store.draft() as draft:
        draft.load(graphs.ONTOLOGY, ONTOLOGY)
        draft.load(SOURCE, DATA)
        infer(draft)
        draft.load(SOURCE, triples(":x a :C ."))
        assert infer(draft).added == 1


def test_what_only_an_unmerged_graph_states_is_inferred_all_the_same(store: EmbeddedStore) -> None:
    with store.draft() as draft:
        draft.load(graphs.ONTOLOGY, ONTOLOGY)
        draft.load(SOURCE, DATA)
        infer(draft)
        draft.load(graphs.PROVENANCE, triples(":x a :C ."))
        assert infer(draft).added == 2


def test_what_an_addition_brings_goes_with_it(store: EmbeddedStore) -> None:
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {graphs.INFERRED} {{ ?s ?p ?o }} }}"
    added = triples(":v :p :w .")
    with store.draft() as draft:
        draft.load(graphs.ONTOLOGY, ONTOLOGY)
        draft.load(SOURCE, DATA)
        infer(draft)
        before = _lines(draft, query)
        draft.load(SOURCE, added)
        extend(draft, added)
        assert _lines(draft, query) == before | _text(triples(":w a :D . :v a :C ."))
        draft.replace_graph(SOURCE, DATA)
        retract(draft, added)
        assert _lines(draft, query) == before


def test_an_inconsistent_draft_has_findings(store: EmbeddedStore) -> None:
    with store.draft() as draft:
        draft.load(graphs.ONTOLOGY, ONTOLOGY)
        draft.load(SOURCE, [*DATA, *triples(":x a :E .")])
        assert [finding.rule for finding in infer(draft).findings] == ["cax-dw"]


def test_a_published_triple_is_explained_down_to_its_graphs(store: EmbeddedStore) -> None:
    with store.draft() as draft:
        draft.load(graphs.ONTOLOGY, ONTOLOGY)
        draft.load(SOURCE, DATA)
        infer(draft)
        draft.publish()
    found = explanation(store, triples(":y a :D .")[0])
    assert found is not None
    assert found.rule == "prp-rng"
    assert [(p.rule, p.graphs) for p in found.premises] == [
        (ASSERTED, (graphs.ONTOLOGY,)),
        (ASSERTED, (SOURCE,)),
    ]
    assert explanation(store, triples(":y a :C .")[0]) is None
