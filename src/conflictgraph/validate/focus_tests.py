"""Constraints that look at all value nodes of a focus node together, as SPARQL queries whose rows are what
is wrong.

Columns: ?this always; ?value and ?path where the clause puts them into the result.
"""

from __future__ import annotations

from dataclasses import replace

from conflictgraph.validate.focus import Ground, Query
from conflictgraph.validate.shapes import INSTANCE_OF, Constraint
from conflictgraph.validate.value_tests import compares, has_class, has_order


def too_few(constraint: Constraint, ground: Ground) -> tuple[Query, ...]:
    """SHACL 4.2.1: fewer value nodes than $minCount."""
    least = constraint.number("minCount")
    if least <= 0 or (least == 1 and ground.may_be_empty):
        return ()
    focus = ground.focus.pattern
    if least == 1:
        asked = f"SELECT DISTINCT ?this WHERE {{ {focus} FILTER NOT EXISTS {{ {ground.step} }} }}"
        if not ground.is_plain:
            return (Query(asked),)
        by_predicate = f"SELECT DISTINCT ?this WHERE {{ {focus} MINUS {{ {ground.step} }} }}"
        return (Query(asked, by_predicate, ground.focus.counted, ground.counted_step, is_whole=True),)
    values = ground.union if ground.may_be_empty else ground.step
    having = f"GROUP BY ?this HAVING (COUNT(DISTINCT ?value) < {least})"
    return (Query(f"SELECT ?this WHERE {{ {focus} OPTIONAL {{ {values} }} }} {having}"),)


def too_many(constraint: Constraint, ground: Ground) -> tuple[Query, ...]:
    """SHACL 4.2.2: more value nodes than $maxCount. A second one is sought directly, which is faster than
    counting."""
    most = constraint.number("maxCount")
    focus = ground.focus.pattern
    if most <= 0 and not ground.may_be_empty:
        return (
            ground.rows("?this", "") if most == 0 else (Query(f"SELECT DISTINCT ?this WHERE {{ {focus} }}"),)
        )
    if not ground.is_plain:
        having = f"GROUP BY ?this HAVING (COUNT(DISTINCT ?value) > {most})"
        return (Query(f"SELECT ?this WHERE {{ {ground.union} }} {having}"),)
    counted = "*" if ground.is_single else "DISTINCT ?value"
    by_predicate = f"SELECT ?this WHERE {{ {ground.step} }} GROUP BY ?this HAVING (COUNT({counted}) > {most})"
    if most > 1:
        having = f"GROUP BY ?this HAVING (COUNT(DISTINCT ?value) > {most})"
        return (
            Query(
                f"SELECT ?this WHERE {{ {focus} {ground.step} }} {having}",
                by_predicate,
                ground.focus.counted,
                ground.counted_step,
                of_several=True,
            ),
        )
    two = f"{ground.step} {ground.step_to('?other')} FILTER(!sameTerm(?value, ?other))"
    asked = f"SELECT DISTINCT ?this WHERE {{ {focus} FILTER EXISTS {{ {two} }} }}"
    return (Query(asked, by_predicate, ground.focus.counted, ground.counted_step, of_several=True),)


def repeated_language(_: Constraint, ground: Ground) -> tuple[Query, ...]:
    """SHACL 4.4.5: one result for each language tag that two value nodes share."""
    language = "LCASE(LANG(?value))"
    if ground.is_plain:
        same = f'LANG(?value) != "" && LCASE(LANG(?other)) = {language}'
        pair = f"{ground.step} {ground.step_to('?other')}"
        wrong = f"{pair} FILTER(!sameTerm(?value, ?other) && COALESCE({same}, false))"
        several = f"{{ SELECT ?this WHERE {{ {ground.step} }} GROUP BY ?this HAVING (COUNT(*) > 1) }}"
        select = f"SELECT DISTINCT ?this ({language} AS ?language) WHERE"
        focus = ground.focus.pattern
        by_predicate = f"{select} {{ {several} {wrong} }}"
        asked = f"{select} {{ {focus} {wrong} }}"
        return (Query(asked, by_predicate, ground.focus.counted, ground.counted_step, of_several=True),)
    tagged = f'FILTER(isLiteral(?value) && LANG(?value) != "") BIND({language} AS ?language)'
    having = "GROUP BY ?this ?language HAVING (COUNT(DISTINCT ?value) > 1)"
    groups = " UNION ".join(f"{{ {group} {tagged} }}" for group in ground.groups)
    return (Query(f"SELECT ?this ?language WHERE {{ {groups} }} {having}"),)


def not_equal(constraint: Constraint, ground: Ground) -> tuple[Query, ...]:
    """SHACL 4.5.1: each value of one of the two sides that the other side lacks."""
    other = f"?this {constraint.term('equals')} {ground.value} ."
    missing = ground.rows(_columns(ground), f"FILTER NOT EXISTS {{ {other} }}")
    there = other if ground.path is not None else f"?this {constraint.term('equals')} ?value ."
    same = "FILTER(!sameTerm(?this, ?value))" if ground.path is None or ground.may_be_empty else ""
    absent = f"FILTER NOT EXISTS {{ {ground.step} }}" if ground.path is not None else ""
    extra = f"SELECT DISTINCT ?this ?value WHERE {{ {ground.focus.pattern} {there} {absent} {same} }}"
    return (*missing, Query(extra))


def in_common(constraint: Constraint, ground: Ground) -> tuple[Query, ...]:
    """SHACL 4.5.2: each value that is also a value of $disjoint."""
    other = f"?this {constraint.term('disjoint')} {ground.value} ."
    return ground.rows(_columns(ground), f"FILTER EXISTS {{ {other} }}")


def not_less(constraint: Constraint, ground: Ground) -> tuple[Query, ...]:
    """SHACL 4.5.3: each pair of values where value < other does not hold."""
    return _unordered(ground, "<", str(constraint.term("lessThan")))


def not_less_or_equal(constraint: Constraint, ground: Ground) -> tuple[Query, ...]:
    """SHACL 4.5.4: each pair of values where value <= other does not hold."""
    unlike = f"(!sameTerm(?value, ?other) || {has_order(ground.read('?value'))})"
    return _unordered(ground, "<=", str(constraint.term("lessThanOrEquals")), unlike)


def _unordered(ground: Ground, operator: str, other: str, further: str = "true") -> tuple[Query, ...]:
    ordered = compares(ground.read("?value"), operator, ground.read("?other"))
    unordered = f"FILTER(!({ordered} && {further}))"
    queries = ground.rows("?this ?value ?other", f"?this {other} ?other . {unordered}")
    if not queries[0].from_predicate:
        return queries
    values = f"{{ SELECT ?this ?value WHERE {{ {ground.step} }} }}"
    against = f"?this {other} ?other ."
    others = f"{{ SELECT ?this ?other WHERE {{ {against} }} }}"
    by_predicate = f"SELECT DISTINCT ?this ?value ?other WHERE {{ {values} {others} {unordered} }}"
    return (replace(queries[0], from_predicate=by_predicate, against=against),)


def no_instances(constraint: Constraint, ground: Ground) -> tuple[Query, ...]:
    """SHACL 4.1.1: each value that is no SHACL instance of the class."""
    condition = has_class(constraint, ground.value)
    queries = ground.rows(_columns(ground), f"FILTER(!{condition})")
    if not queries[0].from_predicate:
        return queries
    instances = f"?value {INSTANCE_OF} {constraint.term('class')}"
    wrong = f"{ground.step} MINUS {{ {instances} }}"
    by_predicate = f"SELECT DISTINCT ?this ?value WHERE {{ {wrong} }}"
    return (replace(queries[0], from_predicate=by_predicate, against=instances),)


def unlisted_properties(constraint: Constraint, ground: Ground) -> tuple[Query, ...]:
    """SHACL 4.8.1: each triple of a value node whose predicate is neither a property of the shape nor
    ignored."""
    listed = ", ".join(
        str(iri) for iri in (*constraint.terms("listed"), *constraint.terms("ignoredProperties"))
    )
    unlisted = f"FILTER(?path NOT IN ({listed}))" if listed else ""
    node, columns = ("?this", "") if ground.path is None else ("?node", "?node ")
    wrong = f"{node} ?path ?value . {unlisted}"
    return tuple(
        Query(f"SELECT DISTINCT ?this {columns}?path ?value WHERE {{ {group} {wrong} }}")
        for group in ground.groups_to("?node")
    )


def lacking(constraint: Constraint, ground: Ground) -> tuple[Query, ...]:
    """SHACL 4.8.2: the focus node has not $hasValue among its value nodes."""
    wanted = constraint.term("hasValue")
    focus = ground.focus.pattern
    other = f"FILTER(!sameTerm(?this, {wanted}))" if ground.path is None or ground.may_be_empty else ""
    absent = f"FILTER NOT EXISTS {{ {ground.step_to(str(wanted))} }}" if ground.path is not None else ""
    return (Query(f"SELECT DISTINCT ?this WHERE {{ {focus} {other} {absent} }}"),)


def _columns(ground: Ground) -> str:
    return "?this (?this AS ?value)" if ground.path is None else "?this ?value"
