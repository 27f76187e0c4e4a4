"""The Store port on an embedded Oxigraph: immutable generations on disk, read by worker processes.

Must not evaluate a query in its own process, except in the `lane`. See `home` for the directory and `pool`
for the workers.
"""

import os
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from conflictgraph.errors import ConflictGraphError, NotFound, QueryTimeout, StoreUnavailable
from conflictgraph.store import overlong
from conflictgraph.store.answered import Answered
from conflictgraph.store.child import LONG
from conflictgraph.store.draft import WRITER, EmbeddedDraft
from conflictgraph.store.forks import Forks
from conflictgraph.store.home import Home, hold
from conflictgraph.store.image import WORKER
from conflictgraph.store.images import IMAGE, Images
from conflictgraph.store.lane import Lane
from conflictgraph.store.pool import Pool
from conflictgraph.store.port import (
    WHOLE,
    Activity,
    Answer,
    Cancellation,
    Dataset,
    Federation,
    Generation,
    Limits,
)
from conflictgraph.store.process import Process
from conflictgraph.store.request import answered_format, query_frame
from conflictgraph.store.revision import Revision
from conflictgraph.store.room import Room
from conflictgraph.store.stream import Fate, Stream


class _Located(NamedTuple):
    """A generation and where it is."""

    number: int
    path: str


class EmbeddedStore:
    """Keeps the promises of `port.Store` in one directory, which many processes may share."""

    def __init__(
        self,
        path: Path,
        *,
        workers: int = 2,
        queue: int = 64,
        long: int = 0,
        limits: Limits = Limits(),  # noqa: B008  # frozen
        draft_limits: Limits = Limits(seconds=300.0, total_seconds=0, memory_mb=4096),  # noqa: B008
        keep: int = 10,
        federation: Federation | None = None,
        image_memory_mb: int = 0,
    ) -> None:
        self._home = Home(path.absolute())
        self._limits, self._draft_limits, self._keep = limits, draft_limits, keep
        self._federation = federation
        self._forks = Forks(WORKER, WRITER, IMAGE)
        self._images = Images(self._forks, image_memory_mb)
        start = partial(Process, self._images, WORKER, limits)
        self._pool = Pool(start, Room(workers, queue, long, limits.seconds))
        self._lane = Lane(limits)
        self._overlong = overlong.Overlong()
        self._closing = weakref.finalize(self, _close, self._pool, self._images)
        self._link = str(self._home.current_link)
        self._revision = Revision(self._link)
        self._resolved: tuple[str, _Located] | None = None
        self._draft: weakref.ref[EmbeddedDraft] | None = None

    def query(
        self,
        sparql: str,
        accept: str = "*/*",
        dataset: Dataset = WHOLE,
        *,
        generation: int | None = None,
        cancellation: Cancellation | None = None,
    ) -> Answer:
        """Evaluate one query on the current generation, or on a past one by its number."""
        if generation is None and not dataset.is_given and (answer := self.look_up(sparql, accept)):
            return answer
        began = time.monotonic()
        answered = Answered(sparql)
        if self._federation is not None:
            answered = self._federation.answered(sparql, self._limits.seconds, cancellation)
        evaluate = partial(self._query, answered, accept, dataset, began, cancellation)
        if generation is not None:
            return evaluate(self._located(self._home.require(generation)), by_number=True)
        try:
            current = self._current()
            if self._images.asked(current.path):
                self._pool.renew()
            return evaluate(current)
        except (NotFound, StoreUnavailable):  # it was removed before a worker could open it, or is damaged
            self._resolved = None
            return evaluate(self._current())

    def look_up(self, sparql: str, accept: str = "*/*") -> Answer | None:
        """The answer to a look-up on the current generation, computed here if it is short."""
        try:
            return self._lane.answer(sparql, accept, self.revision, self._current)
        except ConflictGraphError:
            return None

    def _query(
        self,
        answered: Answered,
        accept: str,
        dataset: Dataset,
        began: float,
        cancellation: Cancellation | None,
        generation: _Located,
        *,
        by_number: bool = False,
    ) -> Answer:
        marks = overlong.Marks(answered.text, dataset, generation.path)
        long = marks in self._overlong
        request = query_frame(
            answered.text,
            accept,
            dataset,
            long=long,
            answers=answered.answers,
            path=generation.path,
            on_disk=by_number or self._overlong.was_stopped(marks),
            rows=self._limits.result_rows,
        )
        deadline = began + self._limits.seconds
        process = self._pool.take(deadline - time.monotonic(), cancellation, long=long)
        waited = time.monotonic() - began
        try:
            process.send(request, max(deadline - time.monotonic(), 0.001))
        except (ConflictGraphError, TimeoutError) as error:
            self._pool.give_back(process, Fate.LOST)
            if isinstance(error, TimeoutError):
                raise QueryTimeout(self._limits.seconds, waited) from error
            raise
        spent = time.monotonic() - began

        def release(process: Process, fate: Fate) -> None:
            worked = self._pool.give_back(process, fate)
            if fate is Fate.LOST and worked > LONG:
                self._overlong.stopped(marks)
            elif fate is Fate.DONE and (long or worked > LONG / 2):
                self._overlong.done(marks)

        stream = Stream(process, self._limits, release, cancellation, spent=spent)
        return Answer(answered_format(stream, accept), generation.number, stream)

    @contextmanager
    def held(self, generation: int) -> Iterator[None]:
        """Keep a generation from being removed within the block."""
        descriptor = hold(self._home.generation_path(self._home.require(generation)))
        try:
            yield
        finally:
            os.close(descriptor)

    def draft(self, base: int | None = None, *, patience: float = 0.0) -> EmbeddedDraft:
        """Begin a draft as a copy of the current generation, or of `base`, when one's turn has come."""
        draft = EmbeddedDraft(
            self._home, base, self._draft_limits, self._keep, self._forks, patience, self._revision.moved
        )
        self._draft = weakref.ref(draft)
        return draft

    @property
    def generations(self) -> tuple[Generation, ...]:
        """The generations that can be queried, oldest first."""
        return tuple(self._home.published())

    @property
    def revision(self) -> str:
        """A mark of the current generation."""
        return self._revision.current()

    @property
    def activity(self) -> Activity:
        """What is done now. There is one writer, so at most one draft."""
        draft = self._draft() if self._draft else None
        is_open = draft is not None and draft.is_open
        return Activity(self._pool.running, self._pool.waiting, int(is_open), self._images.is_there)

    def close(self) -> None:
        """End all workers, and the image."""
        self._closing()
        self._forks.end()

    def _current(self) -> _Located:
        """The current generation, which is looked into only when the link has moved."""
        try:
            link = os.readlink(self._link)  # noqa: PTH115  # every query passes here
        except OSError:
            link = ""
        resolved = self._resolved
        if resolved is None or resolved[0] != link:
            resolved = self._resolved = link, self._located(self._home.current())
        return resolved[1]

    def _located(self, number: int) -> _Located:
        return _Located(number, str(self._home.generation_path(number)))


def _close(pool: Pool, images: Images) -> None:
    pool.close()
    images.end()
