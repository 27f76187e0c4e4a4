"""The Store port on an embedded Oxigraph: immutable generations on disk, read by worker processes.

Must not evaluate a query in its own process. See `home` for the directory and `pool` for the workers.
"""

from pathlib import Path

from conflictgraph.errors import StoreEmpty
from conflictgraph.store.draft import EmbeddedDraft
from conflictgraph.store.home import Home
from conflictgraph.store.pool import Pool
from conflictgraph.store.port import WHOLE, Answer, Dataset, Generation, Limits
from conflictgraph.store.process import Process
from conflictgraph.store.request import answered_format, query_frame
from conflictgraph.store.stream import Stream


class EmbeddedStore:
    """Keeps the promises of `port.Store` in one directory, which many processes may share."""

    def __init__(
        self,
        path: Path,
        *,
        workers: int = 2,
        queue: int = 64,
        limits: Limits = Limits(),  # noqa: B008  # frozen
        draft_limits: Limits = Limits(seconds=300.0, memory_mb=4096),  # noqa: B008
        keep: int = 10,
    ) -> None:
        self._home = Home(path.absolute())
        self._limits, self._draft_limits, self._keep = limits, draft_limits, keep
        self._pool = Pool(self._start_worker, workers, queue)
        self._whole: int | None = None

    def query(
        self, sparql: str, accept: str = "*/*", dataset: Dataset = WHOLE, *, generation: int | None = None
    ) -> Answer:
        """Evaluate one query on the current generation, or on a past one by its number."""
        number = self._current() if generation is None else self._home.require(generation)
        path = str(self._home.generation_path(number))
        request = query_frame(sparql, accept, dataset, path=path)
        process = self._pool.take(self._limits.seconds)
        process.send(request)
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
        self._pool.close()

    def _current(self) -> int:
        linked = self._home.linked()
        if linked is None or linked != self._whole:
            self._whole = self._home.current()
        return self._whole

    def _start_worker(self) -> Process:
        return Process("conflictgraph.store.worker", self._limits.memory_mb)
