"""The OWL 2 RL closure of everything in a store in memory. Must not know the rules or their queries."""

from dataclasses import dataclass

from pyoxigraph import Store

from conflictgraph.reason import checks, forward, ontology, sparql
from conflictgraph.reason.compiled import Compiled, compiled
from conflictgraph.reason.findings import Finding
from conflictgraph.reason.workspace import INFERRED, MERGED, Notes, Workspace


@dataclass(frozen=True, slots=True)
class InferredResult:
    """What reasoning did: how many inferred triples it added, the inconsistencies, the rounds it took.

    `removed` counts what a removal took away; `rebuilt` says that everything was closed anew.
    """

    added: int
    findings: tuple[Finding, ...]
    rounds: int
    removed: int = 0
    rebuilt: bool = True


def close(store: Store) -> InferredResult:
    """Replace the inferred graph with the OWL 2 RL closure of what the default graph asserts.

    The default graph is the merged view and gets the inferred triples, too; those of an earlier closure are
    taken out first. Deterministic, and the same when run twice.
    """
    work = Workspace(store)
    _forget(work)
    notes, rounds, found = conclusions(work)
    notes.store(work)
    return InferredResult(len(notes), found, rounds)


def conclusions(work: Workspace) -> tuple[Notes, int, tuple[Finding, ...]]:
    """What follows from the merged view, the rounds it took, and the inconsistencies.

    Leaves in the merged view those conclusions that rules read. Where rules conclude something about the
    ontology itself, it is compiled and run again.
    """
    notes, rounds = Notes(), 0
    while True:
        current = compiled(work)
        rounds += _run(work, current, notes)
        if all(fact in current.facts for fact in ontology.stated(work)):
            return notes, rounds, _checked(work, current)


def _forget(work: Workspace) -> None:
    """Take the inferred triples out of the merged view and empty their graph; keep what a named graph
    asserts.
    """
    work.update(
        f"DELETE {{ ?s ?p ?o }} WHERE {{ GRAPH {INFERRED} {{ ?s ?p ?o }}"
        f" FILTER NOT EXISTS {{ GRAPH ?g {{ ?s ?p ?o }} {sparql.ASSERTING} }} }}"
        f" ; DROP SILENT GRAPH {INFERRED}"
    )


def _run(work: Workspace, current: Compiled, notes: Notes) -> int:
    schema = ontology.conclusions(current.facts, work)
    notes.add(schema)
    work.load(MERGED, schema)
    forward.mark(work, current.plan.derivations)
    forward.first_round(work, current.plan, notes)
    rounds = forward.later_rounds(work, current.plan, notes)
    forward.clear(work, rounds)
    return rounds


def _checked(work: Workspace, current: Compiled) -> tuple[Finding, ...]:
    forward.mark(work, current.plan.checks)
    found = checks.findings(work, current.plan.checks)
    forward.clear(work, 0)
    return found
