"""Which queries have a place, which go on in a further one, and which must go when others wait.

A query that has made its worker work for longer than is usual, or not at all in a second, because nobody
reads, goes on in one of the `long` further places if others wait; also one that is merely slow, as long as a
quarter of them is free. One that is known to take long begins in one. If they are taken, one of them all is
stopped: the one that has worked most, if that was more than its share, else the one that came last.
Must not know threads; the caller sees to it that one at a time asks.
"""

import time
from dataclasses import dataclass
from math import inf

from conflictgraph.errors import GaveWay
from conflictgraph.store.child import LONG
from conflictgraph.store.process import Process
from conflictgraph.store.stream import Fate
from conflictgraph.store.usual import Usual

_LOOK = 0.01
_SLOW = 2.5
"""How often the usual seconds of work, by the clock, a query that is at work keeps its place at least."""
_STALLED = 1.0
_PROGRESS = 0.005
"""Seconds of work in `_STALLED` seconds from which on a query is at work, however slowly."""


@dataclass(frozen=True, slots=True)
class Room:
    """How many queries run at a time at first (`places`), how many of them may go on (`long`; with 0, a
    query keeps its place), how many wait, and for how many `seconds` each may run.
    """

    places: int = 2
    queue: int = 64
    long: int = 0
    seconds: float = 30.0

    @property
    def share(self) -> float:
        """The seconds of work for each if all places are taken all the time, and the processors do `places`
        seconds of work in one."""
        return self.seconds * self.places / (self.places + self.long)


@dataclass(slots=True)
class _Turn:
    """When a query got its place, what its process had worked before, and whether it was known to take long;
    when it was last seen to have worked, and how much it had by then.
    """

    began: float
    work_before: float
    known: bool
    seen: float = inf
    work_seen: float = 0.0


class Places:
    """The queries at work. `taken` counts those in a place and those that are about to have one, `further`
    those in the further places.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._turns: dict[Process, _Turn] = {}
        self._long: set[Process] = set()
        self._usual = Usual()
        self.taken = self.further = 0

    @property
    def running(self) -> int:
        """Queries at work."""
        return self.taken + self.further

    @property
    def processes(self) -> tuple[Process, ...]:
        """Their workers."""
        return tuple(self._turns)

    @property
    def free(self) -> bool:
        """Whether there is a place."""
        return self.taken < self._room.places

    @property
    def has_further(self) -> bool:
        """Whether there is a further place."""
        return self.further < self._room.long

    def reserve(self, *, long: bool = False) -> None:
        """Take a place, or a further one, for a query that is about to begin."""
        self.taken += not long
        self.further += long

    def free_again(self, *, long: bool = False) -> None:
        """Nobody is in that place any more, or it did not come to that."""
        self.taken -= not long
        self.further -= long

    def begin(self, process: Process, *, long: bool = False) -> None:
        """A query begins, in the place that was taken for it."""
        self._turns[process] = _Turn(time.monotonic(), process.work, long)
        if long:
            self._long.add(process)

    def end(self, process: Process, fate: Fate = Fate.UNREAD) -> float:
        """A query is over, wherever it was. One that nobody wanted any more tells nothing of others, nor does
        one that was known to take long. The seconds for which it made its worker work; without end if the
        worker is dead.
        """
        turn = self._turns.pop(process, None)
        if turn is None:  # it was stopped
            return inf
        worked = _worked(process, turn)
        self.free_again(long=process in self._long)
        self._long.discard(process)
        if fate is not Fate.UNREAD and not turn.known:
            self._usual.note(worked, done=fate is Fate.DONE)
        return worked if process.alive else inf

    def make(self) -> float:
        """Free a place that a query has had for long. The seconds until one may be free, 0 if one is."""
        if not self._room.long:
            return inf
        soonest = inf
        for process, turn in self._turns.items():
            if process not in self._long:
                if (left := self._left(process, turn)) <= 0:
                    self._displace(process)
                    return 0
                soonest = min(soonest, left)
        return max(min(soonest, LONG), _LOOK)

    def _left(self, process: Process, turn: _Turn) -> float:
        """The seconds for which a query may keep its place at least."""
        now, work = time.monotonic(), process.work
        if turn.seen == inf or work - turn.work_seen > _PROGRESS:
            turn.seen, turn.work_seen = now, work
        left = min(self._usual.long - (work - turn.work_before), turn.seen + _STALLED - now)
        if len(self._long) < self._room.long * 3 / 4:
            left = min(left, turn.began + _SLOW * self._usual.long - now)
        return left

    def _displace(self, process: Process) -> None:
        self._long.add(process)
        self.reserve(long=True)
        self.free_again()
        if self.further > self._room.long:
            self._stop(self._most_worked(process))

    def _most_worked(self, last: Process) -> Process:
        worked = {process: _worked(process, self._turns[process]) for process in self._long}
        most = max(worked, key=worked.__getitem__)
        return most if worked[most] > self._room.share else last

    def _stop(self, process: Process) -> None:
        turn = self._turns.pop(process)
        worked = _worked(process, turn)
        if not turn.known:
            self._usual.note(worked, done=False)
        self._long.remove(process)
        self.free_again(long=True)
        process.kill(
            GaveWay(
                f"The query was stopped because others wait and {self._room.long} long queries run. "
                f"It had made the processors work for {worked:.1f} s. Try again later."
            )
        )


def _worked(process: Process, turn: _Turn) -> float:
    return process.work - turn.work_before
