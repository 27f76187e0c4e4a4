"""A validation report in the form that was asked for."""

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import __version__, formats, rdf, resources, vocabulary
from conflictgraph.ingest.places_in_files import described_in
from conflictgraph.ingest.seed import seed_graphs, shape_triples
from conflictgraph.validate.report import Report
from conflictgraph.validate.report_json import report_json, report_sarif
from conflictgraph.validate.report_rdf import report_triples
from conflictgraph.validate.report_text import Locate, Place, report_text
from conflictgraph.validate.triple_index import Term, TripleIndex

FORMS = ("text", "turtle", "jsonld", "json", "sarif")


def report_in(form: str, report: Report, files: Iterable[Path]) -> str:
    """The report in one of `FORMS`; `files`, then the seed, are searched for what fails."""
    if form in ("turtle", "jsonld"):
        format = formats.TURTLE if form == "turtle" else formats.JSONLD
        return rdf.to_bytes(report_triples(report), format, vocabulary.PREFIXES).decode()
    shapes = TripleIndex(shape_triples())
    if form == "json":
        return report_json(report, shapes=shapes)
    if form == "sarif":
        return report_sarif(report, version=__version__, shapes=shapes, locate=_locator(files))
    return report_words(report, files)


def report_words(report: object, files: Iterable[Path], limit: int | None = 50) -> str:
    """The report for a person: what fails, by its label, in which file, what to do."""
    assert isinstance(report, Report)
    labels = _labels(files)
    return report_text(
        report,
        shapes=TripleIndex(shape_triples()),
        name_of=lambda term: labels.get(term),
        locate=_locator(files),
        limit=limit,
    )


def _locator(files: Iterable[Path]) -> Locate:
    shipped = (*resources.ontology_files(), *resources.data_files())
    places = {**described_in(shipped), **described_in(files)}

    def locate(term: Term) -> Place | None:
        found = places.get(term.value) if isinstance(term, NamedNode) else None
        return Place(str(found[0]), found[1]) if found else None

    return locate


def _labels(files: Iterable[Path]) -> dict[Term, str]:
    triples: list[Triple] = [triple for seed in seed_graphs() for triple in seed.triples()]
    triples += [quad.triple for path in files for quad in rdf.quads_from_file(path)]
    return {
        t.subject: t.object.value
        for t in triples
        if t.predicate == vocabulary.LABEL and isinstance(t.object, Literal) and t.object.language == "en"
        if not isinstance(t.subject, Triple)
    }
