"""An ontology compiled to a plan. Knows no store.

What one ontology compiles to is remembered, since it is compiled again with every small change of the data.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from conflictgraph.reason import ontology
from conflictgraph.reason.facts import Facts
from conflictgraph.reason.plan import Plan, plan
from conflictgraph.reason.steps import SAME_AS, Step, steps
from conflictgraph.reason.trivia import Fact


@dataclass(frozen=True, slots=True)
class Compiled:
    """An ontology's closure, the steps that follow from it, and the plan for those that must run."""

    facts: Facts
    steps: tuple[Step, ...]
    plan: Plan


def compiled(stated: Iterable[Fact], *, has_equals: bool) -> Compiled:
    """Close an ontology and compile it. `has_equals` says whether anything is stated to be `owl:sameAs`
    something.
    """
    return _compiled(frozenset(stated), has_equals)


@lru_cache(maxsize=4)
def _compiled(stated: frozenset[Fact], has_equals: bool) -> Compiled:
    facts = ontology.closed(stated)
    every = steps(facts)
    return Compiled(facts, every, _plan(every, has_equals))


def _plan(every: tuple[Step, ...], has_equals: bool) -> Plan:
    """The plan, without the rules of equality where nothing can be equal: they read every triple."""
    others = tuple(step for step in every if step.head is None or step.rule.table != 4)
    makes_equals = any(step.head and step.head[1] == SAME_AS for step in others)
    return plan(every if has_equals or makes_equals else others)
