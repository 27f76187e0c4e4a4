"""Every term is described, declared where it belongs, and declared if anything uses it."""

import re
from pathlib import Path

import pytest
from ontology_files import (
    ROOT,
    Node,
    data,
    declared,
    iris_in_sparql,
    is_spoken,
    members,
    modules,
    objects,
    of_type,
    ontology,
    own,
    pairs,
    prefixes_in_sparql,
    properties,
    schemes,
    shapes,
)
from pyoxigraph import Literal, NamedNode

from conflictgraph import resources, vocabulary
from conflictgraph.vocabulary import BASE, CG, ID, PREFIXES, SCHEME, term

VERBS = {
    *("is", "has", "asserts", "belongs", "borders", "cites", "claims", "contains", "demands", "disputes"),
    *("echoes", "holds", "locates", "names", "responds", "speaks", "states", "supersedes", "supports"),
    *("takes", "addressed", "counted", "made", "relayed", "spoken"),
}
"""How the names of object properties begin: a verb in the third person, or a participle."""

PREPOSITIONS = {"ofSide", "ofBody", "fromSide"}
"""Names that begin with a preposition instead; no others."""

UNBOUND = {"isAbout"}
"""Properties with neither domain nor range: statements and claims are about anything whatever."""

RESERVED = {
    *("hasCaller", "hasHost", "maximum", "omissionReason", "supersedes", "isSupersededBy"),
    *("generationNumber", "lesserResults", "triplesAdded", "triplesRemoved"),
}
"""Terms that the shipped data may do without: roles and bounds that its sources happen not to have, and what
describes builds rather than data."""

OWN = sorted(own(of_type("owl:Class")) | own(properties()), key=str)


def test_there_are_terms() -> None:
    assert len(OWN) > 100


@pytest.mark.parametrize("curie", ["rdfs:label", "skos:definition", "rdfs:isDefinedBy"])
def test_each_term_has_one_label_one_definition_and_one_module(curie: str) -> None:
    for node in OWN:
        values = objects(node, curie)
        assert len(values) == 1, node
        assert not isinstance(values[0], Literal) or values[0].language == "en", node


def test_a_term_is_declared_in_the_module_that_it_names() -> None:
    for name, triples in modules().items():
        for triple in triples:
            if triple.predicate == term("rdfs:isDefinedBy") and str(triple.subject).startswith(f"<{CG}"):
                assert triple.object == NamedNode(f"{ROOT.value}/{name}"), triple.subject


def test_labels_and_definitions_tell_terms_apart() -> None:
    for curie in ("rdfs:label", "skos:definition"):
        said = [objects(node, curie)[0] for node in OWN]
        assert len(set(said)) == len(said)


def test_each_property_has_a_domain_or_a_range_or_is_known_to_have_neither() -> None:
    bound = {subject for curie in ("rdfs:domain", "rdfs:range") for subject, _ in pairs(curie)}
    assert {_local(node) for node in own(properties()) - bound} == UNBOUND


def test_the_name_of_an_object_property_begins_with_a_verb() -> None:
    names = {_local(node) for node in own(of_type("owl:ObjectProperty"))}
    others = {name for name in names if re.split(r"(?=[A-Z])", name)[0] not in VERBS}
    assert others == PREPOSITIONS


def test_each_scheme_and_each_concept_has_a_label_and_a_definition() -> None:
    described = of_type("skos:ConceptScheme") | of_type("skos:Concept")
    assert len(of_type("skos:ConceptScheme")) >= 14
    for node in described:
        assert len(objects(node, "skos:prefLabel")) == 1, node
        assert len(objects(node, "skos:definition")) == 1, node


def test_each_scheme_has_a_file_and_a_prefix_and_its_concepts_lie_below_it() -> None:
    names = {node.value.removeprefix(SCHEME) for node in of_type("skos:ConceptScheme")}
    files = {path.stem for path in resources.ontology_files() if path.parent.name == "schemes"}
    prefixed = {ns.removeprefix(SCHEME).rstrip("/") for ns in PREFIXES.values() if ns.startswith(SCHEME)} - {
        ""
    }
    assert names == files == prefixed
    for triple in schemes():
        if triple.predicate == term("skos:inScheme"):
            assert isinstance(triple.subject, NamedNode)
            assert isinstance(triple.object, NamedNode)
            assert triple.subject.value.startswith(triple.object.value + "/")


def test_the_root_imports_exactly_the_modules() -> None:
    imported = {str(value) for subject, value in pairs("owl:imports") if subject == ROOT}
    files = {f"<{ROOT.value}/{name}>" for name in modules() if name != "conflictgraph"}
    assert imported == files
    assert {str(node) for node in of_type("owl:Ontology")} == files | {str(ROOT)}
    assert {t.subject for t in modules()["conflictgraph"]} == {ROOT}


def test_our_terms_stand_below_others_only_in_the_alignments() -> None:
    relating = {
        term(curie)
        for curie in (
            "rdfs:subClassOf",
            "rdfs:subPropertyOf",
            "owl:equivalentClass",
            "owl:equivalentProperty",
        )
    } | {term(f"skos:{match}Match") for match in ("exact", "close", "related", "broad", "narrow")}
    for name, triples in modules().items():
        for t in triples:
            outward = t.predicate in relating and _is_foreign(t.object)
            assert not outward or name == "alignments", t
            assert not (t.predicate in relating and _is_foreign(t.subject)), t


def test_nothing_is_said_to_be_the_same_as_anything() -> None:
    assert term("owl:sameAs") not in {t.predicate for t in (*ontology(), *schemes(), *data())}


def test_each_term_in_the_data_is_declared() -> None:
    used = {t.predicate for t in data()}
    assert used - properties() <= {term("rdf:type")}
    classes = {t.object for t in data() if t.predicate == term("rdf:type")}
    assert classes <= of_type("owl:Class") | of_type("rdfs:Class")
    concepts = {node for t in data() for node in (t.object,) if str(node).startswith(f"<{SCHEME}")}
    assert concepts <= declared()


def test_each_term_is_used_in_the_data_derived_from_it_or_reserved() -> None:
    described = (*schemes(), *data())
    used = {t.predicate for t in described} | {t.object for t in described if t.predicate == term("rdf:type")}
    while more := _derived(used) - used:
        used |= more
    assert {_local(node) for node in set(OWN) - used} <= RESERVED


def test_each_reserved_term_is_declared() -> None:
    assert {_local(node) for node in OWN} >= RESERVED | UNBOUND | PREPOSITIONS


def test_each_term_in_the_vocabulary_of_the_code_is_declared() -> None:
    named = {value for value in vars(vocabulary).values() if isinstance(value, NamedNode)}
    named |= {node for pair in vocabulary.EXECUTABLE_FORMS.values() for node in pair}
    assert _undeclared(named) == set()


def test_each_iri_of_ours_in_the_code_is_declared() -> None:
    found = set()
    for path in resources.directory("ontology").parent.glob("src/**/*.py"):
        text = path.read_text(encoding="utf-8")
        found |= {NamedNode(CG + name) for name in re.findall(re.escape(CG) + r"(\w+)", text)}
        found |= {term(curie) for curie in re.findall(r'\bterm\("([a-z]+:[\w-]+)"\)', text)}
    assert _undeclared(found) == set()


def test_each_term_in_the_shapes_is_declared() -> None:
    own_shapes = BASE + "shapes"
    nodes: set[Node] = {node for t in shapes() for node in (t.subject, t.predicate, t.object)}
    named = {node for node in nodes if isinstance(node, NamedNode) and not node.value.startswith(own_shapes)}
    assert _undeclared(named - {ROOT}) == set()


def test_each_term_in_the_constraints_of_the_shapes_is_declared() -> None:
    texts = [
        t.object.value for t in shapes() if t.predicate == term("sh:select") and isinstance(t.object, Literal)
    ]
    assert texts
    for text in texts:
        assert _undeclared(set(iris_in_sparql(text, dict(PREFIXES)))) == set(), text


@pytest.mark.parametrize(
    "path", [pytest.param(p, id=f"{p.parent.name}/{p.stem}") for p in resources.query_files()]
)
def test_each_term_in_a_query_is_declared_and_each_individual_described(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = set(iris_in_sparql(text, prefixes_in_sparql(text)))
    described = {t.subject for t in data()}
    assert {node for node in found if node.value.startswith(ID)} <= described
    assert _undeclared({node for node in found if not node.value.startswith(ID)}) == set()


def _undeclared(nodes: set[NamedNode]) -> set[NamedNode]:
    """Those that are neither declared nor of the languages that we write in, nor names of graphs."""
    return {n for n in nodes - declared() if not is_spoken(n) and not n.value.startswith(BASE + "graph/")}


def _derived(used: set[Node]) -> set[Node]:
    """What follows from the use of these: super-terms, inverses, the heads of chains, domains and ranges."""
    found: set[Node] = set()
    for curie in ("rdfs:subClassOf", "rdfs:subPropertyOf", "rdfs:domain", "rdfs:range"):
        found |= {value for subject, value in pairs(curie) if subject in used}
    for subject, value in pairs("owl:inverseOf"):
        found |= {subject} if value in used else set()
        found |= {value} if subject in used else set()
    found |= {head for head, chain in pairs("owl:propertyChainAxiom") if set(members(chain)) <= used}
    for restriction, property_ in pairs("owl:onProperty"):
        if property_ in used:
            found |= {value for subject, value in pairs("rdfs:subClassOf") if subject == restriction}
    return {node for node in found if isinstance(node, NamedNode)}


def _is_foreign(node: Node) -> bool:
    return isinstance(node, NamedNode) and not node.value.startswith(BASE)


def _local(node: Node) -> str:
    return str(node).strip("<>").rsplit("#", 1)[-1]
