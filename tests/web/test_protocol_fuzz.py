"""Anything at all as a request, put to the application itself: never a fault, always an answer in order.

`FUZZ=20000 pytest tests/web/test_protocol_fuzz.py` puts that many; `make fuzz` runs it, too.
"""

import io
import json
import os
import re
import socket
from contextlib import suppress
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from flask import Flask
from guarded import GOOD, copied_home
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conflictgraph import compose, formats
from conflictgraph.settings import Settings
from conflictgraph.web.openapi.document import document
from conftest import Server

TOKEN = "open-sesame"
EXAMPLES = int(os.environ.get("FUZZ", "300"))
FORM = "application/x-www-form-urlencoded"
STATUSES = {
    200,
    201,
    204,
    206,
    303,
    304,
    400,
    401,
    403,
    404,
    405,
    406,
    408,
    409,
    411,
    413,
    415,
    416,
    422,
    503,
}
REQUIRED = [
    name.lower() for name, header in document("0")["components"]["headers"].items() if header["required"]
]

ROUTES = [
    *("/", "/sparql", "/update", "/data", "/validate", "/generations", "/health", "/ready", "/metrics"),
    *("/explain", "/ontology", "/dump.nq", "/context.jsonld", "/.well-known/void", "/openapi.json"),
]
BELOW = [
    *("/id/", "/doc/", "/scheme/", "/ontology/", "/term/", "/graph/", "/graph/source/", "/generations/"),
    *("/static/", "/sparql/queries/", "/"),
]
MEDIA_TYPES = [
    *(f.media_type for f in (*formats.RESULT_FORMATS, *formats.RDF_FORMATS)),
    *(FORM, "multipart/form-data; boundary=b", "multipart/form-data", "text/html", "*/*"),
    *("application/sparql-query", "application/sparql-update", "application/json"),
]
VALUES = [
    *("", "\x00", "%", "%00", "%ff", "%zz", "a" * 70_000, "-1", "0", "1", "9" * 30, "1e3", "\xed\xa0\x80"),
    *("ASK {}", "SELECT * { ?s ?p ?o } LIMIT 1", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1", "{" * 2_000),
    *("http://e/a", "urn:a", "javascript:alert(1)", "<script>", "a:b c", "\r\nSet-Cookie: a", "../../a"),
    *("csv", "ttl", "image/png", "text/csv;q=", "*;q=.2", "text/*;q=0.5, */*;q=0", 'a/b;c="d', ",,,", ";;;"),
]
PARAMETERS = [
    *("query", "update", "format", "generation", "default-graph-uri", "named-graph-uri", "graph", "default"),
    *("using-graph-uri", "using-named-graph-uri", "subject", "predicate", "object", "timeout", ""),
]
HEADERS = [
    *("Accept", "Accept-Encoding", "Accept-Language", "Accept-Charset", "Accept-Datetime", "If-None-Match"),
    *("If-Match", "If-Modified-Since", "If-Range", "Range", "Origin", "Authorization", "X-Forwarded-For"),
    *("X-Forwarded-Host", "Forwarded", "Content-Encoding", "Query-Id", "X-Request-Id", "Cookie", "Referer"),
    *("Access-Control-Request-Method", "Access-Control-Request-Headers", "Expect", "Host", "Cache-Control"),
]
SENSIBLE = [
    *(
        "gzip",
        "zstd;q=0.5, identity;q=0",
        "x-gzip, *;q=0",
        "br",
        'W/"a", "b"',
        "*",
        "bytes=0-1,5-",
        "bytes=-",
    ),
    *("Wed, 14 Sep 2022 12:00:00 GMT", "Wed, 99 Sep 99999 12:00:00 +9999", "null", "https://example.org"),
    *(f"Bearer {TOKEN}", "Bearer", "Basic YTpi", "Bearer \xff", "1.2.3.4, ::1", "[::1]:80, ,x"),
    *("0b6f9f0a-5a0b-4c8e-9d5e-1f2a3b4c5d6e", "text/turtle;q=0.5, text/html", "text/html", "a.example:80"),
]
BODIES = [
    GOOD,
    b"",
    b"\x1f\x8b\x08",
    b"\xff\xfe\x00",
    b"query=ASK%20%7B%7D",
    b"query=%ff&query=",
    b"update=%00",
]

raw = st.text(st.characters(max_codepoint=255), max_size=40)
values = st.sampled_from([*VALUES, *SENSIBLE]) | raw
encoded = st.binary(max_size=30).map(quote_from_bytes) | values
query_strings = st.lists(st.tuples(st.sampled_from(PARAMETERS) | raw, encoded), max_size=4).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
paths = st.sampled_from(ROUTES) | st.tuples(st.sampled_from(BELOW), values).map("".join) | raw
methods = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get", "A!#"])
headers = st.dictionaries(st.sampled_from(HEADERS), values, max_size=4)
content_types = st.sampled_from(MEDIA_TYPES) | values
bodies = st.sampled_from(BODIES) | st.binary(max_size=60)


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    home = copied_home(tmp_path_factory.mktemp("fuzzed"))
    return compose.web_application(Settings(home=home, token=TOKEN, workers=2, query_timeout=5.0))


def environ(
    method: str, path: str, query: str, headers: dict[str, str], content_type: str, body: bytes
) -> dict[str, Any]:
    """As a server makes it (PEP 3333): text is bytes read as latin-1."""
    made = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)) if body else "",
    }
    return made | {"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()}


def answered(application: Flask, environ: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    told: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
        told.append((status, headers))

    chunks = application.wsgi_app(environ, start_response)
    try:
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    ((status, headers),) = told
    assert all(not re.search(r"[\r\n\0]", name + value) for name, value in headers)
    return int(status[:3]), {name.lower(): value for name, value in headers}, body


@settings(
    max_examples=EXAMPLES,
    derandomize="FUZZ" not in os.environ,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(methods, paths, query_strings, headers, content_types, bodies)
@example("POST", "/sparql", "", {}, 'application/sparql-query; charset="\x00"', b"ASK {}")
@example("GET", "", "", {}, "", b"")
@example("GET", "/static/style.css", "", {"Range": "bytes=0-1,5-"}, "", b"")
@example("GET", "/static/style.css", "", {"Range": "bytes=1-3"}, "", b"")
@example("PUT", "/graph/source/a", "", {"Authorization": f"Bearer {TOKEN}"}, "text/turtle", b"\xff")
def test_whatever_is_asked_is_answered_in_order(
    application: Flask,
    method: str,
    path: str,
    query: str,
    headers: dict[str, str],
    content_type: str,
    body: bytes,
) -> None:
    status, said, content = answered(application, environ(method, path, query, headers, content_type, body))
    assert status in STATUSES
    assert [name for name in REQUIRED if name not in said] == []
    assert "set-cookie" not in said
    assert said.get("location", "/").startswith("/")
    if method.upper() == "HEAD":
        assert content == b""
    elif status >= 400 and said["content-type"] == "application/problem+json":
        problem = json.loads(content)
        assert (problem["status"], problem["type"]) == (status, "about:blank")
        assert problem["title"]
    elif status >= 400:
        assert said["content-type"].startswith(("text/html", *formats_of_reports()))


lines = st.lists(
    st.tuples(st.sampled_from(HEADERS).map(str.encode) | st.binary(max_size=20), st.binary(max_size=40)).map(
        b": ".join
    ),
    max_size=5,
).map(b"\r\n".join)


@settings(
    max_examples=max(EXAMPLES // 4, 50),
    derandomize="FUZZ" not in os.environ,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(methods.map(str.encode) | st.binary(max_size=9), st.binary(max_size=40), lines, bodies)
def test_whatever_bytes_come_are_answered_or_refused(
    server: Server, method: bytes, path: bytes, lines: bytes, body: bytes
) -> None:
    head = b"%b /%b HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n%b\r\n\r\n"
    received = b""
    address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
    with socket.create_connection(address, timeout=20) as client, suppress(ConnectionError):
        client.sendall(head % (method, path, len(body), lines) + body)
        while more := client.recv(65536):
            received += more
    begun = re.match(rb"HTTP/1\.1 (\d{3}) ", received)
    assert begun is None or int(begun[1]) in STATUSES | {100, 414, 431}
    assert not received or begun
    assert server.request("/health").status == 200


def formats_of_reports() -> tuple[str, ...]:
    return tuple(format.media_type for format in formats.RDF_FORMATS)
