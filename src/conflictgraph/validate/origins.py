"""From which part of the shapes, and over which paths from its focus node, a result can have come.

What is nested in sh:node, sh:or and the like gives no results of its own; what is nested in sh:property does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pyoxigraph import NamedNode

from conflictgraph.validate.components import BY_IRI
from conflictgraph.validate.paths import Path
from conflictgraph.validate.report import Result
from conflictgraph.validate.results import Finding, source_constraint
from conflictgraph.validate.shapes import Constraint, Shape
from conflictgraph.validate.triple_index import Node

Part: TypeAlias = tuple[Node, frozenset[Constraint]]
_Source: TypeAlias = tuple[Node, NamedNode, Node | None]


@dataclass(frozen=True, slots=True)
class Origin:
    """A part of the shapes, and the steps from its focus node to the focus node of a result."""

    part: Part
    steps: tuple[Path, ...] = ()


class Origins:
    """The origins that are possible in one shapes graph."""

    def __init__(self, shapes: Mapping[Node, Shape], parts: tuple[Shape, ...]) -> None:
        self._shapes, self._parts = shapes, tuple(map(part_of, parts))
        self._by_source: dict[_Source, dict[Origin, None]] = {}
        for part in parts:
            for source, steps in self._sources(part, (), (part.node,)):
                self._by_source.setdefault(source, {})[Origin(part_of(part), steps)] = None

    def of(self, result: Result) -> tuple[Origin, ...]:
        """Return every origin that the result can have."""
        return tuple(
            self._by_source.get((result.source_shape, result.component, result.source_constraint), ())
        )

    def placed(
        self, results: Iterable[Result]
    ) -> tuple[Mapping[Part, tuple[Finding, ...]], tuple[Result, ...]]:
        """Return what was found for each part, and the results of which part or focus node is not certain."""
        found: dict[Part, list[Finding]] = {part: [] for part in self._parts}
        unplaced = []
        for result in results:
            match self.of(result):
                case (Origin(part, ()),):
                    found[part].append(Finding(result.focus_node, result))
                case _:
                    unplaced.append(result)
        return {part: tuple(findings) for part, findings in found.items()}, tuple(unplaced)

    def _sources(
        self, shape: Shape, steps: tuple[Path, ...], above: tuple[Node, ...]
    ) -> Iterator[tuple[_Source, tuple[Path, ...]]]:
        if shape.deactivated:
            return
        values = steps if shape.path is None else (*steps, shape.path)
        for constraint in shape.constraints:
            component = BY_IRI.get(constraint.component)
            if component is None or component.name != "Property":
                yield (shape.node, constraint.component, source_constraint(constraint)), steps
                continue
            for nested in constraint.shapes:
                if nested not in above:
                    yield from self._sources(self._shapes[nested], values, (*above, nested))


def part_of(shape: Shape) -> Part:
    """Tell the parts of a shape apart: which shape, and which constraints are in this part."""
    return shape.node, frozenset(shape.constraints)
