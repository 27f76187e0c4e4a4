"""A report in words for those who sent the documents: labels from the draft, places from the documents.

Must not know what becomes of the words.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from pyoxigraph import NamedNode

from conflictgraph import patch, resources
from conflictgraph.ingest.documents import Document
from conflictgraph.ingest.places_in_files import described_in
from conflictgraph.ingest.seed import shape_triples
from conflictgraph.store.port import Queryable
from conflictgraph.validate.report import Report
from conflictgraph.validate.report_text import Locate, Place, report_text
from conflictgraph.validate.terms import VIOLATION
from conflictgraph.validate.triple_index import Term, TripleIndex

LIMIT = 50
"""Results that are written out."""


def words(report: Report, draft: Queryable, documents: Iterable[Document]) -> str:
    """The violations, each with label, file and line, what was expected and found, how to mend it."""
    violations = tuple(result for result in report.results if result.severity == VIOLATION)
    shown = violations[:LIMIT]
    labels = patch.labels(draft, [t for r in shown for t in (r.focus_node, r.value) if t is not None])
    return report_text(
        Report(violations or report.results, report.delegated),
        shapes=TripleIndex(shape_triples()),
        name_of=labels.get,
        locate=locator(names(documents)),
        limit=LIMIT,
    )


def names(documents: Iterable[Document]) -> dict[Path, str]:
    """What each document is called by those who sent it, by the file that holds it now."""
    return {document.path: document.name for document in documents}


def locator(called: Mapping[Path, str]) -> Locate:
    """Where a node is described: in one of the files, told by the name given, or in the shipped data."""
    shipped = (*resources.ontology_files(), *resources.data_files())
    places = {**_places(shipped, {}), **_places(called, called)}

    def locate(term: Term) -> Place | None:
        return places.get(term.value) if isinstance(term, NamedNode) else None

    return locate


def _places(files: Iterable[Path], called: Mapping[Path, str]) -> dict[str, Place]:
    found = described_in(files)
    return {iri: Place(called.get(path, str(path)), line) for iri, (path, line) in found.items()}
