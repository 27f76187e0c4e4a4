"""A draft as it was at one moment, asked by many threads at once: each query goes to a process that is free.

Must not evaluate anything itself, nor know what becomes of the draft.
"""

import threading
from collections.abc import Callable

from conflictgraph.errors import ConflictGraphError, DraftClosed
from conflictgraph.store.port import WHOLE, Answer, Dataset, Limits
from conflictgraph.store.process import Process
from conflictgraph.store.request import answered_format, query_frame
from conflictgraph.store.stream import Fate, Stream

READER = "conflictgraph.store.reader"


class Frozen:
    """Keeps the promises of `port.Queryable`. There are as many processes as ever asked at the same time."""

    def __init__(self, start: Callable[[], Process], limits: Limits) -> None:
        """`start` makes a process that reads the copy."""
        self._start, self._limits = start, limits
        self._lock = threading.Lock()
        self._idle: list[Process] = []
        self._working: set[Process] = set()
        self._closed = False

    def query(self, sparql: str, accept: str = "*/*", dataset: Dataset = WHOLE) -> Answer:
        """Evaluate one query."""
        request = query_frame(sparql, accept, dataset)
        process = self._take()
        try:
            process.send(request)
        except ConflictGraphError:
            self._give_back(process, Fate.LOST)
            raise
        stream = Stream(process, self._limits, self._give_back)
        return Answer(answered_format(stream, accept), 0, stream)

    def close(self) -> None:
        """End all processes, also those that work."""
        with self._lock:
            self._closed = True
            processes = [*self._idle, *self._working]
            self._idle.clear()
        for process in processes:
            process.end()

    def _take(self) -> Process:
        with self._lock:
            if self._closed:
                raise DraftClosed("The draft's copy is closed.")
            process = self._idle.pop() if self._idle else self._start()
            self._working.add(process)
        return process

    def _give_back(self, process: Process, fate: Fate) -> None:
        with self._lock:
            self._working.discard(process)
            keep = fate is Fate.DONE and not process.killed and not self._closed
            if keep:
                self._idle.append(process)
        if not keep:
            process.leave()
