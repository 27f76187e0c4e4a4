"""The Store port on an embedded Oxigraph: immutable generations on disk, read by worker processes.

Must not evaluate a query in its own process. See `home` for the directory and `pool` for the workers.
"""

import weakref
from functools import partial
from pathlib import Path

from conflictgraph.errors import ConflictGraphError, NotFound, StoreEmpty
from conflictgraph.store.draft import EmbeddedDraft
from conflictgraph.store.home import Home
from conflictgraph.store.pool import Pool
from conflictgraph.store.port import WHOLE, Answer, Dataset, Generation, Limits
from conflictgraph.store.process import Process
from conflictgraph.store.request import answered_format, query_frame
from conflictgraph.store.stream import Fate, Stream


class EmbeddedStore:
    """Keeps the promises of `port.Store` in one directory, which many processes may share."""

    def __init__(
        self,
        path: Path,
        *,
        workers: int = 2,
        queue: int = 64,
        limits: Limits = Limits(),  # noqa: B008  # frozen
        draft_limits: Limits = Limits(seconds=300.0, total_seconds=0, memory_mb=4096),  # noqa: B008
        keep: int = 10,
    ) -> None:
        self._home = Home(path.absolute())
        self._limits, self._draft_limits, self._keep = limits, draft_limits, keep
        self._pool = Pool(partial(Process, "conflictgraph.store.worker", limits), workers, queue)
        self._closing = weakref.finalize(self, self._pool.close)
        self._whole: int | None = None

    def query(
        self, sparql: str, accept: str = "*/*", dataset: Dataset = WHOLE, *, generation: int | None = None
    ) -> Answer:
        """Evaluate one query on the current generation, or on a past one by its number."""
        if generation is not None:
            return self._query(sparql, accept, dataset, self._home.require(generation))
        try:
            return self._query(sparql, accept, dataset, self._current())
        except NotFound:  # it was replaced and removed before a worker could open it
            return self._query(sparql, accept, dataset, self._current())

    def _query(self, sparql: str, accept: str, dataset: Dataset, number: int) -> Answer:
        path = str(self._home.generation_path(number))
        request = query_frame(sparql, accept, dataset, path=path)
        process = self._pool.take(self._limits.seconds)
        try:
            process.send(request)
        except ConflictGraphError:
            self._pool.give_back(process, Fate.LOST)
            raise
        stream = Stream(process, self._limits, self._pool.give_back)
        return Answer(answered_format(stream, accept), number, stream)

    def draft(self, base: int | None = None) -> EmbeddedDraft:
        """Begin a draft as a copy of the current generation, or of `base`."""
        if base is not None:
            self._home.require(base)
        else:
            try:
                base = self._home.current()
            except StoreEmpty:
                base = None
        return EmbeddedDraft(self._home, base, self._draft_limits, self._keep)

    @property
    def generations(self) -> tuple[Generation, ...]:
        """The generations that can be queried, oldest first."""
        return tuple(self._home.published())

    def close(self) -> None:
        """End all workers."""
        self._closing()

    def _current(self) -> int:
        linked = self._home.linked()
        if linked is None or linked != self._whole:
            self._whole = self._home.current()
        return self._whole
