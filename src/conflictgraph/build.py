"""The shipped graph, from files to a published generation: load, reason, validate, publish.

Must not know terminals or HTTP. Everything happens in a draft; one that does not conform leaves no trace.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from conflictgraph import __version__, graphs, queries, solutions
from conflictgraph.errors import DoesNotConform
from conflictgraph.ingest.gallery import gallery_triples
from conflictgraph.ingest.seed import seed_graphs, shape_triples
from conflictgraph.reason.drafts import infer
from conflictgraph.reason.findings import Finding
from conflictgraph.store.port import Draft, Generation, Store
from conflictgraph.validate.asking import ask_port
from conflictgraph.validate.report import Report
from conflictgraph.validate.report_rdf import report_triples
from conflictgraph.validate.validation import Validator

Progress = Callable[[str], None]
"""Called with a few words when a step begins."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did. `sizes` are triples of each named graph."""

    generation: Generation
    sizes: dict[str, int]
    report: Report
    findings: tuple[Finding, ...]


def built(store: Store, progress: Progress = lambda _: None, *, reasoning: bool = True) -> Built:
    """Build the shipped graph in a draft and publish it.

    The seed's graphs are replaced, other sources stay. Raises `DataSyntaxError` and `DoesNotConform` (the
    report has the violations; an inconsistency of the ontology counts as one); then nothing is changed.
    """
    with store.draft() as draft:
        progress("Loading ontology and data")
        _load(draft)
        progress("Reasoning")
        findings = infer(draft).findings if reasoning else ()
        progress("Validating")
        report = _validated(draft, findings)
        draft.replace_graph(graphs.REPORT, report_triples(report, graphs.REPORT.value + "#"))
        progress("Publishing")
        sizes = _sizes(draft)
        generation = draft.publish(f"Build of the shipped graph, conflictgraph {__version__}")
    return Built(generation, sizes, report, findings)


def _load(draft: Draft) -> None:
    loaded: list[tuple[NamedNode, Iterable[Triple]]] = [(s.graph, list(s.triples())) for s in seed_graphs()]
    loaded.append((graphs.EXAMPLES, gallery_triples(queries.shipped("competency"))))
    for graph, triples in loaded:
        draft.replace_graph(graph, triples)
    draft.drop_graph(graphs.INFERRED)


def _validated(draft: Draft, findings: tuple[Finding, ...]) -> Report:
    report = Validator(shape_triples()).validate(ask_port(draft)).report
    if findings:
        raise DoesNotConform(report, "The ontology is inconsistent with the data: "
                             + "; ".join(finding.message for finding in findings))  # fmt: skip
    if not report.conforms:
        raise DoesNotConform(report)
    return report


def _sizes(draft: Draft) -> dict[str, int]:
    found = solutions.rows(draft, queries.named("service/sizes-of-graphs").text)
    return {solutions.text(row, "graph"): int(solutions.text(row, "triples")) for row in found}
