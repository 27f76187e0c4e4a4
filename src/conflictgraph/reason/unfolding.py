"""Steps without nodes that have no name: where a step reads an anonymous class, what makes its members.

What is inferred about such classes is not stored in drafts, so it cannot be looked up there. Knows no store.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import count
from typing import Final

from pyoxigraph import BlankNode, Variable

from conflictgraph.reason.compiled import Compiled
from conflictgraph.reason.patterns import Pattern, Slot
from conflictgraph.reason.plan import Plan, plan
from conflictgraph.reason.steps import Step, only_objects
from conflictgraph.reason.trivia import TYPE

_MOST: Final = 20_000
"""Steps after which an ontology counts as one that cannot be unfolded: its anonymous classes are circular."""


class _Stuck(Exception):  # noqa: N818
    """A step cannot do without a node that has no name."""


def unfolded(current: Compiled) -> Plan | None:
    """The plan without anonymous classes; none where that cannot be, or where a step reads any predicate."""
    if any(f.predicate == TYPE and isinstance(f.object, BlankNode) for f in current.facts):
        return None
    joins = (*current.plan.derivations, *current.plan.checks)
    steps = [join.step for join in joins]
    makers: defaultdict[Slot, list[Step]] = defaultdict(list)
    for step in steps:
        if step.head and _is_anonymous(step.head):
            makers[step.head[2]].append(step)
    try:
        return plan(_without(steps, makers))
    except _Stuck:
        return None


def _without(steps: Iterable[Step], makers: Mapping[Slot, list[Step]]) -> list[Step]:
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
    return pattern[1] == TYPE and isinstance(pattern[2], BlankNode)


def _is_nameless(pattern: Pattern) -> bool:
    return isinstance(pattern[1], Variable) or any(isinstance(slot, BlankNode) for slot in pattern)


def _resolved(step: Step, place: int, maker: Step, number: int) -> Step:
    """The step with the body of another in the place of the premise that it concludes."""
    assert maker.head
    member = maker.head[0]
    if not isinstance(member, Variable) or member.value in only_objects(maker.body):
        raise _Stuck
    names: dict[str, Slot] = {member.value: step.body[place][0]}

    def renamed(slot: Slot) -> Slot:
        if isinstance(slot, Variable):
            return names.setdefault(slot.value, Variable(f"{slot.value}_{number}"))
        return slot

    inner = tuple(_mapped(pattern, renamed) for pattern in maker.body)
    typed = tuple(
        (name.value, kind) for n, kind in maker.typed if isinstance(name := renamed(Variable(n)), Variable)
    )
    body = tuple(dict.fromkeys((*step.body[:place], *inner, *step.body[place + 1 :])))
    return replace(step, body=body, typed=(*step.typed, *typed), schema=(*step.schema, *maker.schema))


def _mapped(pattern: Pattern, change: Callable[[Slot], Slot]) -> Pattern:
    s, p, o = map(change, pattern)
    return s, p, o
