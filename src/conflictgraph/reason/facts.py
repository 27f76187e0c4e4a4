"""The ontology's triples in memory, closed under the rules that need nothing else (Table 9 and cls-oo).

Remembers how each was derived. Knows no store. Lists appear as relations: `list:member` from a list to its
members, `list:cell` to its cells, `list:later` from a cell to the members behind it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple, Variable

from conflictgraph.reason.patterns import LIST, Pattern, Term, agree, bound, patterns, terms, triple, unified
from conflictgraph.reason.rules import RULES, Rule
from conflictgraph.reason.trivia import RDF, TYPE

FIRST: Final = NamedNode(RDF + "first")
REST: Final = NamedNode(RDF + "rest")
NIL: Final = NamedNode(RDF + "nil")
SCHEMA_RULES: Final = tuple(
    (rule, patterns(rule.schema), patterns(rule.then)[0])
    for rule in RULES
    if rule.schema and rule.then and not rule.data and not rule.each
)


def _schema_patterns() -> Iterator[Pattern]:
    return (pattern for rule in RULES for pattern in patterns(rule.schema))


PREDICATES: Final = frozenset(p for _, p, _ in _schema_patterns() if isinstance(p, NamedNode)) - {TYPE} | {
    FIRST,
    REST,
}
"""The predicates whose triples are ontology, wherever they are stated."""
CLASSES: Final = frozenset(o for _, p, o in _schema_patterns() if p == TYPE)
"""The classes whose members are ontology: kinds of properties, classes and axioms."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """The rule and the premises that a fact follows from."""

    rule: Rule
    premises: tuple[Triple, ...]


_Conclusion = tuple[Rule, tuple[Pattern, ...], dict[str, Term], Triple]


class Facts:
    """A growing set of triples that patterns are matched against."""

    def __init__(self, given: Iterable[Triple]) -> None:
        self.derivations: dict[Triple, Derivation] = {}
        self._all: set[Triple] = set()
        self._news: list[Triple] = []
        self._of: dict[Term, dict[Term, dict[Term, None]]] = defaultdict(lambda: defaultdict(dict))
        self._to: dict[Term, dict[Term, dict[Term, None]]] = defaultdict(lambda: defaultdict(dict))
        self.add(given)

    def __contains__(self, fact: Triple) -> bool:
        return fact in self._all

    def __iter__(self) -> Iterator[Triple]:
        return iter(self._all)

    def add(self, given: Iterable[Triple]) -> None:
        """Take in triples as given; those that are known keep their derivation."""
        for fact in given:
            if fact not in self._all:
                self._add(fact)

    def _add(self, fact: Triple) -> None:
        s, p, o = terms(fact)
        self._all.add(fact)
        self._news.append(fact)
        self._of[p][s][o] = None
        self._to[p][o][s] = None

    def items(self, head: Term) -> tuple[Term, ...]:
        """The members of a list, in order; as far as it goes where it is broken, once round where it is a
        ring.

        A cell has several members only where they are the same thing (eq-rep-o); then any one of them will
        do.
        """
        one_each = dict(self._cells(head))
        return tuple(one_each.values())

    def _cells(self, head: Term) -> Iterator[tuple[Term, Term]]:
        seen: set[Term] = set()
        while head != NIL and head not in seen:
            seen.add(head)
            for item in self._of[FIRST][head]:
                yield head, item
            head = next(iter(self._of[REST][head]), NIL)

    def matches(self, wanted: Sequence[Pattern], binding: Mapping[str, Term]) -> Iterator[dict[str, Term]]:
        """All ways of extending the binding so that every pattern is a fact."""
        if not wanted:
            yield dict(binding)
            return
        following = min(range(len(wanted)), key=lambda i: _cost(bound(wanted[i], binding)))
        rest = (*wanted[:following], *wanted[following + 1 :])
        for fact in self._candidates(bound(wanted[following], binding)):
            extended = unified(wanted[following], fact, binding)
            if extended is not None:
                yield from self.matches(rest, extended)

    def _candidates(self, pattern: Pattern) -> Iterable[tuple[Term, Term, Term]]:
        s, p, o = pattern
        assert isinstance(p, NamedNode)
        if p.value.startswith(LIST):
            assert not isinstance(s, Variable)
            return [(s, p, item) for item in self._list_relation(s, p.value.removeprefix(LIST))]
        if not isinstance(s, Variable):
            return [(s, p, value) for value in self._of[p][s]]
        if not isinstance(o, Variable | Literal):
            return [(subject, p, o) for subject in self._to[p][o]]
        return [(subject, p, value) for subject, values in self._of[p].items() for value in values]

    def _list_relation(self, head: Term, relation: str) -> Iterable[Term]:
        cells = tuple(self._cells(head))
        if relation == "cell":
            return (cell for cell, _ in cells)
        if relation == "later":
            return (item for cell, item in cells if cell != head)
        return (item for _, item in cells)

    def close(self) -> None:
        """Add what the schema rules conclude, each with its first derivation (never circular therefore)."""
        while self._news:
            news, self._news = self._news, []
            for fact in news:
                for rule, premises, binding, conclusion in tuple(self._conclusions(fact)):
                    if conclusion not in self._all:
                        self.derivations[conclusion] = Derivation(rule, self.premises(premises, binding))
                        self._add(conclusion)

    def _conclusions(self, fact: Triple) -> Iterator[_Conclusion]:
        for rule, premises, head in _READERS.get(fact.predicate, ()):
            for pivot, pattern in enumerate(premises):
                if pattern[1] != fact.predicate:
                    continue
                start = unified(pattern, terms(fact), {})
                if start is None:
                    continue
                rest = (*premises[:pivot], *premises[pivot + 1 :])
                for binding in self.matches(rest, start):
                    conclusion = triple(bound(head, binding))
                    if conclusion is not None:
                        yield rule, premises, binding, conclusion

    def premises(self, wanted: Sequence[Pattern], binding: Mapping[str, Term]) -> tuple[Triple, ...]:
        """The facts that the patterns are under a binding; of a list only the axiom that names it."""
        found: list[Triple | None] = []
        for pattern in wanted:
            s, p, o = bound(pattern, binding)
            if isinstance(p, NamedNode) and not p.value.startswith(LIST) and p != FIRST:
                found.extend(triple(fact) for fact in self._candidates((s, p, o)) if agree(o, fact[2]))
        return tuple(fact for fact in found if fact is not None)


def _cost(pattern: Pattern) -> int:
    s, p, o = pattern
    if not isinstance(s, Variable):
        return 0
    if isinstance(p, NamedNode) and p.value.startswith(LIST):
        return 3
    return 1 if not isinstance(o, Variable) else 2


_READERS: Final[dict[NamedNode, list[tuple[Rule, tuple[Pattern, ...], Pattern]]]] = defaultdict(list)
for _entry in SCHEMA_RULES:
    for _predicate in sorted({p for _, p, _ in _entry[1] if isinstance(p, NamedNode)}, key=str):
        _READERS[_predicate].append(_entry)
