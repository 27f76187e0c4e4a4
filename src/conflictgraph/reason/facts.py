"""The ontology's triples in memory, closed under the rules that need nothing else (Table 9 and cls-oo).

Remembers how each was derived. Knows no store. Lists appear as relations: `list:member` from a list to its
members, `list:cell` to its cells, `list:later` from a cell to the members behind it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from conflictgraph.reason.patterns import LIST, Pattern, agree, bound, patterns, stored, unified
from conflictgraph.reason.rules import RULES, Rule
from conflictgraph.reason.tokens import is_literal, is_variable
from conflictgraph.reason.trivia import RDF, TYPE, Fact

FIRST: Final = f"<{RDF}first>"
REST: Final = f"<{RDF}rest>"
NIL: Final = f"<{RDF}nil>"
SCHEMA_RULES: Final = tuple(
    (rule, patterns(rule.schema), patterns(rule.then)[0])
    for rule in RULES
    if rule.schema and rule.then and not rule.data and not rule.each
)
_LISTS: Final = {f"<{LIST}{name}>": name for name in ("cell", "later", "member")}


def _schema_patterns() -> Iterator[Pattern]:
    return (pattern for rule in RULES for pattern in patterns(rule.schema))


PREDICATES: Final = frozenset(p for _, p, _ in _schema_patterns()) - {TYPE} | {FIRST, REST}
"""The predicates whose triples are ontology, wherever they are stated."""
CLASSES: Final = frozenset(o for _, p, o in _schema_patterns() if p == TYPE)
"""The classes whose members are ontology: kinds of properties, classes and axioms."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """The rule and the premises that a fact follows from."""

    rule: Rule
    premises: tuple[Fact, ...]


_Conclusion = tuple[Rule, tuple[Pattern, ...], dict[str, str], Fact]


class Facts:
    """A growing set of triples that patterns are matched against."""

    def __init__(self, given: Iterable[Fact]) -> None:
        self.derivations: dict[Fact, Derivation] = {}
        self._all: set[Fact] = set()
        self._news: list[Fact] = []
        self._of: dict[str, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
        self._to: dict[str, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
        self.add(given)

    def __contains__(self, fact: object) -> bool:
        return fact in self._all

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._all)

    def add(self, given: Iterable[Fact]) -> None:
        """Take in triples as given; those that are known keep their derivation."""
        for fact in given:
            if fact not in self._all:
                self._add(fact)

    def _add(self, fact: Fact) -> None:
        s, p, o = fact
        self._all.add(fact)
        self._news.append(fact)
        self._of[p][s][o] = None
        self._to[p][o][s] = None

    def items(self, head: str) -> tuple[str, ...]:
        """The members of a list, in order; as far as it goes where it is broken, once round where it is a
        ring.

        A cell has several members only where they are the same thing (eq-rep-o); then any one of them will
        do.
        """
        one_each = dict(self._cells(head))
        return tuple(one_each.values())

    def _cells(self, head: str) -> Iterator[tuple[str, str]]:
        seen: set[str] = set()
        while head != NIL and head not in seen:
            seen.add(head)
            for item in self._of[FIRST][head]:
                yield head, item
            head = next(iter(self._of[REST][head]), NIL)

    def matches(self, wanted: Sequence[Pattern], binding: Mapping[str, str]) -> Iterator[dict[str, str]]:
        """All ways of extending the binding so that every pattern is a fact."""
        if not wanted:
            yield dict(binding)
            return
        following = min(range(len(wanted)), key=lambda i: _cost(bound(wanted[i], binding)))
        rest = (*wanted[:following], *wanted[following + 1 :])
        for fact in self._candidates(bound(wanted[following], binding)):
            extended = unified(wanted[following], fact, binding)
            if extended is not None:
                yield from self.matches(rest, extended) if rest else (extended,)

    def _candidates(self, pattern: Pattern) -> Iterable[Fact]:
        s, p, o = pattern
        if p in _LISTS:
            assert not is_variable(s)
            return [(s, p, item) for item in self._list_relation(s, _LISTS[p])]
        is_open = is_variable(o) or is_literal(o)
        if not is_variable(s):
            values = self._of[p][s]
            if is_open:
                return [(s, p, value) for value in values]
            return [pattern] if o in values else []
        if not is_open:
            return [(subject, p, o) for subject in self._to[p][o]]
        return [(subject, p, value) for subject, values in self._of[p].items() for value in values]

    def _list_relation(self, head: str, relation: str) -> Iterable[str]:
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

    def _conclusions(self, fact: Fact) -> Iterator[_Conclusion]:
        for rule, premises, head in _READERS.get(fact[1], ()):
            for pivot, pattern in enumerate(premises):
                if pattern[1] != fact[1]:
                    continue
                start = unified(pattern, fact, {})
                if start is None:
                    continue
                rest = (*premises[:pivot], *premises[pivot + 1 :])
                for binding in self.matches(rest, start):
                    conclusion = stored(bound(head, binding))
                    if conclusion is not None:
                        yield rule, premises, binding, conclusion

    def premises(self, wanted: Sequence[Pattern], binding: Mapping[str, str]) -> tuple[Fact, ...]:
        """The facts that the patterns are under a binding; of a list only the axiom that names it."""
        found: list[Fact] = []
        for pattern in wanted:
            s, p, o = bound(pattern, binding)
            if p not in _LISTS and p != FIRST:
                found.extend(fact for fact in self._candidates((s, p, o)) if agree(o, fact[2]))
        return tuple(found)


def _cost(pattern: Pattern) -> int:
    s, p, o = pattern
    if not is_variable(s):
        return 0
    if p in _LISTS:
        return 3
    return 2 if is_variable(o) else 1


_READERS: Final[dict[str, list[tuple[Rule, tuple[Pattern, ...], Pattern]]]] = defaultdict(list)
for _entry in SCHEMA_RULES:
    for _predicate in sorted({p for _, p, _ in _entry[1]}):
        _READERS[_predicate].append(_entry)
