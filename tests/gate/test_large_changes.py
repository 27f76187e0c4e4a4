"""A document that is too large to be followed by itself comes to the same as its triples in the graph."""

from pathlib import Path

import pytest
from guarded import documents, guarded
from pyoxigraph import RdfFormat, serialize

from conflictgraph import formats, graphs, patch
from conflictgraph.bench.world import World
from conflictgraph.errors import UsageError
from conflictgraph.gate import changes
from conflictgraph.gate.changes import Mode
from conflictgraph.gate.publishing import Gate, publish
from conflictgraph.ingest.documents import Bounds
from conflictgraph.reason.drafts import infer

BOUNDS = Bounds(max_bytes=20_000_000, seconds=60, memory_mb=256)
SOURCE = graphs.source("large")
TEXT = serialize(World(440, 3).triples(), format=RdfFormat.N_TRIPLES) or b""


def _ingest(gate: Gate, path: Path, mode: Mode) -> None:
    taken = documents(path, TEXT, format=formats.NTRIPLES, bounds=BOUNDS)
    assert sum(each.statements for each in taken) > 20_000
    publish(gate, changes.ingestion(SOURCE, taken, mode))


def test_what_follows_from_a_large_document_is_what_follows_from_its_graph(tmp_path: Path) -> None:
    with guarded(tmp_path) as gate:
        _ingest(gate, tmp_path, Mode.NEW)
        with gate.store.draft() as draft:
            before = patch.fingerprint(draft, graphs.INFERRED)
            infer(draft)
            assert patch.fingerprint(draft, graphs.INFERRED) == before


def test_a_large_document_for_a_source_that_is_there_is_refused(tmp_path: Path) -> None:
    with guarded(tmp_path) as gate:
        _ingest(gate, tmp_path, Mode.NEW)
        with pytest.raises(UsageError, match="already"):
            _ingest(gate, tmp_path, Mode.NEW)
        assert len(gate.store.generations) == 2
