"""owlrl's closure as pyoxigraph triples."""

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from conflictgraph.reason.reference import owlrl_closure

PREFIXES = """@prefix : <http://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . """


def triples(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse(PREFIXES + turtle, format=RdfFormat.TURTLE)]


def test_a_member_of_a_class_is_a_member_of_the_class_above() -> None:
    closure = owlrl_closure(triples(":A rdfs:subClassOf :B . :x a :A ; rdfs:label 'x'@en-GB, 'y', 1 ."))
    assert closure.inferred == set(triples(":x a :B ."))
    assert closure.findings == ()


def test_terms_come_back_as_they_went_in() -> None:
    closure = owlrl_closure(
        triples(":p rdfs:subPropertyOf :q . :x :p 'a'@en-GB, 'b', '01'^^xsd:integer, [] .")
    )
    assert {t.object for t in closure.inferred if isinstance(t.object, Literal)} == {
        Literal("a", language="en-gb"),
        Literal("b"),
        Literal("01", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")),
    }
    assert len(closure.inferred) == 4


def test_trivia_are_left_out() -> None:
    closure = owlrl_closure(
        triples(":A a owl:Class . :p a owl:ObjectProperty ; rdfs:range xsd:string . :x :p 'a' .")
    )
    assert closure.inferred == frozenset()


def test_a_common_member_of_disjoint_classes_is_a_finding() -> None:
    closure = owlrl_closure(triples(":A owl:disjointWith :B . :x a :A, :B ."))
    assert [finding.rule for finding in closure.findings] == ["owlrl"]
    assert "Disjoint classes" in closure.findings[0].message
    assert closure.inferred == frozenset()


def test_the_closure_is_deterministic() -> None:
    text = (
        ":A rdfs:subClassOf :B . :B owl:disjointWith :C . :p rdfs:domain :C . "
        ":x a :A ; :p :y . :z a :A ; :p :x ."
    )
    assert owlrl_closure(triples(text)) == owlrl_closure(reversed(triples(text)))
