"""The ontology as the tests of it read it: by module, and the terms that it declares."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from conflictgraph import rdf, resources, vocabulary
from conflictgraph.ingest.seed import seed_graphs, shape_triples
from conflictgraph.vocabulary import CG, term

ROOT = NamedNode(vocabulary.BASE + "ontology")
TYPE = term("rdf:type")
SPOKEN = ("rdf:", "rdfs:", "owl:", "xsd:", "sh:")
"""Vocabularies in which ontology, shapes and queries themselves are written."""

Node = NamedNode | BlankNode | Literal | Triple


@cache
def modules() -> dict[str, tuple[Triple, ...]]:
    """The triples of each module, by file name, without the schemes."""
    files = [path for path in resources.ontology_files() if path.parent.name != "schemes"]
    return {path.stem: tuple(quad.triple for quad in rdf.quads_from_file(path)) for path in files}


@cache
def ontology() -> tuple[Triple, ...]:
    """The triples of all modules."""
    return tuple(triple for triples in modules().values() for triple in triples)


@cache
def schemes() -> tuple[Triple, ...]:
    """The triples of the concept schemes."""
    return tuple(seed_graphs()[1].triples())


@cache
def data() -> tuple[Triple, ...]:
    """The shipped data."""
    return tuple(triple for graph in seed_graphs()[2:] for triple in graph.triples())


@cache
def shapes() -> tuple[Triple, ...]:
    """The shipped shapes."""
    return tuple(shape_triples())


def of_type(curie: str) -> set[NamedNode]:
    """The IRIs that ontology or schemes declare to be of a class."""
    found = (t.subject for t in (*ontology(), *schemes()) if t.predicate == TYPE and t.object == term(curie))
    return {node for node in found if isinstance(node, NamedNode)}


@cache
def properties() -> frozenset[NamedNode]:
    """The declared properties, our own and those of others."""
    kinds = ("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty", "rdf:Property")
    return frozenset(node for kind in kinds for node in of_type(kind))


@cache
def declared() -> frozenset[NamedNode]:
    """Every IRI that ontology or schemes give a type."""
    found = (t.subject for t in (*ontology(), *schemes()) if t.predicate == TYPE)
    return frozenset(node for node in found if isinstance(node, NamedNode))


def own(nodes: Iterable[NamedNode]) -> set[NamedNode]:
    """Those that are terms of the ontology."""
    return {node for node in nodes if node.value.startswith(CG)}


def objects(subject: Node, curie: str) -> list[Node]:
    """What a term has as values of a property, in any module or scheme."""
    predicate = term(curie)
    return [t.object for t in (*ontology(), *schemes()) if t.subject == subject and t.predicate == predicate]


def pairs(curie: str) -> list[tuple[Node, Node]]:
    """Subjects and objects of a property in the ontology."""
    return [(t.subject, t.object) for t in ontology() if t.predicate == term(curie)]


def members(head: Node) -> list[Node]:
    """The members of a list in the ontology."""
    found: list[Node] = []
    while head != term("rdf:nil"):
        found += objects(head, "rdf:first")
        (head,) = objects(head, "rdf:rest")
    return found


def is_spoken(iri: NamedNode) -> bool:
    """Whether an IRI belongs to the languages that ontology, shapes and queries are written in."""
    return iri.value.startswith(tuple(vocabulary.PREFIXES[prefix[:-1]] for prefix in SPOKEN))


def iris_in_sparql(text: str, prefixes: dict[str, str]) -> Iterator[NamedNode]:
    """The IRIs that a query mentions, in full or by prefix; those in strings and comments are none."""
    bare = re.sub(r'"""(?:.|\n)*?"""|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'', '""', text)
    bare = re.sub(r"(?i)^\s*(PREFIX|BASE)\b.*$", "", re.sub(r"(?m)#[^\n>]*$", "", bare), flags=re.MULTILINE)
    yield from (NamedNode(iri) for iri in re.findall(r"<([^<>\s\"]+)>", bare))
    bare = re.sub(r"<[^<>\s]*>", " ", bare)
    for prefix, local in re.findall(r"(?<![\w?$:@-])([A-Za-z][\w-]*):([\w][\w.-]*)?", bare):
        if local:
            yield NamedNode(prefixes[prefix] + local.rstrip("."))


def prefixes_in_sparql(text: str) -> dict[str, str]:
    """The prefixes that a query declares."""
    return dict(re.findall(r"(?im)^\s*PREFIX\s+([\w-]*):\s*<([^>]*)>", text))
