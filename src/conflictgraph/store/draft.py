"""A draft of the embedded store, as its holder sees it: every verb is a message to the draft's process.

Must not evaluate anything itself.
"""

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Any, Self, cast

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse, serialize

from conflictgraph import copies
from conflictgraph.errors import ConflictGraphError, DraftClosed, EngineError, QueryTimeout, StoreEmpty
from conflictgraph.rdf import NTriples
from conflictgraph.store import frames, publication, turns
from conflictgraph.store.forks import Forks
from conflictgraph.store.home import Home
from conflictgraph.store.port import WHOLE, Answer, Changes, Dataset, Generation, Limits, Statements
from conflictgraph.store.process import Process
from conflictgraph.store.request import answered_format, query_frame
from conflictgraph.store.shared import Shared
from conflictgraph.store.stream import Fate, Stream

WRITER = "conflictgraph.store.writer"
_BATCH = 5_000
"""Triples in one message."""
_PIECE = 1 << 20
"""Bytes after which a message ends at the next line."""


class EmbeddedDraft:
    """Keeps the promises of `port.Draft`. A fault of the engine or a passed limit loses the draft."""

    def __init__(
        self,
        place: Home,
        base: int | None,
        limits: Limits,
        keep: int,
        forks: Forks,
        patience: float = 0.0,
        published: Callable[[], None] = lambda: None,
    ) -> None:
        """`published` is called when this draft has become the current generation."""
        self._home, self._limits, self._keep, self._published = place, limits, keep, published
        self._owner = copies.number()
        self._ending = threading.RLock()
        self._process: Process | None = None
        self._answering: Stream | None = None
        self._lock: int | None = None
        self._lock = turns.lock(place, patience)
        try:
            self._base = _base(place, base)  # under the lock: nobody publishes in between
            publication.clean(place)
            self.number = publication.next_number(place)
            path = "" if self._base is None else str(place.generation_path(self._base))
            self._process = Process(forks, WRITER, limits, (str(place.path), path), (self._lock,))
            self._report()
        except BaseException:
            self.discard()
            raise

    def query(self, sparql: str, accept: str = "*/*", dataset: Dataset = WHOLE) -> Answer:
        """Evaluate one query on the draft as it is now. The next verb closes an answer that is not read."""
        request = query_frame(sparql, accept, dataset, verb="query")
        self._settle()
        self._send(request)
        stream = Stream(self._open, self._limits, self._answered, kill=False)
        self._answering = stream
        return Answer(answered_format(stream, accept), 0, stream)

    def update(self, sparql: str) -> None:
        """Run an update request as one transaction."""
        self._do({"verb": "update", "update": sparql})

    def load(self, graph: NamedNode, triples: Statements) -> None:
        """Add triples to a named graph."""
        self._send_triples({"verb": "load", "graph": graph.value}, triples)

    def replace_graph(self, graph: NamedNode, triples: Statements) -> None:
        """Make a named graph hold exactly these triples."""
        self._send_triples({"verb": "replace", "graph": graph.value}, triples)

    def drop_graph(self, graph: NamedNode) -> None:
        """Make a named graph be gone."""
        self._do({"verb": "drop", "graph": graph.value})

    def changes(self, without: NamedNode | None = None) -> Changes | None:
        """What the merged view gained and lost."""
        request = {"verb": "changes", "without": without.value if without else ""}
        told = cast(dict[str, Any] | None, self._do(request)["changes"])
        if told is None:
            return None
        added, removed = _parsed(told["added"]), _parsed(told["removed"])
        return Changes(added, removed, told["quads_added"], told["quads_removed"])

    @contextmanager
    def shared(self, at_once: int) -> Iterator[Shared]:
        """Let so many threads ask at once within the block. Before, the draft is compacted if that pays, with
        no deadline: it would be done to publish."""
        state = Shared(self._limits, lambda: self.is_open, self._answered)
        try:
            self._do({"verb": "compact", "base": self._base}, deadline=False)
            for _ in range(at_once):
                self._do({"verb": "line"})
                state.add(self._open.line())
            yield state
        finally:
            state.close()

    def publish(self, note: str = "") -> Generation:
        """Make this draft the current generation and end it. There is no deadline: it is all or nothing."""
        request = {"verb": "publish", "note": note, "base": self._base, "keep": self._keep}
        try:
            report = self._do(request, deadline=False)
        finally:
            self._published()
        self.discard()
        published = datetime.fromisoformat(str(report["published"]))
        number, size = int(str(report["number"])), int(str(report["size"]))
        return Generation(number, published, note, self._base, size)

    def discard(self) -> None:
        """End this draft and leave nothing of it."""
        if copies.number() != self._owner:  # a copy in a forked process
            return
        with self._ending:  # it may be lost to several threads at once
            process, self._process = self._process, None
            if process is not None:
                process.end()
            descriptor, self._lock = self._lock, None
            if descriptor is not None:
                with suppress(OSError):
                    publication.clean(self._home)
                os.close(descriptor)

    @property
    def is_open(self) -> bool:
        """Whether it was neither published nor discarded yet."""
        return self._process is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def __del__(self) -> None:
        self.discard()

    def _settle(self) -> None:
        """Leave nothing to be read from the process."""
        stream, self._answering = self._answering, None
        if stream is not None:
            stream.close()

    @property
    def _open(self) -> Process:
        if self._process is None:
            raise DraftClosed("The draft is closed: it was published, discarded or lost.")
        return self._process

    def _do(self, request: Mapping[str, object], *, deadline: bool = True) -> dict[str, object]:
        self._settle()
        self._send(frames.json_frame(frames.REQUEST, request))
        return self._report(deadline=deadline)

    def _send_triples(self, request: dict[str, object], triples: Statements) -> None:
        self._settle()
        self._send(frames.json_frame(frames.REQUEST, request))
        messages = (frames.frame(frames.DATA, data) for data in _pieces(triples))
        try:
            while (message := next(messages, None)) is not None:
                self._send(message)
        except BaseException:
            if self._process is not None:
                self._send(frames.frame(frames.ABORT))
                self._report()
            raise
        self._send(frames.frame(frames.END))
        self._report()

    def _send(self, data: bytes) -> None:
        try:
            self._open.send(data)
        except ConflictGraphError:
            self.discard()
            raise

    def _report(self, *, deadline: bool = True) -> dict[str, object]:
        """What the process says at the end of a verb; raises what went wrong."""
        process = self._open
        try:
            _, payload = process.receive(self._limits.seconds if deadline else None)
        except TimeoutError as error:
            self.discard()
            raise QueryTimeout(self._limits.seconds) from error
        except ConflictGraphError as error:
            if isinstance(error, EngineError) or not process.alive:
                self.discard()
            raise
        return frames.parsed(payload)

    def _answered(self, process: Process, fate: Fate) -> None:
        if fate is Fate.UNREAD:
            fate = _drained(process, self._limits.seconds)
        if fate is Fate.LOST:
            self.discard()


def _base(place: Home, base: int | None) -> int | None:
    if base is not None:
        return place.require(base)
    try:
        return place.current()
    except StoreEmpty:
        return None


def _drained(process: Process, seconds: float) -> Fate:
    """Read what nobody wants, up to the end of the answer."""
    try:
        while process.receive(seconds)[0] != frames.END:
            pass
    except TimeoutError:
        return Fate.LOST
    except ConflictGraphError:
        return Fate.DONE if process.alive else Fate.LOST
    return Fate.DONE


def _parsed(ntriples: str) -> tuple[Triple, ...]:
    return tuple(quad.triple for quad in parse(ntriples, RdfFormat.N_TRIPLES))


def _pieces(triples: Statements) -> Iterator[bytes]:
    """Whole lines of N-Triples, not much more than a megabyte at a time."""
    if isinstance(triples, NTriples):
        for piece in triples.pieces:
            yield from _cut(piece)
        return
    bare = (item.triple if isinstance(item, Quad) else item for item in triples)
    while batch := list(islice(bare, _BATCH)):
        yield serialize(batch, format=RdfFormat.N_TRIPLES) or b""


def _cut(piece: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(piece):
        end = piece.find(b"\n", start + _PIECE) + 1 or len(piece)
        yield piece[start:end]
        start = end
