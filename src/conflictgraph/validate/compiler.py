"""From shapes to a plan of SPARQL queries.

It decides how each constraint is asked and what cannot be compiled; the queries' wording is in the
component modules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pyoxigraph import NamedNode

from conflictgraph.validate.components import BY_IRI
from conflictgraph.validate.conditions import Conditions, known
from conflictgraph.validate.focus import Focus, Ground, Query
from conflictgraph.validate.kept_literals import constraint_with_kept, target_with_kept, value_of
from conflictgraph.validate.kept_values import with_values
from conflictgraph.validate.narrowing import asked_of_values
from conflictgraph.validate.paths import sparql_path
from conflictgraph.validate.plan import (
    CountStep,
    FocusStep,
    LogicStep,
    NodeStep,
    Plan,
    PropertyStep,
    ShapePlan,
    SparqlStep,
    Step,
    ValueStep,
)
from conflictgraph.validate.prebinding import ask_for_all, constants, for_all
from conflictgraph.validate.report import Delegated
from conflictgraph.validate.shapes import AnyOf, Constraint, QueryText, Shape, TargetNodes
from conflictgraph.validate.terms import sh
from conflictgraph.validate.triple_index import Node

_MOST = sh("QualifiedMaxCountConstraintComponent")


class BeyondCompilerError(Exception):
    """A shape cannot be compiled: it goes to the reference engine, for the reason given."""


def compiled_shapes(
    shapes: Mapping[Node, Shape],
    shapes_graph: NamedNode | None = None,
    roots: Iterable[Shape] | None = None,
    *,
    keeps: bool = False,
) -> Plan:
    """Compile shapes: all that have targets, or the `roots` given, which may be parts of them.

    `shapes_graph` is the named graph of the data's dataset that holds the shapes, if there is one
    ($shapesGraph);
    `keeps` says that the data has literals as kept_literals describes them.
    """
    if keeps:
        shapes = {node: _with_kept(shape) for node, shape in shapes.items()}
        roots = None if roots is None else map(_with_kept, roots)
    compiler = _Compiler(shapes, shapes_graph, keeps)
    planned: list[ShapePlan] = []
    delegated: dict[Node, Delegated] = {}
    for shape in shapes.values() if roots is None else roots:
        if (not shape.targets and not shape.beyond) or shape.deactivated:
            continue
        try:
            planned.append(compiler.root(shape))
        except BeyondCompilerError as reason:
            delegated[shape.node] = Delegated(shape.node, str(reason))
    compiled = tuple(one for one in planned if one.shape.node not in delegated)
    return Plan(compiled, tuple(delegated.values()))


class _Compiler:
    def __init__(self, shapes: Mapping[Node, Shape], shapes_graph: NamedNode | None, keeps: bool) -> None:
        self.shapes = shapes
        self._keeps = keeps
        self._conditions = Conditions(shapes, keeps=keeps)
        self._shapes_graph = shapes_graph
        self._plans: dict[tuple[Node, tuple[Focus, ...]], ShapePlan] = {}

    def root(self, shape: Shape) -> ShapePlan:
        several = len(shape.targets) > 1
        focus = (Focus(AnyOf(shape.targets)),) if several else tuple(map(Focus, shape.targets))
        return self._new_plan(shape, focus, (shape.node,))

    def plan(self, node: Node, focus: tuple[Focus, ...], above: tuple[Node, ...]) -> ShapePlan:
        if node in above:
            raise BeyondCompilerError(
                f"the shape {node} refers to itself, which SHACL leaves undefined (3.4.3)"
            )
        if (node, focus) not in self._plans:
            self._plans[node, focus] = self._new_plan(self.shapes[node], focus, (*above, node))
        return self._plans[node, focus]

    def _new_plan(self, shape: Shape, focus: tuple[Focus, ...], above: tuple[Node, ...]) -> ShapePlan:
        if shape.beyond:
            raise BeyondCompilerError(shape.beyond)
        grounds = tuple(Ground(one, shape.path, value_of if self._keeps else str) for one in focus)
        steps: list[Step] = list(self._value_steps(shape, grounds, above))
        for constraint in shape.constraints:
            if self._condition(constraint, grounds[0].value, above) is None:
                steps.append(self._step(shape, constraint, grounds, above))
        return ShapePlan(
            shape=shape,
            focus=focus,
            steps=tuple(steps),
            foci=tuple(query for ground in grounds for query in _needing(ground, (_nodes(ground),))),
            pairs=tuple(query for ground in grounds for query in _needing(ground, _pairs(ground))),
        )

    def _value_steps(
        self, shape: Shape, grounds: tuple[Ground, ...], above: tuple[Node, ...]
    ) -> Iterable[ValueStep]:
        """Ask all conditions on single value nodes in one go over the value nodes."""
        value = grounds[0].value
        conditions = known((c, self._condition(c, value, above)) for c in shape.constraints)
        if conditions:
            texts = tuple(conditions.values())
            queries = tuple(query for g in grounds for query in _needing(g, _wrong_values(g, texts)))
            yield ValueStep(tuple(conditions), queries)

    def _condition(self, constraint: Constraint, value: str, above: tuple[Node, ...]) -> str | None:
        """Return a shape's own constraint as a condition on one value node; None if it is asked otherwise.

        So is sh:node, whose results carry the nested results as details, and what has queries of its own
        (sh:class).
        """
        component = BY_IRI.get(constraint.component)
        if component is None or component.focus is not None or component.name == "Node":
            return None
        return self._conditions.on_value(constraint, value, above)

    def _step(
        self, shape: Shape, constraint: Constraint, grounds: tuple[Ground, ...], above: tuple[Node, ...]
    ) -> Step:
        component = BY_IRI.get(constraint.component)
        if component is None:
            return self._sparql_step(shape, constraint, grounds)
        if component.focus is not None:
            asked = tuple(q for g in grounds for q in _needing(g, component.focus(constraint, g)))
            return FocusStep(constraint, asked)
        if component.name.startswith("Qualified"):
            counted = [(g, self._counted(constraint, g, above)) for g in grounds]
            asked = tuple(q for g, query in counted if query is not None for q in _needing(g, (query,)))
            if len(asked) == len(grounds):
                return FocusStep(constraint, asked)
        values = tuple(step for ground in grounds for step in ground.focus.stepped(shape.path))
        nested = tuple(self.plan(node, values, above) for node in constraint.shapes)
        right = self._conditions.on_value(constraint, grounds[0].value, above)
        if right is not None and component.name == "Node":
            asked = tuple(q for g in grounds for q in _needing(g, _wrong_nodes(g, right)))
            return NodeStep(constraint, asked, nested[0])
        if component.rule is not None:
            return LogicStep(constraint, nested, component.rule)
        if component.name == "Property":
            return PropertyStep(constraint, nested[0])
        siblings = tuple(self.plan(node, values, above) for node in constraint.siblings)
        least = constraint.number("qualifiedMinCount") if component.name == "QualifiedMinCount" else None
        most = constraint.number("qualifiedMaxCount") if component.name == "QualifiedMaxCount" else None
        return CountStep(constraint, nested[0], siblings, least, most)

    def _counted(self, constraint: Constraint, ground: Ground, above: tuple[Node, ...]) -> Query | None:
        """Ask for the focus nodes with too few or too many value nodes of a kind; None if the kind is no
        condition, or the count too high."""
        right = self._conditions.qualified(constraint, "?value", above)
        if right is None:
            return None
        if constraint.component == _MOST:
            having = (
                f"GROUP BY ?this HAVING (COUNT(DISTINCT ?value) > {constraint.number('qualifiedMaxCount')})"
            )
            return Query(f"SELECT ?this WHERE {{ {ground.union} FILTER({right}) }} {having}")
        enough = self._conditions.on_node(constraint, ground.path, above)
        if enough is None:
            return None
        return Query(f"SELECT DISTINCT ?this WHERE {{ {ground.focus.pattern} FILTER(!{enough}) }}")

    def _sparql_step(self, shape: Shape, constraint: Constraint, grounds: tuple[Ground, ...]) -> SparqlStep:
        query = constraint.query
        if query is None:
            raise BeyondCompilerError(f"{constraint.component} has no query")
        path = None if shape.path is None else sparql_path(shape.path)
        text = constants(query, path, shape.node, self._shapes_graph)
        if text is None:
            raise BeyondCompilerError(
                f"the query of {query.node} has a blank node as parameter, or a $shapesGraph not given"
            )
        text = f"{query.prefixes}\n{with_values(text) if self._keeps else text}"
        if query.values is not None:
            text = asked_of_values(text, TargetNodes(query.values).pattern("?value")) or text
        queries = [
            _for_all(query, text, ground, group) for ground in grounds for group in _patterns(query, ground)
        ]
        known = tuple(one for one in queries if one is not None)
        if len(known) == len(queries):
            return SparqlStep(constraint, tuple(map(Query, known)))
        if query.is_ask:
            raise BeyondCompilerError(f"the query of {query.node} cannot be asked for many values at once")
        return SparqlStep(constraint, (), single=text)


def _with_kept(shape: Shape) -> Shape:
    return replace(
        shape,
        targets=tuple(map(target_with_kept, shape.targets)),
        constraints=tuple(map(constraint_with_kept, shape.constraints)),
    )


def _patterns(query: QueryText, ground: Ground) -> tuple[str, ...]:
    if not query.is_ask:
        return (ground.focus.pattern,)
    if ground.path is None:
        return (f"{ground.focus.pattern} BIND(?this AS ?value)",)
    return ground.groups


def _for_all(query: QueryText, text: str, ground: Ground, pattern: str) -> str | None:
    return ask_for_all(text, pattern) if query.is_ask else for_all(text, ground.focus.pattern)


def _wrong_values(ground: Ground, conditions: tuple[str, ...]) -> tuple[Query, ...]:
    wrong = f"FILTER(!({' && '.join(conditions)}))"
    flags = [f"({condition} AS ?c{number})" for number, condition in enumerate(conditions)]
    return ground.rows(" ".join([ground.columns, *(flags if len(flags) > 1 else ())]), wrong)


def _wrong_nodes(ground: Ground, condition: str) -> tuple[Query, ...]:
    """Ask for the values that do not conform; from the predicate on, each different value is judged once."""
    queries = ground.rows(ground.columns, f"FILTER(!{condition})")
    if not queries[0].from_predicate:
        return queries
    different = f"{{ SELECT DISTINCT ?value WHERE {{ {ground.step} }} }}"
    wrong = f"{{ SELECT ?value WHERE {{ {different} FILTER(!{condition}) }} }}"
    by_predicate = f"SELECT DISTINCT {ground.columns} WHERE {{ {wrong} {ground.step} }}"
    return (replace(queries[0], from_predicate=by_predicate),)


def _nodes(ground: Ground) -> Query:
    return Query(f"SELECT DISTINCT ?this WHERE {{ {ground.focus.pattern} }}")


def _pairs(ground: Ground) -> tuple[Query, ...]:
    columns = "?this (?this AS ?value)" if ground.path is None else "?this ?value"
    return tuple(Query(f"SELECT DISTINCT {columns} WHERE {{ {group} }}") for group in ground.groups)


def _needing(ground: Ground, queries: Iterable[Query]) -> tuple[Query, ...]:
    if isinstance(ground.focus.target, TargetNodes) and not ground.focus.steps:
        return tuple(queries)
    return tuple(replace(query, needs=ground.focus.pattern) for query in queries)
