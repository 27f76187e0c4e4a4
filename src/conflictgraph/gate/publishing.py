"""A change from draft to generation: apply, reason, validate, tell of it, publish; or refuse.

Must not know terminals, HTTP or which adapter the store is.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pyoxigraph import NamedNode

from conflictgraph import __version__, formats, graphs, patch, rdf, vocabulary
from conflictgraph.errors import ConflictGraphError, DoesNotConform, UsageError
from conflictgraph.gate import checking
from conflictgraph.gate.changes import Change
from conflictgraph.gate.quarantine import Quarantine
from conflictgraph.gate.tags import Tags
from conflictgraph.gate.wording import words
from conflictgraph.patch import Counts
from conflictgraph.provenance import Publication, Used, is_closed_under, publication_triples, publications
from conflictgraph.reason.findings import Finding
from conflictgraph.reason.naming import rules_name
from conflictgraph.snapshot import Snapshot
from conflictgraph.store.port import Changes, Draft, Generation, Queryable, Store
from conflictgraph.validate.report import Report
from conflictgraph.validate.report_rdf import report_triples
from conflictgraph.validate.shares import processors
from conflictgraph.validate.terms import VIOLATION
from conflictgraph.void.drafts import describe
from conflictgraph.void.partitions import told

Progress = Callable[[str], None]
"""Called with a few words when a step begins."""

_DERIVED = (graphs.INFERRED, graphs.REPORT, graphs.PROVENANCE, graphs.VOID)


@dataclass(frozen=True, slots=True)
class Gate:
    """What publication needs: a store, where refused inputs go, who publishes, the wait for others."""

    store: Store
    quarantine: Quarantine | None = None
    agent: str = "maintainer"
    tags: Tags | None = None
    lock_timeout: float = 10.0


@dataclass(frozen=True, slots=True)
class Published:
    """What came of a change. `generation` is None after a rehearsal; `counts` leave out what is inferred."""

    generation: Generation | None
    counts: Counts
    report: Report
    names: tuple[NamedNode, ...]


def prepare(gate: Gate) -> None:
    """Compile ahead what the first publication of a process would wait for.

    Does nothing where nothing is published, or where the limits for queries are too tight for it.
    """
    with suppress(ConflictGraphError):
        checking.prepare(gate.store)


def publish(
    gate: Gate,
    change: Change,
    progress: Progress = lambda _: None,
    *,
    reasoning: bool = True,
    rehearsal: bool = False,
) -> Published:
    """Put a change through and publish it; a rehearsal stops before that, and keeps nothing.

    Raises `DoesNotConform` with the report in words and the number in quarantine, `StoreLocked` after the
    wait, and whatever the change raises; then nothing is changed.
    """
    started = datetime.now(UTC)
    with _drafted(gate) as (draft, base):
        before = None if base is None else Snapshot(gate.store, base)
        goes_on = base is not None and is_closed_under(draft, base, rules_name())
        reported = checking.reported(draft) if goes_on else None
        numbers = told(draft) if goes_on else None
        progress("Loading")
        ahead = checking.ahead(draft, change) if reasoning else None
        change.apply(draft)
        changes = draft.changes(without=graphs.INFERRED)
        counts = _counts(change, before, draft, changes)
        progress("Reasoning")
        known = changes if goes_on else None
        findings = checking.reason(draft, known, ahead) if reasoning else checking.forget(draft)
        progress("Validating")
        report = checking.validate(draft, reported)
        if findings or not report.conforms:
            raise _refused(None if rehearsal else gate.quarantine, change, draft, report, findings)
        names = patch.names(draft)
        if rehearsal:
            return Published(None, counts, report, names)
        progress("Counting")
        describe(draft, numbers, processors())
        progress("Publishing")
        made = _publication(gate, change, draft.number, base, started, counts)
        rules = rules_name() if reasoning else None
        made = replace(made, rules=rules, warnings=len(report.results))
        draft.load(graphs.PROVENANCE, publication_triples(made))
        return Published(draft.publish(change.note), counts, report, names)


def restore(gate: Gate, number: int) -> Published:
    """Publish a new generation equal to an earlier one, but for the provenance, which goes on.

    It was reasoned over and validated when it was first published, and is not again. Raises `NotFound`,
    `UsageError` for the current generation, `StoreLocked`.
    """
    started = datetime.now(UTC)
    with _drafted(gate, number) as (draft, current):
        if current == number:
            raise UsageError(f"Generation {number} is the current one.")
        now, then = Snapshot(gate.store, current), Snapshot(gate.store, number)
        change = Change(f"Return to generation {number}", lambda _: None, None)
        counts = _counts(change, now, draft, None)
        made = _publication(gate, change, draft.number, number, started, counts)
        told = (each.warnings for each in publications(then) if each.number == number)
        rules = rules_name() if is_closed_under(then, number, rules_name()) else None
        made = replace(made, rules=rules, warnings=next(told, 0))
        known = patch.triples(now, graphs.PROVENANCE)
        draft.replace_graph(graphs.PROVENANCE, [*known, *publication_triples(made)])
        generation = draft.publish(change.note)
    return Published(generation, counts, Report(), patch.names(then))


@contextmanager
def _drafted(gate: Gate, base: int | None = None) -> Iterator[tuple[Draft, int | None]]:
    """A draft, after waiting for other writers, and the number of the generation that is current then."""
    draft = gate.store.draft(base, patience=gate.lock_timeout)
    with draft, gate.tags.held() if gate.tags else nullcontext():
        kept = gate.store.generations
        yield draft, kept[-1].number if kept else None


def _counts(change: Change, before: Snapshot | None, draft: Draft, changes: Changes | None) -> Counts:
    """What the change adds and removes: as the draft tells it of merged graphs, or else by comparing them."""
    touched = change.touches
    if changes is not None and touched is not None and all(map(graphs.is_merged, touched)):
        return Counts(changes.quads_added, changes.quads_removed)
    if touched is None:
        there = () if before is None else patch.names(before)
        touched = tuple(g for g in {*there, *patch.names(draft)} if g not in _DERIVED)
    each = (patch.counted(before, draft, graph, only_added=change.only_adds) for graph in touched)
    return sum(each, Counts())


def _publication(
    gate: Gate, change: Change, number: int, base: int | None, started: datetime, counts: Counts
) -> Publication:
    return Publication(
        number=number,
        base=base,
        started=started,
        ended=datetime.now(UTC),
        note=change.note,
        agent=gate.agent,
        version=__version__,
        added=counts.added,
        removed=counts.removed,
        warnings=0,
        inputs=tuple(Used(document.short_name, document.sha256) for document in change.documents),
    )


def _refused(
    quarantine: Quarantine | None,
    change: Change,
    draft: Queryable,
    report: Report,
    findings: tuple[Finding, ...],
) -> DoesNotConform:
    told = words(report, draft, change.documents)
    message = "The data does not conform to its shapes; nothing was changed."
    if findings:
        message = "The data contradicts the ontology; nothing was changed. " + "; ".join(
            finding.message for finding in findings
        )
        told = f"{message}\n{told}" if report.results else f"{message}\n"
    number = None
    if quarantine is not None:
        triples = rdf.to_bytes(report_triples(report), formats.TURTLE, vocabulary.PREFIXES)
        violations = sum(result.severity == VIOLATION for result in report.results) + len(findings)
        number = quarantine.put(change.note, change.documents, told, triples, violations)
    return DoesNotConform(report, message, words=told, rejected=number)
