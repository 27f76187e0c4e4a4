"""A small store that the gate guards, and what is put through it."""

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from conflictgraph import formats, graphs
from conflictgraph.formats import Format
from conflictgraph.gate import changes
from conflictgraph.gate.changes import Change, Mode
from conflictgraph.gate.publishing import Gate, publish
from conflictgraph.gate.quarantine import Quarantine
from conflictgraph.ingest.documents import Bounds, Document, from_bytes, gathered
from conflictgraph.ingest.seed import seed_graphs
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.port import Draft

BOUNDS = Bounds(max_bytes=2_000_000, seconds=20, memory_mb=256)
Ingest = Callable[..., Change]

GOOD = b"""@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix person: <https://w3id.org/conflictgraph/id/person/> .

person:goris a <https://w3id.org/conflictgraph/ontology#Person> ;
    rdfs:label "Goris"@en .
"""
OTHER = GOOD.replace(b"oris", b"oriz")
TWIN = b'person:twin a <https://w3id.org/conflictgraph/ontology#Person> ; rdfs:label "Goris"@en .\n'
WARNED = GOOD + TWIN
"""Two people of one name: a warning."""

BAD = b"""@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix figure: <https://w3id.org/conflictgraph/id/figure/> .

figure:loose a <https://w3id.org/conflictgraph/ontology#Figure> ;
    rdfs:label "Three houses"@en .
"""


@cache
def _schema_home() -> Path:
    """The directory of a store that holds the ontology and the schemes, as generation 1."""
    path = Path(tempfile.mkdtemp(prefix="conflictgraph-test-"))
    atexit.register(shutil.rmtree, path)
    with _opened(path) as gate:
        schema = [(seed.graph, list(seed.triples())) for seed in seed_graphs()[:2]]

        def apply(draft: Draft) -> None:
            for graph, triples in schema:
                draft.replace_graph(graph, triples)

        publish(gate, Change("Ontology and schemes", apply, tuple(graph for graph, _ in schema)))
    return path / "home"


@contextmanager
def _opened(path: Path) -> Iterator[Gate]:
    store = EmbeddedStore(path / "home", workers=2)
    try:
        yield Gate(store, Quarantine(path / "home" / "rejected", keep=3), "Test agent", lock_timeout=0.3)
    finally:
        store.close()


@contextmanager
def guarded(path: Path) -> Iterator[Gate]:
    """A gate to a store of its own that holds the ontology and the schemes."""
    copied_home(path)
    with _opened(path) as gate:
        yield gate


def copied_home(path: Path) -> Path:
    """The directory of such a store, for a process of its own."""
    shutil.copytree(_schema_home(), path / "home", symlinks=True)
    return path / "home"


def ingestion(path: Path) -> Ingest:
    """Makes the change of putting documents into a source; they are taken into a directory below the path."""

    def change(
        *texts: bytes, mode: Mode = Mode.ADD, slug: str = "test", format: Format = formats.TURTLE
    ) -> Change:
        return changes.ingestion(graphs.source(slug), documents(path, *texts, format=format), mode)

    return change


def documents(
    path: Path, *texts: bytes, format: Format = formats.TURTLE, bounds: Bounds = BOUNDS
) -> tuple[Document, ...]:
    """The texts as documents 1.ttl, 2.ttl, …"""
    inputs = [from_bytes(text, format, f"{n}.{format.extension}") for n, text in enumerate(texts, 1)]
    return gathered(inputs, Path(tempfile.mkdtemp(dir=path, prefix="taken-")), bounds)
