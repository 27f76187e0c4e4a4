"""Values of typed literals: which datatype contains which value, and when two literals differ. Knows no
store.
"""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import cache
from math import inf, nan
from typing import Final

from pyoxigraph import Literal, NamedNode

from conflictgraph.reason.trivia import RDF, RDFS, XSD

Test = Callable[[str], bool]
"""Looks at the text of a literal, without its datatype."""

_SPACE: Final = " \t\r\n"
_PARENTS: Final = {
    "integer": "decimal",
    "nonNegativeInteger": "integer",
    "nonPositiveInteger": "integer",
    "long": "integer",
    "positiveInteger": "nonNegativeInteger",
    "negativeInteger": "nonPositiveInteger",
    "unsignedLong": "nonNegativeInteger",
    "unsignedInt": "unsignedLong",
    "unsignedShort": "unsignedInt",
    "unsignedByte": "unsignedShort",
    "int": "long",
    "short": "int",
    "byte": "short",
    "normalizedString": "string",
    "token": "normalizedString",
    "language": "token",
    "NMTOKEN": "token",
    "Name": "token",
    "NCName": "Name",
    "dateTimeStamp": "dateTime",
}
_RANGES: Final[dict[str, tuple[int | None, int | None]]] = {
    "nonNegativeInteger": (0, None),
    "nonPositiveInteger": (None, 0),
    "positiveInteger": (1, None),
    "negativeInteger": (None, -1),
    **{
        name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        for name, bits in (("long", 64), ("int", 32), ("short", 16), ("byte", 8))
    },
    **{
        f"unsigned{name}": (0, 2**bits - 1)
        for name, bits in (("Long", 64), ("Int", 32), ("Short", 16), ("Byte", 8))
    },
}
_DAY = r"-?(?:[1-9]\d{3,}|0\d{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_ZONE = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))"
_NAME = r"[^\W\d][\w.\-·]*"
_FORMS: Final = {
    "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
    "integer": r"[+-]?\d+",
    "boolean": r"true|false|0|1",
    "double": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN",
    "float": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN",
    "dateTime": f"{_DAY}T{_TIME}{_ZONE}?",
    "dateTimeStamp": f"{_DAY}T{_TIME}{_ZONE}",
    "date": f"{_DAY}{_ZONE}?",
    "time": f"{_TIME}{_ZONE}?",
    "hexBinary": r"(?:[0-9a-fA-F]{2})*",
    "base64Binary": r"(?:[A-Za-z0-9+/] ?){0,}={0,2}",
    "normalizedString": r"[^\t\n\r]*",
    "token": r"(?:[^\s]+(?: [^\s]+)*)?",
    "language": r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    "NMTOKEN": r"[\w.\-:·]+",
    "Name": rf"(?:[:]|{_NAME})[\w.\-:·]*",
    "NCName": _NAME,
}
_OTHERS: Final = ("string", "anyURI")
SUPPORTED: Final = frozenset(
    {NamedNode(XSD + name) for name in (*_FORMS, *_PARENTS, *_OTHERS)}
    | {NamedNode(RDFS + "Literal"), NamedNode(RDF + "langString"), NamedNode(RDF + "PlainLiteral")}
    | {NamedNode(RDF + "XMLLiteral"), NamedNode(RDF + "HTML")}
)
"""The datatypes of OWL 2 RL (section 4.2.2 of OWL 2 Profiles; `xsd:date` and `xsd:time` besides, as in
owlrl).
"""


@cache
def below(datatype: NamedNode) -> frozenset[NamedNode]:
    """The datatypes whose values all belong to a datatype, itself included."""
    if datatype.value == RDFS + "Literal":
        return SUPPORTED
    found = {datatype} | {d for d in SUPPORTED if datatype in _ancestors(d)}
    if datatype.value == RDF + "PlainLiteral":
        found |= below(NamedNode(XSD + "string")) | {NamedNode(RDF + "langString")}
    return frozenset(found)


@cache
def _ancestors(datatype: NamedNode) -> frozenset[NamedNode]:
    chain, name = [], _PARENTS.get(datatype.value.removeprefix(XSD))
    while name:
        chain.append(NamedNode(XSD + name))
        name = _PARENTS.get(name)
    return frozenset(chain)


@cache
def form_test(datatype: NamedNode) -> Test:
    """The test whether a text is a lexical form of a datatype; true of datatypes that are not supported."""
    name = datatype.value.removeprefix(XSD)
    kinds = (name, *(a.value.removeprefix(XSD) for a in _ancestors(datatype)))
    form = next((_FORMS[kind] for kind in kinds if kind in _FORMS), None)
    if form is None:
        return lambda _: True
    fits, (low, high) = re.compile(form).fullmatch, _RANGES.get(name, (None, None))
    least, most = -inf if low is None else low, inf if high is None else high
    if name in ("normalizedString", "token"):
        return lambda text: fits(text) is not None
    if low is None and high is None:
        return lambda text: fits(text.strip(_SPACE)) is not None
    return lambda text: fits(text.strip(_SPACE)) is not None and least <= int(text) <= most


@cache
def value_test(own: NamedNode, datatype: NamedNode) -> Test:
    """The test whether a datatype's value space contains what a text is in a literal's own datatype (rule
    dt-not-type when it does not).
    """
    fits = form_test(own)
    if own in below(datatype):
        return fits
    decimals, strings = below(NamedNode(XSD + "decimal")), below(NamedNode(XSD + "string"))
    if not any(datatype in family and own in family for family in (decimals, strings)):
        is_value = own not in SUPPORTED or datatype not in SUPPORTED
        return lambda _: is_value
    fits_other = form_test(datatype)
    if own in decimals:
        return lambda text: fits(text) and fits_other(_without_fraction(text))
    return lambda text: fits(text) and fits_other(text)


def _without_fraction(text: str) -> str:
    """A decimal number without zeros at its end that mean nothing."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def differ(one: Literal, other: Literal) -> bool:
    """Tell whether two literals certainly have different values (rule dt-diff)."""
    if one == other:
        return False
    if one.language or other.language:
        return (one.value, one.language) != (other.value, other.language)
    return _value(one) != _value(other)


def _value(literal: Literal) -> object:
    """A comparable stand-in for the value: numbers by their family, anything else by form and datatype."""
    name = literal.datatype.value.removeprefix(XSD)
    if literal.datatype in below(NamedNode(XSD + "decimal")):
        try:
            return "decimal", Decimal(literal.value)
        except InvalidOperation:
            return name, literal.value
    if name in ("double", "float"):
        return name, _floating(literal.value)
    if name == "boolean":
        return name, literal.value in ("true", "1")
    return ("string" if literal.datatype in below(NamedNode(XSD + "string")) else name), literal.value


def _floating(text: str) -> float | str:
    special = {"INF": inf, "+INF": inf, "-INF": -inf, "NaN": nan}
    try:
        return special[text] if text in special else float(text)
    except ValueError:
        return text
