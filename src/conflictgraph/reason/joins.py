"""One step on some rows: the solutions of its body that one premise takes from them, and what they conclude.

Solutions are columns named by variables. Must not know where premises are looked up, or what runs when.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter

from conflictgraph.reason.join import Join
from conflictgraph.reason.patterns import Pattern
from conflictgraph.reason.relations import Key, Pair, Rows, Source
from conflictgraph.reason.tokens import is_literal, is_variable
from conflictgraph.reason.trivia import REFLEXIVE, TYPE, UNIVERSAL, Fact

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Solutions:
    """What variables stand for, row by row. A constant that was looked up has a column, too."""

    names: tuple[str, ...]
    rows: Collection[Row]

    def column(self, slot: str) -> Callable[[Row], str]:
        """What a slot of a pattern is in a row."""
        if slot in self.names:
            return itemgetter(self.names.index(slot))
        return lambda _: slot


def solutions(join: Join, premise: int, rows: Rows, source: Source) -> Solutions:
    """The solutions of a body where one premise is among the rows, and the others are looked up."""
    found = started(join.body[premise], rows)
    rest = [pattern for place, pattern in enumerate(join.body) if place != premise]
    return completed(found, rest, join, source)


def completed(found: Solutions, rest: Iterable[Pattern], join: Join, source: Source) -> Solutions:
    """Look up patterns, those that have least to bind first; leave out what conditions refuse."""
    left = list(rest)
    while left and found.rows:
        left.sort(key=lambda pattern: _distance(pattern, found.names))
        found = _extended(found, left.pop(0), source)
    for names, test in join.accepts if found.rows else ():
        seen = itemgetter(*map(found.names.index, names))
        accepted = {values for values in set(map(seen, found.rows)) if test(values)}
        found = Solutions(found.names, [row for row in found.rows if seen(row) in accepted])
    return found


def conclusions(join: Join, found: Solutions) -> Iterator[tuple[Key, set[str], set[Pair]]]:
    """What solutions conclude, as rows of relations, without what cannot be stored and without trivia."""
    subject, predicate, object_ = join.head
    s, p, o = (found.column(slot) for slot in join.head)
    rows = found.rows
    if subject in join.literals:
        rows = [row for row in rows if not is_literal(s(row))]
    if is_variable(predicate):
        yield from _of_any_predicate(zip(map(s, rows), map(p, rows), map(o, rows), strict=True))
    elif predicate == TYPE and not is_variable(object_):
        yield (TYPE, object_), set(map(s, rows)), set()
    else:
        pairs = set(zip(map(s, rows), map(o, rows), strict=True))
        yield from [((predicate, ""), set(), pairs)] if join.keeps_trivia else _of_pairs(predicate, pairs)


def projected(join: Join, rows: Rows) -> tuple[Key, set[str], set[Pair]] | None:
    """The conclusions of a step that only moves the terms of one premise; none if it does more."""
    shape = join.projection
    if shape is None or shape.reads != rows.key:
        return None
    if shape.members:
        return shape.writes, (rows.subjects if shape.members == "subjects" else rows.objects), set()
    if shape.turned:
        return shape.writes, set(), {(o, s) for s, o in rows.pairs if o[0] != '"'}
    return shape.writes, set(), rows.pairs


def _of_any_predicate(
    triples: Iterable[Fact],
) -> Iterator[tuple[Key, set[str], set[Pair]]]:
    found: dict[str, set[Pair]] = {}
    for s, p, o in triples:
        if p.startswith("<"):
            found.setdefault(p, set()).add((s, o))
    for predicate, pairs in found.items():
        yield from _of_pairs(predicate, pairs)


def _of_pairs(predicate: str, pairs: set[Pair]) -> Iterator[tuple[Key, set[str], set[Pair]]]:
    if predicate in REFLEXIVE:
        pairs = {(s, o) for s, o in pairs if s != o}
    if predicate != TYPE:
        yield (predicate, ""), set(), pairs
        return
    classes: dict[str, set[str]] = {}
    for member, class_ in pairs:
        if class_ not in UNIVERSAL:
            classes.setdefault(class_, set()).add(member)
    for class_, members in classes.items():
        yield (TYPE, class_), members, set()


def _distance(pattern: Pattern, bound: tuple[str, ...]) -> tuple[int, int]:
    """How many variables are left to bind, and how few are bound."""
    names = {slot for slot in pattern if is_variable(slot)}
    return len(names.difference(bound)), -len(names.intersection(bound))


def started(pattern: Pattern, rows: Rows) -> Solutions:
    """The rows that fit a pattern."""
    predicate, class_ = rows.key
    subject, _, object_ = pattern
    if class_ and object_ == class_ and pattern[1] == predicate and is_variable(subject):
        return Solutions((subject,), [(member,) for member in rows.members])
    is_open = is_variable(subject) and is_variable(object_) and subject != object_
    if not class_ and pattern[1] == predicate and is_open:
        return Solutions((subject, object_), rows.pairs)
    names = tuple(dict.fromkeys(slot for slot in pattern if is_variable(slot)))
    found = []
    for triple in rows.triples():
        binding: dict[str, str] = {}
        if all(
            binding.setdefault(slot, term) == term if is_variable(slot) else slot == term
            for slot, term in zip(pattern, triple, strict=True)
        ):
            found.append(tuple(binding[name] for name in names))
    return Solutions(names, found)


def _extended(found: Solutions, pattern: Pattern, source: Source) -> Solutions:
    subject, predicate, object_ = pattern
    if is_variable(predicate):
        return _of_predicates(found, pattern, source)
    if predicate == TYPE and not is_variable(object_) and subject in found.names:
        place = found.names.index(subject)
        members = source.members(object_, {row[place] for row in found.rows})
        return Solutions(found.names, [row for row in found.rows if row[place] in members])
    for slot in (subject, object_):
        if not is_variable(slot) and slot not in found.names:
            found = Solutions((*found.names, slot), [(*row, slot) for row in found.rows])
    return _joined(found, subject, predicate, object_, source)


def _joined(found: Solutions, subject: str, predicate: str, object_: str, source: Source) -> Solutions:
    names, rows = found.names, found.rows
    s = names.index(subject) if subject in names else -1
    o = names.index(object_) if object_ in names else -1
    if s >= 0 and o >= 0:
        held = source.pairs(predicate, {(row[s], row[o]) for row in rows})
        return Solutions(names, [row for row in rows if (row[s], row[o]) in held])
    if s >= 0:
        index = source.objects(predicate, {row[s] for row in rows})
        return Solutions(
            (*names, object_), [(*row, value) for row in rows for value in index.get(row[s], ())]
        )
    if o >= 0:
        index = source.subjects(predicate, {row[o] for row in rows})
        return Solutions(
            (*names, subject), [(*row, value) for row in rows for value in index.get(row[o], ())]
        )
    pairs = source.pairs(predicate, None)
    if subject == object_:
        return Solutions((*names, subject), [(*row, a) for row in rows for a, b in pairs if a == b])
    return Solutions((*names, subject, object_), [(*row, *pair) for row in rows for pair in pairs])


def _of_predicates(found: Solutions, pattern: Pattern, source: Source) -> Solutions:
    """A pattern whose predicate is a variable: each predicate in turn."""
    subject, name, object_ = pattern
    rows: list[Row] = []
    names: tuple[str, ...] = ()
    place = found.names.index(name) if name in found.names else -1
    for predicate in source.predicates():
        given = [row for row in found.rows if place < 0 or row[place] == predicate]
        if given:
            opened = (
                found if place >= 0 else Solutions((*found.names, name), [(*r, predicate) for r in given])
            )
            part = _extended(
                Solutions(opened.names, opened.rows if place < 0 else given),
                (subject, predicate, object_),
                source,
            )
            names, rows = part.names, [*rows, *part.rows]
    return Solutions(names or found.names, rows)
