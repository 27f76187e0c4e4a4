"""A bounded set of query workers that many threads share, with a bounded queue before it.

Whoever waits longest gets the next free place; `room` says who makes one free. Must not know SPARQL or
generations.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from math import inf

from conflictgraph import copies
from conflictgraph.errors import QueryCancelled, StoreBusy, StoreUnavailable
from conflictgraph.store.port import Cancellation
from conflictgraph.store.process import Process
from conflictgraph.store.room import Places, Room
from conflictgraph.store.stream import Fate


class Pool:
    """Processes are started when first needed, and used again."""

    def __init__(self, start: Callable[[], Process], room: Room) -> None:
        self._start, self._room = start, room
        self._abandoned: list[Process] = []
        self._idle: list[Process] = []
        self._age = 0
        self._begin()

    def _begin(self) -> None:
        self._owner = copies.number()
        self._lock = threading.RLock()
        """Reentrant, as a query that is cancelled already calls out to `_call` when it begins to wait."""
        self._line: deque[threading.Condition] = deque()
        self._idle = []
        self._places = Places(self._room)
        self._closed = False

    @property
    def running(self) -> int:
        """Queries at work."""
        return self._places.running

    @property
    def waiting(self) -> int:
        """Queries that wait for a place."""
        return len(self._line)

    @property
    def processes(self) -> tuple[Process, ...]:
        """The workers, idle or at work."""
        return (*self._idle, *self._places.processes)

    def take(
        self, seconds: float, cancellation: Cancellation | None = None, *, long: bool = False
    ) -> Process:
        """A worker that is ready, the one used last if there is a choice; `StoreBusy` if there is none within
        the time. For a query that is known to take `long` it is a fresh one, in a further place if one is
        free.
        """
        if copies.number() != self._owner:  # a fork: the workers are the parent's
            self._abandoned += self._idle
            self._begin()
        deadline = time.monotonic() + seconds
        with self._lock:
            long = long and self._places.has_further
            if not long and (self._line or not self._places.free):
                self._wait(deadline, cancellation)
            self._check_open()
            process = self._idle.pop() if self._idle and not long else None
            self._places.reserve(long=long)
        try:
            process = self._fit(process, deadline)
            with self._lock:
                self._check_open()
                self._places.begin(process, long=long)
        except BaseException:
            if process is not None:
                process.leave()
            with self._lock:
                self._places.free_again(long=long)
                self._call_next()
            raise
        return process

    def give_back(self, process: Process, fate: Fate) -> float:
        """Take a worker back. It is kept for another query if it is done, and not one too many. The seconds
        for which it worked, as `Places.end` tells them.
        """
        with self._lock:
            worked = self._places.end(process, fate)
            wanted = len(self._idle) < self._room.places
            fit = process.age == self._age and not process.killed
            keep = fate is Fate.DONE and wanted and fit and not self._closed
            if keep:
                self._idle.append(process)
            self._call_next()
        if not keep:
            process.leave()
        return worked

    def renew(self) -> None:
        """Keep none of the workers that there are for another query."""
        with self._lock:
            self._age += 1
            old, self._idle = self._idle, []
        for process in old:
            process.leave()

    def close(self) -> None:
        """End all workers, also those that work."""
        with self._lock:
            self._closed = True
            processes = self.processes
            self._idle.clear()
            for turn in self._line:
                turn.notify()
        for process in processes:
            process.kill()
        for process in processes:
            process.end()

    def _check_open(self) -> None:
        if self._closed:
            raise StoreUnavailable("The store is closed.")

    def _wait(self, deadline: float, cancellation: Cancellation | None) -> None:
        """Wait in the line until there is a place."""
        if len(self._line) >= self._room.queue:
            raise StoreBusy(f"{self.running} queries run and {self.waiting} wait. Try again later.")
        turn = threading.Condition(self._lock)
        self._line.append(turn)
        if cancellation is not None:
            cancellation.attach(lambda: self._call(turn))
        try:
            while not self._closed and not (self._line[0] is turn and self._places.free):
                if cancellation is not None and cancellation.cancelled:
                    raise QueryCancelled
                left = deadline - time.monotonic()
                if left <= 0:
                    raise StoreBusy("No worker was free within the time for the query. Try again later.")
                patience = self._places.make() if self._line[0] is turn else inf
                if patience > 0:
                    turn.wait(min(left, patience))
        finally:
            self._line.remove(turn)
            self._call_next()

    def _call(self, turn: threading.Condition) -> None:
        with self._lock:
            turn.notify()

    def _call_next(self) -> None:
        if self._line:
            self._line[0].notify()

    def _fit(self, process: Process | None, deadline: float) -> Process:
        """A worker that is ready: the one given, if it is alive, or a fresh one."""
        if process is not None and not process.alive:
            process.leave()
            process = None
        age = self._age
        fit = process or self._start()
        if process is None:
            fit.age = age
        try:
            fit.wait_until_ready(max(deadline - time.monotonic(), 0.001))
        except TimeoutError as error:
            fit.leave()
            raise StoreBusy("No worker was ready within the time for the query. Try again later.") from error
        except BaseException:
            fit.leave()
            raise
        return fit
