"""Small random ontologies with data, seeded, in the reach of every rule."""

import random

from pyoxigraph import RdfFormat, Triple, parse

PREFIXES = """@prefix : <http://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
CLASSES = [f":C{n}" for n in range(7)]
PROPERTIES = [f":p{n}" for n in range(6)]
THINGS = [f":x{n}" for n in range(9)]
VALUES = ["5", "6", "5.5", '"five"', '"fünf"@de']
CHARACTERISTICS = ["Transitive", "Symmetric", "Functional", "InverseFunctional", "Asymmetric", "Irreflexive"]


def triples(turtle: str) -> list[Triple]:
    """The triples of a Turtle text; the usual prefixes are declared."""
    return [quad.triple for quad in parse(PREFIXES + turtle, format=RdfFormat.TURTLE)]


EQUALITY = ("owl:sameAs", "FunctionalProperty", "Cardinality 1")


def world(seed: int, *, equality: bool = True) -> list[Triple]:
    """An ontology of some axioms and data of some statements; without `equality`, none that make things the
    same.
    """
    dice = random.Random(seed)
    axioms = [_axiom(dice) for _ in range(dice.randint(3, 12))]
    if not equality:
        axioms = [axiom for axiom in axioms if not any(word in axiom for word in EQUALITY)]
    data = [_statement(dice) for _ in range(dice.randint(5, 25))]
    return triples(" ".join((*_declarations(dice), *axioms, *data)))


def _declarations(dice: random.Random) -> list[str]:
    found = [f"{c} a owl:Class ." for c in CLASSES if dice.random() < 0.7]
    found += [f"{p} a owl:ObjectProperty ." for p in PROPERTIES if dice.random() < 0.7]
    return [*found, ":d a owl:DatatypeProperty ."]


def _axiom(dice: random.Random) -> str:
    c, d, e = dice.sample(CLASSES, 3)
    p, q, r = dice.sample(PROPERTIES, 3)
    x, y, z = dice.sample(THINGS, 3)
    restriction = _restriction(dice, p, d, x)
    choices = [
        f"{c} rdfs:subClassOf {d} .",
        f"{c} rdfs:subClassOf {d}, {e} . {d} rdfs:subClassOf {e} .",
        f"{c} owl:equivalentClass {d} .",
        f"{c} rdfs:subClassOf {restriction} .",
        f"{restriction} rdfs:subClassOf {c} .",
        f"{c} owl:equivalentClass {restriction} .",
        f"{c} owl:intersectionOf ({d} {e}) .",
        f"{c} owl:equivalentClass [ owl:unionOf ({d} {e}) ] .",
        f"{c} owl:oneOf ({x} {y}) .",
        f"{c} owl:disjointWith {d} .",
        f"[] a owl:AllDisjointClasses ; owl:members ({c} {d} {e}) .",
        f"{c} owl:complementOf {d} .",
        f"{p} rdfs:subPropertyOf {q} .",
        f"{p} owl:equivalentProperty {q} .",
        f"{p} owl:inverseOf {q} .",
        f"{p} rdfs:domain {c} .",
        f"{p} rdfs:range {c} .",
        f"{p} owl:propertyChainAxiom ({q} {r}) .",
        f"{p} owl:propertyChainAxiom ({p} {q} {r}) .",
        f"{p} owl:propertyDisjointWith {q} .",
        f"{p} a owl:{dice.choice(CHARACTERISTICS)}Property .",
        f"{p} a owl:TransitiveProperty .",
        f"{x} owl:differentFrom {y} .",
        f"[] a owl:AllDifferent ; owl:distinctMembers ({x} {y} {z} {z}) .",
        f"[] owl:sourceIndividual {x} ; owl:assertionProperty {p} ; owl:targetIndividual {y} .",
        f":d rdfs:domain {c} .",
        f"{c} rdfs:subClassOf [ owl:onProperty :d ; owl:hasValue 5 ] .",
        f"[ owl:onProperty :d ; owl:someValuesFrom xsd:integer ] rdfs:subClassOf {c} .",
    ]
    if dice.random() < 0.1:
        return f"{x} owl:sameAs {y} ."
    return dice.choice(choices)


def _restriction(dice: random.Random, p: str, c: str, x: str) -> str:
    fillers = [
        f"owl:someValuesFrom {c}",
        "owl:someValuesFrom owl:Thing",
        f"owl:allValuesFrom {c}",
        f"owl:hasValue {x}",
        "owl:maxCardinality 1",
        "owl:maxCardinality 0",
        f"owl:maxQualifiedCardinality 1 ; owl:onClass {c}",
        "owl:maxQualifiedCardinality 1 ; owl:onClass owl:Thing",
        f"owl:maxQualifiedCardinality 0 ; owl:onClass {c}",
    ]
    return f"[ a owl:Restriction ; owl:onProperty {p} ; {dice.choice(fillers)} ]"


def _statement(dice: random.Random) -> str:
    x, y = dice.choice(THINGS), dice.choice(THINGS)
    roll = dice.random()
    if roll < 0.35:
        return f"{x} a {dice.choice(CLASSES)} ."
    if roll < 0.45:
        return f"{x} :d {dice.choice(VALUES)} ."
    return f"{x} {dice.choice(PROPERTIES)} {y} ."
