"""A report on documents that are not in the store: together with the shipped graph, or alone.

Must not know terminals; stores nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from pyoxigraph import Triple

from conflictgraph import graphs, rdf
from conflictgraph.build import Progress
from conflictgraph.ingest.seed import seed_graphs, shape_triples
from conflictgraph.reason.findings import Finding
from conflictgraph.reason.in_memory import inferred_triples
from conflictgraph.validate.questions import Timing
from conflictgraph.validate.report import Report
from conflictgraph.validate.terms import VIOLATION
from conflictgraph.validate.validation import Validator


@dataclass(frozen=True, slots=True)
class Checked:
    """What the shapes say, what contradicts the ontology, and the queries asked, with their times."""

    report: Report
    findings: tuple[Finding, ...]
    timings: tuple[Timing, ...] = ()

    @property
    def conforms(self) -> bool:
        """Whether the files could be published: no violation, no contradiction."""
        return self.report.conforms and not self.findings


def checked(files: Iterable[Path], progress: Progress = lambda _: None, *, alone: bool = False) -> Checked:
    """Parse, reason, validate. Violations are all told; lesser results only of what the files describe.

    All files are parsed before anything else. Raises `DataSyntaxError`, `MissingFile`, `UsageError`.
    """
    progress("Parsing")
    found = [quad.triple for path in files for quad in rdf.quads_from_file(path)]
    schema = (graphs.ONTOLOGY, graphs.VOCABULARY)
    shipped = [t for seed in seed_graphs() if not alone or seed.graph in schema for t in seed.triples()]
    progress("Reasoning")
    merged = list(dict.fromkeys([*shipped, *found]))
    inferred, findings = inferred_triples(merged)
    progress("Validating")
    validation = Validator(shape_triples()).validate_triples([*merged, *inferred])
    return Checked(_concerning(validation.report, found), findings, validation.timings)


def _concerning(report: Report, triples: list[Triple]) -> Report:
    described = {triple.subject for triple in triples}
    kept = tuple(r for r in report.results if r.severity == VIOLATION or r.focus_node in described)
    return replace(report, results=kept)
