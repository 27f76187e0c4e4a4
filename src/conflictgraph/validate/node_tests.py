"""Constraints that look at all value nodes of a node together, as SPARQL conditions that are true of a node
that is right.

They say of a nested shape's node what the queries of `focus_tests` say of a target's; None where no condition
can say it. A condition is never an error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from pyoxigraph import BlankNode

from conflictgraph.validate.paths import Path, Sequence, can_be_empty, is_plain, sparql_path
from conflictgraph.validate.shapes import Constraint
from conflictgraph.validate.value_tests import compares, has_order

Condition: TypeAlias = Callable[[str], str]
_SEVERAL = 4
"""How many different values are asked for one by one; more would have to be counted."""


@dataclass(frozen=True, slots=True)
class Values:
    """The value nodes of a node over a path (None: the node itself), within a condition.

    `depth` tells the variables of nested conditions apart, `read` is as in `Ground`.
    """

    node: str
    path: Path | None
    depth: int
    read: Callable[[str], str] = str

    @property
    def may_be_empty(self) -> bool:
        """Whether the node is its own value without any triple."""
        return self.path is not None and can_be_empty(self.path)

    @property
    def is_plain(self) -> bool:
        """Whether each value is one triple away."""
        return self.path is not None and is_plain(self.path)

    def variable(self, number: int = 0) -> str:
        return f"?v{self.depth}_{number}"

    def step(self, value: str) -> str:
        """Lead from the node to a variable or term by one triple; only if the path is plain."""
        assert self.path is not None
        return f"{self.node} {sparql_path(self.path)} {value} ."

    def some(self, condition: Condition, value: str = "") -> str:
        """Say that a value (that term, if given) is right."""
        if self.path is None:
            return condition(self.node)
        there = self._led(self.node, self.path, value, condition)
        return f"({there} || {condition(self.node)})" if self.may_be_empty else there

    def every(self, condition: Condition) -> str:
        """Say that every value is right."""
        if self.path is None:
            return condition(self.node)
        return f"(!{self.some(lambda value: f'(!{condition(value)})')})"

    def _led(self, start: str, path: Path, value: str, condition: Condition, number: int = 0) -> str:
        """Say that at least one triple leads to a right value: each step of a sequence in an EXISTS of its
        own, for engines look up one triple from a known node, but may join two from the far end."""
        end = value or self.variable()
        if not isinstance(path, Sequence):
            return f"EXISTS {{ {start} {sparql_path(path)} {end} . {_filter(condition(end))} }}"
        first, *rest = path.steps
        between = f"?m{self.depth}_{number}"
        further = Sequence(tuple(rest)) if len(rest) > 1 else rest[0]
        led = self._led(between, further, value, condition, number + 1)
        return f"EXISTS {{ {start} {sparql_path(first)} {between} . FILTER({led}) }}"

    def at_least(self, number: int, condition: Condition = lambda _: "true") -> str | None:
        """Say that so many different values, or more, are right."""
        if number <= 0:
            return "true"
        if number == 1:
            return self.some(condition)
        if self.path is None:
            return "false"
        if not self.is_plain or number > _SEVERAL:
            return None
        found = ""
        for each in range(number, 0, -1):
            name = self.variable(each - 1)
            unlike = " && ".join(f"!sameTerm({name}, {self.variable(other)})" for other in range(each - 1))
            tests = [text for text in (condition(name), unlike, found) if text not in ("", "true")]
            found = f"EXISTS {{ {self.step(name)} {_filter(' && '.join(tests))} }}"
        return found

    def at_most(self, number: int, condition: Condition = lambda _: "true") -> str | None:
        """Say that no more different values are right."""
        more = self.at_least(number + 1, condition)
        return None if more is None else f"(!{more})"


def _filter(condition: str) -> str:
    return "" if condition in ("", "true") else f"FILTER({condition})"


def has_enough(constraint: Constraint, values: Values) -> str | None:
    """SHACL 4.2.1: $minCount value nodes or more."""
    return values.at_least(constraint.number("minCount"))


def has_no_more(constraint: Constraint, values: Values) -> str | None:
    """SHACL 4.2.2: $maxCount value nodes or fewer."""
    return values.at_most(constraint.number("maxCount"))


def has_each_language_once(_: Constraint, values: Values) -> str | None:
    """SHACL 4.4.5: no two value nodes share a language tag."""
    if not values.is_plain:
        return None
    one, other = values.variable(), values.variable(1)
    same = f'LANG({one}) != "" && LCASE(LANG({one})) = LCASE(LANG({other}))'
    wrong = f"FILTER(!sameTerm({one}, {other}) && COALESCE({same}, false))"
    return f"NOT EXISTS {{ {values.step(one)} {values.step(other)} {wrong} }}"


def has_equals(constraint: Constraint, values: Values) -> str | None:
    """SHACL 4.5.1: the value nodes are those of $equals."""
    if values.path is not None and not values.is_plain:
        return None
    value, property_ = values.variable(), constraint.term("equals")
    there = f"{values.node} {property_} {value} ."
    if values.path is None:
        itself = f"EXISTS {{ {values.node} {property_} {values.node} . }}"
        return f"({itself} && NOT EXISTS {{ {there} FILTER(!sameTerm({value}, {values.node})) }})"
    missing = f"NOT EXISTS {{ {values.step(value)} FILTER NOT EXISTS {{ {there} }} }}"
    return f"({missing} && NOT EXISTS {{ {there} FILTER NOT EXISTS {{ {values.step(value)} }} }})"


def has_none_in_common(constraint: Constraint, values: Values) -> str | None:
    """SHACL 4.5.2: no value node is a value of $disjoint."""
    return values.every(lambda v: f"(!EXISTS {{ {values.node} {constraint.term('disjoint')} {v} . }})")


def has_less(constraint: Constraint, values: Values) -> str | None:
    """SHACL 4.5.3: each value node is less than each value of $lessThan."""
    return _ordered(constraint, values, "<", "lessThan")


def has_less_or_equal(constraint: Constraint, values: Values) -> str | None:
    """SHACL 4.5.4: each value node is at most each value of $lessThanOrEquals."""
    return _ordered(constraint, values, "<=", "lessThanOrEquals")


def _ordered(constraint: Constraint, values: Values, operator: str, name: str) -> str | None:
    other = f"?w{values.depth}"

    def ordered(value: str) -> str:
        told = compares(values.read(value), operator, values.read(other))
        if operator == "<=":
            told = f"({told} && (!sameTerm({value}, {other}) || {has_order(values.read(value))}))"
        return f"NOT EXISTS {{ {values.node} {constraint.term(name)} {other} . FILTER(!{told}) }}"

    return values.every(ordered)


def has_only_listed(constraint: Constraint, values: Values) -> str | None:
    """SHACL 4.8.1: the value nodes have no properties but those of the shape and the ignored ones."""
    listed = ", ".join(map(str, (*constraint.terms("listed"), *constraint.terms("ignoredProperties"))))
    unlisted = f"FILTER(?p{values.depth} NOT IN ({listed}))" if listed else ""
    return values.every(lambda v: f"NOT EXISTS {{ {v} ?p{values.depth} ?o{values.depth} . {unlisted} }}")


def has(constraint: Constraint, values: Values) -> str | None:
    """SHACL 4.8.2: $hasValue is among the value nodes."""
    wanted = constraint.term("hasValue")
    if isinstance(wanted, BlankNode):
        return None
    return values.some(
        lambda value: "true" if value == str(wanted) else f"sameTerm({value}, {wanted})", str(wanted)
    )
