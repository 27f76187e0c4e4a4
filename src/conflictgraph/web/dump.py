"""The whole dataset as one document: every named graph in N-Quads, computed while it is read.

Must not know what a graph holds. The default graph is left out: it is the merge of others.
"""

from collections.abc import Iterable, Iterator

from flask import Blueprint, Response
from pyoxigraph import NamedNode

from conflictgraph import formats, patch, queries
from conflictgraph.errors import StoreEmpty
from conflictgraph.snapshot import Snapshot
from conflictgraph.store.port import Dataset, Store
from conflictgraph.web import memento


def blueprint(store: Store) -> Blueprint:
    """The route `/dump.nq`."""
    part = Blueprint("dump", __name__)

    @part.get("/dump.nq")
    def dump() -> Response:
        """Every named graph of one generation."""
        moment, kept = memento.asked(store), store.generations
        if not kept:
            raise StoreEmpty("Nothing is published yet.")
        number = (moment or kept[-1]).number
        state = Snapshot(store, number)
        quads = _begun(_quads(state, patch.names(state)))
        response = Response(quads, content_type=formats.NQUADS.content_type, direct_passthrough=True)
        response.headers["Content-Disposition"] = f'attachment; filename="conflictgraph-{number}.nq"'
        return memento.marked(response, moment)

    return part


def _begun(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same chunks, the first computed at once: what goes wrong before it is raised here."""
    return _behind(next(chunks, b""), chunks)


def _behind(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from chunks


def _quads(state: Snapshot, names: Iterable[NamedNode]) -> Iterator[bytes]:
    """The quads graph after graph. The engine ends each line, and nothing else, with ` .` and a line feed."""
    text = queries.named("service/merged-view").text
    for name in names:
        with state.query(text, formats.NTRIPLES.media_type, Dataset(default_graphs=(name,))) as answer:
            rest = b""
            for chunk in answer.chunks:
                whole, end, rest = (rest + chunk).rpartition(b"\n")
                yield (whole + end).replace(b" .\n", f" {name} .\n".encode())
