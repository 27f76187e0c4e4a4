"""Which steps must run: those that no other step does anyway. Knows no store."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from conflictgraph.reason.join import Join, key
from conflictgraph.reason.relations import Key
from conflictgraph.reason.steps import Step
from conflictgraph.reason.tokens import is_variable
from conflictgraph.reason.trivia import TYPE


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps that conclude something, and those that find inconsistencies."""

    derivations: tuple[Join, ...]
    checks: tuple[Join, ...]

    def keys(self) -> Iterator[Key]:
        """The relations that steps read or write."""
        yield from (read for join in (*self.derivations, *self.checks) for read in join.keys)
        yield from (key(join.head) for join in self.derivations)


def plan(steps: Iterable[Step]) -> Plan:
    """What must run of the steps."""
    steps = tuple(steps)
    derivations = _reduced([step for step in steps if step.head])
    checks = [step for step in steps if not step.head]
    return Plan(tuple(map(Join, derivations)), tuple(map(Join, checks)))


def _reduced(steps: Sequence[Step]) -> list[Step]:
    """Leave out inclusions that two others make: from a class to one far above it, from a domain to one
    above it.
    """
    above: dict[str, set[str]] = defaultdict(set)
    for step in steps:
        if (edge := _inclusion(step)) is not None:
            above[edge[0]].add(edge[1])
    return [step for step in steps if not _is_indirect(step, above)]


def _inclusion(step: Step) -> tuple[str, str] | None:
    """The two classes or the two properties that a step says are one below the other."""
    if len(step.body) != 1 or step.head is None or step.typed:
        return None
    (s, p, o), (hs, hp, ho) = step.body[0], step.head
    if s != hs or not is_variable(s) or is_variable(p) or is_variable(hp):
        return None
    if p == TYPE == hp and not is_variable(o) and not is_variable(ho):
        return o, ho
    if o == ho and is_variable(o) and p != hp and TYPE not in (p, hp):
        return p, hp
    return None


def _is_indirect(step: Step, above: Mapping[str, set[str]]) -> bool:
    assert step.head
    edge = _inclusion(step)
    if edge is not None:
        low, high = edge
        return any(_strictly(low, middle, above) and _strictly(middle, high, above) for middle in above[low])
    return False


def _strictly(low: str, high: str, above: Mapping[str, set[str]]) -> bool:
    return high in above.get(low, ()) and low not in above.get(high, ())
