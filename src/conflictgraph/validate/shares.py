"""Ask about the shapes of a plan by several threads at once, each with its own share of them.

The engine lets go of the interpreter while it evaluates, so threads keep several processors at work. What is
found, and which error comes out where there are several, is the same as with one thread. Must not know rows
or reports.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from math import inf
from typing import TypeAlias

from conflictgraph.validate.compiler import BeyondCompilerError
from conflictgraph.validate.focus import Focus
from conflictgraph.validate.plan import ShapePlan, SparqlStep
from conflictgraph.validate.questions import Questions
from conflictgraph.validate.results import Finding
from conflictgraph.validate.run import Run
from conflictgraph.validate.screen import Screen, in_place
from conflictgraph.validate.shapes import Shape
from conflictgraph.validate.triple_index import Node

Outcome: TypeAlias = tuple[Finding, ...] | BeyondCompilerError
"""What is wrong with a shape's focus nodes; or why that cannot be asked."""
Progress: TypeAlias = Callable[[int, int], None]

WORTH = 20_000
"""So many times a focus node meets a constraint before it pays to divide the work: signatures are read once
more."""


def processors() -> int:
    """Return how many threads can be at work at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def outcomes(
    roots: Sequence[ShapePlan],
    shapes: Mapping[Node, Shape],
    questions: Questions,
    progress: Progress | None = None,
    *,
    screened: bool = True,
    at_once: int = 1,
) -> list[Outcome]:
    """Return what comes of each root, in their order. Raises what asking about the first of them that fails
    raises."""
    divided, rest = _divided(roots, questions, at_once) if at_once > 1 else ([range(len(roots))], ())
    asking = (questions, *questions.copies(len(divided) - 1))
    shares = [
        _Share(each, Screen([roots[number] for number in share] if screened else (), shapes, each), share)
        for share, each in zip(divided, asking, strict=True)
    ]
    work = _Work(roots, shares, rest, progress)
    if len(shares) == 1:
        work.do(shares[0])
        return work.outcomes()
    pool = ThreadPoolExecutor(len(shares))
    try:
        for done in [pool.submit(work.do, share) for share in shares]:
            done.result()
    finally:
        work.stop()
        pool.shutdown(wait=False)  # when interrupted, not until all have their answers
    for each in asking[1:]:
        questions.timings += each.timings
    return work.outcomes()


class _Share:
    """What one thread is to ask about, in order, and with what."""

    def __init__(self, questions: Questions, screen: Screen, numbers: Iterable[int]) -> None:
        self.questions, self.screen, self.left = questions, screen, deque(numbers)


class _Work:
    """The roots, and what came of those that are done. What is in nobody's share is for whoever has time."""

    def __init__(
        self,
        roots: Sequence[ShapePlan],
        shares: Sequence[_Share],
        rest: Iterable[int],
        progress: Progress | None,
    ) -> None:
        self._roots, self._shares, self._rest, self._progress = roots, shares, deque(rest), progress
        self._done: dict[int, Outcome] = {}
        self._failed: dict[int, BaseException] = {}
        self._end = inf
        self._telling = threading.Lock()

    def do(self, own: _Share) -> None:
        """Ask about a share, then about what is in none, then help with the others, from their ends; not
        about what comes after a failure."""
        run = Run(own.questions, own.screen)
        self._ask(run, _taken(own.left.popleft))
        self._ask(run, _taken(self._rest.popleft))
        for other in self._shares:
            if other is not own:
                self._ask(Run(own.questions, other.screen), _taken(other.left.pop))

    def _ask(self, run: Run, numbers: Iterable[int]) -> None:
        for number in numbers:
            if number > self._end:
                continue
            try:
                self._done[number] = tuple(run.findings(self._roots[number]))
            except BeyondCompilerError as reason:
                self._done[number] = reason
            except BaseException as error:  # noqa: BLE001  # raised by `outcomes`, unless there is an earlier one
                self._failed[number] = error
                self._end = min(self._end, number)
            self._tell()

    def stop(self) -> None:
        """Begin with no root any more."""
        self._end = -1

    def outcomes(self) -> list[Outcome]:
        """Return what came of each root, or raise the first failure."""
        if self._failed:
            raise self._failed[min(self._failed)]
        return [self._done[number] for number in range(len(self._roots))]

    def _tell(self) -> None:
        if self._progress is not None:
            with self._telling:
                self._progress(len(self._done), len(self._roots))


def _taken(take: Callable[[], int]) -> Iterator[int]:
    """What can be taken until nothing is left, by whichever thread."""
    with suppress(IndexError):
        while True:
            yield take()


def _divided(
    roots: Sequence[ShapePlan], questions: Questions, at_once: int
) -> tuple[list[Sequence[int]], tuple[int, ...]]:
    """Return a share for each thread, and what anybody may do: queries of authors, whose cost nobody knows.

    Shapes with the same focus nodes stay together, since they read the same triples. One share where there is
    little to do.
    """
    rest = tuple(number for number, root in enumerate(roots) if _has_query(root))
    groups: dict[tuple[Focus, ...], list[int]] = {}
    for number in sorted(set(range(len(roots))).difference(rest)):
        groups.setdefault(roots[number].focus, []).append(number)
    weights = _weights({focus: [roots[n] for n in groups[focus]] for focus in groups}, questions, at_once)
    if sum(weights.values()) < WORTH:
        return [range(len(roots))], ()
    shares: list[list[int]] = [[] for _ in range(at_once)]
    taken = [0] * at_once
    for focus in sorted(groups, key=lambda each: -weights[each]):
        least = taken.index(min(taken))
        shares[least] += groups[focus]
        taken[least] += weights[focus]
    return [sorted(share) for share in shares], rest


def _has_query(root: ShapePlan) -> bool:
    return any(isinstance(step, SparqlStep) for each in in_place(root) for step in each.steps)


def _weights(
    groups: Mapping[tuple[Focus, ...], list[ShapePlan]], questions: Questions, at_once: int
) -> dict[tuple[Focus, ...], int]:
    """What each group weighs: by several threads, once it is clear that there is much to do."""
    weights: dict[tuple[Focus, ...], int] = {}
    left = deque(groups)
    while left and sum(weights.values()) < WORTH:
        focus = left.popleft()
        weights[focus] = _weight(focus, groups[focus], questions)
    if left:
        with ThreadPoolExecutor(at_once) as pool:
            weighed = pool.map(lambda focus: _weight(focus, groups[focus], questions), left)
            weights.update(zip(left, weighed, strict=True))
    return weights


def _weight(focus: Iterable[Focus], roots: Iterable[ShapePlan], questions: Questions) -> int:
    """How often a focus node meets a constraint."""
    steps = sum(len(each.steps) for root in roots for each in in_place(root))
    return steps * sum(questions.number_of(each.counted) for each in focus)
