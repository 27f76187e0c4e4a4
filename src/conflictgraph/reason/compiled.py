"""An ontology compiled to a plan, as a store needs it. Writes nothing.

What one ontology compiles to is remembered, since a store is compiled for again with every small change.
"""

from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import Triple

from conflictgraph.reason import ontology
from conflictgraph.reason.facts import Facts
from conflictgraph.reason.plan import Plan, plan
from conflictgraph.reason.steps import SAME_AS, Step, steps
from conflictgraph.reason.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Compiled:
    """An ontology's closure, the steps that follow from it, and the plan for those that must run."""

    facts: Facts
    steps: tuple[Step, ...]
    plan: Plan


def compiled(work: Workspace) -> Compiled:
    """Close the ontology in the merged view and compile it."""
    stated = ontology.stated(work)
    asserted = frozenset(fact for fact in stated if not work.is_inferred(fact))
    has_equals = bool(work.rows(f"SELECT ?x WHERE {{ ?x {SAME_AS} ?y }} LIMIT 1"))
    return _compiled(asserted, frozenset(stated) - asserted, has_equals)


@lru_cache(maxsize=4)
def _compiled(asserted: frozenset[Triple], inferred: frozenset[Triple], has_equals: bool) -> Compiled:
    facts = ontology.facts(asserted, inferred)
    every = steps(facts)
    return Compiled(facts, every, _plan(every, has_equals))


def _plan(every: tuple[Step, ...], has_equals: bool) -> Plan:
    """The plan, without the rules of equality where nothing can be equal: they read every triple."""
    others = tuple(step for step in every if step.head is None or step.rule.table != 4)
    makes_equals = any(step.head and step.head[1] == SAME_AS for step in others)
    return plan(every if has_equals or makes_equals else others, ontology.SYMBOLS)
