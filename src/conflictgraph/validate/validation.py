"""Validate data against compiled shapes; what could not be compiled goes to the reference engine, and is
named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from pyoxigraph import NamedNode, Triple

from conflictgraph.validate.affected import Affected, Place, affected, parts
from conflictgraph.validate.asking import Ask, remembering
from conflictgraph.validate.compiler import BeyondCompilerError, compiled_shapes
from conflictgraph.validate.delegation import delegated_results
from conflictgraph.validate.faults import ShapesError
from conflictgraph.validate.kept_literals import compared_terms
from conflictgraph.validate.origins import Origins, Part, part_of
from conflictgraph.validate.plan import Plan
from conflictgraph.validate.questions import Questions, Timing
from conflictgraph.validate.record import recalled, record, shapes_name
from conflictgraph.validate.report import Delegated, Report, Result, in_order
from conflictgraph.validate.results import Finding
from conflictgraph.validate.scratch import Scratch
from conflictgraph.validate.shape_reader import read_shapes
from conflictgraph.validate.shapes import Among, Constraint, Shape
from conflictgraph.validate.shares import Progress, outcomes, processors
from conflictgraph.validate.triple_index import Term

_SHAPES_GRAPH = NamedNode("https://w3id.org/conflictgraph/graph/shapes")


@dataclass(frozen=True)
class Validation:
    """A report, how long each query took, and what was found for each part of the shapes (to be brought up
    to date later).

    `unplaced` are results of a report that was read back whose part or focus node it does not tell.
    """

    report: Report
    timings: tuple[Timing, ...]
    found: Mapping[Part, tuple[Finding, ...]]
    unplaced: tuple[Result, ...] = ()


class Validator:
    """A shapes graph, compiled once and applied to any data."""

    def __init__(self, shapes: Iterable[Triple], shapes_graph: NamedNode | None = None) -> None:
        """Read the shapes. Raises ShapesError.

        `shapes_graph` names the graph in the data's dataset that holds the shapes, for queries that use
        $shapesGraph.
        """
        self.shapes = tuple(shapes)
        self._read = read_shapes(self.shapes)
        self._parts = tuple(parts(self._read))
        self._shapes_graph = shapes_graph

    @cached_property
    def _name(self) -> NamedNode:
        return shapes_name(self.shapes)

    @cached_property
    def _origins(self) -> Origins:
        return Origins(self._read, self._parts)

    @cached_property
    def plan(self) -> Plan:
        """The queries for data in a store; `planned_queries` lists them."""
        return compiled_shapes(self._read, self._shapes_graph, self._parts)

    def prepare(self) -> None:
        """Compile now what would be for the first validation that goes on from a report."""
        for _ in (self._name, self._origins, self.plan):
            pass

    def validate_triples(self, data: Iterable[Triple], progress: Progress | None = None) -> Validation:
        """Return the report on a graph that is in no store, its literals judged as they are written."""
        graph = self._shapes_graph or _SHAPES_GRAPH
        scratch = Scratch(data, self.shapes, graph, compared_terms(self._read.values()))
        plan = compiled_shapes(self._read, graph, self._parts, keeps=scratch.keeps)
        self._check_patterns(scratch.ask)
        at_once = 1 if scratch.keeps else processors()
        return self._validated(plan, scratch.ask, progress, screened=not scratch.keeps, at_once=at_once)

    def validate(self, ask: Ask, progress: Progress | None = None, *, at_once: int = 1) -> Validation:
        """Return the report on the data behind `ask`.

        `progress` is told how many shapes are done, and of how many. `at_once` is how many threads ask: more
        than one only if `ask` lets them. Raises ShapesError for a query in the shapes graph that is not
        SPARQL, and what `ask` raises.
        """
        self._check_patterns(ask)
        return self._validated(self.plan, ask, progress, at_once=at_once)

    def record(self, report: Report, base: str) -> list[Triple]:
        """Return a report for a graph of the store: without blank nodes, its own nodes IRIs below `base`, and
        with the name of the shapes."""
        return record(report, self._name, base)

    def recalled(self, triples: Iterable[Triple], base: str) -> Validation | None:
        """Return the validation that `record` told of, for `revalidate`; None if that cannot be gone on from.

        That is so after another version or other shapes (also if these have blank nodes whose labels change),
        and for a report on blank nodes of the data.
        """
        report = recalled(triples, self._name, base)
        if report is None:
            return None
        delegated = {one.shape for one in self.plan.delegated}
        found, unplaced = self._origins.placed(report.results)
        placed = {part: findings for part, findings in found.items() if part[0] not in delegated}
        return Validation(report, (), placed, unplaced)

    def revalidate(self, before: Validation, ask: Ask, changed: Iterable[Triple]) -> Validation:
        """Return what `validate` would after a change of some triples (added or removed), by looking only
        where it matters.

        `before` is the validation of the data before the change (in this process, or `recalled`), `ask` sees
        the data after it.
        """
        changed = tuple(changed)
        ask = remembering(ask)
        delegated = {one.shape for one in self.plan.delegated}
        roots, kept = [], {}
        for shape in self._parts:
            part = part_of(shape)
            if part in before.found:
                among = affected(self._read, shape, changed, ask, self._doubtful(part, before))
                roots.append(_narrowed(shape, among))
                kept[part] = _unaffected(before.found[part], among)
            elif shape.node not in delegated:
                roots.append(shape)
        plan = compiled_shapes(self._read, self._shapes_graph, roots)
        return self._validated(plan, ask, None, kept, self.plan.delegated)

    def _doubtful(self, part: Part, before: Validation) -> Iterator[Place]:
        """Yield where results lie of which it is not known whether they are of this part."""
        for result in before.unplaced:
            for origin in self._origins.of(result):
                if origin.part == part:
                    yield origin.steps, result.focus_node

    def _validated(
        self,
        plan: Plan,
        ask: Ask,
        progress: Progress | None,
        kept: Mapping[Part, tuple[Finding, ...]] | None = None,
        delegated: Iterable[Delegated] = (),
        *,
        screened: bool = True,
        at_once: int = 1,
    ) -> Validation:
        questions = Questions(ask)
        found: dict[Part, tuple[Finding, ...]] = dict(kept or {})
        given = {one.shape: one for one in (*delegated, *plan.delegated)}
        done = outcomes(plan.roots, self._read, questions, progress, screened=screened, at_once=at_once)
        for root, outcome in zip(plan.roots, done, strict=True):
            part, node = part_of(root.shape), root.shape.node
            if isinstance(outcome, BeyondCompilerError):
                given[node] = Delegated(node, str(outcome))
            else:
                found[part] = (*found.get(part, ()), *outcome)
        found = {part: findings for part, findings in found.items() if part[0] not in given}
        results = [one.result for findings in found.values() for one in findings]
        results += delegated_results(ask, self.shapes, self._read.keys(), given)
        return Validation(Report(in_order(results), tuple(given.values())), tuple(questions.timings), found)

    def _check_patterns(self, ask: Ask) -> None:
        """SHACL 4.4.3: sh:pattern must be a regular expression that the engine takes, else nothing would
        match."""
        for shape in self._read.values():
            for constraint in shape.constraints:
                if constraint.terms("pattern"):
                    arguments = ", ".join(
                        map(str, (*constraint.terms("pattern"), *constraint.terms("flags")))
                    )
                    if ask(f'SELECT (REGEX("", {arguments}) AS ?is) WHERE {{}}').rows[0][0] is None:
                        reason = f"sh:pattern is no regular expression: {arguments}"
                        raise ShapesError(shape.node, reason)


def _narrowed(shape: Shape, among: Affected | None) -> Shape:
    if among is None:
        return shape
    if not among.nodes:
        return replace(shape, targets=())
    if among.are_values:
        return replace(shape, constraints=tuple(_of_values(c, among.nodes) for c in shape.constraints))
    return replace(
        shape, targets=tuple(Among(among.nodes, t) for t in shape.targets if not isinstance(t, Among))
    )


def _of_values(constraint: Constraint, values: tuple[Term, ...]) -> Constraint:
    query = constraint.query
    return constraint if query is None else replace(constraint, query=replace(query, values=values))


def _unaffected(found: tuple[Finding, ...], among: Affected | None) -> tuple[Finding, ...]:
    if among is None:
        return ()
    nodes = frozenset(among.nodes)
    return tuple(one for one in found if (one.result.value if among.are_values else one.anchor) not in nodes)
