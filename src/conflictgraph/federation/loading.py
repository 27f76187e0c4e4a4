"""The LOAD operations of an update: each document fetched, parsed like any other, and put in as data.

LOAD is INSERT DATA of what is found at an address (SPARQL 1.1 Update, section 3.1.4). Must not know how a
document is fetched or who publishes.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import RdfFormat, serialize

from conflictgraph import formats
from conflictgraph.errors import QueryTimeout, RemoteFailed, UnsupportedMediaType, UpdateRefused
from conflictgraph.federation.outside import Outside
from conflictgraph.ingest import documents
from conflictgraph.ingest.documents import Bounds, Document
from conflictgraph.store import guard
from conflictgraph.store.operations import Operation, iri, operations
from conflictgraph.store.tokens import decoded

_ACCEPT = ", ".join(
    f"{format.media_type};q={1 - place / 10:.1f}" for place, format in enumerate(formats.RDF_FORMATS)
)
_NOTHING = "INSERT DATA {}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """An update that fetches nothing any more, and the documents that are in it now."""

    text: str
    documents: tuple[Document, ...] = ()


@contextmanager
def loaded(text: str, outside: Outside, bounds: Bounds, seconds: float) -> Iterator[Loaded]:
    """Answer SERVICE and LOAD in the update; the files of the documents are gone at the end.

    Raises `QueryRefused` and `UpdateRefused` for what may not be fetched or has no place to go,
    `RemoteFailed`, `DataSyntaxError`, `QueryTimeout`.
    """
    if not guard.may_fetch(text):
        yield Loaded(text)
        return
    until = time.monotonic() + seconds
    plain = decoded(text)
    answered = outside.without_service(plain, seconds)
    with TemporaryDirectory(prefix="conflictgraph-") as directory:
        pieces: list[str] = []
        taken: list[Document] = []
        position = 0
        for number, operation in enumerate(operations(answered) or ()):
            if not operation.begins("LOAD"):
                continue
            if time.monotonic() > until:
                raise QueryTimeout(seconds)
            where = Path(directory) / str(number)
            where.mkdir()
            left = until - time.monotonic()
            data, found = _data(operation, outside, bounds, where, left)
            taken += found
            pieces += (answered[position : operation.tokens[0].start], data)
            position = operation.tokens[-1].end
        done = "".join((*pieces, answered[position:]))
        yield Loaded(text if done == plain else done, tuple(taken))


def _data(
    operation: Operation, outside: Outside, bounds: Bounds, where: Path, seconds: float
) -> tuple[str, list[Document]]:
    """The operation that stands for a LOAD, and its document if there is one."""
    silent = operation.begins("LOAD", "SILENT")
    source, *target = operation.tokens[2 if silent else 1 :]
    address = iri(source, operation.prefixes)
    graph = iri(target[2], operation.prefixes) if _names_graph(operation, silent) else None
    if address is None or graph is None:
        raise UpdateRefused("Expected LOAD <IRI> INTO GRAPH <IRI>, both written in full or with a prefix.")
    try:
        document = _document(address, outside, bounds, where, seconds)
    except RemoteFailed:
        if silent:
            return _NOTHING, []
        raise
    for name in document.graphs:
        if name != graph:
            raise UpdateRefused(f"<{address}> has the graph <{name}> in it, but goes into <{graph}>.")
    triples = serialize((quad.triple for quad in document.quads()), format=RdfFormat.N_TRIPLES) or b""
    return f"INSERT DATA {{ GRAPH <{graph}> {{\n{triples.decode()}}} }}", [document]


def _names_graph(operation: Operation, silent: bool) -> bool:
    rest = operation.tokens[3 if silent else 2 :]
    return len(rest) == 3 and rest[0].is_word("INTO") and rest[1].is_word("GRAPH")


def _document(address: str, outside: Outside, bounds: Bounds, where: Path, seconds: float) -> Document:
    path = where / "fetched"
    content_type, base = outside.document(address, _ACCEPT, path, seconds)
    try:
        format = formats.rdf_by_content_type(content_type or "no Content-Type")
    except UnsupportedMediaType as error:
        raise RemoteFailed(f"<{address}> is not RDF: {error}") from error
    source = documents.Input(address, format, lambda: path.open("rb"))
    (document,) = documents.gathered([source], where, bounds, base)
    return document
