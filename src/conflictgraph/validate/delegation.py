"""What is not compiled goes to the reference engine: the same data, and only these shapes' targets."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pyoxigraph import BlankNode, NamedNode, Triple

from conflictgraph.validate.asking import Ask
from conflictgraph.validate.report import Result
from conflictgraph.validate.terms import TYPE, sh
from conflictgraph.validate.triple_index import Node

_TARGETS = frozenset(sh(f"target{kind}") for kind in ("Node", "Class", "SubjectsOf", "ObjectsOf")) | {
    sh("target")
}


def delegated_results(
    ask: Ask, shapes: Iterable[Triple], known: Collection[Node], delegated: Collection[Node]
) -> list[Result]:
    """Return what the reference engine finds with the delegated ones of the `known` shapes."""
    if not delegated:
        return []
    table = ask("SELECT ?s ?p ?o WHERE { ?s ?p ?o }")
    data = [
        Triple(s, p, o)
        for s, p, o in table.rows
        if isinstance(s, NamedNode | BlankNode) and isinstance(p, NamedNode) and o is not None
    ]
    kept = frozenset(delegated)
    # Only here: to import pySHACL takes a quarter of a second that most runs have no need of.
    from conflictgraph.validate.reference import reference_report

    only = _only_targets_of(shapes, kept, frozenset(known) - kept)
    return list(reference_report(data, only, advanced=True).results)


def _only_targets_of(
    shapes: Iterable[Triple], kept: frozenset[Node], dropped: frozenset[Node]
) -> list[Triple]:
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
