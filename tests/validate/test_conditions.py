"""Nested shapes are asked as one condition, and mean what they would by themselves."""

from __future__ import annotations

import pytest
from pyoxigraph import DefaultGraph, Quad, Store
from ttl import lines, report, triples

from conflictgraph.validate.asking import ask_in_memory
from conflictgraph.validate.plan import COMBINED, explanation
from conflictgraph.validate.reference import reference_report
from conflictgraph.validate.report import Report
from conflictgraph.validate.validation import Validator

TARGET = ":S a sh:NodeShape ; sh:targetSubjectsOf :p ; "
LONGER = "sh:property [ sh:path ( :p :q ) ; sh:lessThanOrEquals :p ]"


@pytest.mark.parametrize(
    "constraint",
    [
        f"sh:or ( [ {LONGER} ] [ sh:nodeKind sh:Literal ] ) .",
        "sh:not [ sh:property [ sh:path :p ; sh:minCount 2 ] ] .",
        "sh:xone ( [ sh:property [ sh:path :p ; sh:maxCount 1 ] ] "
        "[ sh:property [ sh:path :q ; sh:minCount 1 ] ] ) .",
        "sh:and ( [ sh:property [ sh:path [ sh:zeroOrMorePath :p ] ; sh:hasValue 5 ] ] ) .",
        "sh:property [ sh:path ( :p :q ) ; sh:qualifiedValueShape [ sh:minInclusive 5 ] ; "
        "sh:qualifiedMaxCount 1 ] .",
    ],
)
def test_a_condition_gives_the_results_of_the_reference_without_asking_for_nodes(constraint: str) -> None:
    shapes = triples(TARGET + constraint)
    data = triples(":a :p :b, 5 . :b :q 5, 7 ; :p 1 . :c :p :d . :d :q 1, :a ; :p 5, 6 . :e :p :e .")
    plan = Validator(shapes).plan
    assert COMBINED not in explanation(plan)
    store = Store()
    store.extend(Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in data)
    found = Validator(shapes).validate(ask_in_memory(store))
    assert found.report.counted() == reference_report(data, shapes).counted()
    assert found.report.results
    assert sum(timing.rows for timing in found.timings) == len(found.report.results)


def test_what_no_condition_says_is_combined_and_the_explanation_says_so() -> None:
    shapes = TARGET + "sh:not [ sh:property [ sh:path :p ; sh:minCount 5 ] ] ."
    data = ":a :p 1, 2, 3, 4, 5 . :b :p 1, 2, 3, 4 ."
    assert COMBINED in explanation(Validator(triples(shapes)).plan)
    assert lines(report(shapes, data)) == ["a a Not"]


def test_the_details_of_sh_node_are_those_of_the_nested_shape() -> None:
    found: Report = report(
        TARGET + "sh:node [ sh:property [ sh:path :q ; sh:minCount 1 ] ] .", ":a :p 1 . :b :p 1 ; :q 1 ."
    )
    assert lines(found) == ["a a Node"]
    assert lines(Report(found.results[0].details)) == ["a - MinCount"]
