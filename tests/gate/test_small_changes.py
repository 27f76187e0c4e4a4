"""A small change is reasoned over and validated by itself; it must come out as if all had been done anew."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from guarded import guarded
from pyoxigraph import Triple

from conflictgraph import formats, graphs, patch
from conflictgraph.errors import DoesNotConform
from conflictgraph.gate import changes, checking
from conflictgraph.gate.changes import Change
from conflictgraph.gate.publishing import Gate, publish
from conflictgraph.ingest.documents import Document
from conflictgraph.provenance import is_closed_under
from conflictgraph.reason.naming import rules_name
from conflictgraph.snapshot import Snapshot
from conflictgraph.store.port import Draft
from conflictgraph.validate.report import Report

ONE, TWO = graphs.source("one"), graphs.source("two")
PREFIXES = """
PREFIX cg: <https://w3id.org/conflictgraph/ontology#>
PREFIX place: <https://w3id.org/conflictgraph/id/place/>
PREFIX source: <https://w3id.org/conflictgraph/id/source/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
GAZETTEER = """source:g a cg:SourceDocument ; rdfs:label "A gazetteer"@en ;
    <http://purl.org/dc/terms/publisher> <https://example.org/publisher> ;
    <http://purl.org/dc/terms/license> <https://example.org/licence> ."""
PLACES = 6


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    with guarded(tmp_path) as gate:
        yield gate


def place(number: int) -> str:
    """A settlement. Every third has the name of another, which is a warning."""
    return f'place:p{number} a cg:Settlement ; rdfs:label "Place {number % 3}"@en .'


def within(inner: int, outer: int) -> str:
    """That a place is within another: transitive, with an inverse, and more general properties."""
    return f"place:p{inner} cg:isDirectlyWithin place:p{outer} ; cg:hasContainmentOrigin source:g ."


def some_update(chance: random.Random) -> str:
    """An update as a maintainer may write it; some of them violate a shape."""
    graph = chance.choice((ONE, TWO))
    triples = chance.choice(
        (
            place(chance.randrange(PLACES)),
            within(*chance.sample(range(PLACES), 2)),
            within(*chance.sample(range(PLACES), 2)),
        )
    )
    there = f"GRAPH {graph} {{ {triples} }}"
    inner = f"place:p{chance.randrange(PLACES)}"
    return PREFIXES + chance.choice(
        (
            f"INSERT DATA {{ {there} }}",
            f"INSERT DATA {{ {there} }}",
            f"DELETE DATA {{ {there} }}",
            f"DELETE WHERE {{ GRAPH {graph} {{ {inner} cg:isDirectlyWithin ?outer }} }}",
            f"DELETE DATA {{ {there} }} ; INSERT DATA {{ GRAPH {ONE} {{ {place(0)} {within(1, 0)} }} }}",
        )
    )


def as_change(text: str, directory: Path) -> Change:
    document = Document("update.ru", formats.TURTLE, "0" * 64, len(text), directory / "update.ru")
    document.path.write_text(text, encoding="utf-8")
    return changes.update(text, document)


def all_anew(draft: Draft) -> tuple[set[Triple], Report]:
    """What is inferred, and the report, with nothing gone on from."""
    findings = checking.reason(draft, None)
    assert not findings
    report = checking.validate(draft, None)
    return set(patch.triples(draft, graphs.INFERRED)), report


@pytest.mark.parametrize("seed", range(2))
def test_a_small_change_comes_out_as_if_all_were_done_anew(gate: Gate, seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    start = (
        PREFIXES + f"INSERT DATA {{ GRAPH {ONE} {{ {GAZETTEER} {' '.join(map(place, range(PLACES)))} }} }}"
    )
    publish(gate, as_change(start, tmp_path))
    published = refused = 0
    for _ in range(8):
        change = as_change(some_update(chance), tmp_path)
        with gate.store.draft() as draft:
            change.apply(draft)
            assert draft.changes() is not None
            assert is_closed_under(draft, draft.number - 1, rules_name())
            inferred, report = all_anew(draft)
        if not report.conforms:
            with pytest.raises(DoesNotConform) as refusal:
                publish(gate, change)
            assert isinstance(refusal.value.report, Report)
            assert set(refusal.value.report.results) == set(report.results)
            refused += 1
            continue
        done = publish(gate, change)
        published += 1
        assert set(done.report.results) == set(report.results)
        assert set(patch.triples(Snapshot(gate.store), graphs.INFERRED)) == inferred
    assert published > 2, refused
