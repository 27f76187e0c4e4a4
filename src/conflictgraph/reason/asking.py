"""Questions to a store about few terms or triples: the premises and conclusions of a small change.

Answers cost in proportion to what is asked for and found. Must not know rules. Nodes without a name cannot
be asked for: an answer that has one raises `Nameless`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, TypeVar, cast

from conflictgraph import graphs
from conflictgraph.reason import tokens
from conflictgraph.reason.reading import ASSERTING, Ask
from conflictgraph.reason.relations import Key, Pair, Relations
from conflictgraph.reason.trivia import TYPE, Fact

Item = TypeVar("Item")
_BATCH: Final = 400
_FACT: Final = "?s ?p ?o"
IN_VIEW: Final = f"FILTER EXISTS {{ {_FACT} }}"
IN_INFERRED: Final = f"FILTER EXISTS {{ GRAPH {graphs.INFERRED} {{ {_FACT} }} }}"


def in_asserting(pattern: str) -> str:
    """The group pattern of a triple that a merged graph asserts."""
    return f"GRAPH ?g {{ {pattern} }} FILTER(?g != {graphs.INFERRED}) {ASSERTING}"


class Nameless(Exception):  # noqa: N818
    """Something depends on a node without a name."""


class Asked:
    """A `Source`: the merged view of a store, and relations in memory that it lacks."""

    def __init__(self, ask: Ask, local: Relations) -> None:
        self._ask, self._local = ask, local
        self._classes: dict[str, set[str]] = {}

    def members(self, class_: str, things: Collection[str] | None) -> Collection[str]:
        """Members of a class."""
        if things is None:
            rows = tokens.rows(self._ask(f"SELECT ?x WHERE {{ ?x {TYPE} {class_} }}"), 1)
            return {x for (x,) in rows} | set(self._local.members(class_, None))
        unknown = [thing for thing in things if thing not in self._classes]
        self._classes.update((thing, set()) for thing in unknown)
        for thing, kind in self._pairs("?x", unknown, f"?x {TYPE} ?y"):
            self._classes[thing].add(kind)
        found = {thing for thing in things if class_ in self._classes[thing]}
        return found | set(self._local.members(class_, None))

    def objects(self, predicate: str, subjects: Collection[str]) -> Mapping[str, Collection[str]]:
        """The objects of subjects."""
        found = defaultdict(set, {s: set(o) for s, o in self._local.objects(predicate, ()).items()})
        for subject, object_ in self._pairs("?x", subjects, f"?x {predicate} ?y"):
            found[subject].add(object_)
        return found

    def subjects(self, predicate: str, objects: Collection[str]) -> Mapping[str, Collection[str]]:
        """The subjects of objects."""
        found = defaultdict(set, {o: set(s) for o, s in self._local.subjects(predicate, ()).items()})
        for subject, object_ in self._pairs("?y", objects, f"?x {predicate} ?y"):
            found[object_].add(subject)
        return found

    def pairs(self, predicate: str, wanted: Collection[Pair] | None) -> Collection[Pair]:
        """Pairs of a predicate."""
        local = self._local.pairs(predicate, None)
        if wanted is None:
            rows = cast(Iterator[Pair], self._named(f"SELECT ?x ?y WHERE {{ ?x {predicate} ?y }}", 2))
            return {*rows, *local}
        held = self.held([(s, predicate, o) for s, o in wanted], IN_VIEW)
        return {(s, o) for s, _, o in held} | set(local)

    def predicates(self) -> Iterable[str]:
        """Too many to ask for."""
        raise NotImplementedError

    def held(self, facts: Collection[Fact], condition: str) -> set[Fact]:
        """The triples `?s ?p ?o` that fulfil a condition."""
        found: set[Fact] = set()
        for batch in _batches(facts):
            rows = " ".join(f"({n} {' '.join(fact)})" for n, fact in enumerate(batch))
            text = self._ask(f"SELECT ?n WHERE {{ VALUES (?n {_FACT}) {{ {rows} }} {condition} }}")
            found.update(batch[int(n)] for n in text.split()[1:])
        return found

    def described(self, things: Collection[str], *, asserted: bool) -> dict[str, set[Key]]:
        """The relations that each of the things is a subject in, on demand those that are asserted."""
        found: defaultdict[str, set[Key]] = defaultdict(set)
        pattern = in_asserting("?x ?p ?o") if asserted else "?x ?p ?o"
        for batch in _batches(things):
            query = (
                f"SELECT DISTINCT ?x ?p ?c WHERE {{ VALUES ?x {{ {' '.join(batch)} }} {pattern}"
                f" BIND(IF(?p = {TYPE}, ?o, ?p) AS ?c) }}"
            )
            for thing, predicate, class_ in self._named(query, 3):
                found[thing].add((predicate, class_ if predicate == TYPE else ""))
        return found

    def _pairs(self, name: str, values: Collection[str], pattern: str) -> Iterator[Pair]:
        for batch in _batches(values):
            query = f"SELECT ?x ?y WHERE {{ VALUES {name} {{ {' '.join(batch)} }} {pattern} }}"
            yield from cast(Iterator[Pair], self._named(query, 2))

    def _named(self, query: str, width: int) -> Iterator[tuple[str, ...]]:
        for row in tokens.rows(self._ask(query), width):
            if not all(map(tokens.has_name, row)):
                raise Nameless
            yield row


def _batches(items: Iterable[Item]) -> Iterator[Sequence[Item]]:
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch
