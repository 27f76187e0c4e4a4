"""A report in words for those who sent the documents: labels from the draft, places from the documents.

Must not know what becomes of the words.
"""

from collections.abc import Iterable
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
    called = patch.labels(draft, [t for r in shown for t in (r.focus_node, r.value) if t is not None])
    return report_text(
        Report(violations or report.results, report.delegated),
        shapes=TripleIndex(shape_triples()),
        name_of=called.get,
        locate=locator(documents),
        limit=LIMIT,
    )


def locator(documents: Iterable[Document]) -> Locate:
    """Where a node is described: in one of the documents, or in the shipped data."""
    names = {document.path: document.name for document in documents}
    shipped = (*resources.ontology_files(), *resources.data_files())
    places = {**_places(shipped, {}), **_places(names, names)}

    def locate(term: Term) -> Place | None:
        return places.get(term.value) if isinstance(term, NamedNode) else None

    return locate


def _places(files: Iterable[Path], names: dict[Path, str]) -> dict[str, Place]:
    found = described_in(files)
    return {iri: Place(names.get(path, str(path)), line) for iri, (path, line) in found.items()}
