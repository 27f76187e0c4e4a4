"""Reports as sh:ValidationReport triples, and back. (SHACL 3.6)"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from conflictgraph.validate.paths import path_triples, read_path
from conflictgraph.validate.report import Report, Result, in_order
from conflictgraph.validate.terms import FALSE, TRUE, TYPE, sh
from conflictgraph.validate.triple_index import Node, Term, TripleIndex

_REPORT, _RESULT = sh("ValidationReport"), sh("ValidationResult")
_CONFORMS, _HAS_RESULT, _DETAIL = sh("conforms"), sh("result"), sh("detail")
_FOCUS, _PATH, _VALUE = sh("focusNode"), sh("resultPath"), sh("value")
_COMPONENT, _SEVERITY = sh("sourceConstraintComponent"), sh("resultSeverity")
_SHAPE, _CONSTRAINT, _MESSAGE = sh("sourceShape"), sh("sourceConstraint"), sh("resultMessage")


def report_triples(report: Report, skolem_base: str | None = None) -> list[Triple]:
    """Return the report as triples; sh:conforms is SHACL's own (false as soon as there is any result).

    With `skolem_base`, new nodes are IRIs `{skolem_base}report`, `{skolem_base}1`, ... and blank nodes
    that come from
    shapes or data become `{skolem_base}node/{label}`, so that no blank node enters a store. Without it,
    blank nodes.
    """
    writer = _Writer(skolem_base)
    head = writer.report_node()
    triples = [
        Triple(head, TYPE, _REPORT),
        Triple(head, _CONFORMS, TRUE if report.conforms_exactly else FALSE),
    ]
    for result in report.results:
        node, described = writer.result(result)
        triples += [Triple(head, _HAS_RESULT, node), *described]
    return triples


class _Writer:
    """Makes the nodes of one report."""

    def __init__(self, skolem_base: str | None) -> None:
        self._base = skolem_base
        self._numbers = count(1)

    def report_node(self) -> Node:
        return NamedNode(self._base + "report") if self._base else BlankNode()

    def new_node(self) -> Node:
        return NamedNode(f"{self._base}{next(self._numbers)}") if self._base else BlankNode()

    def named(self, term: Term) -> Term:
        if self._base and isinstance(term, BlankNode):
            return NamedNode(f"{self._base}node/{term.value}")
        return term

    def result(self, result: Result) -> tuple[Node, list[Triple]]:
        node = self.new_node()
        triples = [Triple(node, TYPE, _RESULT)]
        for predicate, term in _properties(result):
            triples.append(Triple(node, predicate, self.named(term)))
        if result.path is not None:
            path_node, described = path_triples(result.path, self.new_node)
            triples += [Triple(node, _PATH, path_node), *described]
        for detail in result.details:
            inner, described = self.result(detail)
            triples += [Triple(node, _DETAIL, inner), *described]
        return node, triples


def _properties(result: Result) -> Iterator[tuple[NamedNode, Term]]:
    yield _FOCUS, result.focus_node
    if result.value is not None:
        yield _VALUE, result.value
    yield _COMPONENT, result.component
    yield _SEVERITY, result.severity
    yield _SHAPE, result.source_shape
    if result.source_constraint is not None:
        yield _CONSTRAINT, result.source_constraint
    for message in result.messages:
        yield _MESSAGE, message


def report_from_triples(triples: Iterable[Triple]) -> Report:
    """Read the one sh:ValidationReport among the triples. Raises ValueError if it is missing or
    incomplete."""
    graph = TripleIndex(triples)
    heads = graph.subjects(TYPE, _REPORT)
    if len(heads) != 1:
        raise ValueError(f"expected one sh:ValidationReport, found {len(heads)}")
    results = [_result(graph, node) for node in graph.objects(heads[0], _HAS_RESULT)]
    return Report(results=in_order(results))


def _result(graph: TripleIndex, node: Term) -> Result:
    path = graph.value(node, _PATH)
    component = _required(graph, node, _COMPONENT)
    if not isinstance(component, NamedNode):
        raise ValueError(f"sh:sourceConstraintComponent of {node} is {component}, which is not an IRI")
    return Result(
        focus_node=_required(graph, node, _FOCUS),
        path=None if path is None else read_path(graph, path),
        value=graph.value(node, _VALUE),
        component=component,
        severity=_node(_required(graph, node, _SEVERITY)),
        source_shape=_node(_required(graph, node, _SHAPE)),
        messages=tuple(m for m in graph.objects(node, _MESSAGE) if isinstance(m, Literal)),
        source_constraint=None if (c := graph.value(node, _CONSTRAINT)) is None else _node(c),
        details=tuple(_result(graph, detail) for detail in graph.objects(node, _DETAIL)),
    )


def _required(graph: TripleIndex, node: Term, predicate: NamedNode) -> Term:
    term = graph.value(node, predicate)
    if term is None:
        raise ValueError(f"the validation result {node} has no {predicate}")
    return term


def _node(term: Term) -> Node:
    if isinstance(term, Literal):
        raise ValueError(f"expected an IRI or a blank node, found the literal {term}")
    return term
