"""Ask a plan's queries and turn their rows into results.

It knows the data only through `Ask`; where the queries run is none of its business.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from conflictgraph.errors import QuerySyntaxError
from conflictgraph.validate.asking import Ask, Row, Table
from conflictgraph.validate.compiler import BeyondCompilerError
from conflictgraph.validate.components import BY_IRI
from conflictgraph.validate.faults import ShapesError
from conflictgraph.validate.focus import Query
from conflictgraph.validate.paths import Path, Predicate
from conflictgraph.validate.plan import (
    CountStep,
    FocusStep,
    LogicStep,
    PropertyStep,
    ShapePlan,
    SparqlStep,
    Step,
    ValueStep,
    component_name,
    step_constraints,
)
from conflictgraph.validate.prebinding import for_one
from conflictgraph.validate.report import Result
from conflictgraph.validate.shapes import Constraint, Shape
from conflictgraph.validate.subclasses import Subclasses
from conflictgraph.validate.terms import FALSE
from conflictgraph.validate.triple_index import Node, Term

_FEW = 1000
_SCAN = 3
"""Reading a triple in the order of the predicate's index costs about a third of looking one up for a focus
node."""
_PLACE = re.compile(r"error at (\d+):\d+")
_PLACEHOLDER = re.compile(r"\{[?$](\w+)\}")


class Finding(NamedTuple):
    """A result, and the focus node of the shape under which it was found (sh:property results have their
    own)."""

    anchor: Term
    result: Result


@dataclass(frozen=True, slots=True)
class Timing:
    """One query as it was asked: for which shape and components, how long it took, how many rows came."""

    shape: Node
    components: tuple[str, ...]
    sparql: str
    seconds: float
    rows: int


@dataclass
class Run:
    """One evaluation of plans on one state of the data; what was found out once is not asked again."""

    ask: Ask
    timings: list[Timing] = field(default_factory=list)
    _findings: dict[int, list[Finding]] = field(default_factory=dict)
    _failing: dict[int, frozenset[Term]] = field(default_factory=dict)
    _pairs: dict[int, dict[Term, dict[Term, None]]] = field(default_factory=dict)
    _counts: dict[tuple[str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._classes = Subclasses(self.ask)

    def findings(self, plan: ShapePlan) -> list[Finding]:
        """Return what is wrong with the plan's focus nodes. Raises ShapesError, BeyondCompilerError,
        EngineError."""
        if id(plan) not in self._findings:
            self._findings[id(plan)] = [found for step in plan.steps for found in self._step(plan, step)]
        return self._findings[id(plan)]

    def failing(self, plan: ShapePlan) -> frozenset[Term]:
        """Return the focus nodes that do not conform."""
        if id(plan) not in self._failing:
            self._failing[id(plan)] = frozenset(found.anchor for found in self.findings(plan))
        return self._failing[id(plan)]

    def _step(self, plan: ShapePlan, step: Step) -> Iterable[Finding]:
        match step:
            case ValueStep():
                return self._value_step(plan, step)
            case FocusStep():
                return self._focus_step(plan, step)
            case LogicStep():
                return self._logic_step(plan, step)
            case PropertyStep():
                return self._property_step(plan, step)
            case CountStep():
                return self._count_step(plan, step)
            case SparqlStep():
                return self._sparql_step(plan, step)

    def _value_step(self, plan: ShapePlan, step: ValueStep) -> Iterator[Finding]:
        rows = dict.fromkeys(row for _, row in self._rows(plan, step, step.queries))
        first = 1 if plan.shape.path is None else 2
        for row in rows:
            focus, value = row[0], row[first - 1]
            if focus is None or value is None:
                continue
            for number, constraint in enumerate(step.constraints):
                if len(step.constraints) == 1 or row[first + number] == FALSE:
                    yield Finding(focus, result(plan.shape, constraint, focus, value))

    def _focus_step(self, plan: ShapePlan, step: FocusStep) -> Iterator[Finding]:
        seen: set[Row] = set()
        for table, row in self._rows(plan, step, step.queries):
            if row in seen or row[0] is None:
                continue
            seen.add(row)
            path = _cell(table, row, "path")
            own = Predicate(path) if isinstance(path, NamedNode) else plan.shape.path
            value = _cell(table, row, "value")
            yield Finding(row[0], result(plan.shape, step.constraint, row[0], value, path=own))

    def _logic_step(self, plan: ShapePlan, step: LogicStep) -> Iterator[Finding]:
        failing = [self.failing(nested) for nested in step.nested]
        name = component_name(step.constraint)
        if name in ("Node", "And") and not any(failing):
            return
        if name == "Or" and not frozenset.intersection(*failing):
            return
        details = _details(self.findings(step.nested[0])) if name == "Node" else {}
        for focus, values in self.pairs(plan).items():
            for value in values:
                if not step.rule(tuple(value not in wrong for wrong in failing)):
                    inner = tuple(details.get(value, ()))
                    yield Finding(focus, result(plan.shape, step.constraint, focus, value, details=inner))

    def _property_step(self, plan: ShapePlan, step: PropertyStep) -> Iterator[Finding]:
        nested = self.findings(step.nested)
        if plan.shape.path is None:
            yield from nested
        elif nested:
            by_value: dict[Term, list[Result]] = {}
            for found in nested:
                by_value.setdefault(found.anchor, []).append(found.result)
            for focus, values in self.pairs(plan).items():
                yield from (Finding(focus, one) for value in values for one in by_value.get(value, ()))

    def _count_step(self, plan: ShapePlan, step: CountStep) -> Iterator[Finding]:
        wrong = self.failing(step.nested)
        siblings = [self.failing(sibling) for sibling in step.siblings]
        pairs = self.pairs(plan)
        for focus in self.foci(plan):
            counted = 0
            for value in pairs.get(focus, ()):
                counted += value not in wrong and all(value in failing for failing in siblings)
            few = step.least is not None and counted < step.least
            many = step.most is not None and counted > step.most
            if few or many:
                yield Finding(focus, result(plan.shape, step.constraint, focus, None))

    def _sparql_step(self, plan: ShapePlan, step: SparqlStep) -> Iterator[Finding]:
        seen: set[Row] = set()
        if not step.single:
            for table, row in self._rows(plan, step, step.queries):
                if row not in seen:
                    seen.add(row)
                    yield from _sparql_finding(
                        plan.shape, step.constraint, _cell(table, row, "this"), table, row
                    )
            return
        for focus in self.foci(plan):
            text = for_one(step.single, focus)
            if text is None:
                raise BeyondCompilerError(f"its query cannot be asked for {focus} by name")
            found = self._rows(plan, step, (Query(text),))
            yield from (
                one
                for t, row in _distinct(found)
                for one in _sparql_finding(plan.shape, step.constraint, focus, t, row)
            )

    def foci(self, plan: ShapePlan) -> dict[Term, None]:
        """Return all focus nodes."""
        rows = (row for _, row in self._rows(plan, None, plan.foci))
        return dict.fromkeys(row[0] for row in rows if row[0] is not None)

    def pairs(self, plan: ShapePlan) -> dict[Term, dict[Term, None]]:
        """Return the value nodes of each focus node that has any."""
        if id(plan) not in self._pairs:
            found: dict[Term, dict[Term, None]] = {}
            for _, (focus, value) in self._rows(plan, None, plan.pairs):
                if focus is not None and value is not None:
                    found.setdefault(focus, {})[value] = None
            self._pairs[id(plan)] = found
        return self._pairs[id(plan)]

    def _rows(
        self, plan: ShapePlan, step: Step | None, queries: tuple[Query, ...]
    ) -> Iterator[tuple[Table, Row]]:
        constraints = step_constraints(step) if step else ()
        for query in queries:
            if query.needs and not self._count(query.needs, 1):
                continue
            sparql = self._wording(query)
            start = time.perf_counter()
            table = self._asked(plan.shape, constraints, sparql)
            names = tuple(component_name(c) for c in constraints)
            seconds = time.perf_counter() - start
            self.timings.append(Timing(plan.shape.node, names, sparql, seconds, len(table.rows)))
            for row in table.rows:
                yield table, row

    def _wording(self, query: Query) -> str:
        """Choose the wording that has less to read in this data, and look classes up instead of paths."""
        if query.from_predicate:
            nodes = self._count(query.target)
            if nodes > _FEW and self._count(query.step, _SCAN * nodes) < _SCAN * nodes:
                return self._classes.narrowed(query.from_predicate)
        return self._classes.narrowed(query.sparql)

    def _count(self, pattern: str, limit: int = 0) -> int:
        if (pattern, limit) not in self._counts:
            rows = f"{{ SELECT (1 AS ?one) WHERE {{ {pattern} }} LIMIT {limit} }}" if limit else pattern
            table = self.ask(self._classes.narrowed(f"SELECT (COUNT(*) AS ?n) WHERE {{ {rows} }}"))
            count = table.rows[0][0]
            self._counts[pattern, limit] = int(count.value) if count is not None else 0
        return self._counts[pattern, limit]

    def _asked(self, shape: Shape, constraints: tuple[Constraint, ...], sparql: str) -> Table:
        """Ask; a query of the shapes graph's author that is not SPARQL is the shapes graph's fault."""
        author = next((c.query for c in constraints if c.query is not None), None)
        try:
            return self.ask(sparql)
        except QuerySyntaxError as error:
            if author is None:
                raise
            line, message = error.line, error.message
        except SyntaxError as error:
            if author is None:
                raise
            place = _PLACE.search(error.msg)
            line, message = int(place.group(1)) if place else 0, error.msg
        raise ShapesError(
            shape.node, f"the query of {author.node} is not SPARQL: {message[:160]}", max(line - 1, 0)
        )


def result(
    shape: Shape,
    constraint: Constraint,
    focus: Term,
    value: Term | None,
    *,
    path: Path | None = None,
    messages: tuple[Literal, ...] = (),
    details: tuple[Result, ...] = (),
) -> Result:
    """Return one validation result (SHACL 3.6.2)."""
    is_core = constraint.component in BY_IRI
    source = constraint.query.node if constraint.query and not is_core and not constraint.parameters else None
    return Result(
        focus_node=focus,
        path=path or shape.path,
        value=value,
        component=constraint.component,
        severity=shape.severity,
        source_shape=shape.node,
        messages=messages or shape.messages,
        source_constraint=source,
        details=details,
    )


def _sparql_finding(
    shape: Shape, constraint: Constraint, focus: Term | None, table: Table, row: Row
) -> Iterator[Finding]:
    """SHACL 5.3.2: what a solution says about value, path and message, with what stands in for what it
    leaves out."""
    if focus is None:
        return
    path, value = _cell(table, row, "path"), _cell(table, row, "value")
    own = Predicate(path) if isinstance(path, NamedNode) else shape.path
    if value is None and shape.path is None:
        value = focus
    said = _cell(table, row, "message")
    bound: dict[str, Term | None] = dict(constraint.query.parameters) if constraint.query else {}
    bound |= {name: cell for name, cell in zip(table.names, row, strict=True) if cell is not None}
    bound.setdefault("this", focus)
    if value is not None:
        bound.setdefault("value", value)
    declared = constraint.query.messages if constraint.query else ()
    templates = (said,) if isinstance(said, Literal) else declared or shape.messages
    messages = tuple(_filled(template, bound) for template in templates)
    yield Finding(focus, result(shape, constraint, focus, value, path=own, messages=messages))


def _filled(template: Literal, bound: dict[str, Term | None]) -> Literal:
    def replacement(match: re.Match[str]) -> str:
        term = bound.get(match.group(1))
        return match.group() if term is None else term.value

    text = _PLACEHOLDER.sub(replacement, template.value)
    return Literal(text, language=template.language) if template.language else Literal(text)


def _details(findings: list[Finding]) -> dict[Term, list[Result]]:
    found: dict[Term, list[Result]] = {}
    for one in findings:
        found.setdefault(one.anchor, []).append(one.result)
    return found


def _distinct(found: Iterable[tuple[Table, Row]]) -> Iterator[tuple[Table, Row]]:
    seen: set[Row] = set()
    for table, row in found:
        if row not in seen:
            seen.add(row)
            yield table, row


def _cell(table: Table, row: Row, name: str) -> Term | None:
    at = table.column(name)
    return None if at is None else row[at]
