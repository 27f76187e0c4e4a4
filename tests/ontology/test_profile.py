"""The ontology is OWL 2 RL (OWL 2 Profiles, section 4), as far as that can be checked term by term.

The shapes check what a reader needs (labels, definitions, names); these tests what a reasoner needs.
"""

from collections.abc import Iterable
from graphlib import TopologicalSorter

import pytest
from ontology_files import Node, members, objects, of_type, ontology, own, pairs
from pyoxigraph import BlankNode, NamedNode

from conflictgraph.vocabulary import PREFIXES, term

CONSTRUCTS = {
    *(
        "Ontology",
        "imports",
        "versionInfo",
        "Class",
        "ObjectProperty",
        "DatatypeProperty",
        "AnnotationProperty",
    ),
    *("inverseOf", "TransitiveProperty", "SymmetricProperty", "FunctionalProperty", "propertyChainAxiom"),
    *("disjointWith", "AllDisjointClasses", "members", "equivalentClass", "equivalentProperty"),
    *("Restriction", "onProperty", "someValuesFrom", "hasValue", "allValuesFrom", "intersectionOf", "Thing"),
}
"""What RL has and this ontology may use. Not in RL at all: owl:ReflexiveProperty, owl:disjointUnionOf."""

LEFT = {"someValuesFrom", "hasValue", "intersectionOf", "unionOf", "oneOf"}
RIGHT = {"allValuesFrom", "hasValue", "intersectionOf", "complementOf", "maxCardinality"}
"""Table 2: which class expressions stand on the left and on the right of rdfs:subClassOf."""

DATATYPES = {
    *("string", "boolean", "decimal", "integer", "nonNegativeInteger", "anyURI", "dateTime", "dateTimeStamp"),
    *("double", "float", "long", "int", "base64Binary", "hexBinary"),
}
BEYOND = {"xsd:date", "xsd:time"}
"""Not in the datatype map of OWL 2 (neither DL nor RL), but what sources give: days and clock times. As
ranges they only type literals, and the compiled reasoner knows their values."""


def test_only_constructs_of_the_profile_are_used() -> None:
    used = {node for t in ontology() for node in (t.predicate, t.object) if isinstance(node, NamedNode)}
    owl = {
        node.value.removeprefix(PREFIXES["owl"]) for node in used if node.value.startswith(PREFIXES["owl"])
    }
    assert owl <= CONSTRUCTS


def test_what_stands_left_and_right_of_a_subclass_axiom_may_stand_there() -> None:
    for sub, sup in pairs("rdfs:subClassOf"):
        assert _constructors(sub) <= LEFT, sub
        assert _constructors(sup) <= RIGHT, sup
    for one, other in pairs("owl:equivalentClass"):
        assert _constructors(one) | _constructors(other) <= LEFT & RIGHT, one


def test_domains_and_ranges_are_named_classes_or_datatypes() -> None:
    for curie in ("rdfs:domain", "rdfs:range"):
        assert [pair for pair in pairs(curie) if not isinstance(pair[1], NamedNode)] == []


def test_only_named_classes_are_disjoint() -> None:
    together = [members(objects(node, "owl:members")[0]) for node in _all_disjoint()]
    apart = [list(pair) for pair in pairs("owl:disjointWith")]
    for group in together + apart:
        assert len(set(group)) == len(group) > 1
        assert all(isinstance(class_, NamedNode) for class_ in group)
    assert together


def test_ranges_of_datatype_properties_are_datatypes_of_the_profile() -> None:
    allowed = {term("xsd:" + name) for name in DATATYPES} | {term(curie) for curie in BEYOND}
    for property_ in own(of_type("owl:DatatypeProperty")):
        (range_,) = objects(property_, "rdfs:range")
        assert range_ in allowed, property_


def test_no_property_is_both_of_objects_and_of_data() -> None:
    kinds = [of_type(f"owl:{kind}Property") for kind in ("Object", "Datatype", "Annotation")]
    assert not kinds[0] & kinds[1]
    assert not (kinds[0] | kinds[1]) & kinds[2]


def test_no_term_is_both_a_class_and_a_property_or_an_individual() -> None:
    classes = of_type("owl:Class")
    assert not classes & (of_type("owl:ObjectProperty") | of_type("owl:DatatypeProperty"))
    assert not classes & of_type("skos:Concept")


@pytest.mark.parametrize("curie", ["owl:inverseOf", "owl:propertyChainAxiom"])
def test_inverses_and_chains_are_of_object_properties(curie: str) -> None:
    known = of_type("owl:ObjectProperty")
    for subject, value in pairs(curie):
        parts = members(value) if curie == "owl:propertyChainAxiom" else [value]
        assert {subject, *parts} <= known
        assert curie != "owl:propertyChainAxiom" or len(parts) > 1


def test_annotation_properties_have_no_logic() -> None:
    annotations = of_type("owl:AnnotationProperty")
    logical = ("rdfs:domain", "rdfs:range", "rdfs:subPropertyOf", "owl:inverseOf")
    assert [pair for curie in logical for pair in pairs(curie) if annotations & set(pair)] == []


def test_sub_properties_stay_within_their_kind() -> None:
    for kind in ("owl:ObjectProperty", "owl:DatatypeProperty"):
        of_kind = of_type(kind)
        for sub, sup in pairs("rdfs:subPropertyOf"):
            assert (sub in of_kind) == (sup in of_kind), (sub, sup)


def test_property_chains_are_regular() -> None:
    """OWL 2 Structural Specification 11.2: there is an order in which every chain leads upwards."""
    same = {str(sub): str(inverse) for sub, inverse in pairs("owl:inverseOf")}
    graph: dict[str, set[str]] = {}
    for sub, sup in pairs("rdfs:subPropertyOf"):
        graph.setdefault(_one(same, sup), set()).add(_one(same, sub))
    for property_, chain in pairs("owl:propertyChainAxiom"):
        parts = members(chain)
        inner = parts[1:] if parts[0] == property_ else parts[:-1] if parts[-1] == property_ else parts
        graph.setdefault(_one(same, property_), set()).update(_one(same, part) for part in inner)
    TopologicalSorter(graph).prepare()


def _one(same: dict[str, str], property_: Node) -> str:
    """One name for a property and its inverse."""
    return min(str(property_), same.get(str(property_), str(property_)))


def _constructors(node: Node) -> set[str]:
    """What a class expression is built with; nothing for a named class."""
    if isinstance(node, NamedNode):
        return set()
    assert isinstance(node, BlankNode)
    built = {t.predicate.value.removeprefix(PREFIXES["owl"]) for t in ontology() if t.subject == node}
    return {name for name in built - {"onProperty"} if name.isalpha()}


def _all_disjoint() -> Iterable[Node]:
    return [t.subject for t in ontology() if t.object == term("owl:AllDisjointClasses")]
