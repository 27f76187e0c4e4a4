"""A compiled shapes graph: which queries are asked for which constraint, and how their rows become results.

Immutable, and the same for any data: nothing in here has seen a store.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from conflictgraph.validate.components import Rule
from conflictgraph.validate.focus import Focus, Query
from conflictgraph.validate.report import Delegated
from conflictgraph.validate.shapes import Constraint, Shape
from conflictgraph.validate.terms import local_name
from conflictgraph.validate.triple_index import Node


@dataclass(frozen=True, slots=True)
class ValueStep:
    """Constraints on single value nodes, asked together. Column ?c0, ?c1, ... says whether each is met, if
    several."""

    constraints: tuple[Constraint, ...]
    queries: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class FocusStep:
    """One constraint whose rows are its results."""

    constraint: Constraint
    queries: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class LogicStep:
    """A constraint on which of some shapes a value node conforms to, combined from what each of them
    finds."""

    constraint: Constraint
    nested: tuple[ShapePlan, ...]
    rule: Rule


@dataclass(frozen=True, slots=True)
class NodeStep:
    """sh:node: the rows are the values that do not conform; what the nested shape finds there are details."""

    constraint: Constraint
    queries: tuple[Query, ...]
    nested: ShapePlan


@dataclass(frozen=True, slots=True)
class PropertyStep:
    """sh:property: the nested shape's results are results."""

    constraint: Constraint
    nested: ShapePlan


@dataclass(frozen=True, slots=True)
class CountStep:
    """A qualified constraint: how many value nodes conform to a shape and to none of its siblings."""

    constraint: Constraint
    nested: ShapePlan
    siblings: tuple[ShapePlan, ...]
    least: int | None
    most: int | None


@dataclass(frozen=True, slots=True)
class SparqlStep:
    """A SPARQL-based constraint: asked for all focus nodes at once, or (`single`) for each by itself."""

    constraint: Constraint
    queries: tuple[Query, ...]
    single: str = ""


Step: TypeAlias = ValueStep | FocusStep | LogicStep | NodeStep | PropertyStep | CountStep | SparqlStep


@dataclass(frozen=True, eq=False)
class ShapePlan:
    """One shape, looked at from some focus nodes. `foci` and `pairs` ask for all of them, where a step
    needs that."""

    shape: Shape
    focus: tuple[Focus, ...]
    steps: tuple[Step, ...]
    foci: tuple[Query, ...]
    pairs: tuple[Query, ...]

    def nested(self) -> Iterator[ShapePlan]:
        """Yield the plans that the steps ask in any case, each as often as it is referred to."""
        for step in self.steps:
            match step:
                case LogicStep(nested=plans):
                    yield from plans
                case PropertyStep(nested=plan):
                    yield plan
                case CountStep(nested=plan, siblings=siblings):
                    yield from (plan, *siblings)
                case _:
                    pass


@dataclass(frozen=True)
class Plan:
    """Every shape that has targets, compiled, or delegated with the reason."""

    roots: tuple[ShapePlan, ...]
    delegated: tuple[Delegated, ...]


COMBINED = "which no one query says: value nodes, and below what the nested shapes find"
"""What is said of a constraint that is combined from the answers of several queries."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One query of a plan, and what it is for."""

    shape: Node
    components: tuple[str, ...]
    sparql: str


def planned_queries(plan: Plan) -> tuple[Planned, ...]:
    """Return the queries of the plan in the order in which they would be asked, without those asked only
    at need."""
    seen: set[int] = set()
    return tuple(query for root in plan.roots for query in _of_shape(root, seen))


def _of_shape(plan: ShapePlan, seen: set[int]) -> Iterator[Planned]:
    if id(plan) in seen:
        return
    seen.add(id(plan))
    for step in plan.steps:
        if isinstance(step, ValueStep | FocusStep | NodeStep | SparqlStep):
            names = tuple(component_name(c) for c in step_constraints(step))
            for query in step.queries:
                yield Planned(plan.shape.node, names, query.sparql)
        elif isinstance(step, LogicStep | CountStep):
            for query in plan.pairs:
                yield Planned(
                    plan.shape.node, (f"{component_name(step.constraint)}, {COMBINED}",), query.sparql
                )
    for nested in plan.nested():
        yield from _of_shape(nested, seen)


def step_constraints(step: Step) -> tuple[Constraint, ...]:
    return step.constraints if isinstance(step, ValueStep) else (step.constraint,)


def component_name(constraint: Constraint) -> str:
    return local_name(constraint.component.value).removesuffix("ConstraintComponent")


def explanation(plan: Plan) -> str:
    """Return the plan for a person to read: each shape's queries, and what each is for."""
    lines = []
    for query in planned_queries(plan):
        lines += [f"# {query.shape} {', '.join(query.components)}", query.sparql, ""]
    for one in plan.delegated:
        lines += [f"# {one.shape} goes to pySHACL: {one.reason}", ""]
    return "\n".join(lines)
