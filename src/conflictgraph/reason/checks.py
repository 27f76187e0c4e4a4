"""Inconsistencies: the solutions of the checks of a plan, told as findings. Must not change the store."""

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph.reason import sparql
from conflictgraph.reason.datatypes import differ, is_value_of
from conflictgraph.reason.findings import Finding
from conflictgraph.reason.patterns import Term, bound, triple
from conflictgraph.reason.steps import Step
from conflictgraph.reason.workspace import Workspace

LIMIT = 1_000
"""The findings that one check gives at most."""


def findings(
    work: Workspace, checks: Iterable[Step], deltas: Iterable[NamedNode] | None = None
) -> tuple[Finding, ...]:
    """All inconsistencies, sorted; with delta graphs, only those that a triple of one of them takes part
    in.
    """
    graphs = None if deltas is None else tuple(deltas)
    found: dict[Finding, None] = {}
    for check in checks:
        for group in _groups(check, graphs):
            text, names = sparql.selection(check, group, LIMIT)
            for row in work.rows(text):
                binding = {n: t for n, t in zip(names, row, strict=False) if t is not None}
                if _is_violation(check, binding):
                    found.setdefault(_finding(check, binding))
    return tuple(sorted(found, key=lambda f: (f.rule, f.message, str(f.triples))))


def _groups(check: Step, deltas: tuple[NamedNode, ...] | None) -> Iterator[str]:
    if deltas is None:
        yield sparql.where(check)
        return
    for delta in deltas:
        for premise in range(len(check.body)):
            yield sparql.where_changed(check, premise, delta)


def _is_violation(check: Step, binding: dict[str, Term]) -> bool:
    if check.untyped:
        value = binding[check.untyped[0]]
        return isinstance(value, Literal) and not is_value_of(value, check.untyped[1])
    if check.unequal:
        one, other = (binding[name] for name in check.unequal)
        return isinstance(one, Literal) and isinstance(other, Literal) and differ(one, other)
    return True


def _finding(check: Step, binding: dict[str, Term]) -> Finding:
    data = [triple(bound(pattern, binding)) for pattern in check.body]
    premises: tuple[Triple, ...] = (*check.schema, *(t for t in data if t is not None))
    words = {name: str(term) for name, term in (*check.binding, *binding.items())}
    return Finding(check.name, check.message.format(**words), tuple(dict.fromkeys(premises)))
