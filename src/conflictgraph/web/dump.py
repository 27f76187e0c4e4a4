"""The whole dataset as one document: every named graph in N-Quads, computed while it is read.

Must not know what a graph holds. The default graph is left out: it is the merge of others.
"""

from collections.abc import Iterator

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
        quads = _begun(_quads(store, number))
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


def _quads(store: Store, generation: int) -> Iterator[bytes]:
    """The quads of a generation, which stays until they are read."""
    with store.held(generation):
        state = Snapshot(store, generation)
        for name in patch.names(state):
            yield from _quads_of(state, name)


def _quads_of(state: Snapshot, name: NamedNode) -> Iterator[bytes]:
    """The quads of a graph. The engine ends each line, and nothing else, with ` .` and a line feed."""
    text = queries.named("service/merged-view").text
    with state.query(text, formats.NTRIPLES.media_type, Dataset(default_graphs=(name,))) as answer:
        rest = b""
        for chunk in answer.chunks:
            whole, end, rest = (rest + chunk).rpartition(b"\n")
            yield (whole + end).replace(b" .\n", f" {name} .\n".encode())
