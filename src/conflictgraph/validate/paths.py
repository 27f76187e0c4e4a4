"""SHACL property paths as values: read from a shapes graph, written as SPARQL and as RDF again. (SHACL
2.3.1)"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from pyoxigraph import BlankNode, NamedNode, Triple

from conflictgraph.validate.terms import sh
from conflictgraph.validate.triple_index import FIRST, NIL, REST, Node, Term, TripleIndex

MakeNode: TypeAlias = Callable[[], Node]
_INVERSE, _ALTERNATIVE = sh("inversePath"), sh("alternativePath")


@dataclass(frozen=True, slots=True)
class Predicate:
    iri: NamedNode


@dataclass(frozen=True, slots=True)
class Inverse:
    path: Path


@dataclass(frozen=True, slots=True)
class Sequence:
    steps: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    choices: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`*`, `+` or `?` by its SHACL property: sh:zeroOrMorePath, sh:oneOrMorePath, sh:zeroOrOnePath."""

    path: Path
    mark: str


Path: TypeAlias = Predicate | Inverse | Sequence | Alternative | Repeat
MARKS = {sh("zeroOrMorePath"): "*", sh("oneOrMorePath"): "+", sh("zeroOrOnePath"): "?"}


class PathError(ValueError):
    """The node is no well-formed SHACL property path; the message says why."""


def read_path(graph: TripleIndex, node: Term, above: frozenset[Term] = frozenset()) -> Path:
    """Read the path at a node (SHACL 2.3.1). Raises PathError.

    A node that is a list and something else besides is read as a list, as the working group's tests have it.
    """
    if isinstance(node, NamedNode) and node != NIL:
        return Predicate(node)
    if not isinstance(node, BlankNode):
        raise PathError(f"expected an IRI or a blank node as a path, found {node}")
    if node in above:
        raise PathError("the path contains itself")
    above = above | {node}
    if graph.objects(node, FIRST):
        return Sequence(_members(graph, node, above))
    if (alternative := graph.value(node, _ALTERNATIVE)) is not None:
        return Alternative(_members(graph, alternative, above))
    if (inverse := graph.value(node, _INVERSE)) is not None:
        return Inverse(read_path(graph, inverse, above))
    for property_, mark in MARKS.items():
        if (repeated := graph.value(node, property_)) is not None:
            return Repeat(read_path(graph, repeated, above), mark)
    raise PathError("a blank node that is neither a list nor has a path property such as sh:inversePath")


def _members(graph: TripleIndex, head: Term, above: frozenset[Term]) -> tuple[Path, ...]:
    members = graph.members(head)
    if members is None:
        raise PathError("the list of the path is broken: each cell needs one rdf:first and one rdf:rest")
    if len(members) < 2:
        raise PathError(f"the list of the path has {len(members)} members and needs at least 2")
    return tuple(read_path(graph, member, above) for member in members)


def sparql_path(path: Path) -> str:
    """Return the path in SPARQL's own notation, each part in parentheses where it needs them."""
    match path:
        case Predicate(iri):
            return str(iri)
        case Inverse(inner):
            return (
                f"^({sparql_path(inner)})" if not isinstance(inner, Predicate) else f"^{sparql_path(inner)}"
            )
        case Sequence(steps):
            return "(" + "/".join(sparql_path(step) for step in steps) + ")"
        case Alternative(choices):
            return "(" + "|".join(sparql_path(choice) for choice in choices) + ")"
        case Repeat(inner, mark):
            return f"({sparql_path(inner)}){mark}"


def can_be_empty(path: Path) -> bool:
    """Say whether a node is its own value node over this path without any triple."""
    match path:
        case Predicate():
            return False
        case Inverse(inner):
            return can_be_empty(inner)
        case Sequence(steps):
            return all(can_be_empty(step) for step in steps)
        case Alternative(choices):
            return any(can_be_empty(choice) for choice in choices)
        case Repeat(inner, mark):
            return mark != "+" or can_be_empty(inner)


def is_plain(path: Path) -> bool:
    """Say whether the path is one predicate, its inverse, or a choice of such."""
    match path:
        case Predicate() | Inverse(Predicate()):
            return True
        case Alternative(choices):
            return all(map(is_plain, choices))
        case _:
            return False


def path_triples(path: Path, make_node: MakeNode) -> tuple[Node, list[Triple]]:
    """Return the node that stands for the path and the triples that describe it."""
    match path:
        case Predicate(iri):
            return iri, []
        case Inverse(inner):
            return _wrapped(_INVERSE, *path_triples(inner, make_node), make_node)
        case Repeat(inner, mark):
            property_ = next(iri for iri, found in MARKS.items() if found == mark)
            return _wrapped(property_, *path_triples(inner, make_node), make_node)
        case Alternative(choices):
            return _wrapped(_ALTERNATIVE, *_list_triples(choices, make_node), make_node)
        case Sequence(steps):
            return _list_triples(steps, make_node)


def _wrapped(
    property_: NamedNode, inner: Node, triples: list[Triple], make_node: MakeNode
) -> tuple[Node, list[Triple]]:
    node = make_node()
    return node, [Triple(node, property_, inner), *triples]


def _list_triples(parts: tuple[Path, ...], make_node: MakeNode) -> tuple[Node, list[Triple]]:
    head: Node = NIL
    triples: list[Triple] = []
    for part in reversed(parts):
        member, inner = path_triples(part, make_node)
        cell = make_node()
        triples = [Triple(cell, FIRST, member), Triple(cell, REST, head), *inner, *triples]
        head = cell
    return head, triples
