"""Which states there were: what was to be published, what history says came of it, and what readers saw.

The graph of the mixed load has things with a number twice, left and right, which every publication writes
together. Must not know how anything is asked or published.
"""

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from math import inf

from conflictgraph.provenance import Publication

SIDES = (LEFT, RIGHT) = (
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#value",
    "http://www.w3.org/2000/01/rdf-schema#comment",
)
"""Properties that the shapes of the shipped graph allow everywhere."""
THING = "https://example.org/thing/"
"""So begin the things of the load."""

State = frozenset[tuple[str, int]]
"""Each thing with its number."""
Row = tuple[str, str, int]
"""A thing, a side, and the number there."""
Effect = Callable[["States", State], State]
States = dict[int, State]
"""The state of each generation."""


def rows(state: State) -> frozenset[Row]:
    """What a reader sees of a state."""
    return frozenset((thing, side, number) for thing, number in state for side in SIDES)


def replaced(thing: str, number: int) -> Effect:
    """The thing has that number and no other."""
    return lambda _, state: _without(state, thing) | {(thing, number)}


def added(thing: str, number: int) -> Effect:
    """The thing has that number as well."""
    return lambda _, state: state | {(thing, number)}


def removed(thing: str) -> Effect:
    """The thing is gone."""
    return lambda _, state: _without(state, thing)


def returned(number: int) -> Effect:
    """As in an earlier generation."""
    return lambda states, _: states[number]


def _without(state: State, thing: str) -> State:
    return frozenset(pair for pair in state if pair[0] != thing)


@dataclass(slots=True)
class Attempt:
    """Something that was to be published; `key` is the checksum of its document, or its note in history.

    Nobody knows what came of it as long as it has no `generation` and is not `refused`.
    """

    key: str
    effect: Effect
    sent: float
    ended: float = inf
    generation: int = 0
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader saw between two moments, of all things or of one; `generation` if the answer told it.

    `past` if the reader asked for that generation.
    """

    who: str
    asked: float
    ended: float
    rows: frozenset[Row]
    thing: str = ""
    generation: int = 0
    past: bool = False


@dataclass
class Chronicle:
    """Everything that was attempted and seen, in no order."""

    attempts: list[Attempt] = field(default_factory=list)
    sights: list[Seen] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, key: str, effect: Effect, now: float) -> Attempt:
        """Note something that is to be published."""
        attempt = Attempt(key, effect, now)
        with self.lock:
            self.attempts.append(attempt)
        return attempt

    def see(self, seen: Seen) -> None:
        """Note what a reader saw."""
        with self.lock:
            self.sights.append(seen)

    def faults(self, history: Sequence[Publication], first: int) -> list[str]:
        """What is wrong with the history since that generation, and with what was seen."""
        return _Account(self.attempts, self.sights, history, first).faults


class _Account:
    """The chronicle put in order."""

    def __init__(
        self, attempts: list[Attempt], sights: list[Seen], history: Sequence[Publication], first: int
    ) -> None:
        self.faults: list[str] = []
        self._open = [each for each in attempts if not each.generation and not each.refused]
        self._told: dict[int, Attempt] = {}
        for each in attempts:
            if each.generation and self._told.setdefault(each.generation, each) is not each:
                self.faults.append(f"generation {each.generation} was told to two who publish")
        self._states: States = {first: frozenset()}
        self._made: dict[int, Attempt] = {}
        self._go_through(history, first)
        self._look_at(sorted(sights, key=lambda seen: seen.ended))

    def _go_through(self, history: Sequence[Publication], first: int) -> None:
        numbers = [made.number for made in history]
        if numbers != list(range(1, len(numbers) + 1)):
            self.faults.append(f"history has gaps: {numbers}")
        for made in history[first:]:
            attempt = self._attempt(made)
            if attempt is None:
                self.faults.append(
                    f"generation {made.number} ({made.note}) was refused, or nobody asked for it"
                )
                return
            self._made[made.number] = attempt
            self._states[made.number] = attempt.effect(self._states, self._states[made.number - 1])
            if not made.note.startswith("Return") and made.base != made.number - 1:
                self.faults.append(f"generation {made.number} began as {made.base}")
        lost = self._told.keys() - self._made.keys()
        self.faults += [f"generation {number} was told to who published it, and is lost" for number in lost]

    def _attempt(self, made: Publication) -> Attempt | None:
        keys = {made.note, *(used.sha256 for used in made.inputs)}
        told = self._told.get(made.number)
        if told is not None:
            return told if told.key in keys else None
        for attempt in self._open:
            if attempt.key in keys:
                self._open.remove(attempt)
                return attempt
        return None

    def _look_at(self, sights: list[Seen]) -> None:
        """Nobody may see what is older than what somebody was told before, or newer than what was sent."""
        told = [(made.ended, number) for number, made in self._made.items() if made.generation]
        told += [(seen.ended, seen.generation) for seen in sights if seen.generation and not seen.past]
        answered = _Newest(told, min(self._states))
        sent = _Newest([(made.sent, number) for number, made in self._made.items()], min(self._states))
        for seen in sights:
            self.faults += self._wrong(seen, answered.before(seen.asked), sent.before(seen.ended))

    def _wrong(self, seen: Seen, least: int, most: int) -> Iterator[str]:
        possible = {seen.generation} if seen.generation else set(range(least, most + 1))
        if seen.generation and not (0 if seen.past else least) <= seen.generation <= most:
            yield f"{seen.who} saw generation {seen.generation} when {least} to {most} were current"
        if not any(seen.rows == self._rows(number, seen.thing) for number in possible & self._states.keys()):
            known = {number: sorted(self._rows(number, seen.thing)) for number in possible}
            yield f"{seen.who} saw {sorted(seen.rows)}; it was {known}"

    def _rows(self, number: int, thing: str) -> frozenset[Row]:
        state = self._states.get(number, frozenset())
        return rows(frozenset(pair for pair in state if not thing or pair[0] == thing))


class _Newest:
    """The newest generation up to a moment."""

    def __init__(self, told: list[tuple[float, int]], first: int) -> None:
        told.sort()
        self._moments = [moment for moment, _ in told]
        self._numbers = list(accumulate((number for _, number in told), max, initial=first))

    def before(self, moment: float) -> int:
        return self._numbers[bisect_left(self._moments, moment)]
