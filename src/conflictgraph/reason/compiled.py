"""An ontology compiled to a plan, as a store needs it. Writes nothing."""

from dataclasses import dataclass

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
    facts = ontology.facts(work)
    every = steps(facts)
    return Compiled(facts, every, _plan(work, every))


def _plan(work: Workspace, every: tuple[Step, ...]) -> Plan:
    """The plan, without the rules of equality where nothing can be equal: they read every triple."""
    if not _may_be_equal(work, every):
        every = tuple(step for step in every if step.head is None or not _is_equality(step))
    return plan(every, ontology.SYMBOLS)


def _may_be_equal(work: Workspace, every: tuple[Step, ...]) -> bool:
    if any(step.head and step.head[1] == SAME_AS for step in every if not _is_equality(step)):
        return True
    return bool(work.rows(f"SELECT ?x WHERE {{ ?x {SAME_AS} ?y }} LIMIT 1"))


def _is_equality(step: Step) -> bool:
    return step.rule.table == 4
