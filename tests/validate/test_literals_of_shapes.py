"""Literals that only the shapes graph has are terms as they are written, whatever a store makes of them."""

from __future__ import annotations

import pytest
from pyoxigraph import DefaultGraph, Quad, Store
from ttl import lines, report, triples

from conflictgraph.validate.asking import ask_in_memory
from conflictgraph.validate.report import Report
from conflictgraph.validate.validation import Validator


def test_a_target_has_the_datatype_that_it_is_written_with() -> None:
    """SHACL 2.1.3.1, 4.1.2."""
    shapes = ':S a sh:NodeShape ; sh:targetNode "7"^^xsd:byte ; sh:datatype %s .'
    assert lines(report(shapes % "xsd:byte", "")) == []
    assert lines(report(shapes % "xsd:integer", "")) == ["7 7 Datatype"]


def test_a_result_names_the_target_as_it_is_written() -> None:
    """SHACL 3.6.2.1, 3.6.2.3: 300 is no xsd:byte, and that is what focus node and value say."""
    (result,) = report(
        ':S a sh:NodeShape ; sh:targetNode "300"^^xsd:byte ; sh:datatype xsd:byte .', ""
    ).results
    (written,) = (triple.object for triple in triples(':S :p "300"^^xsd:byte .'))
    assert result.focus_node == result.value == written


def test_the_text_of_a_target_is_what_is_written() -> None:
    """SHACL 4.4: str() of the value node."""
    shapes = ':S a sh:NodeShape ; sh:targetNode "007"^^xsd:integer ; sh:minLength 3 ; sh:pattern "^00" .'
    assert lines(report(shapes, "")) == []


def test_a_required_value_is_found_only_as_it_is_written() -> None:
    """SHACL 4.8.2: a term, not a number."""
    shapes = ':S a sh:PropertyShape ; sh:targetNode :a, :b ; sh:path :p ; sh:hasValue "01"^^xsd:integer .'
    assert lines(report(shapes, ":a :p 1 . :b :p 2 .")) == ["a - HasValue", "b - HasValue"]
    assert lines(report(shapes, ':a :p 1 . :b :p "01"^^xsd:integer .')) == ["a - HasValue"]


@pytest.mark.parametrize(
    ("listed", "value", "is_member"),
    [
        ('"01"^^xsd:integer', "1", False),
        ("1", '"01"^^xsd:integer', False),
        ('"01"^^xsd:integer', '"01"^^xsd:integer', True),
        ('"1"^^xsd:byte', "1", False),
    ],
)
def test_a_list_holds_terms(listed: str, value: str, is_member: bool) -> None:
    """SHACL 4.8.3: matching of literals is exact, for focus nodes and for values."""
    of_target = f":S a sh:NodeShape ; sh:targetNode {value} ; sh:in ( {listed} ) ."
    of_value = f":S a sh:PropertyShape ; sh:targetNode :a ; sh:path :p ; sh:in ( {listed} ) ."
    nested = f":S a sh:NodeShape ; sh:targetNode {value} ; sh:not [ sh:not [ sh:in ( {listed} ) ] ] ."
    assert (len(report(of_target, "").results) == 0) is is_member
    assert (len(report(of_value, f":a :p {value} .").results) == 0) is is_member
    assert (len(report(nested, "").results) == 0) is is_member


def test_in_a_store_literals_of_shapes_are_what_the_store_would_hold() -> None:
    """The store has lost what was written, so the data may have been as the shapes want it."""
    shapes = ':S a sh:PropertyShape ; sh:targetNode :a ; sh:path :p ; sh:hasValue "01"^^xsd:integer .'
    assert lines(stored(shapes, ':a :p "01"^^xsd:integer .')) == []
    assert lines(stored(shapes, ":a :p 2 .")) == ["a - HasValue"]


def stored(shapes: str, data: str) -> Report:
    store = Store()
    store.extend(Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in triples(data))
    return Validator(triples(shapes)).validate(ask_in_memory(store)).report
