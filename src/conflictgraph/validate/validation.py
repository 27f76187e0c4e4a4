"""Validate data against compiled shapes; what could not be compiled goes to the reference engine, and is
named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

from pyoxigraph import BlankNode, NamedNode, Triple

from conflictgraph.validate.affected import affected_nodes, parts
from conflictgraph.validate.asking import Ask
from conflictgraph.validate.compiler import BeyondCompilerError, compiled_shapes
from conflictgraph.validate.faults import ShapesError
from conflictgraph.validate.plan import Plan
from conflictgraph.validate.questions import Questions, Timing
from conflictgraph.validate.report import Delegated, Report, Result, in_order
from conflictgraph.validate.results import Finding
from conflictgraph.validate.run import Run
from conflictgraph.validate.scratch import Scratch
from conflictgraph.validate.shape_reader import read_shapes
from conflictgraph.validate.shapes import Among, Constraint, Shape, Target
from conflictgraph.validate.terms import TYPE, sh
from conflictgraph.validate.triple_index import Node, Term

_SHAPES_GRAPH = NamedNode("https://w3id.org/conflictgraph/graph/shapes")
Part: TypeAlias = tuple[Node, frozenset[Constraint]]
Progress: TypeAlias = Callable[[int, int], None]
_TARGETS = frozenset(sh(f"target{kind}") for kind in ("Node", "Class", "SubjectsOf", "ObjectsOf")) | {
    sh("target")
}


@dataclass(frozen=True)
class Validation:
    """A report, how long each query took, and what was found for each shape (to be brought up to date
    later)."""

    report: Report
    timings: tuple[Timing, ...]
    found: Mapping[Part, tuple[Finding, ...]]


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
    def plan(self) -> Plan:
        """The queries for data in a store; `planned_queries` lists them."""
        return compiled_shapes(self._read, self._shapes_graph, self._parts)

    def validate_triples(self, data: Iterable[Triple], progress: Progress | None = None) -> Validation:
        """Return the report on a graph that is in no store, its literals judged as they are written."""
        graph = self._shapes_graph or _SHAPES_GRAPH
        scratch = Scratch(data, self.shapes, graph)
        plan = compiled_shapes(self._read, graph, self._parts, keeps=scratch.keeps)
        return self._validated(plan, scratch.ask, progress)

    def validate(self, ask: Ask, progress: Progress | None = None) -> Validation:
        """Return the report on the data behind `ask`.

        `progress` is told how many shapes are done, and of how many. Raises ShapesError for a query in the
        shapes graph
        that is not SPARQL, and what `ask` raises.
        """
        return self._validated(self.plan, ask, progress)

    def revalidate(self, before: Validation, ask: Ask, changed: Iterable[Triple]) -> Validation:
        """Return what `validate` would after a change of some triples (added or removed), by looking only
        where it matters.

        `before` is the validation of the data before the change, `ask` sees the data after it.
        """
        changed = tuple(changed)
        roots, kept = [], {}
        for shape in self._parts:
            part = _part(shape)
            if part in before.found:
                among = affected_nodes(self._read, shape, changed, ask)
                roots.append(replace(shape, targets=_narrowed(shape.targets, among)))
                kept[part] = _unaffected(before.found[part], among)
        plan = compiled_shapes(self._read, self._shapes_graph, roots)
        return self._validated(plan, ask, None, kept, self.plan.delegated)

    def _validated(
        self,
        plan: Plan,
        ask: Ask,
        progress: Progress | None,
        kept: Mapping[Part, tuple[Finding, ...]] | None = None,
        delegated: Iterable[Delegated] = (),
    ) -> Validation:
        self._check_patterns(ask)
        run = Run(Questions(ask))
        found: dict[Part, tuple[Finding, ...]] = dict(kept or {})
        given = {one.shape: one for one in (*delegated, *plan.delegated)}
        for number, root in enumerate(plan.roots, 1):
            part, node = _part(root.shape), root.shape.node
            try:
                found[part] = (*found.get(part, ()), *run.findings(root))
            except BeyondCompilerError as reason:
                given[node] = Delegated(node, str(reason))
            if progress is not None:
                progress(number, len(plan.roots))
        found = {part: findings for part, findings in found.items() if part[0] not in given}
        results = [one.result for findings in found.values() for one in findings]
        results += self.delegated_results(ask, given.values())
        return Validation(
            Report(in_order(results), tuple(given.values())), tuple(run.questions.timings), found
        )

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

    def delegated_results(self, ask: Ask, delegated: Iterable[Delegated]) -> list[Result]:
        """Return what the reference engine finds with the given shapes on the same data."""
        nodes = frozenset(one.shape for one in delegated)
        if not nodes:
            return []
        table = ask("SELECT ?s ?p ?o WHERE { ?s ?p ?o }")
        data = [
            Triple(s, p, o)
            for s, p, o in table.rows
            if isinstance(s, NamedNode | BlankNode) and isinstance(p, NamedNode) and o is not None
        ]
        shapes = _only_targets_of(self.shapes, nodes, self._read.keys() - nodes)
        # Only here: to import pySHACL takes a quarter of a second that most runs have no need of.
        from conflictgraph.validate.reference import reference_report

        return list(reference_report(data, shapes, advanced=True).results)


def _part(shape: Shape) -> Part:
    """Tell the parts of a shape apart: which shape, and which constraints are in this part."""
    return shape.node, frozenset(shape.constraints)


def _narrowed(targets: tuple[Target, ...], among: tuple[Term, ...] | None) -> tuple[Target, ...]:
    if among is None:
        return targets
    return tuple(Among(among, t) for t in targets if among and not isinstance(t, Among))


def _unaffected(found: tuple[Finding, ...], among: tuple[Term, ...] | None) -> tuple[Finding, ...]:
    nodes = frozenset(among or ())
    return () if among is None else tuple(one for one in found if one.anchor not in nodes)


def _only_targets_of(shapes: Iterable[Triple], kept: frozenset[Node], dropped: set[Node]) -> list[Triple]:
    """Take the targets of all other shapes away, also the implicit ones, so that only these shapes are
    checked."""
    kinds = {sh("NodeShape"), sh("PropertyShape")}
    return [
        t
        for t in shapes
        if not (
            t.subject in dropped
            and (t.predicate in _TARGETS or (t.predicate == TYPE and t.object not in kinds))
        )
        and not (t.predicate in _TARGETS and t.subject not in kept)
    ]
