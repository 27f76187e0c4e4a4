"""Which triples follow in one step from what a store has. Must not know why that is asked.

Steps that only move the terms of one premise, nearly all, are asked together; the others join backwards from
what they conclude.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from conflictgraph.reason import joins
from conflictgraph.reason.asking import Asked, in_asserting
from conflictgraph.reason.join import Join, Projection, key
from conflictgraph.reason.relations import Key, Rows, grouped
from conflictgraph.reason.trivia import TYPE, Fact


class Support:
    """The steps of a plan, by what they conclude."""

    def __init__(self, steps: Iterable[Join]) -> None:
        self._moving: defaultdict[Key, list[Projection]] = defaultdict(list)
        self._joining: defaultdict[Key, list[Join]] = defaultdict(list)
        for join in steps:
            if join.projection:
                self._moving[join.projection.writes].append(join.projection)
            else:
                self._joining[key(join.head)].append(join)

    def by_moving(self, facts: Collection[Fact], asked: Asked, *, asserted: bool = False) -> set[Fact]:
        """Those triples that a single premise supports, on demand one that is asserted."""
        parts = [rows for rows in grouped(facts) if rows.key in self._moving]
        described = asked.described({member for rows in parts for member in rows.members}, asserted=asserted)
        found: set[Fact] = set()
        for rows in parts:
            shapes = self._moving[rows.key]
            reads = {shape.reads for shape in shapes if shape.members == "subjects"}
            known = {fact for fact in rows.triples() if reads & described.get(fact[0], set())}
            tests = dict.fromkeys(_test(shape, asserted) for shape in shapes if shape.members != "subjects")
            if tests:
                left = [fact for fact in rows.triples() if fact not in known]
                known |= asked.held(left, f"FILTER({' || '.join(tests)})")
            found |= known
        return found

    def by_joining(self, facts: Collection[Fact], asked: Asked) -> set[Fact]:
        """Those triples that several premises support."""
        found: set[Fact] = set()
        for rows in grouped(facts):
            for join in _with_general(self._joining, rows.key):
                start = joins.started(join.head, rows)
                solved = joins.completed(start, join.body, join, asked)
                for concluded, members, pairs in joins.conclusions(join, solved):
                    found.update(Rows(concluded, members, pairs).triples())
        return found.intersection(facts)


def _with_general(steps: defaultdict[Key, list[Join]], wanted: Key) -> Iterator[Join]:
    yield from steps.get(wanted, ())
    if wanted[0] == TYPE:
        yield from steps.get((TYPE, ""), ())


def _test(shape: Projection, asserted: bool) -> str:
    """The condition that the premise of a conclusion `?s ?p ?o` is there."""
    predicate, _ = shape.reads
    if shape.members:
        pattern = f"?open {predicate} ?s"
    else:
        pattern = f"?o {predicate} ?s" if shape.turned else f"?s {predicate} ?o"
    return f"EXISTS {{ {in_asserting(pattern) if asserted else pattern} }}"
