"""Shapes as values: what a shapes graph says, checked and without RDF lists in between. (SHACL 2)"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode

from conflictgraph.validate.paths import Path
from conflictgraph.validate.triple_index import Node, Term


@dataclass(frozen=True, slots=True)
class TargetNodes:
    """sh:targetNode (SHACL 2.1.3.1)."""

    nodes: tuple[Term, ...]

    def pattern(self, variable: str) -> str:
        return f"VALUES {variable} {{ {' '.join(str(node) for node in self.nodes)} }}"


@dataclass(frozen=True, slots=True)
class TargetClass:
    """sh:targetClass and implicit class targets (SHACL 2.1.3.2, 2.1.3.3)."""

    iri: NamedNode

    def pattern(self, variable: str) -> str:
        return f"{variable} {INSTANCE_OF} {self.iri} ."


@dataclass(frozen=True, slots=True)
class TargetSubjectsOf:
    """sh:targetSubjectsOf (SHACL 2.1.3.4)."""

    predicate: NamedNode

    def pattern(self, variable: str) -> str:
        return f"{variable} {self.predicate} {variable}_object ."


@dataclass(frozen=True, slots=True)
class TargetObjectsOf:
    """sh:targetObjectsOf (SHACL 2.1.3.5)."""

    predicate: NamedNode

    def pattern(self, variable: str) -> str:
        return f"{variable}_subject {self.predicate} {variable} ."


@dataclass(frozen=True, slots=True)
class Among:
    """Those of the given nodes (no blank nodes) that a target also selects."""

    nodes: tuple[Term, ...]
    target: Target

    def pattern(self, variable: str) -> str:
        if isinstance(self.target, TargetNodes):
            return TargetNodes(tuple(n for n in self.target.nodes if n in set(self.nodes))).pattern(variable)
        return f"{TargetNodes(self.nodes).pattern(variable)} {self.target.pattern(variable)}"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What any of several targets selects, each node once."""

    targets: tuple[Target, ...]

    def pattern(self, variable: str) -> str:
        union = " UNION ".join(f"{{ {target.pattern(variable)} }}" for target in self.targets)
        return f"{{ SELECT DISTINCT {variable} WHERE {{ {union} }} }}"


Target: TypeAlias = TargetNodes | TargetClass | TargetSubjectsOf | TargetObjectsOf | Among | AnyOf


def is_listed(target: Target) -> bool:
    """Say whether the target's nodes are written out in the query: then it begins from these."""
    if isinstance(target, AnyOf):
        return all(map(is_listed, target.targets))
    return isinstance(target, TargetNodes | Among)


INSTANCE_OF = (
    "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>/<http://www.w3.org/2000/01/rdf-schema#subClassOf>*"
)


@dataclass(frozen=True, slots=True)
class QueryText:
    """The query of a SPARQL-based constraint or validator, as its author wrote it. (SHACL 5.2, 6.2.3)

    `parameters` are the values that a component's parameters have on the shape, by variable name; `values`
    are those of ?value that are asked about, where it is not all.
    """

    node: Node
    is_ask: bool
    text: str
    prefixes: str
    messages: tuple[Literal, ...] = ()
    parameters: tuple[tuple[str, Term], ...] = ()
    optional: tuple[str, ...] = ()
    values: tuple[Term, ...] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint: its component, its parameters by name (lists are tuples), the shapes it refers to."""

    component: NamedNode
    parameters: tuple[tuple[str, tuple[Term, ...]], ...] = ()
    shapes: tuple[Node, ...] = ()
    siblings: tuple[Node, ...] = ()
    query: QueryText | None = None

    def terms(self, name: str) -> tuple[Term, ...]:
        return next((terms for found, terms in self.parameters if found == name), ())

    def term(self, name: str) -> Term:
        return self.terms(name)[0]

    def number(self, name: str) -> int:
        return int(self.term(name).value)


@dataclass(frozen=True, slots=True)
class Shape:
    """A node shape (`path` is None) or a property shape."""

    node: Node
    path: Path | None
    targets: tuple[Target, ...]
    constraints: tuple[Constraint, ...]
    severity: Node
    messages: tuple[Literal, ...]
    deactivated: bool = False
    beyond: str = ""
    """Why the compiler cannot take the shape; empty if it can."""
