"""Constraint components of a shapes graph: what parameters are called, which validator is asked, who speaks.
(SHACL 6)"""

from __future__ import annotations

import pytest
from ttl import lines, report, triples

from conflictgraph.validate.faults import ShapesError
from conflictgraph.validate.parameter_names import parameter_name
from conflictgraph.validate.validation import Validator

NEVER = 'a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER(false) }"'
ALWAYS = 'a sh:SPARQLAskValidator ; sh:ask "ASK { }"'
SELECT = 'a sh:SPARQLSelectValidator ; sh:select "SELECT $this WHERE { }"'
SCRIPT = 'a sh:JSValidator ; sh:jsFunctionName "f"'


def node_shape(component: str, parameter: str = ":k", value: str = "1") -> str:
    return f""":K a sh:ConstraintComponent ; sh:parameter [ sh:path {parameter} ] ; {component} .
    :S a sh:NodeShape ; sh:targetNode :a ; {parameter} {value} ."""


def property_shape(component: str) -> str:
    return f""":K a sh:ConstraintComponent ; sh:parameter [ sh:path :k ] ; {component} .
    :S a sh:PropertyShape ; sh:targetNode :a ; sh:path :p ; :k 1 ."""


def said(shapes: str) -> list[str]:
    return [message.value for result in report(shapes, "").results for message in result.messages]


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("http://example.org/most", "most"),
        ("http://example.org/#most", "most"),
        ("http://example.org/a?most", "most"),
        ("http://example.org/9most", "most"),
        ("http://example.org/at-most", "at-most"),
        ("http://example.org/größte", "größte"),
        ("urn:x:most", "most"),
        ("mailto:me", "e"),
        ("http://example.org/9", ""),
        ("http://example.org/most/", ""),
    ],
)
def test_a_parameter_is_called_by_the_longest_name_that_its_iri_ends_with(iri: str, name: str) -> None:
    """SHACL 6.2.1: an NCName that does not follow the first colon at once."""
    assert parameter_name(iri) == name


@pytest.mark.parametrize("iri", ["<urn:x:most>", "<http://example.org/a?most>", "<http://example.org/9most>"])
def test_a_parameter_is_put_in_by_its_name(iri: str) -> None:
    """SHACL 6.2.1, 6.3."""
    validator = 'sh:validator [ sh:message "not {$most}" ; sh:ask "ASK { FILTER($most = 1) }" ]'
    assert said(node_shape(validator, iri, "1")) == []
    assert said(node_shape(validator, iri, "2")) == ["not 2"]


@pytest.mark.parametrize(
    ("parameters", "why"),
    [
        ("[ sh:path :k ], [ sh:path <http://other.example/k> ]", "parameters of one name, k"),
        ("[ sh:path :k ], [ sh:path :at-most ; sh:optional true ]", 'called "at-most", which is no name'),
        ("[ sh:path <http://example.org/9> ]", 'called "", which is no name'),
        ("[ sh:path <http://example.org/a?this> ]", "must not be called this"),
        ("[ sh:path :k ; sh:optional true ]", "at least one parameter that is not optional"),
        ("[ sh:path ( :k :l ) ]", "exactly one IRI as sh:path"),
    ],
)
def test_a_parameter_without_a_name_of_its_own_is_refused(parameters: str, why: str) -> None:
    """SHACL 6.2.1: a name is a SPARQL variable's, not reserved, and no other parameter's."""
    with pytest.raises(ShapesError, match=why) as caught:
        Validator(triples(f":K a sh:ConstraintComponent ; sh:parameter {parameters} ."))
    assert str(caught.value.shape) == "<http://example.org/K>"


@pytest.mark.parametrize("validator", [f"sh:validator [ {NEVER} ]", f"sh:nodeValidator [ {SELECT} ]"])
def test_a_component_speaks_where_its_validator_says_nothing(validator: str) -> None:
    """SHACL 5.3.2: messages of the validator, else of the component, else of the shape."""
    spoken = f'sh:message "{{$k}} is refused" ; {validator}'
    assert said(node_shape(spoken) + ' :S sh:message "by the shape" .') == ["1 is refused"]
    assert said(node_shape(validator) + ' :S sh:message "by the shape" .') == ["by the shape"]


def test_the_message_of_a_validator_comes_before_its_components() -> None:
    """SHACL 5.3.2: the first rule that gives a message."""
    own = f'sh:validator [ {NEVER} ; sh:message "by the validator" ]'
    assert said(node_shape(f'sh:message "by the component" ; {own}')) == ["by the validator"]


@pytest.mark.parametrize("both", [f"[ {SCRIPT} ], [ {NEVER} ]", f"[ {NEVER} ], [ {SCRIPT} ]"])
def test_a_validator_in_another_language_is_passed_over(both: str) -> None:
    """SHACL 6.2.3: a suitable one of the values, whichever comes first."""
    assert lines(report(node_shape(f"sh:validator {both}"), "")) == ["a a K"]


def test_the_general_validator_serves_where_the_special_one_is_in_another_language() -> None:
    """SHACL 6.2.3: a constraint is passed over only if no suitable validator can be found."""
    shapes = node_shape(f"sh:nodeValidator [ {SCRIPT} ] ; sh:validator [ {NEVER} ]")
    assert lines(report(shapes, "")) == ["a a K"]


@pytest.mark.parametrize(
    "component", [f"sh:validator [ {SCRIPT} ]", f"sh:propertyValidator [ {SELECT} ]", "sh:order 1"]
)
def test_a_component_without_a_validator_for_the_shape_is_passed_over(component: str) -> None:
    """SHACL 6.2.3: if no suitable validator can be found, the constraint is ignored."""
    assert lines(report(node_shape(component), "")) == []


def test_a_validator_that_has_both_forms_is_asked_in_the_one_for_its_place() -> None:
    """SHACL 6.2.3: sh:validator asks, sh:nodeValidator selects."""
    both = f"{SELECT} ; {ALWAYS}"
    assert lines(report(node_shape(f"sh:validator [ {both} ]"), "")) == []
    assert lines(report(node_shape(f"sh:nodeValidator [ {both} ]"), "")) == ["a a K"]


@pytest.mark.parametrize(
    ("shapes", "why"),
    [
        (node_shape(f"sh:nodeValidator [ {NEVER} ]"), "sh:nodeValidator must be a validator with sh:select"),
        (node_shape(f"sh:validator [ {SELECT} ]"), "sh:validator must be a validator with sh:ask"),
        (
            property_shape(f"sh:propertyValidator [ {NEVER} ]"),
            "sh:propertyValidator must be a validator with sh:select",
        ),
        (node_shape('sh:validator "ASK { }"'), "must be an IRI or a blank node"),
    ],
)
def test_a_validator_of_the_form_for_another_place_is_refused(shapes: str, why: str) -> None:
    """SHACL 6.2.3.1, 6.2.3.2."""
    with pytest.raises(ShapesError, match=why) as caught:
        report(shapes, "")
    assert str(caught.value.shape) == "<http://example.org/K>"


def test_a_validator_of_the_form_for_another_place_does_no_harm_where_no_shape_uses_it() -> None:
    """So published vocabularies of components can be part of a shapes graph."""
    unused = f":L a sh:ConstraintComponent ; sh:parameter [ sh:path :l ] ; sh:propertyValidator [ {NEVER} ] ."
    assert lines(report(node_shape(f"sh:validator [ {NEVER} ]") + unused, "")) == ["a a K"]
