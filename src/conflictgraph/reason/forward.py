"""Running a plan on relations to its fixpoint, semi-naively. Must not know the rule table or the ontology.

What is new in a round is what the steps of the next one begin with, each premise in turn; the others are
looked up in everything that is known.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from conflictgraph.reason import joins
from conflictgraph.reason.join import Join
from conflictgraph.reason.relations import Key, Pair, Relations, Rows, Source
from conflictgraph.reason.trivia import TYPE

Readers = Mapping[Key, list[tuple[Join, int]]]


def readers(steps: Iterable[Join]) -> Readers:
    """For each relation, the steps that read it, and with which premise."""
    found: defaultdict[Key, list[tuple[Join, int]]] = defaultdict(list)
    for join in steps:
        for place, key in enumerate(join.keys):
            found[key].append((join, place))
    return found


def reading(steps: Readers, key: Key) -> Iterator[tuple[Join, int]]:
    """The premises that rows of a relation can fulfil."""
    yield from steps.get(key, ())
    if key[0] == TYPE and key[1]:
        yield from steps.get((TYPE, ""), ())
    yield from steps.get(("", ""), ())


def run(known: Relations, steps: Readers) -> int:
    """Conclude until nothing follows; returns the number of rounds."""
    news = _Round(known)
    for rows in [part for part in known.everything() if part]:
        for join, premise in reading(steps, rows.key):
            if premise == 0:
                news.conclude(join, premise, rows)
    rounds = 1
    while news:
        rounds += 1
        changed, news = news, _Round(known)
        for rows in changed.rows():
            for join, premise in reading(steps, rows.key):
                news.conclude(join, premise, rows)
    return rounds


class _Round:
    """What one round finds."""

    def __init__(self, known: Relations) -> None:
        self._known = known
        self._members: defaultdict[str, set[str]] = defaultdict(set)
        self._pairs: defaultdict[str, set[Pair]] = defaultdict(set)

    def __bool__(self) -> bool:
        return bool(self._members or self._pairs)

    def rows(self) -> Iterator[Rows]:
        for class_, members in self._members.items():
            yield Rows((TYPE, class_), members, set())
        for predicate, pairs in self._pairs.items():
            yield Rows((predicate, ""), set(), pairs)

    def conclude(self, join: Join, premise: int, rows: Rows) -> None:
        """Run one step on new rows."""
        for (predicate, class_), members, pairs in concluded(join, premise, rows, self._known):
            if class_:
                if fresh := self._known.conclude_members(class_, members):
                    self._members[class_] |= fresh
            elif fresh_pairs := self._known.conclude_pairs(predicate, pairs):
                self._pairs[predicate] |= fresh_pairs


def concluded(
    join: Join, premise: int, rows: Rows, known: Source
) -> Iterator[tuple[Key, set[str], set[Pair]]]:
    """What a step concludes from some rows."""
    if (simple := joins.projected(join, rows)) is not None:
        yield simple
        return
    found = joins.solutions(join, premise, rows, known)
    if found.rows:
        yield from joins.conclusions(join, found)
