"""The LOAD operations of an update: each document fetched and parsed like any other.

Must not know how a document is fetched or who publishes.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import NamedNode

from conflictgraph import formats
from conflictgraph.errors import QueryTimeout, RemoteFailed, UnsupportedMediaType, UpdateRefused
from conflictgraph.federation.outside import Outside
from conflictgraph.ingest import documents
from conflictgraph.ingest.documents import Bounds, Document, Placed
from conflictgraph.store import guard
from conflictgraph.store.operations import Operation, iri, operations
from conflictgraph.store.tokens import Token, decoded

_ACCEPT = ", ".join(
    f"{format.media_type};q={1 - place / 10:.1f}" for place, format in enumerate(formats.RDF_FORMATS)
)


@contextmanager
def loaded(text: str, outside: Outside, bounds: Bounds, seconds: float) -> Iterator[Sequence[str | Placed]]:
    """The update in steps that fetch nothing any more: texts, and documents where it says LOAD.

    The files of the documents are gone at the end. Raises `QueryRefused` and `UpdateRefused` for what may
    not be fetched or has no place to go, `RemoteFailed`, `DataSyntaxError`, `QueryTimeout`.
    """
    if not guard.may_fetch(text):
        yield (text,)
        return
    until = time.monotonic() + seconds
    told = outside.answered(text, seconds)
    answered = told.whole if told.answers else decoded(text)
    found = operations(answered) or []
    if not any(operation.begins("LOAD") for operation in found):
        yield (told.whole,)
        return
    with TemporaryDirectory(prefix="conflictgraph-") as directory:
        steps: list[str | Placed] = []
        for number, run in enumerate(_runs(found)):
            if not run[0].begins("LOAD"):
                steps.append(_text(answered, found, run))
                continue
            where = Path(directory) / str(number)
            where.mkdir()
            if time.monotonic() > until:
                raise QueryTimeout(seconds)
            steps += _placed(run[0], outside, bounds, where, until - time.monotonic())
        yield tuple(steps)


def _runs(found: Sequence[Operation]) -> Iterator[list[Operation]]:
    """Each LOAD by itself, and the operations between two of them together."""
    run: list[Operation] = []
    for operation in found:
        if operation.begins("LOAD"):
            if run:
                yield run
            yield [operation]
            run = []
        else:
            run.append(operation)
    if run:
        yield run


def _text(whole: str, found: Sequence[Operation], run: Sequence[Operation]) -> str:
    """The text of some operations with the prologues of all before them, in the lines where it was."""
    start = run[0].tokens[0].start
    prologue = [token for operation in found for token in operation.prologue if token.start < start]
    breaks = "\n" * whole.count("\n", 0, start)
    return " ".join(token.text for token in prologue) + breaks + " " + whole[start : run[-1].tokens[-1].end]


def _placed(
    operation: Operation, outside: Outside, bounds: Bounds, where: Path, seconds: float
) -> list[Placed]:
    """The document of a LOAD; none if it cannot be had and the LOAD is silent."""
    silent = operation.begins("LOAD", "SILENT")
    source, *target = operation.tokens[2 if silent else 1 :]
    address = iri(source, operation.prefixes)
    graph = _graph(target, operation)
    if address is None or graph is None:
        raise UpdateRefused("Expected LOAD <IRI> INTO GRAPH <IRI>, both written in full or with a prefix.")
    try:
        document = _document(address, outside, bounds, where, seconds)
    except RemoteFailed:
        if silent:
            return []
        raise
    for name in document.graphs:
        if name != graph.value:
            raise UpdateRefused(f"<{address}> has the graph <{name}> in it, but goes into {graph}.")
    return [Placed(document, graph)]


def _graph(target: Sequence[Token], operation: Operation) -> NamedNode | None:
    if len(target) != 3 or not target[0].is_word("INTO") or not target[1].is_word("GRAPH"):
        return None
    name = iri(target[2], operation.prefixes)
    try:
        return None if name is None else NamedNode(name)
    except ValueError:
        return None


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
