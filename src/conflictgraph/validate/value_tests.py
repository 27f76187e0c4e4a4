"""Constraints that look at one value node at a time, as SPARQL conditions that are true for a value that
is right.

A condition must never be an error: what SPARQL cannot compare is not right (SHACL 4.3), hence the COALESCE.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode

from conflictgraph.validate.literals import well_formed
from conflictgraph.validate.shapes import INSTANCE_OF, Constraint
from conflictgraph.validate.terms import SHACL, XSD_BASE, xsd
from conflictgraph.validate.triple_index import Term

_KINDS: dict[str, tuple[str, ...]] = {"IRI": ("isIRI",), "BlankNode": ("isBlank",), "Literal": ("isLiteral",)}
_KINDS["BlankNodeOrIRI"] = ("isBlank", "isIRI")
_KINDS["BlankNodeOrLiteral"] = ("isBlank", "isLiteral")
_KINDS["IRIOrLiteral"] = ("isIRI", "isLiteral")
NODE_KINDS = frozenset(SHACL + name for name in _KINDS)


def has_class(constraint: Constraint, value: str) -> str:
    """SHACL 4.1.1: the value is a SHACL instance of the class."""
    return f"EXISTS {{ {value} {INSTANCE_OF} {constraint.term('class')} }}"


def has_datatype(constraint: Constraint, value: str) -> str:
    """SHACL 4.1.2: the value is a literal of the datatype, and well-formed."""
    datatype = constraint.term("datatype")
    formed = well_formed(datatype.value, value)
    tail = "" if formed == "true" else f" && {formed}"
    return f"(isLiteral({value}) && DATATYPE({value}) = {datatype}{tail})"


def has_node_kind(constraint: Constraint, value: str) -> str:
    """SHACL 4.1.3: the value is a term of the kind."""
    names = _KINDS[constraint.term("nodeKind").value.removeprefix(SHACL)]
    return "(" + " || ".join(f"{name}({value})" for name in names) + ")"


def compares(left: str, operator: str, right: str) -> str:
    """Compare as SPARQL does (17.3), also booleans, which not every engine can; false for what has no
    order: tagged text, too, which some engines do compare."""
    both = f"{_is_boolean(left)} && {_is_boolean(right)}"
    truth = _ON_BOOLEANS[operator].format(left, right)
    compared = f'IF(LANG({left}) != "", false, {left} {operator} {right})'
    return f"COALESCE({compared}, IF({both}, {truth}, false), false)"


def has_order(value: str) -> str:
    """Say whether SPARQL can order the value at all (17.3): some engines let any term be <= itself."""
    zeros = ("0", '""', *(f'"{text}"^^{xsd(name)}' for name, text in _FIRST.items()))
    tests = " || ".join(f"COALESCE(IF({value} < {zero}, true, true), false)" for zero in zeros)
    return f"({tests} || COALESCE({_is_boolean(value)}, false))"


def _is_boolean(value: str) -> str:
    return f"DATATYPE({value}) = {xsd('boolean')} && {well_formed(XSD_BASE + 'boolean', value)}"


_FIRST = {"dateTime": "0001-01-01T00:00:00Z", "date": "0001-01-01Z", "time": "00:00:00Z"}
_ON_BOOLEANS = {"<": "!{} && {}", "<=": "!{} || {}", ">": "{} && !{}", ">=": "{} || !{}"}


def _compares(value: str, operator: str, bound: Term) -> str:
    if isinstance(bound, Literal) and bound.datatype == xsd("boolean"):
        return compares(value, operator, str(bound))
    if isinstance(bound, Literal) and bound.language:
        return "false"
    return f"COALESCE({value} {operator} {bound}, false)"


def above(constraint: Constraint, value: str) -> str:
    """SHACL 4.3.1: $minExclusive < value."""
    return _compares(value, ">", constraint.term("minExclusive"))


def at_least(constraint: Constraint, value: str) -> str:
    """SHACL 4.3.2: $minInclusive <= value."""
    return _compares(value, ">=", constraint.term("minInclusive"))


def below(constraint: Constraint, value: str) -> str:
    """SHACL 4.3.3: $maxExclusive > value."""
    return _compares(value, "<", constraint.term("maxExclusive"))


def at_most(constraint: Constraint, value: str) -> str:
    """SHACL 4.3.4: $maxInclusive >= value."""
    return _compares(value, "<=", constraint.term("maxInclusive"))


def is_long_enough(constraint: Constraint, value: str) -> str:
    """SHACL 4.4.1: no blank node, and STRLEN(STR(value)) >= $minLength."""
    return f"(!isBlank({value}) && STRLEN(STR({value})) >= {constraint.number('minLength')})"


def is_short_enough(constraint: Constraint, value: str) -> str:
    """SHACL 4.4.2: no blank node, and STRLEN(STR(value)) <= $maxLength."""
    return f"(!isBlank({value}) && STRLEN(STR({value})) <= {constraint.number('maxLength')})"


def has_pattern(constraint: Constraint, value: str) -> str:
    """SHACL 4.4.3: no blank node, and REGEX(STR(value), $pattern, $flags).

    Some engines give blank nodes a text. That it is none is tested last: an engine may look the value up
    again.
    """
    flags = constraint.terms("flags")
    arguments = ", ".join([f"STR({value})", str(constraint.term("pattern")), *map(str, flags)])
    return f"(COALESCE(REGEX({arguments}), false) && !isBlank({value}))"


def has_language(constraint: Constraint, value: str) -> str:
    """SHACL 4.4.4: langMatches(lang(value), one of $languageIn).

    What is no literal has no tag: an error, and with some engines an empty one, which may match "" and "*".
    Elsewhere an engine need not look the value up once more, to say whether it is a literal.
    """
    tags = constraint.terms("languageIn")
    ranges = " || ".join(f"LANGMATCHES(LANG({value}), {tag})" for tag in tags) or "false"
    if any(isinstance(tag, Literal) and tag.value in ("", "*") for tag in tags):
        return f"(isLiteral({value}) && ({ranges}))"
    return f"COALESCE({ranges}, false)"


def is_member(constraint: Constraint, value: str) -> str:
    """SHACL 4.8.3: the value is one of $in, as a term (1 is not 01, nor 1.0)."""
    return is_one_of(constraint.terms("in"), value)


def is_one_of(terms: Iterable[Term], value: str) -> str:
    """Compare terms; IN would compare the values of literals."""
    terms = tuple(terms)
    iris = [str(term) for term in terms if isinstance(term, NamedNode)]
    conditions = [f"sameTerm({value}, {term})" for term in terms if isinstance(term, Literal)]
    if iris:
        conditions.insert(0, f"(isIRI({value}) && {value} IN ({', '.join(iris)}))")
    return f"({' || '.join(conditions) or 'false'})"


def is_not(conditions: tuple[str, ...]) -> str:
    """SHACL 4.6.1: the value does not conform to $not."""
    return f"(!{conditions[0]})"


def is_all(conditions: tuple[str, ...]) -> str:
    """SHACL 4.6.2, and 4.7.1 with one shape: the value conforms to each."""
    return f"({' && '.join(conditions) or 'true'})"


def is_any(conditions: tuple[str, ...]) -> str:
    """SHACL 4.6.3: the value conforms to at least one."""
    return f"({' || '.join(conditions) or 'false'})"


def is_exactly_one(conditions: tuple[str, ...]) -> str:
    """SHACL 4.6.4: the value conforms to exactly one."""
    return f"(({' + '.join(f'IF({condition}, 1, 0)' for condition in conditions) or '0'}) = 1)"
