"""A bounded set of query workers that many threads share, with a bounded queue before it.

Whoever waits longest gets the next free place. A query that has had its place for longer than `patience`
while others wait goes on in one of the `long` further places, or is stopped if these are taken: so nobody
waits for long because of what others ask. Must not know SPARQL or generations.
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


@dataclass(frozen=True, slots=True)
class Room:
    """How many queries run at a time at first (`places`), how many of them may go on (`long`; with 0, a
    query keeps its place) after `patience` seconds, and how many wait.
    """

    places: int = 2
    queue: int = 64
    long: int = 0
    patience: float = LONG


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
        self._placed: dict[Process, float] = {}
        self._long: set[Process] = set()
        self._taken = 0
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
            if self._closed:
                raise StoreUnavailable("The store is closed.")
            process = self._idle.pop() if self._idle else None
            self._taken += 1
        try:
            process = self._fit(process)
        except BaseException:
            self._leave(None)
            raise
        with self._lock:
            self._placed[process] = time.monotonic()
        return process

    def give_back(self, process: Process, fate: Fate) -> None:
        """Take a worker back. One that is not done is ended, and a fresh one starts if there is a place."""
        with self._lock:
            placed = self._placed.pop(process, None) is not None
            self._long.discard(process)
            welcome = placed or self._taken + len(self._idle) < self._room.places
        keep = process if fate is Fate.DONE and welcome and not process.killed else None
        if keep is None:
            process.end()
        if placed and keep is None and not self._closed:
            with suppress(StoreUnavailable):  # then the next who needs one tries again
                keep = self._start()
        self._leave(keep, placed=placed)

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
        """Move the query that has had a place for longest, or stop it. The seconds until the next may go."""
        if not self._room.long:
            return inf
        oldest = min(self._placed, key=self._placed.__getitem__, default=None)
        if oldest is None:
            return self._room.patience
        due = self._placed[oldest] + self._room.patience - time.monotonic()
        if due > 0:
            return due
        del self._placed[oldest]
        self._taken -= 1
        if len(self._long) < self._room.long:
            self._long.add(oldest)
        else:
            oldest.kill(
                GaveWay(
                    f"The query was stopped after {self._room.patience:g} s because others wait and "
                    f"{len(self._long)} long ones run. Try again later."
                )
            )
        return 0

    @property
    def _available(self) -> bool:
        return self._taken < self._room.places

    def _call(self, turn: threading.Condition) -> None:
        with self._lock:
            turn.notify()

    def _call_next(self) -> None:
        if self._line:
            self._line[0].notify()

    def _fit(self, process: Process | None) -> Process:
        if process is not None and process.alive:
            return process
        if process is not None:
            process.end()
        return self._start()

    def _leave(self, process: Process | None, *, placed: bool = True) -> None:
        with self._lock:
            self._taken -= placed
            closed = self._closed
            if process is not None and not closed:
                self._idle.append(process)
            self._call_next()
        if process is not None and closed:
            process.end()
