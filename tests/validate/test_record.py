"""A process that starts afresh goes on from the report that the last one published."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, Triple
from ttl import lines, triples

from conflictgraph import compose, graphs, patch, rdf
from conflictgraph.ingest.seed import shape_triples
from conflictgraph.settings import Settings
from conflictgraph.validate import record
from conflictgraph.validate.asking import ask_port
from conflictgraph.validate.validation import Validator

BASE = graphs.REPORT.value + "#"
SHAPES = """
:S a sh:NodeShape ; sh:targetClass :Claim ; sh:severity sh:Warning ;
  sh:property :Speaker , [ sh:path ( :speaker :side ) ; sh:minCount 1 ] .
:Speaker sh:path :speaker ; sh:minCount 1 ; sh:property :Named ; sh:message "who?"@en .
:Named sh:path ( :first [ sh:inversePath :last ] ) ; sh:minCount 1 .
:T a sh:NodeShape ; sh:targetSubjectsOf :quotes ; sh:property :Speaker .
"""
DATA = """
:c1 a :Claim ; :speaker :p1 . :p1 :side :x .
:c2 a :Claim . :c3 :quotes :c1 . :c4 a :Claim ; :quotes :c1 ; :speaker :p4 .
:p4 :first :f . :l :last :f . :p4 :side :x .
"""
SOURCE = graphs.source("test")


def test_what_was_published_is_gone_on_from_in_another_process(tmp_path: Path) -> None:
    with closing(compose.store(Settings(home=tmp_path / "store"))) as store:
        shapes = _canonical(SHAPES)
        with store.draft() as draft:
            draft.load(SOURCE, triples(DATA))
            validator = Validator(shapes)
            report = validator.validate(ask_port(draft)).report
            draft.replace_graph(graphs.REPORT, validator.record(report, BASE))
            draft.publish()
        with store.draft() as draft:
            validator = Validator(_canonical(SHAPES))
            before = validator.recalled(patch.triples(draft, graphs.REPORT), BASE)
            assert before is not None
            assert before.report.counted() == report.counted()
            assert len(before.unplaced) > 0
            added = triples(":c2 :speaker :p1 . :c3 :speaker :p3 . :p1 :first :f .")
            draft.load(SOURCE, added)
            after = validator.revalidate(before, ask_port(draft), added)
            assert after.unplaced == ()
            assert after.report == validator.validate(ask_port(draft)).report
            assert lines(after.report) != lines(report)


def test_the_shipped_shapes_have_the_same_name_whenever_they_are_read() -> None:
    assert record.shapes_name(shape_triples()) == record.shapes_name(shape_triples())


@pytest.mark.parametrize("left_out", [0, 1])
def test_a_report_by_other_shapes_is_not_gone_on_from(left_out: int) -> None:
    validator = Validator(triples(":S a sh:NodeShape ; sh:targetClass :C ; sh:nodeKind sh:IRI ."))
    other = Validator(triples(":S a sh:NodeShape ; sh:targetClass :C ; sh:nodeKind sh:Literal ."))
    found = validator.validate_triples(triples(":c a :C .")).report
    told = validator.record(found, BASE)
    assert validator.recalled(told, BASE) is not None
    assert other.recalled(told, BASE) is None
    assert validator.recalled([], BASE) is None
    of_record = [t for t in told if t.subject == NamedNode(BASE + "report") and "shacl" not in str(t)]
    kept = [t for t in told if t not in of_record[-2:][left_out : left_out + 1]]
    assert len(kept) == len(told) - 1
    assert validator.recalled(kept, BASE) is None


def test_blank_nodes_of_the_data_are_not_gone_on_from() -> None:
    validator = Validator(triples(":S a sh:NodeShape ; sh:targetSubjectsOf :p ; sh:nodeKind sh:IRI ."))
    report = validator.validate_triples(triples("[] :p 1 .")).report
    assert len(report.results) == 1
    assert validator.recalled(validator.record(report, BASE), BASE) is None


def _canonical(text: str) -> list[Triple]:
    quads = (Quad(t.subject, t.predicate, t.object) for t in triples(text))
    return [quad.triple for quad in rdf.canonical(quads)]
