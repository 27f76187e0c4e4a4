"""Steps without nodes that have no name: where a step reads an anonymous class, what makes its members.

What is inferred about such classes is not stored in drafts, so it cannot be looked up there. Knows no store.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import count
from typing import Final

from conflictgraph.reason.compiled import Compiled
from conflictgraph.reason.patterns import Pattern
from conflictgraph.reason.plan import Plan, plan
from conflictgraph.reason.steps import Step, only_objects
from conflictgraph.reason.tokens import has_name, is_variable
from conflictgraph.reason.trivia import TYPE

_MOST: Final = 20_000
"""Steps after which an ontology counts as one that cannot be unfolded: its anonymous classes are circular."""


class _Stuck(Exception):  # noqa: N818
    """A step cannot do without a node that has no name."""


def unfolded(current: Compiled) -> Plan | None:
    """The plan without anonymous classes; none where that cannot be, or where a step reads any predicate."""
    if any(map(_is_anonymous, current.facts)):
        return None
    joins = (*current.plan.derivations, *current.plan.checks)
    steps = [join.step for join in joins]
    makers: defaultdict[str, list[Step]] = defaultdict(list)
    for step in steps:
        if step.head and _is_anonymous(step.head):
            makers[step.head[2]].append(step)
    try:
        return plan(_without(steps, makers))
    except _Stuck:
        return None


def _without(steps: Iterable[Step], makers: Mapping[str, list[Step]]) -> list[Step]:
    left = [step for step in steps if not (step.head and _is_anonymous(step.head))]
    found: list[Step] = []
    numbers = count()
    while left:
        step = left.pop()
        if len(left) + len(found) > _MOST:
            raise _Stuck
        place = next((i for i, pattern in enumerate(step.body) if _is_anonymous(pattern)), None)
        if place is not None:
            of_class = makers[step.body[place][2]]
            left += [_resolved(step, place, maker, next(numbers)) for maker in of_class]
            continue
        if any(_is_nameless(pattern) for pattern in (*step.body, *([step.head] if step.head else []))):
            raise _Stuck
        found.append(step)
    return found[::-1]


def _is_anonymous(pattern: Pattern) -> bool:
    return pattern[1] == TYPE and not has_name(pattern[2])


def _is_nameless(pattern: Pattern) -> bool:
    return is_variable(pattern[1]) or not all(map(has_name, pattern))


def _resolved(step: Step, place: int, maker: Step, number: int) -> Step:
    """The step with the body of another in the place of the premise that it concludes."""
    assert maker.head
    member = maker.head[0]
    if not is_variable(member) or member in only_objects(maker.body):
        raise _Stuck
    names = {member: step.body[place][0]}

    def renamed(slot: str) -> str:
        return names.setdefault(slot, f"{slot}_{number}") if is_variable(slot) else slot

    inner = tuple(_mapped(pattern, renamed) for pattern in maker.body)
    typed = tuple((name, kind) for n, kind in maker.typed if is_variable(name := renamed(n)))
    body = tuple(dict.fromkeys((*step.body[:place], *inner, *step.body[place + 1 :])))
    return replace(step, body=body, typed=(*step.typed, *typed), schema=(*step.schema, *maker.schema))


def _mapped(pattern: Pattern, change: Callable[[str], str]) -> Pattern:
    s, p, o = map(change, pattern)
    return s, p, o
