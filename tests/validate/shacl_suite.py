"""The W3C SHACL test suite as it lies beside the repository: where it is, and one test as a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse

from conflictgraph.validate.report import Report, Result
from conflictgraph.validate.report_rdf import report_from_triples
from conflictgraph.validate.terms import TYPE
from conflictgraph.validate.triple_index import Term, TripleIndex

SUITE = Path(__file__).parents[2] / ".." / "shared" / "w3c" / "shacl"
_MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_SHT = "http://www.w3.org/ns/shacl-test#"
_BASE = "https://example.org/suite/"


@dataclass(frozen=True)
class Case:
    """One sht:Validate entry; `expected` is None where the suite expects a failure."""

    name: str
    data: tuple[Triple, ...]
    shapes: tuple[Triple, ...]
    expected: Report | None
    blank_nodes_compare: bool

    def __str__(self) -> str:
        return self.name


def cases(suite: Path = SUITE) -> list[Case]:
    """Return every test of the suite, in the order of its files."""
    return [case for file in sorted(suite.rglob("*.ttl")) for case in _cases(suite, file)]


def _cases(suite: Path, file: Path) -> Iterable[Case]:
    triples = _triples(suite, file)
    graph = TripleIndex(triples)
    for entry in graph.subjects(TYPE, NamedNode(_SHT + "Validate")):
        action, expected = (
            graph.value(entry, NamedNode(_MF + "action")),
            graph.value(entry, NamedNode(_MF + "result")),
        )
        assert action is not None
        assert expected is not None
        data = _file(suite, graph.value(action, NamedNode(_SHT + "dataGraph")))
        shapes = _file(suite, graph.value(action, NamedNode(_SHT + "shapesGraph")))
        yield Case(
            name=str(file.relative_to(suite).with_suffix("")),
            data=_triples(suite, data),
            shapes=_triples(suite, shapes),
            expected=None if expected == NamedNode(_SHT + "Failure") else _report(graph, expected),
            blank_nodes_compare=data == shapes == file,
        )


def _file(suite: Path, iri: Term | None) -> Path:
    assert isinstance(iri, NamedNode)
    return suite / iri.value.removeprefix(_BASE)


def _triples(suite: Path, file: Path) -> tuple[Triple, ...]:
    base = _BASE + file.relative_to(suite).as_posix()
    return tuple(quad.triple for quad in parse(path=file, format=RdfFormat.TURTLE, base_iri=base))


def _report(graph: TripleIndex, node: Term) -> Report:
    return report_from_triples(
        t for t in graph.triples() if t.predicate != TYPE or t.subject == node or _is_result(t)
    )


def _is_result(triple: Triple) -> bool:
    return triple.object == NamedNode("http://www.w3.org/ns/shacl#ValidationResult")


def comparable(report: Report, case: Case) -> Counter[tuple[object, ...]]:
    """Return the results as the suite compares them: without details, generated messages and source
    constraints."""

    def known(term: Term | None) -> object:
        return "blank" if isinstance(term, BlankNode) and not case.blank_nodes_compare else term

    def key(r: Result) -> tuple[object, ...]:
        return (known(r.focus_node), r.path, known(r.value), r.component, r.severity, known(r.source_shape))

    return Counter(key(result) for result in report.results)
