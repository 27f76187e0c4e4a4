"""Where compiled reports differ from pySHACL 0.40.1, by the clause of the specification that decides."""

from __future__ import annotations

import pytest
from ttl import lines, report, triples

from conflictgraph.validate.faults import ShapesError
from conflictgraph.validate.reference import reference_report


def test_the_inverse_of_a_sequence_runs_the_sequence_backwards() -> None:
    """SHACL 2.3.1.4, SPARQL 18.4: ^(p/q) leads from c to a where a p b, b q c; not so in pySHACL."""
    shapes = ":S a sh:PropertyShape ; sh:targetNode :c ; sh:path [ sh:inversePath ( :p :q ) ] ; sh:class :C ."
    data = ":a :p :b . :b :q :c ."
    assert lines(report(shapes, data)) == ["c a Class"]
    assert lines(reference_report(triples(data), triples(shapes))) == []


def test_what_sparql_cannot_compare_is_a_violation() -> None:
    """SHACL 4.3.1: pySHACL orders a boolean among the numbers."""
    shapes = ":S a sh:NodeShape ; sh:targetNode true ; sh:maxExclusive 2 ."
    assert lines(report(shapes, "")) == ["true true MaxExclusive"]
    assert lines(reference_report(triples(""), triples(shapes))) == []


def test_tagged_text_has_no_order_though_the_engine_has_one() -> None:
    """SPARQL 17.3 has no < for it, hence SHACL 4.5.3 a result."""
    shapes = ":S a sh:PropertyShape ; sh:targetNode :a ; sh:path :p ; sh:lessThan :q ."
    data = ':a :p "abc"@en ; :q "xyz"@en .'
    assert lines(report(shapes, data)) == ["a abc LessThan"]
    bounded = ':S a sh:NodeShape ; sh:targetObjectsOf :p ; sh:maxInclusive "xyz"@en .'
    assert lines(report(bounded, data)) == ["abc abc MaxInclusive"]


def test_blank_nodes_are_not_less_than_anything() -> None:
    """SHACL 4.5.3: values that cannot be compared are results; pySHACL gives up instead."""
    shapes = ":S a sh:PropertyShape ; sh:targetNode :a ; sh:path :p ; sh:lessThan :q ."
    assert len(report(shapes, ":a :p _:b ; :q 1 .").results) == 1


def test_the_value_of_a_component_that_asks_is_reported_on_property_shapes_too() -> None:
    """SHACL 6.3.1: the result has the value node as sh:value; pySHACL leaves it out."""
    shapes = """
    :Odd a sh:ConstraintComponent ; sh:parameter [ sh:path :odd ] ;
      sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER($value != $odd) }" ] .
    :S a sh:PropertyShape ; sh:targetNode :a ; sh:path :p ; :odd 3 ."""
    data = ":a :p 3, 4 ."
    assert lines(report(shapes, data)) == ["a 3 Odd"]
    assert lines(reference_report(triples(data), triples(shapes))) == ["a - Odd"]


def test_messages_of_a_constraint_stand_in_for_those_of_the_shape() -> None:
    """SHACL 5.3.2: sh:message of the constraint, else of the shape; pySHACL gives both."""
    shapes = """:S a sh:NodeShape ; sh:targetNode :a ; sh:message "shape" ;
      sh:sparql [ sh:message "own" ; sh:select "SELECT $this WHERE { $this ?p ?o }" ] ."""
    data = ":a :p 3 ."
    assert [m.value for r in report(shapes, data).results for m in r.messages] == ["own"]
    theirs = reference_report(triples(data), triples(shapes))
    assert sorted(m.value for r in theirs.results for m in r.messages) == ["own", "shape"]


def test_a_component_speaks_for_its_validator() -> None:
    """SHACL 5.3.2: sh:message of the component before that of the shape; pySHACL passes it over."""
    shapes = """:K a sh:ConstraintComponent ; sh:message "component" ; sh:parameter [ sh:path :k ] ;
      sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER($value = $k) }" ] .
    :S a sh:NodeShape ; sh:targetNode :a ; sh:message "shape" ; :k 1 ."""
    data = ":a :p 3 ."
    assert [m.value for r in report(shapes, data).results for m in r.messages] == ["component"]
    theirs = reference_report(triples(data), triples(shapes))
    assert [m.value for r in theirs.results for m in r.messages] == ["shape"]


def test_a_query_that_does_not_return_this_is_a_failure() -> None:
    """SHACL 5.2: pySHACL finds nothing by it."""
    shapes = ':S a sh:NodeShape ; sh:targetNode :a ; sh:sparql [ sh:select "SELECT ?x { $this ?p ?x }" ] .'
    with pytest.raises(ShapesError):
        report(shapes, ":a :p 3 .")
    assert lines(reference_report(triples(":a :p 3 ."), triples(shapes))) == []


def test_a_forbidden_query_is_a_failure_where_no_shape_asks_it() -> None:
    """SHACL A: pySHACL looks at what it asks."""
    shapes = """:K a sh:ConstraintComponent ; sh:parameter [ sh:path :k ] ;
      sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { ?s ?p ?o MINUS { ?s ?p 1 } }" ] ."""
    with pytest.raises(ShapesError):
        report(shapes, "")
    assert lines(reference_report(triples(":a :p 3 ."), triples(shapes))) == []


def test_a_parameter_may_have_any_iri() -> None:
    """SHACL 6.2.1: pySHACL looks for a name behind the last # or / only."""
    shapes = """:K a sh:ConstraintComponent ; sh:parameter [ sh:path <urn:x:most> ] ;
      sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER($most = 1) }" ] .
    :S a sh:NodeShape ; sh:targetNode :a ; <urn:x:most> 2 ."""
    assert lines(report(shapes, ":a :p 3 .")) == ["a a K"]
    with pytest.raises(ShapesError):
        reference_report(triples(":a :p 3 ."), triples(shapes))
