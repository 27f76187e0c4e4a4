"""The order in which steps run: what feeds what, what another step does anyway. Knows no store and no
SPARQL.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from pyoxigraph import NamedNode, Variable

from conflictgraph.reason.patterns import Pattern, Term
from conflictgraph.reason.steps import Step
from conflictgraph.reason.trivia import TYPE

Node = TypeVar("Node", bound=Hashable)
Symbol = tuple[Term | None, Term | None]
"""What a pattern speaks of: a predicate, and of `rdf:type` the class. None stands for any."""
ANYTHING: Final[Symbol] = (None, None)


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in their order. `again` are the positions whose conclusions an earlier step (or the same) reads
    too.
    """

    derivations: tuple[Step, ...]
    checks: tuple[Step, ...]
    again: frozenset[int]
    reads: frozenset[Symbol]
    predicates: frozenset[Term | None]

    def is_read(self, pattern: Pattern) -> bool:
        """Whether a step, a check or somebody else reads what the pattern speaks of."""
        predicate, class_ = symbol(pattern)
        if predicate is None or ANYTHING in self.reads:
            return True
        if class_ is None:
            return predicate in self.predicates
        return (predicate, class_) in self.reads or (predicate, None) in self.reads


def plan(steps: Iterable[Step], reads: Iterable[Symbol] = ()) -> Plan:
    """Order steps so that what a step reads was written before, as far as there is no cycle.

    `reads` says what is read by others than the steps.
    """
    steps = tuple(steps)
    symbols = frozenset(symbol(pattern) for step in steps for pattern in step.body) | frozenset(reads)
    derivations = _reduced([step for step in steps if step.head])
    feeds = _feeds(derivations)
    groups = strongly_connected(range(len(derivations)), lambda i: feeds[i])
    order = [i for group in groups for i in sorted(group)]
    place = {i: position for position, i in enumerate(order)}
    again = frozenset(place[i] for i in order if any(place[j] <= place[i] for j in feeds[i]))
    checks = tuple(step for step in steps if not step.head)
    predicates = frozenset(predicate for predicate, _ in symbols)
    return Plan(tuple(derivations[i] for i in order), checks, again, symbols, predicates)


def symbol(pattern: Pattern) -> Symbol:
    """What a pattern reads or writes."""
    _, p, o = pattern
    if isinstance(p, Variable):
        return None, None
    assert isinstance(p, NamedNode)
    return p, (o if p == TYPE and not isinstance(o, Variable) else None)


def meet(one: Symbol, other: Symbol) -> bool:
    """Tell whether a triple can be spoken of by both."""
    return all(a is None or b is None or a == b for a, b in zip(one, other, strict=True))


def _feeds(steps: Sequence[Step]) -> dict[int, list[int]]:
    """For each step, the steps that read what it writes."""
    readers: dict[Term | None, dict[Term | None, set[int]]] = defaultdict(lambda: defaultdict(set))
    for number, step in enumerate(steps):
        for pattern in step.body:
            predicate, class_ = symbol(pattern)
            readers[predicate][class_].add(number)
    return {number: sorted(_readers(readers, step)) for number, step in enumerate(steps)}


def _readers(readers: Mapping[Term | None, Mapping[Term | None, set[int]]], step: Step) -> set[int]:
    assert step.head
    predicate, class_ = symbol(step.head)
    found: set[int] = set()
    for known in readers.keys() if predicate is None else {predicate, None} & readers.keys():
        for read, numbers in readers[known].items():
            if class_ is None or read is None or read == class_:
                found |= numbers
    return found


def _reduced(steps: Sequence[Step]) -> list[Step]:
    """Leave out inclusions that two others make: from a class to one far above it, from a domain to one
    above it.
    """
    above: dict[Hashable, set[Hashable]] = defaultdict(set)
    for step in steps:
        if (edge := _inclusion(step)) is not None:
            above[edge[0]].add(edge[1])
    return [step for step in steps if not _is_indirect(step, above)]


def _inclusion(step: Step) -> tuple[Term, Term] | None:
    """The two classes or the two properties that a step says are one below the other."""
    if len(step.body) != 1 or step.head is None or step.typed:
        return None
    (s, p, o), (hs, hp, ho) = step.body[0], step.head
    if s != hs or not isinstance(s, Variable) or isinstance(p, Variable) or isinstance(hp, Variable):
        return None
    if p == TYPE == hp and not isinstance(o, Variable) and not isinstance(ho, Variable):
        return o, ho
    if o == ho and isinstance(o, Variable) and p != hp and TYPE not in (p, hp):
        return p, hp
    return None


def _is_indirect(step: Step, above: Mapping[Hashable, set[Hashable]]) -> bool:
    assert step.head
    edge = _inclusion(step)
    if edge is not None:
        low, high = edge
        return any(_strictly(low, middle, above) and _strictly(middle, high, above) for middle in above[low])
    return False


def _strictly(low: Hashable, high: Hashable, above: Mapping[Hashable, set[Hashable]]) -> bool:
    return high in above.get(low, ()) and low not in above.get(high, ())


def strongly_connected(
    nodes: Iterable[Node], following: Callable[[Node], Iterable[Node]]
) -> Iterator[list[Node]]:
    """Tarjan's components without recursion, those that come first in topological order first."""
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    stack: list[Node] = []
    on_stack: set[Node] = set()
    found: list[list[Node]] = []
    for root in nodes:
        work: list[tuple[Node, Iterator[Node]]] = []
        if root not in index:
            _enter(root, index, low, stack, on_stack)
            work.append((root, iter(following(root))))
        while work:
            node, rest = work[-1]
            for other in rest:
                if other not in index:
                    _enter(other, index, low, stack, on_stack)
                    work.append((other, iter(following(other))))
                    break
                if other in on_stack:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    found.append(_leave(node, stack, on_stack))
    return reversed(found)


def _enter(
    node: Node, index: dict[Node, int], low: dict[Node, int], stack: list[Node], on_stack: set[Node]
) -> None:
    index[node] = low[node] = len(index)
    stack.append(node)
    on_stack.add(node)


def _leave(root: Node, stack: list[Node], on_stack: set[Node]) -> list[Node]:
    component = []
    while True:
        node = stack.pop()
        on_stack.discard(node)
        component.append(node)
        if node == root:
            return component
