"""A bounded set of query workers that many threads share, with a bounded queue before it.

Must not know SPARQL or generations.
"""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from conflictgraph.errors import StoreBusy, StoreUnavailable
from conflictgraph.store.process import Process
from conflictgraph.store.stream import Fate


class Pool:
    """At most `size` processes, started when first needed; at most `queue` threads waiting for one."""

    def __init__(self, start: Callable[[], Process], size: int, queue: int) -> None:
        self._start, self._size, self._queue = start, size, queue
        self._abandoned: list[Process] = []
        self._idle: list[Process] = []
        self._begin()

    def _begin(self) -> None:
        self._owner = os.getpid()
        self._changed = threading.Condition()
        self._idle = []
        self._busy: set[Process] = set()
        self._taken = self._waiting = 0
        self._closed = False

    def take(self, seconds: float) -> Process:
        """A worker, the one used last if there is a choice; `StoreBusy` if there is none within the time."""
        if os.getpid() != self._owner:  # a fork: the workers are the parent's
            self._abandoned += self._idle
            self._begin()
        with self._changed:
            self._wait(seconds)
            process = self._idle.pop() if self._idle else None
            self._taken += 1
        try:
            process = self._fit(process)
        except BaseException:
            self._end_turn(None)
            raise
        with self._changed:
            self._busy.add(process)
        return process

    def give_back(self, process: Process, fate: Fate) -> None:
        """Take a worker back. One that is not done is ended, and a fresh one starts in its place."""
        with self._changed:
            self._busy.discard(process)
        if fate is Fate.DONE:
            self._end_turn(process)
            return
        process.end()
        fresh = None
        if not self._closed:
            with suppress(StoreUnavailable):  # then the next who needs one tries again
                fresh = self._start()
        self._end_turn(fresh)

    def close(self) -> None:
        """End all workers, also those that work."""
        with self._changed:
            self._closed = True
            processes = [*self._idle, *self._busy]
            self._idle.clear()
            self._changed.notify_all()
        for process in processes:
            process.end()

    def _wait(self, seconds: float) -> None:
        if not self._available and self._waiting >= self._queue:
            raise StoreBusy(f"{self._taken} queries run and {self._waiting} wait. Try again later.")
        deadline = time.monotonic() + seconds
        self._waiting += 1
        try:
            while not self._available:
                if not self._changed.wait(deadline - time.monotonic()):
                    raise StoreBusy(f"No worker was free within {seconds:g} s. Try again later.")
        finally:
            self._waiting -= 1
        if self._closed:
            raise StoreUnavailable("The store is closed.")

    @property
    def _available(self) -> bool:
        return self._closed or self._taken < self._size

    def _fit(self, process: Process | None) -> Process:
        if process is not None and process.alive:
            return process
        if process is not None:
            process.end()
        return self._start()

    def _end_turn(self, process: Process | None) -> None:
        with self._changed:
            self._taken -= 1
            closed = self._closed
            if process is not None and not closed:
                self._idle.append(process)
            self._changed.notify()
        if process is not None and closed:
            process.end()
