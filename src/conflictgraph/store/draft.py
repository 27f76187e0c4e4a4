"""A draft of the embedded store, as its holder sees it: every verb is a message to the draft's process.

Must not evaluate anything itself.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Self

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, serialize

from conflictgraph.errors import ConflictGraphError, DraftClosed, QueryTimeout
from conflictgraph.store import frames, guard, home
from conflictgraph.store.home import Home
from conflictgraph.store.port import WHOLE, Answer, Dataset, Generation, Limits
from conflictgraph.store.process import Process
from conflictgraph.store.request import answered_format, query_frame
from conflictgraph.store.stream import Stream

_BATCH = 5_000


class EmbeddedDraft:
    """Keeps the promises of `port.Draft`."""

    def __init__(self, place: Home, base: int | None, limits: Limits, keep: int) -> None:
        self._home, self._base, self._limits, self._keep = place, base, limits, keep
        self._process: Process | None = None
        self._lock: int | None = home.lock(place)
        try:
            home.clean(place)
            path = "" if base is None else str(place.generation_path(base))
            self._process = Process(
                "conflictgraph.store.writer", limits.memory_mb, (str(place.path), path), (self._lock,)
            )
            self._wait()
        except BaseException:
            self.discard()
            raise

    def query(self, sparql: str, accept: str = "*/*", dataset: Dataset = WHOLE) -> Answer:
        """Evaluate one query on the draft as it is now. Read or close the answer before the next verb."""
        request = query_frame(sparql, accept, dataset, verb="query")
        process = self._open()
        process.send(request)
        stream = Stream(process, self._limits, self._give_back)
        return Answer(answered_format(stream, accept), 0, stream)

    def update(self, sparql: str) -> None:
        """Run an update request as one transaction."""
        guard.refuse_fetching(sparql)
        self._do({"verb": "update", "update": sparql})

    def load(self, graph: NamedNode, triples: Iterable[Triple | Quad]) -> None:
        """Add triples to a named graph."""
        self._send_triples({"verb": "load", "graph": graph.value}, triples)

    def replace_graph(self, graph: NamedNode, triples: Iterable[Triple | Quad]) -> None:
        """Make a named graph hold exactly these triples."""
        self._send_triples({"verb": "replace", "graph": graph.value}, triples)

    def drop_graph(self, graph: NamedNode) -> None:
        """Make a named graph be gone."""
        self._do({"verb": "drop", "graph": graph.value})

    def publish(self, note: str = "") -> Generation:
        """Make this draft the current generation and end it."""
        value = self._do({"verb": "publish", "note": note, "base": self._base, "keep": self._keep})
        self.discard()
        return Generation(
            int(str(value["number"])), datetime.fromisoformat(str(value["published"])), note, self._base
        )

    def discard(self) -> None:
        """End this draft and leave nothing of it."""
        process, self._process = self._process, None
        if process is not None:
            process.end()
        descriptor, self._lock = self._lock, None
        if descriptor is not None:
            with suppress(OSError):
                home.remove(self._home.draft_path)
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def _open(self) -> Process:
        if self._process is None:
            raise DraftClosed("The draft is closed: it was published, discarded or lost.")
        return self._process

    def _do(self, request: dict[str, object]) -> dict[str, object]:
        self._open().send(frames.json_frame(frames.REQUEST, request))
        return self._wait()

    def _send_triples(self, request: dict[str, object], triples: Iterable[Triple | Quad]) -> None:
        process = self._open()
        process.send(frames.json_frame(frames.REQUEST, request))
        try:
            for data in _ntriples(triples):
                process.send(frames.frame(frames.DATA, data))
        except BaseException:
            process.send(frames.frame(frames.ABORT))
            raise
        process.send(frames.frame(frames.END))
        self._wait()

    def _wait(self) -> dict[str, object]:
        process = self._open()
        try:
            _, payload = process.receive(self._limits.seconds)
        except TimeoutError as error:
            self.discard()
            raise QueryTimeout(self._limits.seconds) from error
        except ConflictGraphError:
            if not process.alive:
                self.discard()
            raise
        return frames.parsed(payload)

    def _give_back(self, process: Process, fit: bool) -> None:
        if not fit:
            self.discard()


def _ntriples(triples: Iterable[Triple | Quad]) -> Iterator[bytes]:
    bare = (item.triple if isinstance(item, Quad) else item for item in triples)
    while batch := list(islice(bare, _BATCH)):
        yield serialize(batch, format=RdfFormat.N_TRIPLES) or b""
