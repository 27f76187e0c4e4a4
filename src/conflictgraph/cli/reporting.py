"""A validation report in the form that was asked for."""

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import Literal, Triple

from conflictgraph import rdf, vocabulary
from conflictgraph.gate.reports import report_as
from conflictgraph.gate.wording import locator
from conflictgraph.ingest.seed import seed_graphs, shape_triples
from conflictgraph.validate.report import Report
from conflictgraph.validate.report_text import report_text
from conflictgraph.validate.triple_index import Term, TripleIndex

FORMS = ("text", "turtle", "jsonld", "json", "sarif")


def report_in(form: str, report: Report, files: Iterable[Path]) -> str:
    """The report in one of `FORMS`; `files`, then the seed, are searched for what fails."""
    called = {path: str(path) for path in files}
    return _words(report, called) if form == "text" else report_as(form, report, called).decode()


def _words(report: Report, called: dict[Path, str], limit: int = 50) -> str:
    """The report for a person: what fails, by its label, in which file, what to do."""
    return report_text(
        report,
        shapes=TripleIndex(shape_triples()),
        name_of=_labels(called).get,
        locate=locator(called),
        limit=limit,
    )


def _labels(files: Iterable[Path]) -> dict[Term, str]:
    triples: list[Triple] = [triple for seed in seed_graphs() for triple in seed.triples()]
    triples += [quad.triple for path in files for quad in rdf.quads_from_file(path)]
    return {
        t.subject: t.object.value
        for t in triples
        if t.predicate == vocabulary.LABEL and isinstance(t.object, Literal) and t.object.language == "en"
        if not isinstance(t.subject, Triple)
    }
