"""How long queries make the processors work of late, and so from when on one is long beside the others.

Must not know processes or places.
"""

from collections import deque
from math import inf
from statistics import median

from conflictgraph.store.child import LONG

_LATE = 32
"""Queries that are remembered."""
_ENOUGH = 8
_TIMES = 2.0
_MOST = 1.0
"""Seconds of work after which a query is long, whatever the others are."""
_LEAST = LONG / 2
"""And where one of the latest was stopped."""


class Usual:
    """What the latest queries took. `long` is twice the median of that, in seconds of work, within bounds:
    where all are alike, to run many at a time helps nobody, and takes a fifth more of the processors' time
    than one for each. Where one of the latest was stopped at a limit, it is less than that: the next may be
    another of that kind, and none is to keep a place from others for longer.
    """

    __slots__ = ("_works", "long")

    def __init__(self) -> None:
        self._works: deque[float] = deque(maxlen=_LATE)
        self.long = LONG

    def note(self, work: float, *, done: bool = True) -> None:
        """A query is over that made the processors work for so long; not `done` if it was stopped."""
        self._works.append(work if done else inf)
        self.long = LONG
        if inf in self._works:
            self.long = _LEAST
        elif len(self._works) >= _ENOUGH:
            self.long = min(max(_TIMES * median(self._works), LONG), _MOST)
