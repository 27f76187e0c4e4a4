"""The reference: owlrl's OWL 2 RL closure, crossed from rdflib's terms and back.

The only module of `reason` that knows rdflib. Slow and in memory: for tests and small graphs. Where
owlrl departs from the profile is listed in docs/reasoning.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import owlrl  # type: ignore[import-untyped]
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from conflictgraph.reason.findings import Finding
from conflictgraph.reason.tokens import fact
from conflictgraph.reason.trivia import is_trivial

Term = NamedNode | BlankNode | Literal
ERRORS = "http://www.daml.org/2002/03/agents/agent-ont#"
XSD_STRING = rdflib.XSD.string


@dataclass(frozen=True, slots=True)
class Closure:
    """What owlrl adds to a graph, without the trivia, and the inconsistencies that it reports (sorted)."""

    inferred: frozenset[Triple]
    findings: tuple[Finding, ...]


def owlrl_closure(triples: Iterable[Triple]) -> Closure:
    """Close triples (ontology and data together) under the OWL 2 RL/RDF rules as owlrl implements them.

    Deterministic: the inferred triples are a set, the findings are sorted by their text. Raises `ValueError`
    for a triple term.
    """
    asserted = frozenset(triples)
    crossing = _Crossing()
    graph = rdflib.Graph()
    for triple in asserted:
        graph.add((crossing.out(triple.subject), crossing.out(triple.predicate), crossing.out(triple.object)))
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    inferred = frozenset(crossing.back_all(graph)) - asserted
    return Closure(frozenset(t for t in inferred if not is_trivial(fact(t))), _findings(graph))


def _findings(graph: rdflib.Graph) -> tuple[Finding, ...]:
    messages = graph.objects(None, rdflib.URIRef(ERRORS + "error"))
    return tuple(Finding("owlrl", message) for message in sorted(set(map(str, messages))))


class _Crossing:
    """Terms to rdflib and back. Remembers what it took over, since rdflib folds the case of language tags."""

    def __init__(self) -> None:
        self._originals: dict[rdflib.term.Node, Term] = {}

    def out(self, term: object) -> rdflib.term.Identifier:
        result: rdflib.term.Identifier
        if isinstance(term, NamedNode):
            result = rdflib.URIRef(term.value)
        elif isinstance(term, BlankNode):
            result = rdflib.BNode(term.value)
        elif isinstance(term, Literal):
            result = self._literal_out(term)
        else:
            raise ValueError(f"expected an RDF 1.1 term, found {term}")
        self._originals.setdefault(result, term)
        return result

    def _literal_out(self, term: Literal) -> rdflib.Literal:
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)

    def back_all(self, graph: rdflib.Graph) -> Iterable[Triple]:
        for subject, predicate, object_ in graph:
            s, p, o = self._back(subject), self._back(predicate), self._back(object_)
            if _is_error(predicate, object_):
                continue
            if isinstance(s, NamedNode | BlankNode) and isinstance(p, NamedNode):
                yield Triple(s, p, o)

    def _back(self, term: rdflib.term.Node) -> Term:
        if term in self._originals:
            return self._originals[term]
        if isinstance(term, rdflib.URIRef):
            return NamedNode(str(term))
        if isinstance(term, rdflib.BNode):
            return BlankNode(str(term))
        assert isinstance(term, rdflib.Literal)
        return Literal(str(term), datatype=NamedNode(str(term.datatype or XSD_STRING)))


def _is_error(predicate: rdflib.term.Node, object_: rdflib.term.Node) -> bool:
    return str(predicate).startswith(ERRORS) or str(object_) == ERRORS + "ErrorMessage"
