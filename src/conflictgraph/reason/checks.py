"""Inconsistencies: the solutions of the checks of a plan, told as findings. Must not change anything."""

from collections.abc import Iterable, Iterator
from heapq import nsmallest

from conflictgraph.reason import joins, tokens
from conflictgraph.reason.findings import Finding
from conflictgraph.reason.forward import Readers, reading
from conflictgraph.reason.join import Join
from conflictgraph.reason.joins import Row, Solutions
from conflictgraph.reason.patterns import bound, stored
from conflictgraph.reason.relations import Relations, Rows, Source

LIMIT = 1_000
"""The findings that one check gives at most."""


def findings(known: Relations, checks: Iterable[Join]) -> tuple[Finding, ...]:
    """All inconsistencies, sorted."""
    found: dict[Finding, None] = {}
    for check in checks:
        if len(check.body) == 2 and check.keys[0][1] and check.keys[1][1] and not check.accepts:
            solutions = _in_both(known, check)
        else:
            parts = (rows for rows in _first_rows(known, check) if rows)
            solutions = [joins.solutions(check, 0, rows, known) for rows in parts]
        found.update(dict.fromkeys(_told(check, solutions)))
    return _sorted(found)


def new_findings(news: Iterable[Rows], checks: Readers, known: Source) -> tuple[Finding, ...]:
    """The inconsistencies that new rows take part in, sorted."""
    found: dict[Finding, None] = {}
    for rows in news:
        for check, premise in reading(checks, rows.key):
            found.update(dict.fromkeys(_told(check, [joins.solutions(check, premise, rows, known)])))
    return _sorted(found)


def _sorted(found: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda f: (f.rule, f.message, str(f.triples))))


def _first_rows(known: Relations, check: Join) -> Iterable[Rows]:
    """The rows that the first premise can be."""
    key = check.keys[0]
    return known.everything() if not key[0] else (known.rows(key),)


def _in_both(known: Relations, check: Join) -> list[Solutions]:
    """Members of two classes, which are few or none."""
    (one, _, _), (other, _, _) = check.body
    if one != other:
        return [joins.solutions(check, 0, known.rows(check.keys[0]), known)]
    first, second = (known.rows(key).members for key in check.keys)
    return [Solutions((one,), [(member,) for member in first & second])]


def _told(check: Join, solutions: Iterable[Solutions]) -> Iterator[Finding]:
    for found in solutions:
        for row in nsmallest(LIMIT, set(found.rows)):
            yield _finding(check, found.names, row)


def _finding(check: Join, names: tuple[str, ...], row: Row) -> Finding:
    step = check.step
    binding = {name: token for name, token in zip(names, row, strict=True) if tokens.is_variable(name)}
    data = [stored(bound(pattern, binding)) for pattern in step.body]
    premises = dict.fromkeys((*step.schema, *(fact for fact in data if fact is not None)))
    words = {name[1:]: token for name, token in (*step.binding, *binding.items())}
    return Finding(step.name, step.message.format(**words), tuple(map(tokens.triple, premises)))
