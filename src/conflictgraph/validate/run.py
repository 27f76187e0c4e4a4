"""Ask a plan's queries and turn their rows into results.

It knows the data only through `Ask`; where the queries run is none of its business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from conflictgraph.validate.asking import Row, Table
from conflictgraph.validate.compiler import BeyondCompilerError
from conflictgraph.validate.focus import Query
from conflictgraph.validate.paths import Predicate
from conflictgraph.validate.plan import (
    CountStep,
    FocusStep,
    LogicStep,
    NodeStep,
    PropertyStep,
    ShapePlan,
    SparqlStep,
    Step,
    ValueStep,
    component_name,
    step_constraints,
)
from conflictgraph.validate.prebinding import for_one
from conflictgraph.validate.questions import Questions, distinct
from conflictgraph.validate.report import Result
from conflictgraph.validate.results import Finding, by_anchor, result, sparql_finding
from conflictgraph.validate.screen import Screen
from conflictgraph.validate.terms import FALSE
from conflictgraph.validate.triple_index import Term


@dataclass
class Run:
    """One evaluation of plans on one state of the data; what was found out once is not asked again."""

    questions: Questions
    screen: Screen
    _findings: dict[int, list[Finding]] = field(default_factory=dict)
    _failing: dict[int, frozenset[Term]] = field(default_factory=dict)
    _pairs: dict[int, dict[Term, dict[Term, None]]] = field(default_factory=dict)

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
        if self.screen.clears(plan, step):
            return ()
        match step:
            case ValueStep():
                return self._value_step(plan, step)
            case FocusStep():
                return self._focus_step(plan, step)
            case LogicStep():
                return self._logic_step(plan, step)
            case NodeStep():
                return self._node_step(plan, step)
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
            path = table.cell(row, "path")
            own = Predicate(path) if isinstance(path, NamedNode) else plan.shape.path
            value = table.cell(row, "value")
            yield Finding(row[0], result(plan.shape, step.constraint, row[0], value, path=own))

    def _logic_step(self, plan: ShapePlan, step: LogicStep) -> Iterator[Finding]:
        failing = [self.failing(nested) for nested in step.nested]
        name = component_name(step.constraint)
        if name in ("Node", "And") and not any(failing):
            return
        if name == "Or" and not frozenset.intersection(*failing):
            return
        details = by_anchor(self.findings(step.nested[0])) if name == "Node" else {}
        for focus, values in self.pairs(plan).items():
            for value in values:
                if not step.rule(tuple(value not in wrong for wrong in failing)):
                    inner = tuple(details.get(value, ()))
                    yield Finding(focus, result(plan.shape, step.constraint, focus, value, details=inner))

    def _node_step(self, plan: ShapePlan, step: NodeStep) -> Iterator[Finding]:
        wrong = dict.fromkeys(row for _, row in self._rows(plan, step, step.queries))
        details = by_anchor(self.findings(step.nested)) if wrong else {}
        for row in wrong:
            focus, value = row[0], row[-1]
            if focus is not None and value is not None:
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
                    yield from sparql_finding(
                        plan.shape, step.constraint, table.cell(row, "this"), table, row
                    )
            return
        for focus in self.foci(plan):
            text = for_one(step.single, focus)
            if text is None:
                raise BeyondCompilerError(f"its query cannot be asked for {focus} by name")
            found = self._rows(plan, step, (Query(text),))
            yield from (
                one
                for t, row in distinct(found)
                for one in sparql_finding(plan.shape, step.constraint, focus, t, row)
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
        return self.questions.rows(plan.shape, step_constraints(step) if step else (), queries)
