"""Why a triple is there: the rule and the premises, down to asserted triples and their graphs. Writes
nothing.

Reads a closed graph: a store in memory, or a published one. The search goes backwards level by level until
some derivation rests on asserted triples alone, so the explanation found is among the least deep, and no
triple explains itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from pyoxigraph import NamedNode, Store, Triple

from conflictgraph.reason import ontology, sparql, tokens
from conflictgraph.reason.patterns import Pattern, bound, stored, unified, variables
from conflictgraph.reason.steps import Step, steps
from conflictgraph.reason.tokens import has_name, is_iri, is_literal, is_variable
from conflictgraph.reason.trivia import Fact
from conflictgraph.reason.workspace import Row, Workspace

ASSERTED: Final = "asserted"
_FEW: Final = 50
_MANY: Final = 100_000

Option = tuple[str, tuple[Triple, ...]]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A triple, the rule that concludes it (or `asserted`, then with the graphs that say so), and its
    premises.

    The members of a list are part of the axiom that names the list and are not premises of their own.
    """

    triple: Triple
    rule: str
    graphs: tuple[NamedNode, ...] = ()
    premises: tuple["Explanation", ...] = ()


class Closed(Protocol):
    """A graph with what follows from it."""

    def rows(self, sparql: str) -> Sequence[Row]:
        """The solutions of a SELECT query, terms in the order of its variables."""

    def holds(self, triple: Triple) -> bool:
        """Whether the merged view has the triple."""

    def is_inferred(self, triple: Triple) -> bool:
        """Whether the triple is there because it follows."""

    def graphs_of(self, triple: Triple) -> tuple[NamedNode, ...]:
        """The named graphs that assert a triple, sorted."""

    def schema(self) -> tuple[set[Fact], set[Fact]]:
        """The triples of the ontology: those that are asserted, and those that follow."""


def explain(store: Store, triple: Triple) -> Explanation | None:
    """The explanation of a triple in a store in memory; none if neither asserted nor inferred."""
    work = Workspace(store)
    return explained(work, triple, _FEW) or explained(work, triple, _MANY)


def explained(work: Closed, triple: Triple, limit: int = _FEW) -> Explanation | None:
    """The same, from at most so many derivations by each rule; none also if these do not suffice."""
    return _Search(work, limit).explanation(triple) if work.holds(triple) else None


class _Search:
    """One search. `limit` bounds the derivations looked at for each rule and triple."""

    def __init__(self, work: Closed, limit: int) -> None:
        self._work, self._limit, self._facts = work, limit, ontology.facts(*work.schema())
        self._steps = steps(self._facts)
        self._options: dict[Triple, list[Option]] = {}
        self._solved: dict[Triple, Explanation] = {}

    def explanation(self, wanted: Triple) -> Explanation | None:
        frontier = [wanted]
        while frontier and wanted not in self._solved:
            following: dict[Triple, None] = {}
            for fact in frontier:
                following.update(dict.fromkeys(self._expanded(fact)))
            self._propagate()
            frontier = [fact for fact in following if fact not in self._options and fact not in self._solved]
        return self._solved.get(wanted)

    def _expanded(self, fact: Triple) -> Iterator[Triple]:
        """Note how a triple may follow; the premises that this takes."""
        if self._work.holds(fact) and not self._work.is_inferred(fact):
            self._solved[fact] = Explanation(fact, ASSERTED, self._work.graphs_of(fact))
            return
        self._options[fact] = list(dict.fromkeys(self._derivations(fact)))
        for _, premises in self._options[fact]:
            yield from premises

    def _propagate(self) -> None:
        """Solve what rests on solved triples alone, until that changes nothing."""
        changed = True
        while changed:
            changed = False
            for fact, options in self._options.items():
                if fact not in self._solved and (option := self._ready(options)):
                    rule, premises = option
                    self._solved[fact] = Explanation(fact, rule, (), tuple(self._solved[p] for p in premises))
                    changed = True

    def _ready(self, options: list[Option]) -> Option | None:
        ready = (option for option in options if all(premise in self._solved for premise in option[1]))
        return next(ready, None)

    def _derivations(self, fact: Triple) -> Iterator[Option]:
        wanted = tokens.fact(fact)
        derivation = self._facts.derivations.get(wanted)
        if derivation:
            yield derivation.rule.name, _triples(derivation.premises)
        for step in self._steps:
            binding = unified(step.head, wanted, {}) if step.head else None
            if binding is not None:
                for premises in _instances(self._work, step, binding, self._limit):
                    if wanted not in premises:
                        yield step.rule.name, _triples((*step.schema, *premises))


def _triples(facts: Iterable[Fact]) -> tuple[Triple, ...]:
    return tuple(map(tokens.triple, facts))


def _instances(work: Closed, step: Step, binding: dict[str, str], limit: int) -> Iterator[tuple[Fact, ...]]:
    """The premises of a step, for all ways of fulfilling it under a binding."""
    body = tuple(bound(pattern, binding) for pattern in step.body)
    if any(is_literal(s) or not (is_iri(p) or is_variable(p)) for s, p, _ in body):
        return
    opened, nodes = _opened(body)
    typed = tuple((name, datatype) for name, datatype in step.typed if name not in binding)
    query = replace(step, body=opened, head=None, typed=typed, untyped=None, unequal=None)
    names = tuple(dict.fromkeys(variables(slot for pattern in opened for slot in pattern)))
    projected = " ".join(names) or "(true AS ?holds)"
    for row in work.rows(f"SELECT {projected} WHERE {{ {sparql.where(query)} }} LIMIT {limit}"):
        found = {name: str(term) for name, term in zip(names, row, strict=False) if term is not None}
        if all(found[name] == node for name, node in nodes.items()):
            premises = [stored(bound(pattern, found)) for pattern in opened]
            yield tuple(premise for premise in premises if premise is not None)


def _opened(body: tuple[Pattern, ...]) -> tuple[tuple[Pattern, ...], dict[str, str]]:
    """Variables in the place of blank nodes, which a query cannot name, and what they must turn out to be."""
    slots = enumerate(slot for pattern in body for slot in pattern)
    nodes = {slot: f"?node{place}" for place, slot in slots if not has_name(slot)}
    return tuple(bound(pattern, nodes) for pattern in body), {name: node for node, name in nodes.items()}
