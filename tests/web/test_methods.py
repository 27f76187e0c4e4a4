"""HEAD, OPTIONS and what a script from another origin meets, on every route."""

import urllib.parse

import pytest

from conftest import Reply, Server

QUERY = "/sparql?" + urllib.parse.urlencode({"query": "SELECT * { ?s ?p ?o } LIMIT 2000"})
READABLE = [
    "/",
    QUERY,
    "/sparql",
    "/.well-known/void",
    "/id/state/armenia",
    "/doc/state/armenia",
    "/doc/state/armenia.ttl",
    "/scheme/measure",
    "/ontology",
    "/term/Claim",
    "/data?default",
    "/graph/vocabulary",
    "/generations",
    "/generations/1",
    "/health",
    "/ready",
    "/static/style.css",
    "/nowhere",
    "/sparql?query=SELECT",
    "/update",
]
LENGTHS = (
    "content-length",
    "transfer-encoding",
    "date",
    "cache-status",
    "connection",
    "query-id",
    "x-request-id",
)


def headers(reply: Reply) -> dict[str, str]:
    return {name.lower(): value for name, value in reply.headers.items() if name.lower() not in LENGTHS}


@pytest.mark.parametrize("accept", ["*/*", "text/html", "text/turtle, application/sparql-results+xml;q=0.9"])
@pytest.mark.parametrize("path", READABLE)
def test_head_has_the_status_and_headers_of_get(server: Server, path: str, accept: str) -> None:
    for _ in range(2):
        head = server.request(path, "HEAD", Accept=accept, Accept_Encoding="gzip")
        get = server.request(path, Accept=accept, Accept_Encoding="gzip")
        assert head.body == b""
        assert (head.status, headers(head)) == (get.status, headers(get))
        if head.headers["Content-Length"]:
            assert head.headers["Content-Length"] == str(len(get.body))


def test_head_of_an_endless_answer_ends(server: Server) -> None:
    everything = " ".join(f"?s{i} ?p{i} ?o{i} ." for i in range(4))
    query = f"/sparql?{urllib.parse.urlencode({'query': f'SELECT * {{ {everything} }}'})}"
    for _ in range(3):
        assert server.request(query, "HEAD").status == 200


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/sparql", "GET, HEAD, OPTIONS, POST"),
        ("/update", "OPTIONS, POST"),
        ("/validate", "OPTIONS, POST"),
        ("/data", "DELETE, GET, HEAD, OPTIONS, POST, PUT"),
        ("/graph/source/x", "DELETE, GET, HEAD, OPTIONS, POST, PUT"),
        ("/generations", "GET, HEAD, OPTIONS"),
        ("/.well-known/void", "GET, HEAD, OPTIONS"),
        ("/id/state/armenia", "GET, HEAD, OPTIONS"),
        ("/doc/state/armenia", "GET, HEAD, OPTIONS"),
        ("/ontology", "GET, HEAD, OPTIONS"),
        ("/scheme/measure", "GET, HEAD, OPTIONS"),
        ("/health", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_script_from_another_origin_may_send_what_the_route_takes(
    server: Server, path: str, methods: str
) -> None:
    reply = server.request(
        path,
        "OPTIONS",
        Origin="https://example.org",
        Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="authorization, content-type",
    )
    assert (reply.status, reply.body) == (204, b"")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Access-Control-Allow-Methods"] == reply.headers["Allow"] == methods
    allowed = {name.strip().lower() for name in reply.headers["Access-Control-Allow-Headers"].split(",")}
    assert {"authorization", "content-type", "accept-datetime", "if-none-match"} <= allowed


@pytest.mark.parametrize("path", READABLE)
def test_a_script_from_another_origin_sees_the_headers_it_needs(server: Server, path: str) -> None:
    reply = server.request(path, Origin="https://example.org")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    exposed = {name.strip() for name in reply.headers["Access-Control-Expose-Headers"].split(",")}
    assert {"ETag", "Link", "Location", "Memento-Datetime", "Retry-After"} <= exposed


@pytest.mark.parametrize("path", READABLE)
def test_answers_that_differ_by_a_header_say_so(server: Server, path: str) -> None:
    offered = [
        server.request(path, Accept=accept) for accept in ("text/html", "application/rdf+xml, */*;q=0.1")
    ]
    varies = {name.strip() for reply in offered for name in (reply.headers["Vary"] or "").split(",")}
    if (
        len({(reply.status, reply.headers["Content-Type"], reply.headers["Location"]) for reply in offered})
        > 1
    ):
        assert "Accept" in varies
    if server.request(path, Accept_Encoding="gzip").headers["Content-Encoding"]:
        assert "Accept-Encoding" in varies
