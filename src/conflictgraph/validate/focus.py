"""Which nodes a shape looks at, as SPARQL patterns: a target, then the paths that lead to a nested shape's
nodes.

Patterns bind ?this (the focus node) and ?value (a value node), and may bind the same pair more than once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from conflictgraph.validate.paths import Alternative, Path, can_be_empty, is_plain, sparql_path
from conflictgraph.validate.shapes import AnyOf, Target, is_listed


@dataclass(frozen=True, slots=True)
class Focus:
    """The nodes that are reached from a target's nodes over some paths, each path taken with at least one
    triple."""

    target: Target
    steps: tuple[Path, ...] = ()

    @property
    def pattern(self) -> str:
        """Bind ?this."""
        names = [f"?f{number}" for number in range(len(self.steps))] + ["?this"]
        parts = [self.target.pattern(names[0])]
        for before, path, after in zip(names, self.steps, names[1:], strict=False):
            parts.append(f"{before} {sparql_path(path)} {after} .")
        return " ".join(parts)

    @property
    def counted(self) -> tuple[str, ...]:
        """Patterns whose solutions are about as many as the nodes."""
        if self.steps or not isinstance(self.target, AnyOf):
            return (self.pattern,)
        return tuple(target.pattern("?this") for target in self.target.targets)

    def stepped(self, path: Path | None) -> tuple[Focus, ...]:
        """Return the value nodes of the focus nodes over a path (SHACL 1.4), as focus nodes of a nested
        shape."""
        if path is None:
            return (self,)
        further = Focus(self.target, (*self.steps, path))
        return (further, self) if can_be_empty(path) else (further,)


@dataclass(frozen=True, slots=True)
class Query:
    """One question, worded from the focus nodes on; and, where few rows are expected, from a predicate on.

    Which is faster depends on the data: on how many focus nodes there are (`target`), and how many triples
    with the predicate (`step`), both told as patterns whose solutions are counted and added up. The wording
    from the predicate may find more nodes than the focus nodes, unless `is_whole`.
    """

    sparql: str
    from_predicate: str = ""
    target: tuple[str, ...] = ()
    step: tuple[str, ...] = ()
    is_whole: bool = False
    of_several: bool = False
    """Whether there is nothing to be found where no node has two triples of the step."""
    against: str = ""
    """What the wording from the predicate reads besides."""
    needs: str = ""
    """A pattern without whose solutions the question has none: the focus nodes."""


@dataclass(frozen=True)
class Ground:
    """One focus and the path of the shape under which its nodes are looked at (None for a node shape)."""

    focus: Focus
    path: Path | None
    read: Callable[[str], str] = str
    """From a variable to an expression for its value, where the store does not hold the value itself."""

    @cached_property
    def value(self) -> str:
        """The variable of the value nodes."""
        return "?this" if self.path is None else "?value"

    @cached_property
    def columns(self) -> str:
        return "?this" if self.path is None else "?this ?value"

    @cached_property
    def step(self) -> str:
        return self.step_to("?value")

    @cached_property
    def counted_step(self) -> tuple[str, ...]:
        """Patterns whose solutions are as many as those of a plain step."""
        choices = self.path.choices if isinstance(self.path, Alternative) else (self.path,)
        steps = (Ground(self.focus, choice).counted_step for choice in choices)
        return tuple(p for step in steps for p in step) if len(choices) > 1 else (self.step,)

    def step_to(self, node: str) -> str:
        """Lead from ?this to a variable or term by at least one triple; nothing for a node shape."""
        return "" if self.path is None else f"?this {sparql_path(self.path)} {node} ."

    @cached_property
    def may_be_empty(self) -> bool:
        return self.path is not None and can_be_empty(self.path)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        return self.groups_to("?value")

    def groups_to(self, value: str) -> tuple[str, ...]:
        """Patterns that together bind every ?this with every value node.

        A path that needs no triple also leads from each focus node to itself, also where the graph does not
        hold the node; SPARQL 1.1 (18.4) promises that only for nodes of the graph, hence the second
        pattern.
        """
        native = f"{self.focus.pattern} {self.step_to(value)}".strip()
        return (native, f"{self.focus.pattern} BIND(?this AS {value})") if self.may_be_empty else (native,)

    @cached_property
    def is_plain(self) -> bool:
        """Say whether the path is one predicate, its inverse, or a choice of such."""
        return self.path is not None and is_plain(self.path)

    @cached_property
    def is_single(self) -> bool:
        """Say whether a value node is reached by one triple only."""
        return self.is_plain and not isinstance(self.path, Alternative)

    def rows(self, columns: str, rest: str) -> tuple[Query, ...]:
        """Ask for the pairs of ?this and value node for which the rest of a pattern has solutions: few,
        one hopes."""
        asked = tuple(f"SELECT DISTINCT {columns} WHERE {{ {group} {rest} }}" for group in self.groups)
        if not self.is_plain or is_listed(self.focus.target):
            return tuple(map(Query, asked))
        other = f"SELECT DISTINCT {columns} WHERE {{ {self.step} {rest} }}"
        return (Query(asked[0], other, self.focus.counted, self.counted_step),)

    @cached_property
    def union(self) -> str:
        return " UNION ".join(f"{{ {group} }}" for group in self.groups)
