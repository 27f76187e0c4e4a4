"""Which triples follow in one step from what a store has. Must not know why that is asked.

Steps that only move the terms of one premise, nearly all, are asked together; the others join backwards from
what they conclude.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from conflictgraph import graphs
from conflictgraph.reason import joins
from conflictgraph.reason.asking import Asked, Fact
from conflictgraph.reason.joins import Join, Projection
from conflictgraph.reason.relations import TYPE, Key, Rows

_OPEN: Final = "urn:x-conflictgraph:reason:open"
ANYWHERE: Final = ""
ASSERTED: Final = f"FILTER NOT EXISTS {{ GRAPH {graphs.INFERRED} {{ PREMISE }} }}"


class Support:
    """The steps of a plan, by what they conclude."""

    def __init__(self, steps: Iterable[Join]) -> None:
        self._moving: defaultdict[Key, list[Projection]] = defaultdict(list)
        self._joining: defaultdict[Key, list[Join]] = defaultdict(list)
        for join in steps:
            if join.projection:
                self._moving[join.projection.writes].append(join.projection)
            else:
                self._joining[joins.key(join.head)].append(join)

    def by_moving(self, facts: Collection[Fact], asked: Asked, condition: str = ANYWHERE) -> set[Fact]:
        """Those triples that a single premise supports; `condition` says which `PREMISE` counts."""
        wanted: defaultdict[str, list[tuple[Fact, Fact]]] = defaultdict(list)
        for fact in facts:
            for shape in self._moving.get(key(fact), ()):
                pattern, premise = _premise(shape, fact)
                wanted[pattern].append((premise, fact))
        found: set[Fact] = set()
        for pattern, pairs in wanted.items():
            test = f"FILTER EXISTS {{ {pattern} {condition.replace('PREMISE', pattern)} }}"
            held = asked.held(list(dict.fromkeys(premise for premise, _ in pairs)), test)
            found.update(fact for premise, fact in pairs if premise in held)
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


def _premise(shape: Projection, fact: Fact) -> tuple[str, Fact]:
    """The pattern of what must be there, and the terms that it is asked for; `?o` or `?s` may be open."""
    subject, _, object_ = fact
    predicate, class_ = shape.reads
    if class_:
        return "?s ?p ?o", (subject, predicate, class_)
    if shape.members == "subjects":
        return "?s ?p ?open", (subject, predicate, f"<{_OPEN}>")
    if shape.members == "objects":
        return "?open ?p ?o", (f"<{_OPEN}>", predicate, subject)
    return "?s ?p ?o", ((object_, predicate, subject) if shape.turned else (subject, predicate, object_))


def key(fact: Fact) -> Key:
    """The relation of a triple."""
    return fact[1], fact[2] if fact[1] == TYPE else ""


def grouped(facts: Iterable[Fact]) -> list[Rows]:
    """Triples as rows of their relations."""
    found: dict[Key, Rows] = {}
    for fact in facts:
        rows = found.setdefault(key(fact), Rows(key(fact), set(), set()))
        if rows.key[1]:
            rows.members.add(fact[0])
        else:
            rows.pairs.add((fact[0], fact[2]))
    return list(found.values())
