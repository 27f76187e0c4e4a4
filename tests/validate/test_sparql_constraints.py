"""SHACL-SPARQL: pre-binding, message templates, components, and the forms that are failures."""

from __future__ import annotations

import pytest
from ttl import lines, report, triples

from conflictgraph.validate.faults import ShapesError
from conflictgraph.validate.reference import reference_report
from conflictgraph.validate.validation import Validator

DATA = """
:a a :Thing ; :size 1 ; :name "a" ; :label "Eins"@de .
:b a :Thing ; :size 5 ; :name "b", "bb" .
:c a :Thing ; :part :a, :b .
_:d a :Thing ; :size 9 .
"""
PREFIX = '[ sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] ]'


def shape(select: str, more: str = "") -> str:
    sparql = f'[ sh:prefixes {PREFIX} ; {more} sh:select """{select}""" ]'
    return f":S a sh:NodeShape ; sh:targetClass :Thing ; sh:sparql {sparql} ."


SELECTS = {
    "a plain pattern": ("SELECT $this ?value WHERE { $this ex:size ?value . FILTER(?value > 3) }", 2),
    "a question mark": ("SELECT ?this WHERE { ?this ex:size ?value . FILTER(?value > 3) }", 2),
    "a filter in a group of its own": ("SELECT $this WHERE { { FILTER($this = ex:a) } }", 1),
    "a filter in a branch": (
        "SELECT $this WHERE { { $this ex:size 5 } UNION { FILTER(bound($this) && $this = ex:a) } }",
        2,
    ),
    "an assignment": ("SELECT $this WHERE { BIND($this AS ?that) FILTER(?that = ex:b) }", 1),
    "an assignment in an optional part": (
        "SELECT $this ?x WHERE { $this ex:size ?s OPTIONAL { BIND($this AS ?x) } FILTER(?x = ex:b) }",
        1,
    ),
    "a filter that is a call without brackets": (
        "SELECT $this WHERE { FILTER bound($currentShape) FILTER BOUND($this) $this ex:size 5 }",
        1,
    ),
    "a negation": ("SELECT $this WHERE { FILTER NOT EXISTS { $this ex:size ?size } }", 1),
    "a negation that only filters": ("SELECT $this WHERE { FILTER NOT EXISTS { FILTER($this != ex:a) } }", 1),
    "an optional part in a group of its own": (
        "SELECT $this WHERE { { OPTIONAL { $this ex:name ?n } } FILTER(!bound(?n)) }",
        2,
    ),
    "an optional part in a branch": (
        "SELECT $this WHERE { { OPTIONAL { $this ex:name ?n } FILTER(!bound(?n)) } "
        "UNION { $this ex:size 1 } }",
        3,
    ),
    "an optional part in a part that assigns": (
        "SELECT $this WHERE { OPTIONAL { OPTIONAL { $this ex:name ?n } BIND(!bound(?n) AS ?bare) } "
        "FILTER(?bare) }",
        2,
    ),
    "a negation in a branch": (
        "SELECT $this WHERE { { FILTER NOT EXISTS { $this ex:size ?size } } UNION { $this ex:size 1 } }",
        2,
    ),
    "an assigned negation": (
        "SELECT $this WHERE { { BIND(EXISTS { $this ex:name ?n } AS ?named) } FILTER(!?named) }",
        2,
    ),
    "a group in a sub-select": (
        "SELECT $this WHERE { { SELECT $this WHERE { "
        "{ OPTIONAL { $this ex:name ?n } FILTER(!bound(?n)) } } } }",
        2,
    ),
    "a sub-select": (
        "SELECT $this WHERE { { SELECT $this WHERE { $this ex:size ?s FILTER(?s < 3) } } }",
        1,
    ),
    "a count for each focus node": (
        "SELECT $this WHERE { $this ex:name ?n } GROUP BY $this HAVING (COUNT(?n) > 1)",
        1,
    ),
    "a count in a sub-select": (
        "SELECT $this ?n WHERE { { SELECT $this (COUNT(?x) AS ?n) "
        "WHERE { $this ex:name ?x } GROUP BY $this } FILTER(?n > 1) }",
        1,
    ),
    "a predicate as path": ("SELECT $this ?path ?value WHERE { $this ?path ?value FILTER(?value = 5) }", 1),
    "no solution": ("SELECT $this WHERE { $this ex:nothing ?x }", 0),
}


@pytest.mark.parametrize(("select", "count"), SELECTS.values(), ids=list(SELECTS))
def test_each_focus_node_is_pre_bound(select: str, count: int) -> None:
    shapes, data = triples(shape(select)), triples(DATA)
    found = Validator(shapes).validate_triples(data).report
    assert len(found.results) == count
    assert found.delegated == ()
    assert found.counted() == reference_report(data, shapes).counted()


def test_a_limit_holds_for_each_focus_node() -> None:
    select = "SELECT $this ?value WHERE { $this ex:name ?value } ORDER BY DESC(?value) LIMIT 1"
    named = DATA.replace("_:d", ":d")
    assert lines(report(shape(select), named)) == ["a a SPARQL", "b bb SPARQL"]


def test_a_solution_may_say_that_it_is_a_failure() -> None:
    select = "SELECT $this (?size > %d AS ?failure) WHERE { $this ex:size ?size FILTER(?size > 4) }"
    assert len(report(shape(select % 9), DATA).results) == 2
    with pytest.raises(ShapesError, match="failure about") as caught:
        report(shape(select % 4), DATA)
    assert "example.org/S" in str(caught.value)


def test_what_cannot_be_asked_for_a_blank_node_goes_to_the_reference_engine_and_is_named() -> None:
    select = "SELECT $this ?value WHERE { $this ex:name ?value } LIMIT 1"
    found = report(shape(select), DATA)
    assert [str(one.shape) for one in found.delegated] == ["<http://example.org/S>"]
    assert len(found.results) == 2


@pytest.mark.parametrize(
    ("select", "why"),
    [
        ("SELECT $this WHERE { $this ex:size ?v MINUS { $this ex:name ?n } }", "MINUS"),
        ("SELECT $this WHERE { VALUES ?v { 1 } $this ex:size ?v }", "VALUES"),
        ("SELECT $this WHERE { SERVICE <http://example.org/> { $this ex:size ?v } }", "SERVICE"),
        ("SELECT $this WHERE { { SELECT ?v WHERE { $this ex:size ?v } } }", "sub-select"),
        ("SELECT $this WHERE { BIND(ex:a AS $this) }", "assign"),
        ("SELECT (ex:a AS $this) WHERE { ?x ex:size ?v }", "assign"),
        ("SELECT $this WHERE { $this $PATH ?v }", "PATH"),
        ("SELECT $this WHERE { $this ?PATH ?v }", "PATH"),
    ],
)
def test_what_pre_binding_forbids_is_a_failure(select: str, why: str) -> None:
    with pytest.raises(ShapesError, match=why) as caught:
        report(shape(select), DATA)
    assert "example.org/S" in str(caught.value)


@pytest.mark.parametrize(
    ("select", "why"),
    [
        ("ASK { $this ex:size 1 }", "must be SELECT; found ASK"),
        ("PREFIX a: <http://a.example/> CONSTRUCT { } WHERE { }", "must be SELECT; found CONSTRUCT"),
        ("DESCRIBE $this", "must be SELECT; found DESCRIBE"),
        ("SELECT ?value WHERE { $this ex:size ?value }", "does not return \\$this"),
        ("SELECT ($this AS ?that) WHERE { $this ex:size ?value }", "does not return \\$this"),
        ("SELECT * WHERE { ?that ex:size ?value }", "does not return \\$this"),
        ("SELECT ?n WHERE { { SELECT $this ?n WHERE { $this ex:name ?n } } }", "does not return \\$this"),
    ],
)
def test_a_query_that_does_not_select_this_is_a_failure(select: str, why: str) -> None:
    """SHACL 5.2: a SELECT query that projects the variable this."""
    with pytest.raises(ShapesError, match=why) as caught:
        report(shape(select), DATA)
    assert "example.org/S" in str(caught.value)


@pytest.mark.parametrize(
    "select",
    [
        "SELECT * WHERE { $this ex:size 5 }",
        "SELECT (EXISTS { $this ex:size 5 } AS ?x) $this WHERE { $this ex:size 5 }",
    ],
)
def test_this_may_be_selected_among_others(select: str) -> None:
    assert lines(report(shape(select), DATA.replace("_:d", ":d"))) == ["b b SPARQL"]


MINUS = "$this ?p ?o MINUS { $this ?p 1 }"


@pytest.mark.parametrize(
    ("shapes", "where"),
    [
        (
            ":K a sh:ConstraintComponent ; sh:parameter [ sh:path :k ] ; "
            f'sh:validator [ sh:ask "ASK {{ {MINUS} }}" ] .',
            "K",
        ),
        (shape(f"SELECT $this WHERE {{ {MINUS} }}", "sh:deactivated true ;"), "S"),
        (shape(f"SELECT $this WHERE {{ {MINUS} }}") + " :S sh:deactivated true .", "S"),
        (f':S sh:sparql [ sh:select "SELECT $this WHERE {{ {MINUS} }}" ] .', "S"),
    ],
    ids=["a component that is not used", "a constraint that is off", "a shape that is off", "no target"],
)
def test_what_pre_binding_forbids_is_a_failure_also_where_it_is_not_asked(shapes: str, where: str) -> None:
    """SHACL A: of the queries that the shapes graph contains."""
    with pytest.raises(ShapesError, match="MINUS") as caught:
        Validator(triples(shapes))
    assert str(caught.value.shape) == f"<http://example.org/{where}>"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("sh:message :hello ;", "sh:message of .* must be text"),
        ("sh:deactivated true, false ;", "sh:deactivated of .* has 2 values"),
        ('sh:prefixes [ sh:declare [ sh:prefix "a" ; sh:namespace "urn:a:", "urn:b:" ] ] ;', "one literal"),
        ('sh:prefixes [ sh:declare [ sh:prefix "a", "b" ; sh:namespace "urn:a:" ] ] ;', "one literal"),
    ],
)
def test_what_is_said_twice_or_in_no_words_is_refused(more: str, why: str) -> None:
    """SHACL 5.2, 5.2.1: the syntax rules for messages, switches and prefixes."""
    with pytest.raises(ShapesError, match=why) as caught:
        Validator(triples(shape("SELECT $this WHERE { $this ex:size 5 }", more)))
    assert "example.org/S" in str(caught.value)


def test_words_in_strings_iris_and_comments_are_not_forbidden() -> None:
    select = "SELECT $this WHERE { # MINUS VALUES\n $this ex:VALUES ?v FILTER(?v != 'SERVICE MINUS') }"
    assert lines(report(shape(select), DATA)) == []


def test_a_query_that_is_not_sparql_names_its_shape_and_line() -> None:
    with pytest.raises(ShapesError) as caught:
        report(shape("SELECT $this\nWHERE {\n $this ex:size }"), DATA)
    assert str(caught.value.shape) == "<http://example.org/S>"
    assert caught.value.line == 3


def test_messages_are_filled_in_and_come_from_the_nearest_place() -> None:
    select = "SELECT $this ?value WHERE { $this ex:size ?value . FILTER(?value > 6) }"
    own = shape(select, 'sh:message "size {?value} of {$this} {?unknown}"@en ;') + ' :S sh:message "other" .'
    data = DATA.replace("_:d", ":d")
    assert [m.value for r in report(own, data).results for m in r.messages] == [
        "size 9 of http://example.org/d {?unknown}"
    ]
    assert [m.language for r in report(own, data).results for m in r.messages] == ["en"]
    plain = shape(select) + ' :S sh:message "other" .'
    assert [m.value for r in report(plain, data).results for m in r.messages] == ["other"]
    saying = select.replace("?value WHERE", "?value ?message WHERE").replace(
        "}", 'BIND("said" AS ?message) }'
    )
    assert [m.value for r in report(shape(saying), data).results for m in r.messages] == ["said"]


@pytest.mark.parametrize("path", ["$PATH", "?PATH"])
def test_path_is_the_property_shapes_path(path: str) -> None:
    """SHACL 5.2, 5.3; SPARQL 4.1.3: ? and $ mark the same variable."""
    shapes = f"""
    :S a sh:PropertyShape ; sh:path [ sh:inversePath :part ] ; sh:targetClass :Thing ;
       sh:sparql [ sh:prefixes {PREFIX} ; sh:select "SELECT $this ?value WHERE {{ $this {path} ?value }}" ]
       ."""
    assert lines(report(shapes, DATA)) == ["a c SPARQL", "b c SPARQL"]


def test_the_shapes_graph_can_be_asked() -> None:
    limit = "GRAPH $shapesGraph { $currentShape ex:limit ?l }"
    shapes = shape(f"SELECT $this WHERE {{ {limit} $this ex:size ?v FILTER(?v > ?l) }}")
    assert len(report(shapes + " :S :limit 4 .", DATA).results) == 2
    asked = f"SELECT $this WHERE {{ FILTER bound($shapesGraph) {limit} FILTER(!bound($this) || ?l > 3) }}"
    assert len(report(shape(asked) + " :S :limit 4 .", DATA).results) == 4


def test_a_deactivated_constraint_is_not_asked() -> None:
    assert lines(report(shape(SELECTS["a plain pattern"][0], "sh:deactivated true ;"), DATA)) == []


ASK = f'''
:Most a sh:ConstraintComponent ; sh:parameter [ sh:path :most ], [ sh:path :unless ; sh:optional true ] ;
  sh:labelTemplate "at most {{$most}}" ;
  sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes {PREFIX} ;
    sh:message "{{$value}} is more than {{$most}}" ;
    sh:ask """ASK {{
      FILTER(!isNumeric($value) || $value <= $most || (bound($unless) && $value = $unless))
    }}""" ] .
'''


def test_a_component_that_asks_is_told_of_each_value() -> None:
    shapes = ASK + ":S a sh:PropertyShape ; sh:path :size ; sh:targetClass :Thing ; :most 4 ."
    found = report(shapes, DATA)
    said = {r.value.value: [m.value for m in r.messages] for r in found.results if r.value is not None}
    assert said == {"5": ["5 is more than 4"], "9": ["9 is more than 4"]}
    assert {str(r.component) for r in found.results} == {"<http://example.org/Most>"}


def test_an_optional_parameter_may_be_absent_or_given() -> None:
    shapes = ASK + ":S a sh:PropertyShape ; sh:path :size ; sh:targetClass :Thing ; :most 4 ; :unless 9 ."
    assert lines(report(shapes, DATA)) == ["b 5 Most"]


def test_a_component_on_a_node_shape_is_told_of_the_node() -> None:
    shapes = ASK + ":S a sh:NodeShape ; sh:targetNode 3, 7 ; :most 4 ."
    assert lines(report(shapes, DATA)) == ["7 7 Most"]


def test_a_component_that_selects_is_chosen_by_the_kind_of_shape() -> None:
    component = f'''
    :Lang a sh:ConstraintComponent ; sh:parameter [ sh:path :lang ] ;
      sh:propertyValidator [ sh:prefixes {PREFIX} ; sh:message "not {{$lang}}" ;
        sh:select """SELECT DISTINCT $this ?value WHERE {{
          $this $PATH ?value FILTER(!langMatches(lang(?value), $lang)) }}""" ] ;
      sh:nodeValidator [ sh:prefixes {PREFIX} ;
        sh:select "SELECT $this WHERE {{ $this ex:label ?l FILTER(lang(?l) != $lang) }}" ] .'''
    on_property = ':S a sh:PropertyShape ; sh:path :name ; sh:targetNode :b ; :lang "en" .'
    assert lines(report(component + on_property, DATA)) == ["b b Lang", "b bb Lang"]
    on_node = ':S a sh:NodeShape ; sh:targetNode :a, :b ; :lang "en" .'
    assert lines(report(component + on_node, DATA)) == ["a a Lang"]
