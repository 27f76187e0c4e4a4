"""A plan can be read, and asks little."""

from __future__ import annotations

from pyoxigraph import DefaultGraph, Quad, Store
from ttl import lines, triples

from conflictgraph.validate.asking import ask_in_memory, remembering
from conflictgraph.validate.choices import with_present_choices
from conflictgraph.validate.components import CORE
from conflictgraph.validate.plan import explanation
from conflictgraph.validate.questions import timing_text
from conflictgraph.validate.validation import Validator

SHAPES = """
:S a sh:NodeShape ; sh:targetClass :Claim ;
  sh:property [ sh:path :low ; sh:datatype xsd:integer ; sh:minInclusive 0 ; sh:minCount 1 ] .
:R a sh:NodeShape ; sh:targetClass :Claim ; sh:node :R .
"""


def store(data: str) -> Store:
    found = Store()
    found.extend(Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in triples(data))
    return found


def test_the_explanation_has_each_query_and_what_it_is_for() -> None:
    text = explanation(Validator(triples(SHAPES)).plan)
    assert "Datatype, MinInclusive\nSELECT DISTINCT ?this ?value" in text
    assert "MinCount\nSELECT DISTINCT ?this WHERE" in text
    assert "<http://example.org/R> goes to pySHACL: the shape <http://example.org/R> refers to itself" in text


def test_the_timings_have_each_query_as_it_was_asked() -> None:
    shapes = triples(SHAPES[: SHAPES.index(":R")])
    found = Validator(shapes).validate(ask_in_memory(store(":a a :Claim ; :low 1 .")))
    assert timing_text(found.timings).count(" rows: ") == len(found.timings) == 2


def test_shapes_without_focus_nodes_are_not_asked_about() -> None:
    shapes = triples(SHAPES[: SHAPES.index(":R")])
    assert Validator(shapes).validate(ask_in_memory(store(":a :low 1 ."))).timings == ()


def test_many_focus_nodes_are_asked_about_from_the_predicate_on_with_the_same_report() -> None:
    shapes = triples(SHAPES[: SHAPES.index(":R")])
    claim = ":c{0} a :Claim ; :low {0} . "
    few = "".join(map(claim.format, range(20))) + ':x a :Claim ; :low "few" . :y :low "y" . :z a :Claim .'
    many = few + "".join(map(claim.format, range(20, 1100)))
    for data in (few, many):
        in_memory = ask_in_memory(store(data))
        for ask in (in_memory, remembering(in_memory)):
            found = Validator(shapes).validate(ask)
            assert [r.focus_node.value[-1] for r in found.report.results] == ["x", "z", "x"]
            reads_all = any("MINUS" in t.sparql for t in found.timings)
            assert reads_all == (data == many and ask is not in_memory)


def test_many_focus_nodes_are_not_looked_at_for_a_predicate_that_the_data_has_not() -> None:
    shape = (
        ":S a sh:NodeShape ; sh:targetClass :Claim ; sh:property [ sh:path :high ; sh:datatype xsd:int ] ."
    )
    data = "".join(map(":c{0} a :Claim ; :low {0} . ".format, range(1100)))
    in_memory = ask_in_memory(store(data))
    for ask in (in_memory, remembering(in_memory)):
        found = Validator(triples(shape)).validate(ask)
        assert found.report.conforms
        assert [timing.components for timing in found.timings] == [("Datatype",)]
        assert "Claim" not in found.timings[0].sparql


def test_where_no_node_has_two_values_nothing_is_asked_for_each_node() -> None:
    shapes = triples(
        ":S a sh:NodeShape ; sh:targetClass :Claim ; sh:property [ sh:path :low ; sh:maxCount 1 ] ."
    )
    data = "".join(map(":c{0} a :Claim ; :low {0} . ".format, range(1100)))
    for more, expected in (("", 0), (":c7 :low 8 .", 1), (":d :low 1, 2 .", 0)):
        found = Validator(shapes).validate(ask_in_memory(store(data + more)))
        assert len(found.report.results) == expected
        assert bool(found.timings) == bool(more)


def test_instances_of_subclasses_count_also_of_unnamed_ones() -> None:
    data = ":D rdfs:subClassOf :Claim . [] rdfs:subClassOf :D . :a a :D . :b a [ rdfs:subClassOf :D ] ."
    found = Validator(triples(SHAPES[: SHAPES.index(":R")])).validate(ask_in_memory(store(data)))
    assert len(found.report.results) == 2


def test_every_component_has_its_clause_and_a_way_to_be_asked() -> None:
    for component in CORE:
        ways = [component.value, component.focus, component.logic]
        special = {"Property": 0, "QualifiedMinCount": 0, "QualifiedMaxCount": 0, "Class": 2}
        assert component.clause.startswith("4.")
        assert sum(way is not None for way in ways) == special.get(component.name, 1)


def test_a_choice_between_predicates_is_read_along_those_that_the_data_has() -> None:
    path = "sh:path [ sh:alternativePath ( :a :b :c ) ]"
    shapes = triples(f':S a sh:NodeShape ; sh:targetClass :T ; sh:property [ {path} ; sh:pattern "^1" ] .')
    data = "".join(map(":n{0} a :T ; :a 1{0} . ".format, range(1100)))
    for more, expected, asked in (("", [], "<a>"), (":n3 :b 2 .", ["n3 2 Pattern"], "VALUES ?choice1")):
        found = Validator(shapes).validate(ask_in_memory(store(data + more)))
        assert lines(found.report) == expected
        assert asked in found.timings[0].sparql.replace("http://example.org/", "")
        assert "|" not in found.timings[0].sparql


def test_a_pattern_that_reads_like_a_path_stays_as_it_is() -> None:
    text = 'FILTER(REGEX(?x, "?s (<a>|<b>) ?o ."))'
    assert with_present_choices(text, lambda _: True) == text
