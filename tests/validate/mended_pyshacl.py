"""pySHACL with its known faults mended, so that every further difference to the compiled reports is a
finding.

Each mend names the clause of the SHACL specification that pySHACL 0.40.1 departs from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from unittest.mock import patch

import rdflib
from pyshacl.constraints.core import property_pair_constraints, value_range_constraints
from rdflib import XSD

_NUMERIC = {XSD.integer, XSD.decimal, XSD.byte}


def order(left: rdflib.term.Node, right: rdflib.term.Node) -> int:
    """Compare as SPARQL's < does (SPARQL 1.1, 17.3): within one kind of well-formed values; else TypeError.

    SHACL 4.3 and 4.5.3: values that SPARQL cannot compare are violations. rdflib has an order for any two
    literals (a
    boolean and a number, text with different tags, ill-formed numbers), and pySHACL uses it.
    """
    (kind, first), (other_kind, second) = _value(left), _value(right)
    if kind != other_kind:
        raise TypeError(f"{left!r} and {right!r} are not comparable")
    return int(first > second) - int(first < second)  # type: ignore[operator]


def _value(term: rdflib.term.Node) -> tuple[str, object]:
    if not isinstance(term, rdflib.Literal) or term.language:
        raise TypeError(f"{term!r} has no order")
    if term.datatype in (None, XSD.string):
        return "text", str(term)
    if term.ill_typed or (term.datatype == XSD.byte and not -128 <= int(term) <= 127):
        raise TypeError(f"{term!r} is ill-formed")
    if term.datatype in _NUMERIC:
        return "number", Decimal(str(term))
    if isinstance(term.value, datetime):
        return f"time, zone {term.value.tzinfo is not None}", term.value
    if isinstance(term.value, bool | date):
        return str(term.datatype), term.value
    raise TypeError(f"{term!r} has no order")


def _is_ordered(left: rdflib.term.Node, right: rdflib.term.Node, allowed: tuple[int, ...]) -> bool:
    try:
        return order(left, right) in allowed
    except TypeError:
        return False


def _pairs(allowed: tuple[int, ...]) -> object:
    """SHACL 4.5.3, 4.5.4: pySHACL refuses blank nodes outright and compares IRIs by their text."""

    def compare(
        self: property_pair_constraints.LessThanConstraintComponent,
        values: Iterable[rdflib.IdentifiedNode | rdflib.Literal],
        others: Iterable[rdflib.IdentifiedNode | rdflib.Literal],
        graph: rdflib.Graph,
        focus: rdflib.IdentifiedNode | rdflib.Literal,
    ) -> tuple[bool, list[object]]:
        wrong = [v for v in values for other in others if not _is_ordered(v, other, allowed)]
        return bool(wrong), [self.make_v_result(graph, focus, value_node=v) for v in wrong]

    return compare


@contextmanager
def mended() -> Iterator[None]:
    """Mend pySHACL while in here."""
    module = property_pair_constraints
    with (
        patch.object(value_range_constraints, "compare_literal", order),
        patch.object(module.LessThanConstraintComponent, "_compare_lt", _pairs((-1,))),
        patch.object(module.LessThanOrEqualsConstraintComponent, "_compare_ltoe", _pairs((-1, 0))),
    ):
        yield
