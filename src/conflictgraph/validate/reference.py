"""pySHACL on the same data: the reference, and the engine for what is not compiled. The only module here
that knows rdflib.

Terms cross over one by one, with their lexical forms and blank node labels as they are; nothing is
fetched, nothing inferred.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pyshacl
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from pyshacl.errors import ReportableRuntimeError, ShapeRecursionWarning, ValidationFailure

from conflictgraph.validate.faults import ShapesError
from conflictgraph.validate.report import Report, Result, in_order
from conflictgraph.validate.report_rdf import report_from_triples
from conflictgraph.validate.terms import sh, xsd
from conflictgraph.validate.triple_index import Term, TripleIndex

_SILENT = logging.getLogger("conflictgraph.validate.pyshacl")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


def reference_report(data: Iterable[Triple], shapes: Iterable[Triple], *, advanced: bool = False) -> Report:
    """Return pySHACL's report (SHACL Core and SHACL-SPARQL; SHACL-AF with `advanced`). Raises ShapesError.

    Messages that pySHACL makes up for shapes without sh:message are left out, so that reports of both
    engines compare.
    pySHACL's `allow_warnings` stays off: with it, a nested shape whose severity is sh:Warning counts as
    conforming,
    whatever it finds, which SHACL 3.4 does not say. Whether warnings block is for `Report.conforms` to say.
    """
    shapes = list(shapes)
    with _quiet_rdflib(), warnings.catch_warnings():
        warnings.simplefilter("ignore", ShapeRecursionWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", UserWarning)
        graph = _run(_graph(data), _graph(shapes), advanced)
    report = report_from_triples(_triples(graph))
    index = TripleIndex(shapes)
    return Report(results=in_order([_without_generated_messages(r, index) for r in report.results]))


@contextmanager
def _quiet_rdflib() -> Iterator[None]:
    """Keep rdflib from printing a stack trace for each ill-formed literal: the shapes are there to report
    these."""
    logger = logging.getLogger("rdflib.term")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _run(data: rdflib.Graph, shapes: rdflib.Graph, advanced: bool) -> rdflib.Graph:
    try:
        _, report, text = pyshacl.validate(
            data,
            shacl_graph=shapes,
            inplace=True,
            advanced=advanced,
            inference="none",
            do_owl_imports=False,
            meta_shacl=False,
            logger=_SILENT,
        )
    except ReportableRuntimeError as fault:
        raise ShapesError(None, f"pySHACL refuses the shapes graph: {fault}") from fault
    except (ValueError, KeyError, TypeError, AttributeError, SyntaxError, RuntimeError) as fault:
        raise ShapesError(None, f"pySHACL cannot work with the shapes graph: {fault!r}") from fault
    if isinstance(report, ValidationFailure) or not isinstance(report, rdflib.Graph):
        raise ShapesError(None, f"pySHACL reports a failure: {text}")
    return report


def _without_generated_messages(result: Result, shapes: TripleIndex) -> Result:
    """Keep the messages only where the shapes graph has the words for them."""
    declared = _declares_message(result, shapes)
    details = tuple(_without_generated_messages(detail, shapes) for detail in result.details)
    return Result(
        result.focus_node,
        result.path,
        result.value,
        result.component,
        result.severity,
        result.source_shape,
        result.messages if declared else (),
        result.source_constraint,
        details,
    )


def _declares_message(result: Result, shapes: TripleIndex) -> bool:
    holders: list[Term] = [result.source_shape, result.component]
    if result.source_constraint is not None:
        holders.append(result.source_constraint)
    for kind in ("validator", "nodeValidator", "propertyValidator"):
        holders += shapes.objects(result.component, sh(kind))
    return any(shapes.objects(holder, sh("message")) for holder in holders)


def _graph(triples: Iterable[Triple]) -> rdflib.Graph:
    graph = rdflib.Graph(bind_namespaces="none")
    for triple in triples:
        if isinstance(triple.object, Triple) or isinstance(triple.subject, Triple):
            raise ShapesError(None, "RDF 1.2 triple terms are beyond the reference engine (RDF 1.1)")
        graph.add((_to_rdflib(triple.subject), _to_rdflib(triple.predicate), _to_rdflib(triple.object)))
    return graph


def _to_rdflib(term: Term) -> rdflib.URIRef | rdflib.BNode | rdflib.Literal:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    if term.datatype == xsd("string"):
        return rdflib.Literal(term.value)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)


def _triples(graph: rdflib.Graph) -> list[Triple]:
    found = []
    for subject, predicate, value in graph:
        left, middle = _from_rdflib(subject), _from_rdflib(predicate)
        if isinstance(left, Literal) or not isinstance(middle, NamedNode):
            continue
        found.append(Triple(left, middle, _from_rdflib(value)))
    return found


def _from_rdflib(term: rdflib.term.Node) -> Term:
    if isinstance(term, rdflib.URIRef):
        return NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return BlankNode(str(term))
    if not isinstance(term, rdflib.Literal):
        raise TypeError(f"no RDF 1.1 term: {term!r}")
    if term.language:
        return Literal(str(term), language=term.language)
    return Literal(str(term), datatype=NamedNode(str(term.datatype))) if term.datatype else Literal(str(term))
