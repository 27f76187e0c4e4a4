"""What a step reads, its conditions, and what it is if it only moves terms. Knows no data."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode

from conflictgraph.reason import tokens
from conflictgraph.reason.datatypes import Test, below, differ, value_test
from conflictgraph.reason.patterns import Pattern
from conflictgraph.reason.relations import Key, Pair
from conflictgraph.reason.steps import Step, only_objects
from conflictgraph.reason.tokens import is_literal, is_variable
from conflictgraph.reason.trivia import REFLEXIVE, TYPE


@dataclass(frozen=True, slots=True)
class Projection:
    """A step that reads one relation and writes another: `members` says whether its subjects or its objects
    become members, else its pairs are copied, or `turned`.
    """

    reads: Key
    writes: Key
    members: str = ""
    turned: bool = False


@dataclass(frozen=True)
class Join:
    """A step as it is run. Trivial conclusions are left out, unless `keeps_trivia`."""

    step: Step
    keeps_trivia: bool = False

    @property
    def body(self) -> tuple[Pattern, ...]:
        """The premises."""
        return self.step.body

    @property
    def head(self) -> Pattern:
        """The conclusion."""
        assert self.step.head
        return self.step.head

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """The relation of each premise."""
        return tuple(map(key, self.body))

    @cached_property
    def projection(self) -> "Projection | None":
        """What the step is if it only moves the terms of its one premise."""
        return _projection(self)

    @cached_property
    def accepts(self) -> tuple[tuple[tuple[str, ...], Callable[..., bool]], ...]:
        """The conditions on solutions: the variables that each looks at, and its test of their terms."""
        return tuple(_conditions(self.step))

    @cached_property
    def literals(self) -> frozenset[str]:
        """The variables that may stand for literals."""
        return only_objects(self.step.body)


def _projection(join: Join) -> Projection | None:
    if len(join.body) != 1 or join.accepts or any(is_variable(p) for _, p, _ in (*join.body, join.head)):
        return None
    (subject, _, object_), (one, _, other) = join.body[0], join.head
    reads, writes = join.keys[0], key(join.head)
    if not is_variable(subject) or subject == object_ or writes[0] in REFLEXIVE:
        return None
    if reads[1]:
        return Projection(reads, writes, "subjects") if writes[1] and one == subject else None
    if not is_variable(object_) or reads[0] == TYPE or writes == (TYPE, ""):
        return None
    if writes[1]:
        return (
            Projection(reads, writes, "subjects" if one == subject else "objects")
            if one in (subject, object_)
            else None
        )
    if (one, other) == (subject, object_):
        return Projection(reads, writes)
    return Projection(reads, writes, turned=True) if (one, other) == (object_, subject) else None


def key(pattern: Pattern) -> Key:
    """The relation of a pattern; with an open predicate, and class, the text of the variable is left out."""
    _, predicate, object_ = pattern
    if is_variable(predicate):
        return "", ""
    return predicate, (object_ if predicate == TYPE and not is_variable(object_) else "")


def _conditions(step: Step) -> Iterator[tuple[tuple[str, ...], Callable[..., bool]]]:
    for name, kind in step.typed:
        yield (name,), _of_datatype(frozenset(each.value for each in below(tokens.node(kind))))
    if step.untyped:
        name, kind = step.untyped
        yield (name,), _outside_datatype(tokens.node(kind))
    if step.unequal:
        yield step.unequal, _literals_that_differ


def _of_datatype(kinds: frozenset[str]) -> Callable[[str], bool]:
    return lambda token: is_literal(token) and tokens.datatype(token) in kinds


def _outside_datatype(kind: NamedNode) -> Callable[[str], bool]:
    tests: dict[str, Test] = {}

    def is_outside(token: str) -> bool:
        if not is_literal(token):
            return False
        own = tokens.datatype(token)
        if own not in tests:
            tests[own] = value_test(NamedNode(own), kind)
        return not tests[own](tokens.lexical(token))

    return is_outside


def _literals_that_differ(pair: Pair) -> bool:
    """Each two literals once."""
    one, other = pair
    if not (is_literal(one) and is_literal(other) and one < other):
        return False
    first, second = tokens.term(one), tokens.term(other)
    return isinstance(first, Literal) and isinstance(second, Literal) and differ(first, second)
