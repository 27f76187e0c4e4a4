"""A faulty shapes graph is refused with the shape and the reason; what is not compiled is named."""

from __future__ import annotations

import pytest
from ttl import lines, report, triples

from conflictgraph.validate.faults import ShapesError
from conflictgraph.validate.validation import Validator

FAULTS = {
    "no property path": (":S a sh:PropertyShape ; sh:path 3 .", "not a property path"),
    "a path in a circle": (":S sh:targetNode :a ; sh:path _:p . _:p sh:inversePath _:p .", "contains itself"),
    "a path of one step": (":S sh:targetNode :a ; sh:path ( :p ) .", "needs at least 2"),
    "two paths": (":S sh:targetNode :a ; sh:path :p, :q .", "exactly one"),
    "no path": (":S a sh:PropertyShape .", "without sh:path"),
    "a path on a node shape": (":S a sh:NodeShape ; sh:path :p .", "a node shape has none"),
    "an unknown component": (":S a sh:NodeShape ; sh:minLenght 3 .", "did you mean sh:minLength"),
    "a count that is none": (":S a sh:PropertyShape ; sh:path :p ; sh:minCount 1.5 .", "must be an integer"),
    "a count on a node shape": (":S a sh:NodeShape ; sh:minCount 1 .", "no meaning on a node shape"),
    "two counts": (":S a sh:PropertyShape ; sh:path :p ; sh:minCount 1, 2 .", "at most one"),
    "a class that is text": (':S a sh:NodeShape ; sh:class "C" .', "must be an IRI"),
    "a kind that is none": (":S a sh:NodeShape ; sh:nodeKind :IRI .", "must be a node kind"),
    "a list that is none": (":S a sh:NodeShape ; sh:in :a .", "no well-formed RDF list"),
    "languages that are no text": (":S a sh:NodeShape ; sh:languageIn ( :en ) .", "the member"),
    "a shape that is not there": (":S a sh:NodeShape ; sh:node :T .", "must be a node shape"),
    "a property without path": (":S a sh:NodeShape ; sh:property [ sh:class :C ] .", "no sh:path"),
    "a severity that is text": (':S a sh:NodeShape ; sh:severity "high" .', "must be one IRI"),
    "a switch that is no boolean": (':S a sh:NodeShape ; sh:deactivated "yes" .', "true and false"),
    "a target that is text": (':S sh:targetClass "C" .', "must be an IRI"),
    "a pattern that is a number": (":S a sh:NodeShape ; sh:pattern 3 .", "must be a string"),
}


@pytest.mark.parametrize(("shapes", "why"), FAULTS.values(), ids=list(FAULTS))
def test_a_faulty_shapes_graph_is_refused_with_the_shape_and_the_reason(shapes: str, why: str) -> None:
    with pytest.raises(ShapesError, match=why) as caught:
        Validator(triples(shapes))
    assert str(caught.value.shape) == "<http://example.org/S>"


@pytest.mark.parametrize(
    ("shapes", "place"),
    [
        (
            ":S a sh:NodeShape ; sh:property [ sh:path :p ; sh:minCount 1.5 ] .",
            ":S sh:property [ sh:path :p ]",
        ),
        (":S a sh:NodeShape ; sh:property [ sh:path ( :p ) ] .", ":S sh:property [ ]"),
        (
            ":S a sh:NodeShape ; sh:or ( [ sh:class :C ] [ sh:property [ sh:path :p ; sh:minCuont 1 ] ] ) .",
            ":S sh:or [ ] sh:property [ sh:path :p ]",
        ),
    ],
)
def test_a_shape_without_a_name_is_told_by_the_way_to_it(shapes: str, place: str) -> None:
    with pytest.raises(ShapesError) as caught:
        Validator(triples(shapes))
    assert (
        str(caught.value)
        .replace("http://example.org/", ":")
        .replace("<", "")
        .replace(">", "")
        .startswith(f"{place}: ")
    )


def test_shapes_without_names_in_a_circle_are_told_all_the_same() -> None:
    with pytest.raises(ShapesError, match="minCuont"):
        Validator(triples("_:a sh:node _:b ; sh:targetNode :x ; sh:minCuont 1 . _:b sh:node _:a ."))


def test_a_pattern_that_is_no_regular_expression_is_refused() -> None:
    shapes = ':S a sh:NodeShape ; sh:targetNode "a" ; sh:pattern "(" .'
    with pytest.raises(ShapesError, match="regular expression"):
        report(shapes, ":a :p :b .")


def test_a_shape_that_refers_to_itself_goes_to_the_reference_engine_and_is_named() -> None:
    shapes = """
    :S a sh:NodeShape ; sh:targetNode :a ; sh:property [ sh:path :knows ; sh:node :S ; sh:minCount 1 ] .
    :T a sh:NodeShape ; sh:targetNode :a ; sh:class :Person ."""
    found = report(shapes, ":a :knows :b .")
    assert [(str(one.shape), "refers to itself" in one.reason) for one in found.delegated] == [
        ("<http://example.org/S>", True)
    ]
    assert "a a Class" in lines(found)
    assert "a b Node" in lines(found)
    assert lines(found).count("a a Class") == 1


def test_advanced_features_go_to_the_reference_engine_and_are_named() -> None:
    shapes = """
    :S a sh:NodeShape ; sh:class :Thing ; sh:target [ a sh:SPARQLTarget ;
      sh:select "SELECT ?this WHERE { ?this <http://example.org/p> ?o }" ] .
    :T a sh:NodeShape ; sh:targetNode :z ; sh:class :Thing ."""
    found = report(shapes, ":a :p :b .")
    assert ["sh:target" in one.reason for one in found.delegated] == [True]
    assert lines(found) == ["a a Class", "z z Class"]


def test_shapes_of_no_consequence_may_be_ill_formed() -> None:
    assert (
        lines(report("_:p sh:inversePath _:p . :S a sh:NodeShape ; sh:targetNode :a .", ":a :p :b .")) == []
    )
