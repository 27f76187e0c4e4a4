"""From a row to a validation result. (SHACL 3.6.2, 5.3.2)"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from conflictgraph.validate.asking import Row, Table
from conflictgraph.validate.components import BY_IRI
from conflictgraph.validate.faults import ShapesError
from conflictgraph.validate.paths import Path, Predicate
from conflictgraph.validate.report import Result
from conflictgraph.validate.shapes import Constraint, Shape
from conflictgraph.validate.terms import TRUE
from conflictgraph.validate.triple_index import Node, Term

_PLACEHOLDER = re.compile(r"\{[?$](\w+)\}")


class Finding(NamedTuple):
    """A result, and the focus node of the shape under which it was found (sh:property results have their
    own)."""

    anchor: Term
    result: Result


def result(
    shape: Shape,
    constraint: Constraint,
    focus: Term,
    value: Term | None,
    *,
    path: Path | None = None,
    messages: tuple[Literal, ...] = (),
    details: tuple[Result, ...] = (),
) -> Result:
    """Return one validation result (SHACL 3.6.2)."""
    return Result(
        focus_node=focus,
        path=path or shape.path,
        value=value,
        component=constraint.component,
        severity=shape.severity,
        source_shape=shape.node,
        messages=messages or shape.messages,
        source_constraint=source_constraint(constraint),
        details=details,
    )


def source_constraint(constraint: Constraint) -> Node | None:
    """SHACL 5.3.2: sh:sourceConstraint is the SPARQL constraint; a component's validator is none."""
    is_core = constraint.component in BY_IRI
    return constraint.query.node if constraint.query and not is_core and not constraint.parameters else None


def sparql_finding(
    shape: Shape, constraint: Constraint, focus: Term | None, table: Table, row: Row
) -> Iterator[Finding]:
    """SHACL 5.3.2: what a solution says about value, path and message, with what stands in for what it
    leaves out. Raises ShapesError for one that is a failure (SHACL 5.3)."""
    if table.cell(row, "failure") == TRUE and constraint.query is not None:
        raise ShapesError(shape.node, f"the query of {constraint.query.node} says ?failure about {focus}")
    if focus is None:
        return
    path, value = table.cell(row, "path"), table.cell(row, "value")
    own = Predicate(path) if isinstance(path, NamedNode) else shape.path
    if value is None and shape.path is None:
        value = focus
    said = table.cell(row, "message")
    bound: dict[str, Term | None] = dict(constraint.query.parameters) if constraint.query else {}
    bound |= {name: cell for name, cell in zip(table.names, row, strict=True) if cell is not None}
    bound.setdefault("this", focus)
    if value is not None:
        bound.setdefault("value", value)
    declared = constraint.query.messages if constraint.query else ()
    templates = (said,) if isinstance(said, Literal) else declared or shape.messages
    messages = tuple(_filled(template, bound) for template in templates)
    yield Finding(focus, result(shape, constraint, focus, value, path=own, messages=messages))


def _filled(template: Literal, bound: dict[str, Term | None]) -> Literal:
    def replacement(match: re.Match[str]) -> str:
        term = bound.get(match.group(1))
        return match.group() if term is None else term.value

    text = _PLACEHOLDER.sub(replacement, template.value)
    return Literal(text, language=template.language) if template.language else Literal(text)


def by_anchor(findings: list[Finding]) -> dict[Term, list[Result]]:
    found: dict[Term, list[Result]] = {}
    for one in findings:
        found.setdefault(one.anchor, []).append(one.result)
    return found
