"""The Store port: everything the rest of the program may ask of a graph, and what it may rely on.

Must not know any engine. The promises, which one test suite checks on every adapter:

**What is seen.** A store shows *generations*: whole, immutable states of the dataset. A query runs on
exactly one of them, from its first row to its last, whatever is published meanwhile. Its default graph is
the *merged view*, the set union of the graphs for which `graphs.is_merged` holds; every named graph, merged
or not, is reached by `GRAPH`. A `Dataset` given to a query replaces both, as SPARQL 1.1 Protocol section
2.1.4 says: the default graph is then the merge of the graphs it lists, and `GRAPH` reaches only the named
ones it lists. A graph without triples does not exist.

**What is written.** Only drafts write, one at a time; those who want a second one wait, as long as they say,
and get it in the order in which they came, or `StoreLocked`. A draft begins as a copy of a generation, the
current one when its turn comes unless it says which, and is seen by nobody else. Each of its verbs happens
in full or, if it raises, not at all. `publish` makes the draft the current generation in one atomic step; a
draft that is discarded, or whose process dies at any moment, leaves nothing behind. The default graph of a
draft is derived: it is in step with the named graphs before and after every verb (and every operation within
one update request), and to write into it directly is refused with `UpdateRefused`. Text to be loaded that is
no N-Triples loses the draft.

**Blank nodes** keep their identity within the store but not their names; blank nodes of two loads never
become one.

**Errors.** `QuerySyntaxError` with line and column; `UpdateRefused` for an update given to `query`;
`QueryRefused` for `LOAD`, for functions the engine lacks, and for `SERVICE`, unless the store was given a
`Federation`, which asks beforehand: no engine ever fetches. A draft refuses both.
`NotAcceptable` and `MalformedRequest` from the Accept header. `QueryTimeout`, `QueryOutOfMemory`,
`ResultTooLarge`, `TooManyRows`, `QueryTooDeep` for a query that passes a limit. `StoreBusy` if the queue is
full, the query's time was over before its turn came, or it gave way to others. `NotFound` for a generation
that is not kept. `StoreEmpty` before anything is published, `StoreUnavailable` if the store cannot be read:
there is never a silent empty graph. An error before the first chunk is raised by `query`; a later one by the
iterator of chunks, and then what came before is *not* a complete answer.

A store may be used by many threads, and so may a draft that is shared; a draft and an answer by one at a time
(though any thread may close an answer).
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from pyoxigraph import NamedNode, Quad, Triple

from conflictgraph.formats import Format
from conflictgraph.rdf import NTriples
from conflictgraph.store.answered import Answered


@dataclass(frozen=True, slots=True)
class Dataset:
    """The dataset that a request asks for. With no graph in it, the store's own applies."""

    default_graphs: tuple[NamedNode, ...] = ()
    named_graphs: tuple[NamedNode, ...] = ()

    @property
    def is_given(self) -> bool:
        """Whether the request names any graph."""
        return bool(self.default_graphs or self.named_graphs)


Statements = Iterable[Triple | Quad] | NTriples
"""What graphs are filled with. Text is for many: it costs a fraction of what objects do."""

WHOLE = Dataset()
"""The store's own dataset: the merged view as default graph, and every named graph."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query, or one verb of a draft, may take.

    `seconds` is for waiting until its turn comes, and for the engine's work; `total_seconds` is for the work
    and the time in which nobody reads the answer, so that a reader who falls asleep does not keep a worker
    (0: no such limit).
    """

    seconds: float = 30.0
    total_seconds: float = 600.0
    memory_mb: int = 1024
    result_bytes: int = 2_000_000_000
    result_rows: int = 10_000_000


@dataclass(frozen=True, slots=True)
class Generation:
    """One published state. `published` is in UTC; `note` says why, `base` which generation it began as,
    `size` how many bytes it takes on disk (0 where it is not on one).
    """

    number: int
    published: datetime
    note: str = ""
    base: int | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Activity:
    """What a store of this process does: queries at work, queries that wait, drafts that are open; whether
    the current generation is answered from memory.
    """

    running: int
    waiting: int
    drafts: int
    in_memory: bool = False


class Cancellation:
    """A handle by which any thread stops a query, even before it answers; the query gets `QueryCancelled`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._stop: Callable[[], None] | None = None

    def cancel(self) -> None:
        """Stop the query. It may not have begun yet, or be done already."""
        with self._lock:
            self._cancelled, stop = True, self._stop
        if stop is not None:
            stop()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked."""
        return self._cancelled

    def attach(self, stop: Callable[[], None]) -> None:
        """For adapters: what is to be called; it is called at once if the query is cancelled already."""
        with self._lock:
            self._stop, cancelled = stop, self._cancelled
        if cancelled:
            stop()


class Chunks(Iterator[bytes], Protocol):
    """The bytes of an answer as they are computed; the engine waits while nobody asks for the next."""

    def whole(self) -> bytes | None:
        """All that is left, if the query has ended and nothing has to be waited for; then it is taken."""

    def close(self) -> None:
        """Stop the query if it still runs, and let go of everything. May be called twice, from any thread."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The serialised result of a query on one generation (0: a draft). Read it to its end, or close it."""

    format: Format
    generation: int
    chunks: Chunks

    @property
    def media_type(self) -> str:
        """What a Content-Type header says."""
        return self.format.content_type

    def read(self) -> bytes:
        """The whole result."""
        with self:
            whole = self.chunks.whole()
            return b"".join(self.chunks) if whole is None else whole

    def close(self) -> None:
        """Stop the query if it still runs."""
        self.chunks.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Federation(Protocol):
    """What asks other endpoints for a store."""

    def answered(self, sparql: str, seconds: float, cancellation: Cancellation | None = None) -> Answered:
        """The query with the answers in the place of its SERVICE clauses; the same text if it has none.

        Raises `QueryRefused` for what may not be asked, `RemoteFailed`, `QueryTimeout`, `QueryCancelled`.
        """


class Queryable(Protocol):
    """What stores and drafts have in common."""

    def query(self, sparql: str, accept: str = "*/*", dataset: Dataset = WHOLE) -> Answer:
        """Evaluate one query; `accept` is an Accept header (one media type is one, too)."""


MOST_CHANGES = 20_000
"""Triples of a change that a draft tells at most. A larger one is as well dealt with as if all were new."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What the merged view of a draft gained and lost since it began, and how many quads that took: a triple
    may come to one more graph, or go from one, and the merged view be the same.
    """

    added: tuple[Triple, ...] = ()
    removed: tuple[Triple, ...] = ()
    quads_added: int = 0
    quads_removed: int = 0


class Draft(Queryable, Protocol):
    """A private copy of a generation, to be changed and published. Leaving its `with` discards it."""

    def update(self, sparql: str) -> None:
        """Run an update request as one transaction. It must name the graphs that it writes into."""

    def load(self, graph: NamedNode, triples: Statements) -> None:
        """Add triples to a named graph; of a quad, its triple. The way for many."""

    def replace_graph(self, graph: NamedNode, triples: Statements) -> None:
        """Make a named graph hold exactly these triples."""

    def drop_graph(self, graph: NamedNode) -> None:
        """Make a named graph be gone; it is no error if there is none."""

    def changes(self, without: NamedNode | None = None) -> Changes | None:
        """What the merged view gained and lost; `without` is a graph that is left out of it, before and now.

        Costs in proportion to what was written. None where that cannot be told, or is more than
        `MOST_CHANGES`: then everything may have changed.
        """

    def shared(self, at_once: int) -> AbstractContextManager[Queryable]:
        """The draft for so many threads to ask at once within the block; further ones wait.

        Each query has the limits of one on the draft, and sees the draft as it is when it begins.
        """

    @property
    def number(self) -> int:
        """The number that the generation will have."""

    def publish(self, note: str = "") -> Generation:
        """Make this draft the current generation and end it."""

    def discard(self) -> None:
        """End this draft and leave nothing of it. May be called twice, and after `publish`."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Store(Queryable, Protocol):
    """Generations to be queried, and drafts to make new ones."""

    def query(
        self,
        sparql: str,
        accept: str = "*/*",
        dataset: Dataset = WHOLE,
        *,
        generation: int | None = None,
        cancellation: Cancellation | None = None,
    ) -> Answer:
        """Evaluate one query on the current generation, or on one by its number: then the same query gives
        the same bytes as long as the generation is kept. On the current one it gives the same rows, but those
        that are not sorted may come in another order.
        """

    def look_up(self, sparql: str, accept: str = "*/*") -> Answer | None:
        """What `query` answers, whole and at once; None if that cannot be, or anything is wrong."""

    def held(self, generation: int) -> AbstractContextManager[None]:
        """Keep a generation from being removed within the block, however many are published meanwhile.

        Raises `NotFound`.
        """

    def draft(self, base: int | None = None, *, patience: float = 0.0) -> Draft:
        """Begin a draft as a copy of the current generation, or of `base`; empty if nothing was published.

        Raises `StoreLocked` if others write, or have waited for longer, after `patience` seconds.
        """

    @property
    def generations(self) -> tuple[Generation, ...]:
        """The generations that can be queried, oldest first; the last is the current one."""

    @property
    def revision(self) -> str:
        """A mark of the current generation, cheap enough to read for each request; '' if there is none.

        From the moment at which a publication is seen, no query runs on an older generation and no earlier
        mark comes back, not even if the whole store is made anew. It is seen at once if it was made by this
        store, and within a millisecond if by another process.
        """

    @property
    def activity(self) -> Activity:
        """What is done now; cheap, and never a wait."""

    def close(self) -> None:
        """End all processes and connections. May be called twice."""
