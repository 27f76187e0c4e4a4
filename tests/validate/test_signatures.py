"""Signatures tell what is right of many nodes, and no more than that."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from pyoxigraph import DefaultGraph, Quad, Store
from ttl import lines, triples

from conflictgraph.validate import screen
from conflictgraph.validate.asking import ask_in_memory
from conflictgraph.validate.screen import PURPOSE
from conflictgraph.validate.validation import Validation, Validator

_MANY = 1100
_WORLD = """
:Event rdfs:subClassOf :Thing . :side a :Agent ; :kind :a . :kind-a :in :kinds .
:day :in :precisions . :none :in :precisions .
"""
_CLAIM = (
    ':c{0} a :Claim ; :about :e{0} ; :by :side ; :low {0} ; :value {0} ; :precision :day ; :label "c"@en . '
    ":e{0} a :Event . :s{0} :asserts :c{0} . "
)
_RIGHT = {
    "MinCount": "sh:property [ sh:path :low ; sh:minCount 1 ]",
    "MaxCount": "sh:property [ sh:path :low ; sh:maxCount 1 ]",
    "inverse": "sh:property [ sh:path [ sh:inversePath :asserts ] ; sh:minCount 1 ; sh:maxCount 1 ]",
    "alternative": "sh:property [ sh:path [ sh:alternativePath ( :low :high ) ] ; "
    "sh:minCount 1 ; sh:maxCount 1 ]",
    "Class": "sh:property [ sh:path :about ; sh:class :Thing ]",
    "Class of either": "sh:property [ sh:path [ sh:alternativePath ( :about :by2 ) ] ; sh:class :Event ]",
    "Class itself": "sh:class :Claim",
    "Equals": "sh:property [ sh:path :low ; sh:equals :value ]",
    "HasValue": "sh:property [ sh:path :by ; sh:hasValue :side ]",
    "In": "sh:property [ sh:path :precision ; sh:in ( :day :none ) ]",
    "Node": "sh:property [ sh:path :precision ; "
    "sh:node [ sh:property [ sh:path :in ; sh:hasValue :precisions ] ] ]",
    "Or": "sh:or ( [ sh:class :Event ] [ sh:property [ sh:path :low ; sh:minCount 1 ] ] )",
    "Xone": "sh:xone ( [ sh:property [ sh:path :high ; sh:minCount 1 ] ] "
    "[ sh:property [ sh:path :low ; sh:minCount 1 ] ] )",
    "Not": "sh:not [ sh:property [ sh:path :high ; sh:minCount 1 ] ]",
    "And": "sh:and ( [ sh:class :Claim ] [ sh:property [ sh:path :by ; sh:maxCount 1 ] ] )",
    "Qualified": "sh:property [ sh:path :by ; sh:qualifiedValueShape [ sh:class :Agent ] ; "
    "sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 1 ]",
    "Qualified text": 'sh:property [ sh:path :label ; sh:qualifiedValueShape [ sh:languageIn ( "en" ) ] ; '
    "sh:qualifiedMinCount 1 ]",
    "Qualified list": "sh:property [ sh:path :precision ; sh:qualifiedValueShape [ sh:in ( :day ) ] ; "
    "sh:qualifiedMinCount 1 ]",
    "Not in": "sh:property [ sh:path :precision ; sh:not [ sh:in ( :none ) ] ]",
}
_WRONG = {
    "MinCount": ":x a :Claim .",
    "MaxCount": ":c1 :low 10000 .",
    "inverse": ":s2 :asserts :c1 .",
    "alternative": ":c1 :high 10000 .",
    "Class": ":c1 :about :nothing .",
    "Class of either": ':c1 :by2 "no event" .',
    "Class itself": "",
    "Equals": ":c1 :value 10000 .",
    "HasValue": ":x a :Claim ; :by :y .",
    "In": ":c1 :precision :minute .",
    "Node": ":c1 :precision :minute .",
    "Or": ":x a :Claim .",
    "Xone": ":c1 :high 1 .",
    "Not": ":c1 :high 1 .",
    "And": ":c1 :by :c2 .",
    "Qualified": ":c1 :by :agent . :agent a :Agent .",
    "Qualified text": ':x a :Claim ; :label "x"@de .',
    "Qualified list": ":x a :Claim ; :precision :none .",
    "Not in": ":c1 :precision :none .",
}


@pytest.fixture(autouse=True)
def _signatures_are_worth_reading() -> Iterator[None]:
    with patch.object(screen, "WORTH", 0):
        yield


def _validation(shape: str, more: str = "") -> Validation:
    data = _WORLD + "".join(map(_CLAIM.format, range(_MANY))) + more
    store = Store()
    store.extend(Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in triples(data))
    shapes = triples(f":S a sh:NodeShape ; sh:targetClass :Claim ; {shape} .")
    return Validator(shapes).validate(ask_in_memory(store))


@pytest.mark.parametrize("name", _RIGHT)
def test_where_signatures_tell_that_all_nodes_are_right_nothing_else_is_asked(name: str) -> None:
    found = _validation(_RIGHT[name])
    assert found.report.results == ()
    assert [timing.components for timing in found.timings] == [(PURPOSE,)]


@pytest.mark.parametrize("name", [name for name in _WRONG if _WRONG[name]])
def test_one_wrong_node_is_found_as_it_is_without_signatures(name: str) -> None:
    found = _validation(_RIGHT[name], _WRONG[name])
    with patch.object(screen, "can_be_told", return_value=False):
        expected = _validation(_RIGHT[name], _WRONG[name])
    assert PURPOSE not in [timing.components[0] for timing in expected.timings]
    assert lines(found.report) == lines(expected.report) != []


def test_a_target_node_of_which_the_data_says_nothing_is_asked_about() -> None:
    found = _validation("sh:targetNode :unknown ; sh:property [ sh:path :low ; sh:minCount 1 ]")
    assert lines(found.report) == ["unknown - MinCount"]


def test_of_shapes_that_signatures_cannot_judge_no_part_is_taken_for_right() -> None:
    absent = "[ sh:property [ sh:path :about ; sh:maxCount 0 ] ]"
    many = '[ sh:pattern "^none" ; sh:property [ sh:path :low ; sh:minCount 9 ] ]'
    found = _validation(f"sh:class :Claim ; sh:or ( {absent} {many} )")
    assert len(found.report.results) == _MANY


def test_nodes_that_differ_in_too_many_ways_are_asked_about_one_by_one() -> None:
    with patch.object(screen, "MANY", 0):
        found = _validation(_RIGHT["MinCount"])
    assert len(found.timings) == 2
    assert found.report.results == ()


def test_few_nodes_are_not_worth_reading_the_signatures_of_all() -> None:
    shapes = triples(":S a sh:NodeShape ; sh:targetClass :Claim ; " + _RIGHT["MinCount"] + " .")
    store = Store()
    store.extend(Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in triples(_CLAIM.format(1)))
    found = Validator(shapes).validate(ask_in_memory(store))
    assert [timing.components for timing in found.timings] == [("MinCount",)]


def test_a_few_questions_are_asked_without_reading_the_signatures() -> None:
    with patch.object(screen, "WORTH", 2):
        found = _validation(_RIGHT["MinCount"])
    assert [timing.components for timing in found.timings] == [("MinCount",)]
