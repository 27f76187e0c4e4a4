"""Requests that are made to go wrong, byte by byte to a real server: answered in order, or refused."""

import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from select import select

import pytest
from guarded import copied_home

from conflictgraph.web import incoming
from conftest import Server, serving
from processes import wait_until
from raw_requests import ASK, CHUNK, GET, HIDDEN, LINE, REFUSED, answer, connected, statuses

TOKEN = "open-sesame"
OF_THE_SERVER = (b"400 Bad Request", b"414 Request-URI Too Long", b"431 Request Header Fields Too Large")
"""What is said before the application is asked, besides others; the connection is closed."""


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(copied_home(tmp_path_factory.mktemp("hostile")), CONFLICTGRAPH_TOKEN=TOKEN) as running:
        yield running


def writing(slug: str) -> bytes:
    head = f"PUT /graph/source/{slug} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\r\n"
    return head.encode() + b"Content-Type: application/n-triples\r\n"


@pytest.mark.parametrize("path", ["/generations//1", "//example.org/x", "/id//example.org", "/sparql//"])
def test_slashes_in_an_address_are_left_alone(server: Server, path: str) -> None:
    """Nobody is led away by them, nor to the host that the request names."""
    reply = server.request(path, Host="example.org")
    assert (reply.status, reply.headers["Location"]) in [(404, None), (303, "/doc//example.org.ttl")]


@pytest.mark.parametrize("host", [b'a"><script>', b"a b", b"a,b", b"a:99999", b"", b"a/b", b"a@b", b"a_b"])
def test_a_host_that_is_none_is_refused(server: Server, host: bytes) -> None:
    received = answer(
        server, b"GET /.well-known/void HTTP/1.1\r\nConnection: close\r\nHost: %b\r\n\r\n" % host
    )
    assert statuses(received) == [b"400 Bad Request"]
    assert b'"kind": "MalformedRequest"' in received


def test_two_hosts_are_refused(server: Server) -> None:
    assert statuses(answer(server, GET + b"Host: b\r\nConnection: close\r\n\r\n")) == [b"400 Bad Request"]


def test_addresses_in_answers_are_those_that_were_asked_for_and_kept_apart(server: Server) -> None:
    for host in ("one.example", "two.example", "one.example"):
        described = server.request("/.well-known/void", Host=host, Accept="application/n-triples").text
        assert f"<http://{host}/sparql" in described
        assert "example/" not in described.replace(f"//{host}/", "")
    forwarded = server.request("/.well-known/void", X_Forwarded_Host="three.example", Forwarded="host=three")
    assert "three" not in forwarded.text


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"Content-Length: 500\r\n\r\n" + LINE, id="shorter than announced"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK, id="chunks without an end"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK + b"zz\r\n", id="a chunk that is none"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK + b"0\r\n\r\n", id="chunks with an end"),
    ],
)
def test_a_document_that_was_cut_off_is_not_taken_for_a_whole_one(writable: Server, body: bytes) -> None:
    if received := answer(writable, writing("cut-off") + body, leave=True):  # who left may get no answer
        assert statuses(received)[0] == b"400 Bad Request"
        assert b'"kind": "BodyCutOff"' in received or b'"detail": "Bad request syntax' in received
    whole = b"Content-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(LINE), LINE)
    assert statuses(answer(writable, writing("whole") + whole))[0] in (b"201 Created", b"200 OK")
    assert writable.request("/graph/source/cut-off").status == 404


def test_an_update_that_was_cut_off_is_not_done(writable: Server) -> None:
    head = f"POST /update HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\r\n".encode()
    update = b"INSERT DATA { GRAPH <https://w3id.org/conflictgraph/graph/source/half> { <a:a> <b:b> <c:c> } }"
    long = head + b"Content-Type: application/sparql-update\r\nContent-Length: 1000\r\n\r\n" + update
    assert statuses(answer(writable, long, leave=True)) in ([b"400 Bad Request"], [])
    assert writable.request("/graph/source/half").status == 404


def test_a_packed_update_is_whole_and_within_bounds(writable: Server) -> None:
    packed = gzip.compress(b"#" + bytes(2_000_000))
    for body, status in ((packed, 413), (gzip.compress(b"CLEAR SILENT ALL # and so on")[:-9], 400)):
        reply = writable.request(
            "/update",
            "POST",
            body,
            Authorization=f"Bearer {TOKEN}",
            Content_Type="application/sparql-update",
            Content_Encoding="gzip",
        )
        assert reply.status == status, reply.text


@pytest.mark.parametrize("request_", HIDDEN.values(), ids=HIDDEN)
def test_nobody_can_hide_a_request_in_another(server: Server, request_: bytes) -> None:
    """Where it could be read in two ways, one answer comes, and the connection is closed (RFC 9112, 6.3)."""
    assert len(statuses(answer(server, request_))) == 1


@pytest.mark.parametrize(("request_", "expected"), REFUSED)
def test_what_is_no_request_for_this_server_is_refused(
    server: Server, request_: bytes, expected: bytes
) -> None:
    once = request_.replace(b"Host: a\r\n", b"Host: a\r\nConnection: close\r\n")
    received = answer(server, once)
    said = statuses(received)
    if not said:
        assert expected in (b"431", b"413")  # the connection was reset while more was being sent
        return
    assert said[0].startswith(expected)
    assert b"\r\nSet-Cookie" not in received
    assert b"secret" not in received
    assert b"\r\nx-content-type-options: nosniff\r\n" in received.lower()
    assert expected == b"200" or b"content-type: application/problem+json\r\n" in received.lower()
    if said[0] in OF_THE_SERVER:
        assert b"connection: close\r\n" in received.lower()
    assert server.request("/health").status == 200


def test_who_sends_bodies_slowly_does_not_keep_others_from_being_answered(writable: Server) -> None:
    with ExitStack() as held:
        clients = [held.enter_context(connected(writable)) for _ in range(150)]
        for client in clients:
            client.sendall(ASK + b"Content-Length: 60000\r\n\r\nASK")
        wait_until(lambda: len(select(clients, [], [], 0)[0]) >= len(clients) - incoming.AT_ONCE)
        refused = [client.recv(65536) for client in select(clients, [], [], 0)[0]]
        said = {statuses(received)[0] for received in refused}
        assert b"503 Service Unavailable" in said
        assert said <= {b"503 Service Unavailable", b"408 Request Timeout"}
        for _ in range(5):
            assert writable.request("/ready").status == 200
    wait_until(lambda: asked_by_post(writable) == 200)


def asked_by_post(server: Server) -> int:
    return server.request("/sparql", "POST", b"ASK {}", Content_Type="application/sparql-query").status


def test_a_head_or_a_body_that_comes_too_slowly_is_given_up(writable: Server) -> None:
    with connected(writable) as head, connected(writable) as body:
        head.settimeout(60)
        body.settimeout(60)
        head.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        body.sendall(ASK + b"Content-Length: 600\r\n\r\nASK")
        assert head.recv(100) == b""
        refused = b""
        while b'"kind"' not in refused and (piece := body.recv(65536)):  # head and body may come apart
            refused += piece
    assert statuses(refused) == [b"408 Request Timeout"]
    assert b'"kind": "BodyTooSlow"' in refused
