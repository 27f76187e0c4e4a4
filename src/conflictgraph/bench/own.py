"""What this project does, measured: validation, reasoning, the whole way into the store.

Must not know peers or how runs are repeated.
"""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager

from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Triple, parse, serialize

from conflictgraph import compose, graphs, solutions, vocabulary
from conflictgraph.bench import processor
from conflictgraph.bench.job import Clock, Job, Task
from conflictgraph.gate import changes
from conflictgraph.gate.changes import Change, Mode
from conflictgraph.gate.publishing import Gate, publish
from conflictgraph.ingest.documents import from_path, gathered
from conflictgraph.ingest.seed import seed_graphs
from conflictgraph.reason.closure import close, conclude
from conflictgraph.reason.reading import of_lines
from conflictgraph.reason.relations import count
from conflictgraph.settings import Settings
from conflictgraph.store.port import Draft
from conflictgraph.store.port import Store as StorePort
from conflictgraph.validate.asking import Ask, ask_in_memory, ask_port
from conflictgraph.validate.shares import processors
from conflictgraph.validate.validation import Validator

SOURCE = "synthetic"
_ADDED = Triple(
    NamedNode(vocabulary.ID + "event/synthetic-0"),
    vocabulary.term("rdfs:comment"),
    Literal("One statement more.", language="en"),
)


def validate_in_memory(job: Job, clock: Clock) -> None:
    """Compile the shapes and ask them of a store in memory."""
    store = _loaded(job, clock)
    _validate(job, clock, ask_in_memory(store), clock.working())


def validate_on_disk(job: Job, clock: Clock) -> None:
    """The same of a draft on disk, through the store port: the way of the gate."""
    with _store(job) as store, store.draft() as draft, ExitStack() as held:
        with clock.timed("load"):
            draft.load(graphs.source(SOURCE), parse(path=str(job.data), format=RdfFormat.N_TRIPLES))
            state = held.enter_context(draft.shared(processors()))
        _validate(job, clock, ask_port(state), clock.working())


def _validate(job: Job, clock: Clock, ask: Ask, timed: AbstractContextManager[None]) -> None:
    shapes = [quad.triple for quad in parse(path=str(job.shapes_file), format=RdfFormat.TURTLE)]
    with timed:
        report = Validator(shapes).validate(ask, at_once=processors()).report
    clock.found["results"] = len(report.results)
    clock.found["delegated"] = len(report.delegated)


def reason(job: Job, clock: Clock) -> None:
    """Everything that follows, known as relations in memory."""
    with clock.timed("load"):
        quads = parse(path=str(job.data), format=RdfFormat.N_TRIPLES)
        known = of_lines((serialize(quads, format=RdfFormat.N_TRIPLES) or b"").decode())
    with clock.working():
        conclude(known)
    clock.found["inferred"] = count(known.concluded())


def reason_and_store(job: Job, clock: Clock) -> None:
    """The same, written into the merged view and the inferred graph of a store in memory."""
    store = _loaded(job, clock)
    with clock.working():
        result = close(store)
    clock.found["inferred"] = result.added


def ingest(job: Job, clock: Clock) -> None:
    """The whole gate: parse, load, reason, validate, publish; then once more for one statement."""
    settings = _settings(job)
    with _store(job) as store:
        publish(
            Gate(store), Change("Ontology and schemes", _load_schema, (graphs.ONTOLOGY, graphs.VOCABULARY))
        )
        steps = _Steps()
        with clock.working():
            steps("Parsing")
            scratch = job.directory / "scratch"
            scratch.mkdir()
            documents = gathered([from_path(job.data)], scratch, compose.bounds(settings))
            done = publish(Gate(store), changes.ingestion(graphs.source(SOURCE), documents, Mode.NEW), steps)
        clock.seconds.update(steps.ended())
        clock.found["added"] = done.counts.added
        graph = graphs.source(SOURCE)
        addition = Change("One statement", lambda draft: draft.load(graph, [_ADDED]), (graph,))
        with clock.timed("one statement more"):
            publish(Gate(store), addition)
        counted = solutions.rows(store, "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
        clock.found["merged view"] = int(solutions.text(counted[0], "n"))


def _load_schema(draft: Draft) -> None:
    for seed in seed_graphs():
        if seed.graph in (graphs.ONTOLOGY, graphs.VOCABULARY):
            draft.load(seed.graph, seed.triples())


class _Steps:
    """How long each step of the gate takes, by the clock and of the processors: what it is told when one
    begins."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._name, self._start, self._taken = "", 0.0, 0.0

    def __call__(self, words: str) -> None:
        self.ended()
        self._name, self._start, self._taken = words.lower(), time.perf_counter(), processor.own()

    def ended(self) -> dict[str, float]:
        """The steps until now."""
        if self._name:
            self._seconds[self._name] = time.perf_counter() - self._start
            self._seconds[f"{self._name} (processor)"] = processor.own() - self._taken
        self._name = ""
        return self._seconds


def _settings(job: Job) -> Settings:
    """Limits out of the way: a benchmark waits."""
    gib = 1 << 30
    return Settings(
        home=job.directory / "store", update_timeout=7200, query_timeout=7200, worker_memory_mb=64_000,
        input_max_bytes=64 * gib, result_max_bytes=64 * gib,
    )  # fmt: skip


@contextmanager
def _store(job: Job) -> Iterator[StorePort]:
    with closing(compose.store(_settings(job))) as store:
        yield store


def _loaded(job: Job, clock: Clock) -> Store:
    store = Store()
    with clock.timed("load"):
        store.bulk_load(path=str(job.data), format=RdfFormat.N_TRIPLES)
    return store


TASKS: dict[str, Task] = {
    "conflictgraph validate": validate_in_memory,
    "conflictgraph validate on disk": validate_on_disk,
    "conflictgraph reason": reason,
    "conflictgraph reason and store": reason_and_store,
    "conflictgraph gate": ingest,
}
