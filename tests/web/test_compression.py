"""Content codings: over real HTTP, and the middleware on answers of any length."""

import random
import tracemalloc
import urllib.parse
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from conflictgraph.web.caching import Caching
from conflictgraph.web.codings import OFFERED, Coding, negotiated
from conflictgraph.web.compression import Compression
from conflictgraph.web.response_cache import ResponseCache
from conftest import Server

ROWS = "/sparql?" + urllib.parse.urlencode({"query": "SELECT * { ?s ?p ?o } LIMIT 3000"})
TINY = "/sparql?" + urllib.parse.urlencode({"query": "ASK { ?s ?p ?o }"})


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("*", "gzip"),
        ("identity;q=0.5, *;q=0.1", None),
        ("gzip;q=0", None),
        ("gzip;q=0, *", None),
        ("br, deflate", None),
        ("", None),
    ],
)
def test_the_coding_is_the_one_that_the_client_prefers(
    server: Server, header: str, coding: str | None
) -> None:
    reply = server.request(ROWS, Accept_Encoding=header)
    assert (reply.status, reply.headers["Content-Encoding"]) == (200, coding)
    assert "Accept-Encoding" in reply.headers["Vary"]
    assert reply.plain == server.request(ROWS).body


@pytest.mark.parametrize(
    "header",
    [
        ";;;,,,=,;q",
        "gzip;q=nan",
        "gzip;q=inf, zstd;q=-1",
        "gzip;q=1e999",
        "gzip;level=9;q=1",
        "*;q=0",
        "identity;q=0, *;q=0",
        "gzip," * 5_000,
        "a" * 30_000,
        "\xff\xe9, gzip",
        "gzip;q=1;q=0",
    ],
)
def test_a_hostile_header_gets_an_answer_that_can_be_read(server: Server, header: str) -> None:
    reply = server.request(ROWS, Accept_Encoding=header)
    assert reply.status == 200
    assert reply.plain == server.request(ROWS).body


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from([*OFFERED, "*", "identity", ";q=", "0", ".5", ","])).map("".join)
)
def test_any_header_gives_a_coding_that_is_offered(header: str) -> None:
    assert negotiated(header).name in ("", *OFFERED)


def test_tiny_answers_stay_as_they_are_unless_that_is_refused(server: Server) -> None:
    assert server.request(TINY, Accept_Encoding="gzip, zstd").headers["Content-Encoding"] is None
    assert negotiated("identity;q=0, gzip") == Coding("gzip", required=True)
    reply = server.request(TINY, Accept_Encoding="identity;q=0, gzip")
    assert reply.headers["Content-Encoding"] == "gzip"
    assert reply.plain == server.request(TINY).body


def test_each_coding_has_an_etag_of_its_own(server: Server) -> None:
    replies = {coding: server.request(ROWS, Accept_Encoding=coding) for coding in ("identity", *OFFERED)}
    assert len({reply.headers["ETag"] for reply in replies.values()}) == 3
    for coding, reply in replies.items():
        again = server.request(ROWS, Accept_Encoding=coding, If_None_Match=reply.headers["ETag"])
        assert (again.status, again.body) == (304, b"")
    assert (
        server.request(ROWS, Accept_Encoding="gzip", If_None_Match=replies["zstd"].headers["ETag"]).status
        == 200
    )


@pytest.mark.parametrize(
    "path", ["/", "/ontology", "/doc/state/armenia", "/static/style.css", "/.well-known/void"]
)
def test_pages_and_documents_are_compressed_too(server: Server, path: str) -> None:
    reply = server.request(path, Accept="text/turtle, text/html;q=0.5, */*;q=0.1", Accept_Encoding="gzip")
    assert (reply.status, reply.headers["Content-Encoding"]) == (200, "gzip")
    assert reply.plain == server.request(path, Accept="text/turtle, text/html;q=0.5, */*;q=0.1").body


def test_a_compressed_file_is_304_to_who_has_it(server: Server) -> None:
    etag = server.request("/static/style.css", Accept_Encoding="gzip").headers["ETag"]
    for coding in ("gzip", "identity"):
        reply = server.request("/static/style.css", Accept_Encoding=coding, If_None_Match=etag)
        assert reply.status == 304


Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]


def streaming(chunks: Iterable[bytes], content_type: str = "text/csv") -> Application:
    def application(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", content_type), ("Cache-Control", "public, no-cache")])
        return chunks

    return application


def asked(application: Application, coding: str) -> tuple[dict[str, str], Iterator[bytes]]:
    told: dict[str, str] = {}

    def start_response(_: str, headers: list[tuple[str, str]], __: Any = None) -> Any:
        told.update(headers)

    chunks = application({"REQUEST_METHOD": "GET", "HTTP_ACCEPT_ENCODING": coding}, start_response)
    return told, iter(chunks)


@pytest.mark.parametrize("coding", OFFERED)
def test_a_reader_can_decode_each_chunk_before_the_next_is_computed(coding: str) -> None:
    rows = [bytes([65 + n]) * 2_000 for n in range(5)]
    computed = iter(rows)
    _, chunks = asked(Compression(streaming(computed)), coding)
    decode: Any = (
        zlib.decompressobj(wbits=31) if coding == "gzip" else zstandard.ZstdDecompressor().decompressobj()
    )
    for number, row in enumerate(rows):
        assert decode.decompress(next(chunks)) == row
        assert len(rows) - number - 1 == computed.__length_hint__()  # type: ignore[attr-defined]


@pytest.mark.parametrize("coding", OFFERED)
def test_what_is_there_in_one_piece_stays_in_one_piece(server: Server, coding: str) -> None:
    reply = server.request(f"{ROWS.removesuffix('3000')}30", Accept_Encoding=coding)
    assert reply.headers["Content-Encoding"] == coding
    assert reply.headers["Transfer-Encoding"] is None
    assert int(reply.headers["Content-Length"] or 0) == len(reply.body) > 0


@pytest.mark.parametrize("coding", ["identity", *OFFERED])
def test_a_long_answer_passes_through_without_being_held(coding: str) -> None:
    numbers, length = random.Random(coding), 500 << 16
    chunks_made = (numbers.randbytes(1 << 16) for _ in range(500))
    room = ResponseCache(4_000_000, 1_000_000)
    application = Caching(Compression(streaming(chunks_made)), room, lambda: "1", seed="")
    tracemalloc.start()
    try:
        _, chunks = asked(application, coding)
        assert length <= sum(len(each) for each in chunks) < 1.1 * length
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()
    assert room.bytes < 10_000


@pytest.mark.parametrize(
    "content_type", ["image/png", "application/zip", "application/octet-stream", "video/mp4"]
)
def test_what_is_compressed_by_nature_is_left_alone(content_type: str) -> None:
    headers, chunks = asked(Compression(streaming([b"x" * 5_000], content_type)), "gzip, zstd")
    assert "Content-Encoding" not in headers
    assert b"".join(chunks) == b"x" * 5_000
