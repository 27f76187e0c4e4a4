"""How many solutions patterns have in one state of the data, counted no further than it takes to know.

Must not know what the numbers decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from conflictgraph.validate.asking import Ask
from conflictgraph.validate.subclasses import Subclasses

_STEP = re.compile(r"\?(\w+) (\^?)(<[^<>\s]*>) \?(\w+) \.?")
_INSTANCE = re.compile(r"\?\w+ ([^\s\"'?]+ <[^<>\s]*>) ?\.?")


class Counts:
    """What was counted, for patterns that differ in the names of variables together."""

    def __init__(self, ask: Ask, classes: Subclasses) -> None:
        self._ask, self._classes = ask, classes
        self._known: dict[str, int] = {}
        self._least: dict[str, int] = {}
        """Of patterns that were not counted to the end, how many solutions there are at least."""

    def number(self, patterns: Iterable[str]) -> int:
        """Return how many solutions the patterns have, added up."""
        return sum(map(self._all, patterns))

    def up_to(self, pattern: str, limit: int) -> int:
        """Return how many solutions a pattern has, or the limit if it has as many or more."""
        pattern = _plain(pattern)
        if pattern not in self._known and self._least.get(pattern, 0) < limit:
            rows = f"{{ SELECT (1 AS ?one) WHERE {{ {pattern} }} LIMIT {limit} }}"
            found = self._asked(f"SELECT (COUNT(*) AS ?n) WHERE {{ {rows} }}")
            (self._known if found < limit else self._least)[pattern] = found
        return min(self._known.get(pattern, limit), limit)

    def are_fewer(self, patterns: Iterable[str], limit: int) -> bool:
        """Say whether the patterns have fewer solutions together."""
        for pattern in patterns:
            if limit > 0:
                limit -= self.up_to(pattern, limit)
        return limit > 0

    def different(self, patterns: Iterable[str]) -> int:
        """Return how many nodes ?this the patterns have together."""
        union = " UNION ".join(f"{{ {pattern} }}" for pattern in patterns)
        if union not in self._known:
            self._known[union] = self._asked(f"SELECT (COUNT(DISTINCT ?this) AS ?n) WHERE {{ {union} }}")
        return self._known[union]

    def _all(self, pattern: str) -> int:
        pattern = _plain(pattern)
        if pattern not in self._known:
            self._known[pattern] = self._asked(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")
        return self._known[pattern]

    def _asked(self, sparql: str) -> int:
        count = self._ask(self._classes.narrowed(sparql)).rows[0][0]
        return int(count.value) if count is not None else 0


def _plain(pattern: str) -> str:
    """Return a pattern of one triple, read backwards or not, with variables of one name; others as they
    are."""
    step = _STEP.fullmatch(pattern)
    if step is not None:
        subject, _, predicate, object_ = step.groups()
        return pattern if subject == object_ else f"?s {predicate} ?o ."
    instance = _INSTANCE.fullmatch(pattern)
    return pattern if instance is None else f"?s {instance.group(1)} ."
