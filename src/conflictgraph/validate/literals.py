"""SPARQL expressions that say whether a literal is well-formed for its datatype. (SHACL 4.1.2, XSD 1.1
part 2)

Only what SPARQL 1.1 offers is used, so that any engine can evaluate them: isNumeric for the four numeric
types it knows, regular expressions and comparisons for the rest.
"""

from __future__ import annotations

from pyoxigraph import Literal

from conflictgraph.validate.terms import RDF_BASE, XSD_BASE

_YEAR = r"-?([1-9][0-9]{3,}|0[0-9]{3})"
_LEAP = r"-?[0-9]*([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_MONTH_DAY = (
    r"((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
)
_DATE = f"({_YEAR}-{_MONTH_DAY}|{_LEAP}-02-29)"
_TIME = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_ZONE = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_CLOCK = r"([0-9]+H([0-9]+M)?([0-9]+(\.[0-9]+)?S)?|[0-9]+M([0-9]+(\.[0-9]+)?S)?|[0-9]+(\.[0-9]+)?S)"
_DAYS = f"([0-9]+D(T{_CLOCK})?|T{_CLOCK})"
_MONTHS = r"([0-9]+Y([0-9]+M)?|[0-9]+M)"
_BASE64 = (
    r"((([A-Za-z0-9+/] ?){4})*(([A-Za-z0-9+/] ?){3}[A-Za-z0-9+/]|"
    r"([A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?=|[A-Za-z0-9+/] ?[AQgw] ?= ?=))?"
)

_PATTERNS = {
    "dateTime": f"{_DATE}T{_TIME}{_ZONE}?",
    "dateTimeStamp": f"{_DATE}T{_TIME}{_ZONE}",
    "date": f"{_DATE}{_ZONE}?",
    "time": f"{_TIME}{_ZONE}?",
    "gYear": f"{_YEAR}{_ZONE}?",
    "gYearMonth": f"{_YEAR}-(0[1-9]|1[0-2]){_ZONE}?",
    "gMonth": f"--(0[1-9]|1[0-2]){_ZONE}?",
    "gDay": f"---(0[1-9]|[12][0-9]|3[01]){_ZONE}?",
    "gMonthDay": f"--({_MONTH_DAY}|02-29){_ZONE}?",
    "duration": f"-?P({_MONTHS}{_DAYS}?|{_DAYS})",
    "dayTimeDuration": f"-?P{_DAYS}",
    "yearMonthDuration": f"-?P{_MONTHS}",
    "hexBinary": "([0-9A-Fa-f]{2})*",
    "base64Binary": _BASE64,
    "boolean": "(true|false|1|0)",
    "language": "[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*",
}
_NUMERIC = frozenset({"integer", "decimal", "double", "float"})
_BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
}
INTEGERS = frozenset({XSD_BASE + "integer", *(XSD_BASE + name for name in _BOUNDS)})


def well_formed(datatype: str, variable: str) -> str:
    """Return a condition, never an error, on a literal that is known to have the datatype; "true" if all
    forms will do."""
    name = datatype.removeprefix(XSD_BASE)
    if name in _NUMERIC:
        return f"isNumeric({variable})"
    if name in _PATTERNS:
        return matches(variable, _PATTERNS[name])
    if name in _BOUNDS:
        return _in_bounds(variable, *_BOUNDS[name])
    if datatype == RDF_BASE + "langString":
        return f'LANG({variable}) != ""'
    return "true"


def is_within_bounds(literal: Literal) -> bool:
    """Say whether a literal with an integer's digits is in the value space of its own, perhaps bounded,
    datatype."""
    low, high = _BOUNDS.get(literal.datatype.value.removeprefix(XSD_BASE), (None, None))
    if low is None and high is None:
        return True
    number = int(literal.value)
    return (low is None or low <= number) and (high is None or number <= high)


def matches(variable: str, pattern: str) -> str:
    return f"REGEX(STR({variable}), {Literal(f'^(?:{pattern})$')})"


def _in_bounds(variable: str, low: int | None, high: int | None) -> str:
    cast = f"<{XSD_BASE}integer>(STR({variable}))"
    parts = [matches(variable, "[+-]?[0-9]+")]
    if low is not None:
        parts.append(f"COALESCE({cast} >= {low}, false)")
    if high is not None:
        parts.append(f"COALESCE({cast} <= {high}, false)")
    return f"({' && '.join(parts)})"
