"""A report on documents that are not in the store: together with the shipped graph, or alone.

Must not know terminals; stores nothing.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pyoxigraph import Triple

from conflictgraph import graphs, rdf
from conflictgraph.build import Progress
from conflictgraph.errors import DoesNotConform
from conflictgraph.ingest.seed import seed_graphs, shape_triples
from conflictgraph.reason.in_memory import inferred_triples
from conflictgraph.validate.report import Report
from conflictgraph.validate.terms import VIOLATION
from conflictgraph.validate.validation import Validator


def report_on(files: Iterable[Path], progress: Progress = lambda _: None, *, alone: bool = False) -> Report:
    """Parse, reason, validate. Violations are all told; lesser results only of what the files describe.

    All files are parsed before anything else. Raises `DataSyntaxError`, `MissingFile`, `UsageError`, and
    `DoesNotConform` for data that contradicts the ontology.
    """
    progress("Parsing")
    found = [quad.triple for path in files for quad in rdf.quads_from_file(path)]
    schema = (graphs.ONTOLOGY, graphs.VOCABULARY)
    shipped = [t for seed in seed_graphs() if not alone or seed.graph in schema for t in seed.triples()]
    progress("Reasoning")
    merged = list(dict.fromkeys([*shipped, *found]))
    inferred, findings = inferred_triples(merged)
    progress("Validating")
    report = Validator(shape_triples()).validate_triples([*merged, *inferred]).report
    if findings:
        words = "; ".join(finding.message for finding in findings)
        raise DoesNotConform(report, f"The data contradicts the ontology: {words}")
    return _concerning(report, found)


def _concerning(report: Report, triples: list[Triple]) -> Report:
    described = {triple.subject for triple in triples}
    kept = tuple(r for r in report.results if r.severity == VIOLATION or r.focus_node in described)
    return replace(report, results=kept)
