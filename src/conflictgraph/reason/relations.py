"""Triples in memory as relations: for each class its members, for each other predicate its pairs.

Terms are texts (`tokens`). Remembers which rows were concluded. Must not know rules.
"""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from typing import Protocol

from conflictgraph.reason import tokens
from conflictgraph.reason.trivia import TYPE, Fact

Pair = tuple[str, str]
Key = tuple[str, str]
"""A relation: a predicate, and of `rdf:type` the class (else an empty text)."""


class Source(Protocol):
    """Where the premises of rules are looked up. Answers may hold more than was asked for."""

    def members(self, class_: str, things: Collection[str] | None) -> Container[str] | Collection[str]:
        """Those of the things (None: of all) that are members of a class."""

    def objects(self, predicate: str, subjects: Collection[str]) -> Mapping[str, Collection[str]]:
        """The objects that each of the subjects has."""

    def subjects(self, predicate: str, objects: Collection[str]) -> Mapping[str, Collection[str]]:
        """The subjects that each of the objects has."""

    def pairs(self, predicate: str, wanted: Collection[Pair] | None) -> Collection[Pair]:
        """Those of the pairs of subject and object (None: of all) that a predicate relates."""

    def predicates(self) -> Iterable[str]:
        """Every predicate there is."""


class Rows:
    """Some rows of one relation: members of a class, or pairs of a predicate."""

    __slots__ = ("_objects", "_subjects", "key", "members", "pairs")

    def __init__(self, key: Key, members: set[str], pairs: set[Pair]) -> None:
        self.key, self.members, self.pairs = key, members, pairs
        self._subjects: set[str] | None = None
        self._objects: set[str] | None = None

    def __len__(self) -> int:
        return len(self.members) or len(self.pairs)

    def triples(self) -> Iterator[Fact]:
        """The rows as triples."""
        predicate, class_ = self.key
        if class_:
            return ((member, predicate, class_) for member in self.members)
        return ((s, predicate, o) for s, o in self.pairs)

    @property
    def subjects(self) -> set[str]:
        """Every subject, once."""
        if self._subjects is None:
            self._subjects = self.members if self.key[1] else {s for s, _ in self.pairs}
        return self._subjects

    @property
    def objects(self) -> set[str]:
        """Every object that can be a subject, once."""
        if self._objects is None:
            self._objects = {o for _, o in self.pairs if o[0] != '"'}
        return self._objects


class Relations:
    """A `Source` that grows."""

    def __init__(self) -> None:
        self._members: defaultdict[str, set[str]] = defaultdict(set)
        self._pairs: defaultdict[str, set[Pair]] = defaultdict(set)
        self._new_members: defaultdict[str, set[str]] = defaultdict(set)
        self._new_pairs: defaultdict[str, set[Pair]] = defaultdict(set)
        self._forwards: dict[str, defaultdict[str, list[str]]] = {}
        self._backwards: dict[str, defaultdict[str, list[str]]] = {}

    def give_members(self, class_: str, things: Iterable[str]) -> None:
        """Take in members of a class as given."""
        self._members[class_].update(things)

    def give_pairs(self, predicate: str, pairs: Iterable[Pair]) -> None:
        """Take in pairs of a predicate as given."""
        if predicate != TYPE:
            self._pairs[predicate].update(pairs)
            return
        for member, class_ in pairs:
            self._members[class_].add(member)

    def conclude_members(self, class_: str, things: set[str]) -> set[str]:
        """Add members; those that are new."""
        fresh = things - self._members[class_]
        if fresh:
            self._members[class_] |= fresh
            self._new_members[class_] |= fresh
        return fresh

    def conclude_pairs(self, predicate: str, pairs: set[Pair]) -> set[Pair]:
        """Add pairs; those that are new."""
        fresh = pairs - self._pairs[predicate]
        if fresh:
            self._pairs[predicate] |= fresh
            self._new_pairs[predicate] |= fresh
            _extend(self._forwards.get(predicate), fresh)
            _extend(self._backwards.get(predicate), ((o, s) for s, o in fresh))
        return fresh

    def conclude(self, facts: Iterable[Fact]) -> None:
        """Add triples."""
        for rows in grouped(facts):
            predicate, class_ = rows.key
            if class_:
                self.conclude_members(class_, rows.members)
            else:
                self.conclude_pairs(predicate, rows.pairs)

    def everything(self) -> Iterator[Rows]:
        """Every relation with all its rows."""
        for class_, members in self._members.items():
            yield Rows((TYPE, class_), members, set())
        for predicate, pairs in self._pairs.items():
            yield Rows((predicate, ""), set(), pairs)

    def concluded(self) -> Iterator[Rows]:
        """The rows that were not given."""
        for class_, members in self._new_members.items():
            yield Rows((TYPE, class_), members, set())
        for predicate, pairs in self._new_pairs.items():
            yield Rows((predicate, ""), set(), pairs)

    def rows(self, key: Key) -> Rows:
        """A relation as it is now."""
        predicate, class_ = key
        if class_:
            return Rows(key, self._members.get(class_, set()), set())
        return Rows(key, set(), self._of(predicate))

    def _of(self, predicate: str) -> set[Pair]:
        if predicate != TYPE:
            return self._pairs.get(predicate, set())
        return {(member, class_) for class_, members in self._members.items() for member in members}

    def members(self, class_: str, things: Collection[str] | None) -> Collection[str]:  # noqa: ARG002
        """All members of a class."""
        return self._members.get(class_, ())

    def objects(self, predicate: str, subjects: Collection[str]) -> Mapping[str, Collection[str]]:  # noqa: ARG002
        """The objects of every subject."""
        if predicate == TYPE:
            return _indexed(self._of(predicate))
        if predicate not in self._forwards:
            self._forwards[predicate] = _indexed(self._of(predicate))
        return self._forwards[predicate]

    def subjects(self, predicate: str, objects: Collection[str]) -> Mapping[str, Collection[str]]:  # noqa: ARG002
        """The subjects of every object."""
        if predicate == TYPE:
            return self._members
        if predicate not in self._backwards:
            self._backwards[predicate] = _indexed((o, s) for s, o in self._of(predicate))
        return self._backwards[predicate]

    def pairs(self, predicate: str, wanted: Collection[Pair] | None) -> Collection[Pair]:  # noqa: ARG002
        """All pairs of a predicate."""
        return self._of(predicate)

    def predicates(self) -> Iterable[str]:
        """Every predicate there is."""
        return [*self._pairs, TYPE]


def relation(fact: Fact) -> Key:
    """The relation of a triple."""
    return fact[1], fact[2] if fact[1] == TYPE else ""


def grouped(facts: Iterable[Fact]) -> list[Rows]:
    """Triples as rows of their relations."""
    found: dict[Key, Rows] = {}
    for fact in facts:
        rows = found.setdefault(relation(fact), Rows(relation(fact), set(), set()))
        if rows.key[1]:
            rows.members.add(fact[0])
        else:
            rows.pairs.add((fact[0], fact[2]))
    return list(found.values())


def lines(parts: Iterable[Rows]) -> Iterator[str]:
    """Rows as N-Triples, some lines at a time."""
    for part in parts:
        predicate, class_ = part.key
        if class_ and part.members:
            end = f" {predicate} {class_} .\n"
            yield end.join(part.members) + end
        elif part.pairs:
            middle, cells = f" {predicate} ", " .\n"
            yield cells.join([s + middle + o for s, o in part.pairs]) + cells


def _indexed(pairs: Iterable[Pair]) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    _extend(found, pairs)
    return found


def _extend(index: defaultdict[str, list[str]] | None, pairs: Iterable[Pair]) -> None:
    if index is not None:
        for key, value in pairs:
            index[key].append(value)


def without_blank_nodes(parts: Iterable[Rows]) -> Iterator[Rows]:
    """Rows that can be told outside of their store."""
    for part in parts:
        if all(map(tokens.has_name, part.key)):
            nameless = [member for member in part.members if member[0] == "_"]
            broken = [pair for pair in part.pairs if pair[0][0] == "_" or pair[1][0] == "_"]
            members = part.members.difference(nameless) if nameless else part.members
            yield Rows(part.key, members, part.pairs.difference(broken) if broken else part.pairs)


def count(parts: Iterable[Rows]) -> int:
    """How many rows there are."""
    return sum(map(len, parts))
