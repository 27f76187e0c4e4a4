"""A bounded set of query workers that many threads share, with a bounded queue before it.

Whoever waits longest gets the next free place. A query that has made its worker work for `LONG` seconds
while others wait, or kept it for a second without making it work, goes on in one of the `long` further
places, or is stopped if these are taken: so nobody waits for long because of what others ask. As long as
there are such queries, spare workers are kept ready. Must not know SPARQL or generations.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import inf

from conflictgraph.errors import GaveWay, QueryCancelled, StoreBusy, StoreUnavailable
from conflictgraph.store.child import LONG
from conflictgraph.store.port import Cancellation
from conflictgraph.store.process import Process
from conflictgraph.store.stream import Fate

_LOOK = 0.01
_STALLED = 1.0
_START = 20.0


@dataclass(frozen=True, slots=True)
class Room:
    """How many queries run at a time at first (`places`), how many of them may go on (`long`; with 0, a
    query keeps its place), and how many wait.
    """

    places: int = 2
    queue: int = 64
    long: int = 0


@dataclass(slots=True)
class _Turn:
    """When a query got its place, and the work of its process when somebody first waited behind it."""

    began: float
    work_before: float | None = None


class Pool:
    """Processes are started when first needed, and used again."""

    def __init__(self, start: Callable[[], Process], room: Room) -> None:
        self._start, self._room = start, room
        self._abandoned: list[Process] = []
        self._idle: list[Process] = []
        self._begin()

    def _begin(self) -> None:
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._line: deque[threading.Condition] = deque()
        self._idle = []
        self._placed: dict[Process, _Turn] = {}
        self._long: set[Process] = set()
        self._taken = self._starting = 0
        self._closed = False

    @property
    def running(self) -> int:
        """Queries at work."""
        return self._taken + len(self._long)

    @property
    def waiting(self) -> int:
        """Queries that wait for a place."""
        return len(self._line)

    @property
    def processes(self) -> tuple[Process, ...]:
        """The workers, idle or at work."""
        return (*self._idle, *self._placed, *self._long)

    def take(self, seconds: float, cancellation: Cancellation | None = None) -> Process:
        """A worker, the one used last if there is a choice; `StoreBusy` if there is none within the time."""
        if os.getpid() != self._owner:  # a fork: the workers are the parent's
            self._abandoned += self._idle
            self._begin()
        with self._lock:
            if self._line or not self._available:
                self._wait(seconds, cancellation)
            self._check_open()
            process = self._idle.pop() if self._idle else None
            self._taken += 1
        self._restock()
        try:
            process = self._fit(process)
            with self._lock:
                self._check_open()
                self._placed[process] = _Turn(time.monotonic())
        except BaseException:
            if process is not None:
                process.end()
            self._leave(None)
            raise
        return process

    def give_back(self, process: Process, fate: Fate) -> None:
        """Take a worker back. One that is not done is ended, and a fresh one starts if there is a place."""
        with self._lock:
            placed = self._placed.pop(process, None) is not None
            self._long.discard(process)
            welcome = placed or self._wanted > 0
        keep = process if fate is Fate.DONE and welcome and not process.killed else None
        if keep is None:
            process.end()
        if placed and keep is None and not self._closed:
            with suppress(StoreUnavailable):  # then the next who needs one tries again
                keep = self._start()
        self._leave(keep, placed=placed)
        self._restock()

    def close(self) -> None:
        """End all workers, also those that work."""
        with self._lock:
            self._closed = True
            processes = self.processes
            self._idle.clear()
            for turn in self._line:
                turn.notify()
        for process in processes:
            process.end()

    def _check_open(self) -> None:
        if self._closed:
            raise StoreUnavailable("The store is closed.")

    def _wait(self, seconds: float, cancellation: Cancellation | None) -> None:
        if len(self._line) >= self._room.queue:
            raise StoreBusy(f"{self.running} queries run and {self.waiting} wait. Try again later.")
        deadline = time.monotonic() + seconds
        turn = threading.Condition(self._lock)
        self._line.append(turn)
        if cancellation is not None:
            cancellation.attach(lambda: self._call(turn))
        try:
            while not self._closed and not (self._line[0] is turn and self._available):
                if cancellation is not None and cancellation.cancelled:
                    raise QueryCancelled
                left = deadline - time.monotonic()
                if left <= 0:
                    raise StoreBusy(f"No worker was free within {seconds:g} s. Try again later.")
                patience = self._make_room() if self._line[0] is turn else inf
                if patience > 0:
                    turn.wait(min(left, patience))
        finally:
            self._line.remove(turn)
            self._call_next()

    def _make_room(self) -> float:
        """Move a query that has had its place for long, or stop it. The seconds until the next may go."""
        if not self._room.long:
            return inf
        soonest = LONG
        for process, turn in self._placed.items():
            if (left := _left(process, turn)) <= 0:
                self._displace(process)
                return 0
            soonest = min(soonest, left)
        return max(soonest, _LOOK)

    def _displace(self, process: Process) -> None:
        del self._placed[process]
        self._taken -= 1
        if len(self._long) < self._room.long:
            self._long.add(process)
            return
        busy = f"others wait and {len(self._long)} long queries run"
        process.kill(GaveWay(f"The query was stopped because {busy}. Try again later."))

    @property
    def _available(self) -> bool:
        return self._taken < self._room.places

    @property
    def _wanted(self) -> int:
        """How many workers are missing; there are spare ones while a query may leave with its worker."""
        spare = self._room.places if self._long else 0
        return self._room.places + spare - self._taken - self._starting - len(self._idle)

    def _restock(self) -> None:
        """Start spare workers, to be taken when no used one is idle."""
        while self._long:
            with self._lock:
                if self._closed or self._wanted <= 0:
                    return
                self._starting += 1
            fresh = None
            try:
                with suppress(StoreUnavailable):  # then who needs one tries again
                    fresh = self._start()
            finally:
                with self._lock:
                    self._starting -= 1
                    late = self._closed
                    if fresh is not None and not late:
                        self._idle.insert(0, fresh)
            if fresh is None:
                return
            if late:
                fresh.end()

    def _call(self, turn: threading.Condition) -> None:
        with self._lock:
            turn.notify()

    def _call_next(self) -> None:
        if self._line:
            self._line[0].notify()

    def _fit(self, process: Process | None) -> Process:
        if process is not None and not process.alive:
            process.end()
            process = None
        fit = process or self._start()
        try:
            fit.wait_until_ready(_START)
        except TimeoutError as error:
            fit.end()
            raise StoreBusy(f"No worker was ready within {_START:g} s. Try again later.") from error
        except BaseException:
            fit.end()
            raise
        return fit

    def _leave(self, process: Process | None, *, placed: bool = True) -> None:
        with self._lock:
            self._taken -= placed
            closed = self._closed
            if process is not None and not closed:
                self._idle.append(process)
            self._call_next()
        if process is not None and closed:
            process.end()


def _left(process: Process, turn: _Turn) -> float:
    """The seconds for which a query may keep its place at least."""
    if turn.work_before is None:
        turn.work_before = process.work
    worked = process.work - turn.work_before
    return min(LONG - worked, turn.began + _STALLED - time.monotonic())
