"""A report as a graph that tells by which shapes it was made, so that a later process can go on from it.

Must not know what changed since.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from conflictgraph import __version__, rdf, vocabulary
from conflictgraph.validate.report import Report, Result
from conflictgraph.validate.report_rdf import report_from_triples, report_triples
from conflictgraph.validate.triple_index import Node, Term

_VERSION = Literal(__version__)


def shapes_name(shapes: Iterable[Triple]) -> NamedNode:
    """Return a name for a shapes graph, made of its N-Triples in their order (RFC 6920).

    Only where blank nodes keep their labels from one reading to the next is the name the same.
    """
    return rdf.named_by_content("\n".join(sorted(map(str, shapes))))


def record(report: Report, shapes: NamedNode, base: str) -> list[Triple]:
    """Return the report without blank nodes (see `report_triples`), with its shapes and this software's
    version."""
    made_by = Triple(NamedNode(base + "report"), vocabulary.PROV_DERIVED, shapes)
    version = Triple(NamedNode(base + "report"), vocabulary.SOFTWARE_VERSION, _VERSION)
    return [*report_triples(report, base), made_by, version]


def recalled(triples: Iterable[Triple], shapes: NamedNode, base: str) -> Report | None:
    """Return a report that was recorded; None if by other shapes or another version, if there is none, or
    if blank nodes of the data are in it, which have other names by now."""
    triples = tuple(triples)
    head = NamedNode(base + "report")
    expected = {Triple(head, vocabulary.PROV_DERIVED, shapes)}
    expected.add(Triple(head, vocabulary.SOFTWARE_VERSION, _VERSION))
    if not expected.issubset(triples):
        return None
    report = report_from_triples(_with_blank_nodes(triple, base) for triple in triples)
    return None if any(map(_speaks_of_blank_nodes, report.results)) else report


def _with_blank_nodes(triple: Triple, base: str) -> Triple:
    def restored(term: Term) -> Term:
        if not isinstance(term, NamedNode) or not term.value.startswith(base):
            return term
        name = term.value.removeprefix(base)
        return BlankNode(name.removeprefix("node/") if name.startswith("node/") else f"of-report-{name}")

    subject, value = triple.subject, triple.object
    if isinstance(subject, Triple) or isinstance(value, Triple):
        return triple
    return Triple(cast(Node, restored(subject)), triple.predicate, restored(value))


def _speaks_of_blank_nodes(result: Result) -> bool:
    terms = (result.focus_node, result.value)
    return any(isinstance(t, BlankNode) for t in terms) or any(map(_speaks_of_blank_nodes, result.details))
