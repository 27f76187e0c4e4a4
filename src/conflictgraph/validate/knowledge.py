"""What signatures tell of nodes and their values: that something holds for sure, or that it does not, or
neither.

None stands for "neither" throughout. Must not know how results are made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from math import inf
from typing import TypeAlias

from pyoxigraph import NamedNode

from conflictgraph.validate.paths import Alternative, Inverse, Path, Predicate
from conflictgraph.validate.shapes import (
    AnyOf,
    Constraint,
    Shape,
    Target,
    TargetClass,
    TargetObjectsOf,
    TargetSubjectsOf,
)
from conflictgraph.validate.signatures import Atom, Count, Has, IsValue, Signature
from conflictgraph.validate.terms import TYPE
from conflictgraph.validate.triple_index import Node

Verdict: TypeAlias = bool | None
Judge: TypeAlias = Callable[[Constraint, "Told"], Verdict]
Bounds: TypeAlias = tuple[float, float]
_UNKNOWN = 6
"""How many verdicts may be unknown before a rule is not tried on all that they could be."""


class Knowledge:
    """The signatures of some data; or, before these are read (`signatures` is None), which atoms the
    questions need."""

    def __init__(
        self,
        shapes: Mapping[Node, Shape],
        subclasses: Callable[[str], tuple[str, ...] | None],
        judge: Judge,
        condition: Callable[[Shape], str],
        signatures: tuple[Signature, ...] | None = None,
    ) -> None:
        self.shapes, self.wanted = shapes, dict[Atom, None]()
        self.condition = condition
        self._subclasses, self._judge = subclasses, judge
        self._wants = signatures is None
        self.signatures: tuple[Signature, ...] = ({},) if signatures is None else signatures
        self._all_right: dict[tuple[Path, Constraint], bool] = {}

    def number(self, signature: Signature, atom: Atom) -> int:
        """Return how often a node has what an atom counts."""
        if self._wants:
            self.wanted[atom] = None
            return 1
        return signature.get(atom, 0)

    def is_instance(self, signature: Signature, class_: NamedNode) -> Verdict:
        """Say whether the node is a SHACL instance of a class (SHACL 1.4)."""
        classes = self._subclasses(str(class_))
        if classes is None:
            return None
        return max(self.number(signature, Has(TYPE, NamedNode(iri[1:-1]))) for iri in classes) > 0

    def is_focus(self, signature: Signature, target: Target) -> Verdict:
        """Say whether a target selects the node (SHACL 2.1.3); None where nodes without a signature may be
        selected."""
        match target:
            case TargetClass(class_):
                return self.is_instance(signature, class_)
            case TargetSubjectsOf(predicate):
                return self.number(signature, Count(predicate)) > 0
            case TargetObjectsOf(predicate):
                return self.number(signature, IsValue(predicate)) > 0
            case AnyOf(targets):
                verdicts = [self.is_focus(signature, each) for each in targets]
                return None if None in verdicts else any(verdicts)
            case _:
                return None

    def conforms(self, node: Node, signature: Signature, above: tuple[Node, ...] = ()) -> Verdict:
        """Say whether a node conforms to a shape."""
        shape = self.shapes[node]
        if shape.deactivated:
            return True
        if shape.beyond or node in above:
            return None
        told = Told(self, signature, shape.path, (*above, node))
        return whatever(all, [self._judge(constraint, told) for constraint in shape.constraints])

    def all_right(self, step: Path, constraint: Constraint, is_right: Callable[[Signature], Verdict]) -> bool:
        """Say whether every node that a predicate leads to from anywhere is right in the sense of a
        constraint."""
        if (step, constraint) not in self._all_right:
            verdicts = [is_right(signature) for signature in self.reached(step)]
            self._all_right[step, constraint] = all(verdict is True for verdict in verdicts)
        return self._all_right[step, constraint]

    def reached(self, step: Path) -> list[Signature]:
        """Return the signatures of the nodes that a predicate leads to, or from if it is inverted."""
        inner = step.path if isinstance(step, Inverse) else step
        assert isinstance(inner, Predicate)
        atom = Count(inner.iri) if isinstance(step, Inverse) else IsValue(inner.iri)
        return [signature for signature in self.signatures if self.number(signature, atom)]


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of the value nodes of a node over a path (None: of the node itself)."""

    knowledge: Knowledge
    signature: Signature
    path: Path | None
    above: tuple[Node, ...] = ()

    def number(self, atom: Atom) -> int:
        return self.knowledge.number(self.signature, atom)

    def bounds(self) -> Bounds:
        """Return how many value nodes there are at least and at most."""
        return (1, 1) if self.path is None else self._bounds(self.path)

    def _bounds(self, path: Path) -> Bounds:
        match path:
            case Predicate(iri):
                number = self.number(Count(iri))
                return number, number
            case Inverse(Predicate(iri)):
                number = self.number(Count(iri, backwards=True))
                return number, number
            case Alternative(choices):
                bounds = [self._bounds(choice) for choice in choices]
                return max(least for least, _ in bounds), sum(most for _, most in bounds)
            case _:
                return 0, inf

    def every(self, constraint: Constraint, is_right: Callable[[Signature], Verdict]) -> Verdict:
        """Say whether all values are right in the sense of a constraint: as all nodes are that the path leads
        to."""
        if self.path is None:
            return is_right(self.signature)
        steps = plain_steps(self.path)
        if steps is None:
            return None
        right = [self.knowledge.all_right(step, constraint, is_right) for step in steps]
        return all(right) or None

    def conforms(self, node: Node, signature: Signature) -> Verdict:
        return self.knowledge.conforms(node, signature, self.above)


def plain_steps(path: Path) -> tuple[Path, ...] | None:
    """Return the predicates, perhaps inverted, between which a path chooses; None if it does more."""
    steps = path.choices if isinstance(path, Alternative) else (path,)
    plain = all(
        isinstance(s, Predicate) or (isinstance(s, Inverse) and isinstance(s.path, Predicate)) for s in steps
    )
    return steps if plain else None


def whatever(rule: Callable[[tuple[bool, ...]], bool], verdicts: Iterable[Verdict]) -> Verdict:
    """Return what a rule says, if it says the same whatever the unknown verdicts are."""
    verdicts = tuple(verdicts)
    if verdicts.count(None) > _UNKNOWN:
        return None
    ways = product(*((verdict,) if verdict is not None else (True, False) for verdict in verdicts))
    found = {rule(way) for way in ways}
    return found.pop() if len(found) == 1 else None
