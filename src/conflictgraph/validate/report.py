"""A validation report as a value: what fails, where, by which shape. (SHACL 3.6)

It does not know who made it, the compiled plan or the reference, nor how it is shown.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode

from conflictgraph.validate.paths import Path
from conflictgraph.validate.terms import VIOLATION
from conflictgraph.validate.triple_index import Node, Term


@dataclass(frozen=True, slots=True)
class Result:
    """One sh:ValidationResult.

    `messages` are those that the shapes graph declares, placeholders filled in; wording of our own is not
    in here.
    `path` is None for a node shape; `value` is None where the component has none (sh:minCount, ...).
    """

    focus_node: Term
    path: Path | None
    value: Term | None
    component: NamedNode
    severity: Node
    source_shape: Node
    messages: tuple[Literal, ...] = ()
    source_constraint: Node | None = None
    details: tuple[Result, ...] = ()

    def key(self) -> tuple[object, ...]:
        """Return what two reports must agree on: everything but the details."""
        messages = tuple(sorted(str(message) for message in self.messages))
        parts = (self.focus_node, self.path, self.value, self.component, self.severity, self.source_shape)
        return (*parts, messages, self.source_constraint)


@dataclass(frozen=True, slots=True)
class Delegated:
    """A shape that was not compiled but given to the reference engine on the same data, and why."""

    shape: Node
    reason: str


@dataclass(frozen=True)
class Report:
    """The results in a stable order, and which shapes went to the reference engine."""

    results: tuple[Result, ...] = ()
    delegated: tuple[Delegated, ...] = ()

    @cached_property
    def conforms(self) -> bool:
        """True if nothing has severity sh:Violation: warnings publish, and stay on record."""
        return not any(result.severity == VIOLATION for result in self.results)

    @cached_property
    def conforms_exactly(self) -> bool:
        """sh:conforms as SHACL 3.6.1.1 defines it: true only if there is no result at all, of any
        severity."""
        return not self.results

    def counted(self) -> Counter[tuple[object, ...]]:
        """Return the results as a multiset, to compare two reports."""
        return Counter(result.key() for result in self.results)


def in_order(results: list[Result]) -> tuple[Result, ...]:
    """Sort results by shape, component, focus node, value: the same data gives the same report, line for
    line."""
    return tuple(sorted(results, key=lambda r: tuple(str(part) for part in _reading_order(r))))


def _reading_order(result: Result) -> tuple[object, ...]:
    return (
        result.source_shape,
        result.component,
        result.focus_node,
        result.value,
        result.path,
        result.messages,
    )
