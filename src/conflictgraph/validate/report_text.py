"""A report in plain words for the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from pyoxigraph import NamedNode

from conflictgraph.validate.report import Report, Result
from conflictgraph.validate.terms import local_name
from conflictgraph.validate.triple_index import Node, Term, TripleIndex
from conflictgraph.validate.wording import (
    NO_SHAPES,
    NameOf,
    expectation,
    found,
    path_words,
    remedy,
    term_words,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node is described: a file and the first line there, counted from 1 (None if not known)."""

    file: str
    line: int | None = None


Locate: TypeAlias = Callable[[Term], Place | None]


def report_text(
    report: Report,
    *,
    shapes: TripleIndex = NO_SHAPES,
    name_of: NameOf | None = None,
    locate: Locate | None = None,
    limit: int | None = None,
) -> str:
    """Return the report for a person to read: a line of summary, then each result.

    `name_of` gives the English label of a node, `locate` where it is described, `limit` how many results
    to write out.
    """
    shown = report.results[:limit]
    lines = [_summary(report)]
    for result in shown:
        lines += ["", *_result_lines(result, shapes, name_of, locate)]
    if len(shown) < len(report.results):
        lines += ["", f"... and {len(report.results) - len(shown)} more."]
    for delegated in report.delegated:
        shape = shape_name(delegated.shape, shapes)
        lines += ["", f"Checked by pySHACL instead of compiled: {shape}, because {delegated.reason}."]
    return "\n".join(lines) + "\n"


def _summary(report: Report) -> str:
    if not report.results:
        return "Conforms: no result."
    violations = sum(1 for result in report.results if local_name(_iri(result.severity)) == "Violation")
    verdict = "Conforms" if report.conforms else "Does not conform"
    others = len(report.results) - violations
    return f"{verdict}: {violations} violation(s), {others} of lesser severity."


def _result_lines(
    result: Result, shapes: TripleIndex, name_of: NameOf | None, locate: Locate | None, indent: str = ""
) -> Iterator[str]:
    severity = local_name(_iri(result.severity))
    yield f"{indent}{severity}: {term_words(result.focus_node, name_of)}"
    place = locate(result.focus_node) if locate else None
    if place is not None:
        yield f"{indent}  where:    {place.file}" + (f", line {place.line}" if place.line else "")
    if result.path is not None:
        yield f"{indent}  property: {path_words(result.path)}"
    yield f"{indent}  expected: {expectation(result, shapes)}"
    yield f"{indent}  found:    {found(result, name_of)}"
    for message in result.messages:
        yield f"{indent}  says:     {message.value}"
    yield f"{indent}  mend:     {remedy(result)}"
    yield f"{indent}  shape:    {shape_name(result.source_shape, shapes)}"
    for detail in result.details:
        yield from _result_lines(detail, shapes, name_of, None, indent + "    ")


def shape_name(shape: Node, shapes: TripleIndex) -> str:
    """Return the shape's IRI, or for a blank node the shape that holds it."""
    if isinstance(shape, NamedNode):
        return f"<{shape.value}>"
    holders = [s for p in _HOLDERS for s in shapes.subjects(p, shape)]
    return f"part of {shape_name(holders[0], shapes)}" if holders else f"_:{shape.value}"


_HOLDERS = tuple(NamedNode(f"http://www.w3.org/ns/shacl#{name}") for name in ("property", "node", "not"))


def _iri(node: Node) -> str:
    return node.value
