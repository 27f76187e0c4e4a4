"""Constraints that look at all value nodes of a focus node together, as SPARQL queries whose rows are what
is wrong.

Columns: ?this always; ?value and ?path where the clause puts them into the result.
"""

from __future__ import annotations

from conflictgraph.validate.focus import Ground
from conflictgraph.validate.paths import Inverse, Predicate
from conflictgraph.validate.shapes import Constraint


def too_few(constraint: Constraint, ground: Ground) -> tuple[str, ...]:
    """SHACL 4.2.1: fewer value nodes than $minCount."""
    least = constraint.number("minCount")
    if least <= 0 or (least == 1 and ground.may_be_empty):
        return ()
    focus = ground.focus.pattern
    if least == 1:
        return (f"SELECT DISTINCT ?this WHERE {{ {focus} FILTER NOT EXISTS {{ {ground.step} }} }}",)
    values = ground.union if ground.may_be_empty else ground.step
    having = f"GROUP BY ?this HAVING (COUNT(DISTINCT ?value) < {least})"
    return (f"SELECT ?this WHERE {{ {focus} OPTIONAL {{ {values} }} }} {having}",)


def too_many(constraint: Constraint, ground: Ground) -> tuple[str, ...]:
    """SHACL 4.2.2: more value nodes than $maxCount. One more is sought directly, which is faster than
    counting."""
    most = constraint.number("maxCount")
    plain = isinstance(ground.path, Predicate) or (
        isinstance(ground.path, Inverse) and isinstance(ground.path.path, Predicate)
    )
    if most == 0 and not ground.may_be_empty:
        return (f"SELECT DISTINCT ?this WHERE {{ {ground.groups[0]} }}",)
    if most == 1 and plain:
        other = ground.step_to("?other")
        two = f"{ground.step} {other} FILTER(!sameTerm(?value, ?other))"
        return (f"SELECT DISTINCT ?this WHERE {{ {ground.focus.pattern} FILTER EXISTS {{ {two} }} }}",)
    having = f"GROUP BY ?this HAVING (COUNT(DISTINCT ?value) > {most})"
    return (f"SELECT ?this WHERE {{ {ground.union} }} {having}",)


def repeated_language(_: Constraint, ground: Ground) -> tuple[str, ...]:
    """SHACL 4.4.5: one result for each language tag that two value nodes share."""
    tagged = 'FILTER(isLiteral(?value) && LANG(?value) != "") BIND(LCASE(LANG(?value)) AS ?language)'
    having = "GROUP BY ?this ?language HAVING (COUNT(DISTINCT ?value) > 1)"
    groups = " UNION ".join(f"{{ {group} {tagged} }}" for group in ground.groups)
    return (f"SELECT ?this ?language WHERE {{ {groups} }} {having}",)


def not_equal(constraint: Constraint, ground: Ground) -> tuple[str, ...]:
    """SHACL 4.5.1: each value of one of the two sides that the other side lacks."""
    other = f"?this {constraint.term('equals')} {ground.value} ."
    missing = tuple(_rows(ground, f"{group} FILTER NOT EXISTS {{ {other} }}") for group in ground.groups)
    there = other if ground.path is not None else f"?this {constraint.term('equals')} ?value ."
    same = "FILTER(!sameTerm(?this, ?value))" if ground.path is None or ground.may_be_empty else ""
    absent = f"FILTER NOT EXISTS {{ {ground.step} }}" if ground.path is not None else ""
    extra = f"SELECT DISTINCT ?this ?value WHERE {{ {ground.focus.pattern} {there} {absent} {same} }}"
    return (*missing, extra)


def in_common(constraint: Constraint, ground: Ground) -> tuple[str, ...]:
    """SHACL 4.5.2: each value that is also a value of $disjoint."""
    other = f"?this {constraint.term('disjoint')} {ground.value} ."
    return tuple(_rows(ground, f"{group} FILTER EXISTS {{ {other} }}") for group in ground.groups)


def not_less(constraint: Constraint, ground: Ground) -> tuple[str, ...]:
    """SHACL 4.5.3: each pair of values where value < other does not hold."""
    return _unordered(ground, "<", str(constraint.term("lessThan")))


def not_less_or_equal(constraint: Constraint, ground: Ground) -> tuple[str, ...]:
    """SHACL 4.5.4: each pair of values where value <= other does not hold."""
    return _unordered(ground, "<=", str(constraint.term("lessThanOrEquals")))


def _unordered(ground: Ground, operator: str, other: str) -> tuple[str, ...]:
    ordered = f"{ground.read('?value')} {operator} {ground.read('?other')}"
    wrong = f"?this {other} ?other . FILTER(!COALESCE({ordered}, false))"
    return tuple(
        f"SELECT DISTINCT ?this ?value ?other WHERE {{ {group} {wrong} }}" for group in ground.groups
    )


def unlisted_properties(constraint: Constraint, ground: Ground) -> tuple[str, ...]:
    """SHACL 4.8.1: each triple of a value node whose predicate is neither a property of the shape nor
    ignored."""
    listed = ", ".join(
        str(iri) for iri in (*constraint.terms("listed"), *constraint.terms("ignoredProperties"))
    )
    unlisted = f"FILTER(?path NOT IN ({listed}))" if listed else ""
    if ground.path is None:
        return (
            "SELECT DISTINCT ?this ?path ?value "
            f"WHERE {{ {ground.groups[0]} ?this ?path ?value . {unlisted} }}",
        )
    return tuple(
        f"SELECT DISTINCT ?this ?node ?path ?value WHERE {{ {group} ?node ?path ?value . {unlisted} }}"
        for group in ground.groups_to("?node")
    )


def lacking(constraint: Constraint, ground: Ground) -> tuple[str, ...]:
    """SHACL 4.8.2: the focus node has not $hasValue among its value nodes."""
    wanted = constraint.term("hasValue")
    focus = ground.focus.pattern
    other = f"FILTER(!sameTerm(?this, {wanted}))" if ground.path is None or ground.may_be_empty else ""
    step = ground.step_to(str(wanted))
    absent = f"FILTER NOT EXISTS {{ {step} }}" if ground.path is not None else ""
    return (f"SELECT DISTINCT ?this WHERE {{ {focus} {other} {absent} }}",)


def _rows(ground: Ground, pattern: str) -> str:
    columns = "?this (?this AS ?value)" if ground.path is None else "?this ?value"
    return f"SELECT DISTINCT {columns} WHERE {{ {pattern} }}"
