"""Documents that would unfold, fetch, crash or hide are refused within bounds, and nothing is lost."""

import gzip
import http.server
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from guarded import BOUNDS, GOOD, documents, guarded, ingestion
from hostile_documents import HOSTILE, SUBJECT, xml
from pyoxigraph import RdfFormat, parse

from conflictgraph import exports, formats, graphs
from conflictgraph.errors import DataSyntaxError, InputTooLarge, QueryRefused
from conflictgraph.gate import changes
from conflictgraph.gate.publishing import publish
from conflictgraph.ingest.documents import Bounds, joined
from conflictgraph.snapshot import Snapshot

WIDE = Bounds(max_bytes=60_000_000, seconds=20, memory_mb=512)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_within_bounds(tmp_path: Path, name: str) -> None:
    format, text, reason = HOSTILE[name]
    begun = time.monotonic()
    with pytest.raises(DataSyntaxError, match=reason):
        changes.ingestion(
            graphs.source("test"), documents(tmp_path, text, format=format, bounds=WIDE), changes.Mode.ADD
        )
    assert time.monotonic() - begun < 15
    assert sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file()) < 200_000_000


def test_a_gzip_bomb_is_cut_off_at_the_limit(tmp_path: Path) -> None:
    bombed = gzip.compress(b"# \n" * 20_000_000)
    assert len(bombed) < BOUNDS.max_bytes
    with pytest.raises(InputTooLarge, match="unpacked"):
        documents(tmp_path, bombed)
    assert sum(file.stat().st_size for file in tmp_path.rglob("*")) < 2 * BOUNDS.max_bytes


def test_one_endless_line_is_cut_off_at_the_limit(tmp_path: Path) -> None:
    with pytest.raises(InputTooLarge):
        documents(tmp_path, SUBJECT + b'"' + b"x" * 3_000_000 + b'" .')


def test_a_slow_document_is_ended_at_its_deadline(tmp_path: Path) -> None:
    text = SUBJECT + b'"x","y",' * 3_000_000 + b'"z" .'
    begun = time.monotonic()
    with pytest.raises(DataSyntaxError, match=r"longer than 0\.5 s"):
        documents(tmp_path, text, bounds=Bounds(max_bytes=60_000_000, seconds=0.5))
    assert time.monotonic() - begun < 3


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine, and what was fetched from it."""
    fetched: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fetched.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"@context": {"name": "http://e/name"}}')

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", fetched
        server.shutdown()


def test_nothing_is_fetched(tmp_path: Path, listener: tuple[str, list[str]]) -> None:
    address, fetched = listener
    url = address.encode()
    for format, text in (
        (formats.JSONLD, b'{"@context": "%s/c", "@id": "http://e/a", "name": "x"}' % url),
        (formats.JSONLD, b'{"@context": {"@version": 1.1, "@import": "%s/c"}, "name": "x"}' % url),
        (
            formats.JSONLD,
            b'{"@context": {"n": {"@id": "e:n", "@context": "%s/c"}}, "n": {"a": 1}}' % url,
        ),
        (formats.RDFXML, xml(b'<!DOCTYPE rdf:RDF SYSTEM "%s/d">' % url, b"x")),
        (formats.RDFXML, xml(b'<!DOCTYPE rdf:RDF [<!ENTITY x SYSTEM "%s/e">]>' % url, b"&x;")),
    ):
        with pytest.raises(DataSyntaxError, match="nothing is fetched"):
            documents(tmp_path, text, format=format)
    assert fetched == []


@pytest.mark.parametrize("what", ["file:///etc/hostname", "http://127.0.0.1:9/data"])
def test_load_is_refused_and_nothing_is_lost(tmp_path: Path, what: str) -> None:
    with guarded(tmp_path) as gate:
        publish(gate, ingestion(tmp_path)(GOOD))
        before = exports.exported(Snapshot(gate.store), formats.NQUADS)
        (document,) = documents(tmp_path, GOOD)
        for text in (
            f"LOAD <{what}>",
            f"LOAD <{what}> INTO GRAPH <https://w3id.org/conflictgraph/graph/source/a>",
        ):
            with pytest.raises(QueryRefused):
                publish(gate, changes.update(text, document))
        assert exports.exported(Snapshot(gate.store), formats.NQUADS) == before


def test_every_document_that_is_wrong_is_told_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(DataSyntaxError) as caught:
        documents(tmp_path, GOOD, b"@prefix a: <http://e/> .\na:a a:b .", GOOD, b"<x> .")
    assert (caught.value.file, caught.value.line) == ("2.ttl", 2)
    assert "4.ttl:1:" in str(caught.value)
    assert "3.ttl" not in str(caught.value)


def test_blank_nodes_of_two_documents_do_not_meet(tmp_path: Path) -> None:
    text = b"_:a <http://e/b> <http://e/c> ."
    pieces = joined(documents(tmp_path, text, text)).pieces
    found = {quad.subject for quad in parse(b"".join(pieces), format=RdfFormat.N_TRIPLES)}
    assert len(found) == 2
