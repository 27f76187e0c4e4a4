"""A bounded set of query workers that many threads share, with a bounded queue before it.

Must not know SPARQL or generations.
"""

import threading
import time
from collections.abc import Callable

from conflictgraph.errors import StoreBusy, StoreUnavailable
from conflictgraph.store.process import Process


class Pool:
    """At most `size` processes, started when first needed; at most `queue` threads waiting for one."""

    def __init__(self, start: Callable[[], Process], size: int, queue: int) -> None:
        self._start, self._size, self._queue = start, size, queue
        self._changed = threading.Condition()
        self._idle: list[Process] = []
        self._busy: set[Process] = set()
        self._waiting = 0
        self._closed = False

    def take(self, seconds: float) -> Process:
        """A worker, the one used last if there is a choice; `StoreBusy` if there is none within the time."""
        deadline = time.monotonic() + seconds
        with self._changed:
            if not self._available and self._waiting >= self._queue:
                raise StoreBusy(f"{self._size} queries run and {self._waiting} wait. Try again later.")
            self._waiting += 1
            try:
                while not self._available:
                    if not self._changed.wait(deadline - time.monotonic()):
                        raise StoreBusy(f"No worker was free within {seconds:g} s. Try again later.")
            finally:
                self._waiting -= 1
            if self._closed:
                raise StoreUnavailable("The store is closed.")
            process = self._idle.pop() if self._idle else self._start()
            self._busy.add(process)
            return process

    @property
    def _available(self) -> bool:
        return bool(self._closed or self._idle or len(self._busy) < self._size)

    def give_back(self, process: Process, fit: bool) -> None:
        """Take a worker back. One that is not fit is ended, and a fresh one starts in its place."""
        if not fit:
            process.end()
        with self._changed:
            self._busy.discard(process)
            if self._closed:
                process.end()
            else:
                self._idle.append(process if fit else self._start())
            self._changed.notify()

    def close(self) -> None:
        """End all workers, also those that work."""
        with self._changed:
            self._closed = True
            processes = [*self._idle, *self._busy]
            self._idle.clear()
            self._changed.notify_all()
        for process in processes:
            process.end()
