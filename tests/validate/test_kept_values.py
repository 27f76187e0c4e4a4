"""SPARQL constraints on a graph that is in no store see the values of its literals, and these as written."""

from __future__ import annotations

import pytest
from ttl import report

DATA = ':a :p "01"^^xsd:integer, "7"^^xsd:byte, 1.50, 2, "x", "y"@en ; :q 1, 7 .'
ILL_FORMED = ' :a :p "300"^^xsd:byte .'
PROLOGUE = "PREFIX : <http://example.org/> SELECT $this ?value WHERE { $this :p ?value . "

CONDITIONS = {
    "FILTER(?value < 5)": {"01", "1.50", "2"},
    "FILTER isNumeric(?value)": {"01", "7", "1.50", "2"},
    "FILTER(?value IN (1, 7))": {"01", "7"},
    "$this :q ?other FILTER(?other = ?value)": {"01", "7"},
    "$this :q ?value": set(),
    "FILTER(datatype(?value) = xsd:byte)": {"7"},
    "FILTER(datatype(?value) = xsd:integer)": {"01", "2"},
    "FILTER(str(?value) = '01')": {"01"},
    "FILTER(strlen(str(?value)) = 4)": {"1.50"},
    "FILTER(str(?value + 1) = '2')": {"01"},
    "BIND(?value AS ?that) FILTER(sameTerm(?that, ?value) && ?that > 6)": {"7"},
    "BIND(?value + 1 AS ?more) FILTER(?more = 8)": {"7"},
    "FILTER EXISTS { $this :q ?other FILTER(?other > 5 && ?value = ?other) }": {"7"},
    "FILTER NOT EXISTS { $this :p ?other FILTER(?other > ?value) } FILTER(isNumeric(?value))": {"7"},
    "FILTER(bound(?value) && lang(?value) = 'en')": {"y"},
    "{ SELECT $this (MAX(?n) AS ?most) WHERE { $this :p ?n FILTER isNumeric(?n) } GROUP BY $this "
    "HAVING (COUNT(?n) > 3) } FILTER(?value = ?most)": {"7"},
}


@pytest.mark.parametrize(("condition", "expected"), CONDITIONS.items(), ids=list(CONDITIONS))
def test_a_condition_is_on_the_value_and_the_result_is_the_literal(
    condition: str, expected: set[str]
) -> None:
    """SHACL 5.3, 3.6.2.3, SPARQL 17.3."""
    shapes = (
        f':S a sh:NodeShape ; sh:targetNode :a ; sh:sparql :Q . :Q sh:select "{PROLOGUE} {condition} }}" .'
    )
    assert {result.value.value for result in report(shapes, DATA).results if result.value} == expected


def test_what_is_beyond_its_datatype_has_no_value() -> None:
    """XSD: 300 is no xsd:byte, and cannot be compared."""
    shapes = ':S a sh:NodeShape ; sh:targetNode :a ; sh:sparql [ sh:select "%s FILTER(%s) }" ] .'
    above = report(shapes % (PROLOGUE, "?value > 6"), DATA + ILL_FORMED)
    assert [result.value.value for result in above.results if result.value] == ["7"]
    typed = report(shapes % (PROLOGUE, "datatype(?value) = xsd:byte"), DATA + ILL_FORMED)
    assert {result.value.value for result in typed.results if result.value} == {"7", "300"}


@pytest.mark.parametrize(
    ("condition", "wrong"),
    [("$value = $k", []), ("datatype($value) = xsd:integer", []), ("$value > $k", ["01"])],
)
def test_a_component_sees_the_value_of_a_target_that_only_the_shapes_have(
    condition: str, wrong: list[str]
) -> None:
    """SHACL 6.3."""
    shapes = f""":K a sh:ConstraintComponent ; sh:parameter [ sh:path :k ] ;
      sh:validator [ sh:ask "ASK {{ FILTER({condition}) }}" ] .
    :S a sh:NodeShape ; sh:targetNode "01"^^xsd:integer ; :k 1 ."""
    assert [result.focus_node.value for result in report(shapes, ":a :p 1 .").results] == wrong
