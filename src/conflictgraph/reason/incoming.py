"""Relations from documents on their way into a store: lines of N-Triples as the engine writes them.

Must not know rules, or what is in the store. A literal is told as the store will have it; nodes without a
name are others than those in the store.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from pyoxigraph import NamedNode, RdfFormat, Store

from conflictgraph.reason.relations import Key, Pair, Relations
from conflictgraph.reason.trivia import TYPE

Pieces = Callable[[], Iterable[bytes]]
"""Gives the lines, whole and with their ends, some at a time; each time from the beginning."""

_BATCH: Final = 10_000
_SUBJECT: Final = "urn:x-conflictgraph:"


def give(known: Relations, lines: Pieces, wanted: Iterable[Key]) -> None:
    """Put what the lines say into those relations; `("", "")` stands for all."""
    keys = set(wanted)
    predicates = {predicate for predicate, class_ in keys if not class_}
    classes = {class_ for _, class_ in keys if class_}
    members: defaultdict[str, list[str]] = defaultdict(list)
    pairs: defaultdict[str, list[Pair]] = defaultdict(list)
    every = "" in predicates
    every_type = every or TYPE in predicates
    same = dict[str, str]().setdefault
    for piece in lines():
        for line in piece.decode().split("\n")[:-1]:
            subject, predicate, rest = line.split(" ", 2)
            if predicate == TYPE:
                class_ = rest[:-2]
                if every_type or class_ in classes:
                    members[class_].append(same(subject, subject))
            elif every or predicate in predicates:
                object_ = rest[:-2]
                pairs[predicate].append((same(subject, subject), same(object_, object_)))
    for class_, things in members.items():
        known.give_members(class_, things)
    for predicate, rows in pairs.items():
        known.give_pairs(predicate, _as_stored(rows))


def _as_stored(pairs: list[Pair]) -> Iterable[Pair]:
    typed = {object_ for _, object_ in pairs if object_[0] == '"' and object_[-1] == ">"}
    told = {literal: stored for literal, stored in _stored(typed) if stored != literal}
    return ((subject, told.get(object_, object_)) for subject, object_ in pairs) if told else pairs


def _stored(literals: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each literal, and the form that the engine gives it."""
    rest = iter(literals)
    while batch := list(islice(rest, _BATCH)):
        store = Store()
        lines = (f"<{_SUBJECT}{number}> <{_SUBJECT}> {literal} .\n" for number, literal in enumerate(batch))
        store.bulk_load("".join(lines), RdfFormat.N_TRIPLES, lenient=True)
        for quad in store:
            assert isinstance(quad.subject, NamedNode)
            yield batch[int(quad.subject.value[len(_SUBJECT) :])], str(quad.object)
