"""What an addition to a closed store brings, and what a removal takes away. Must not know the rules.

A change of the ontology rebuilds everything. A removal deletes what may have followed from it, then derives
again what follows anyway (delete and re-derive).
"""

from collections.abc import Iterable
from typing import Final

from pyoxigraph import NamedNode, Store, Triple

from conflictgraph.reason import checks, forward, ontology, sparql
from conflictgraph.reason.closure import InferredResult, close
from conflictgraph.reason.compiled import Compiled, compiled
from conflictgraph.reason.findings import Finding
from conflictgraph.reason.ontology import is_ontology
from conflictgraph.reason.plan import meet, symbol
from conflictgraph.reason.workspace import INFERRED, MERGED, Notes, Workspace

DOUBTFUL: Final = NamedNode(sparql.SCRATCH + "doubtful")


def extend(store: Store, added: Iterable[Triple]) -> InferredResult:
    """Infer what follows from triples that were added to the merged view of a closed store.

    The findings are those that the addition takes part in.
    """
    work, added = Workspace(store), tuple(added)
    if any(map(is_ontology, added)):
        return close(store)
    current = compiled(work)
    work.drop(INFERRED, added)
    notes = Notes()
    forward.mark(work, (*current.plan.derivations, *current.plan.checks))
    work.load(forward.delta(1), added)
    rounds = forward.later_rounds(work, current.plan, notes)
    found = _new_findings(work, current, rounds)
    forward.clear(work, rounds)
    notes.store(work)
    if any(map(is_ontology, notes)):
        return close(store)
    return InferredResult(len(notes), found, rounds, rebuilt=False)


def retract(store: Store, removed: Iterable[Triple]) -> InferredResult:
    """Take back what no longer follows after triples were removed from the merged view of a closed store.

    A removed triple that follows from others comes back as an inferred one.
    """
    work, removed = Workspace(store), tuple(removed)
    if any(map(is_ontology, removed)):
        return close(store)
    current = compiled(work)
    work.load(MERGED, removed)
    work.load(DOUBTFUL, removed)
    forward.mark(work, (*current.plan.derivations, *current.plan.checks))
    rounds = _doubt(work, current, removed)
    doubtful = work.triples(DOUBTFUL)
    forward.clear(work, rounds)
    if any(map(is_ontology, doubtful)):
        work.drop(MERGED, removed)
        work.update(f"DROP SILENT GRAPH {DOUBTFUL}")
        return close(store)
    for graph in (MERGED, INFERRED):
        work.drop(graph, doubtful)
    forward.mark(work, current.plan.derivations)
    notes = _derived_again(work, current)
    rounds += forward.later_rounds(work, current.plan, notes)
    forward.clear(work, rounds)
    work.update(f"DROP SILENT GRAPH {DOUBTFUL}")
    notes.store(work)
    lost = len(doubtful) - len(removed) - len(notes)
    return InferredResult(0, (), rounds, removed=max(lost, 0), rebuilt=False)


def _doubt(work: Workspace, current: Compiled, removed: tuple[Triple, ...]) -> int:
    """Collect the inferred triples that have a derivation from a removed one; returns the rounds that
    took.
    """
    number, found = 1, Notes()
    work.load(forward.delta(1), removed)
    while changed := forward.symbols(work, forward.delta(number)):
        for step, premise in forward.affected(current.plan.derivations, changed):
            assert step.head
            group = " ".join(
                (
                    sparql.where_changed(step, premise, forward.delta(number)),
                    sparql.known(step.head, INFERRED),
                    sparql.unknown(step.head, DOUBTFUL),
                )
            )
            forward.conclude(work, step, group, [DOUBTFUL, forward.delta(number + 1)], found)
        number += 1
    return number


def _derived_again(work: Workspace, current: Compiled) -> Notes:
    """Those doubtful triples that still follow in one step; they go to the merged view and to delta 1."""
    notes = Notes()
    schema = ontology.conclusions(current.facts, work)
    notes.add(schema)
    for graph in (MERGED, forward.delta(1)):
        work.load(graph, schema)
    changed = forward.symbols(work, DOUBTFUL)
    for step in current.plan.derivations:
        assert step.head
        if any(meet(symbol(step.head), one) for one in changed):
            group = f"{sparql.where_concluded(step, step.head, DOUBTFUL)} {sparql.unknown(step.head)}"
            forward.conclude(work, step, group, [MERGED, forward.delta(1)], notes)
    return notes


def _new_findings(work: Workspace, current: Compiled, rounds: int) -> tuple[Finding, ...]:
    deltas = [forward.delta(number) for number in range(1, rounds + 1)]
    return checks.findings(work, current.plan.checks, deltas)
