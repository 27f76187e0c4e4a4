"""The OWL 2 RL closure of relations, and of a store in memory. Must not know the rules."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pyoxigraph import Store

from conflictgraph.reason import checks, collecting, forward, ontology, reading
from conflictgraph.reason.compiled import Compiled, compiled
from conflictgraph.reason.findings import Finding
from conflictgraph.reason.relations import Key, Relations, count, lines
from conflictgraph.reason.steps import SAME_AS
from conflictgraph.reason.workspace import INFERRED, MERGED, Workspace

EQUAL: Key = (SAME_AS, "")
SCHEMA: tuple[Key, ...] = (*ontology.KEYS, EQUAL)
"""The relations that say which rules there are."""
Read = Callable[[Iterable[Key]], None]
"""Makes sure that relations are there."""


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
    work.forget()
    reader = reader_of(reading.memory(store))
    rounds, found = conclude(reader.known, reader.read)
    text = "".join(lines(reader.known.concluded()))
    for graph in (MERGED, INFERRED):
        work.load_lines(graph, text.encode())
    return InferredResult(count(reader.known.concluded()), found, rounds)


def reader_of(ask: reading.Ask) -> reading.Reader:
    """A reader that has read the ontology and what is equal."""
    reader = reading.Reader(ask)
    reader.read_together(SCHEMA)
    return reader


def rules(known: Relations) -> Compiled:
    """The rules that the ontology in these relations makes."""
    return compiled(ontology.stated(known), has_equals=bool(known.rows(EQUAL)))


def conclude(known: Relations, read: Read = lambda _: None) -> tuple[int, tuple[Finding, ...]]:
    """Add to relations all that follows; the rounds it took, and the inconsistencies.

    The ontology is there already, the rest is read when the rules are known. Where they conclude something
    about the ontology itself, it is compiled and run again.
    """
    rounds = 0
    with collecting.paused():
        while True:
            current = rules(known)
            read(current.plan.keys())
            known.conclude(ontology.conclusions(current.facts))
            rounds += forward.run(known, forward.readers(current.plan.derivations))
            if all(fact in current.facts for fact in ontology.stated(known)):
                return rounds, checks.findings(known, current.plan.checks)
