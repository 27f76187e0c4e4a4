"""How much one client may ask, over real HTTP; clients are told apart by what a trusted proxy says."""

import socket
import urllib.parse
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from pathlib import Path

import pytest
from flask import Flask, request

from conflictgraph.web.clients import Network, client
from conftest import Reply, Server, serving
from processes import seconds_at_work, wait_until, workers

DIGITS = "{ 0 1 2 3 4 5 6 7 8 9 }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(12)) + " }"
FLOWING = "SELECT * { " + " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(9)) + " }"
FIRST, SECOND = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def limited(home: Path) -> Iterator[Server]:
    """A server for which the tests are a proxy; a client may ask twice at a time, twenty times a minute."""
    with serving(
        home,
        CONFLICTGRAPH_TRUSTED_PROXIES="127.0.0.1",
        CONFLICTGRAPH_CLIENT_QUERIES="2",
        CONFLICTGRAPH_CLIENT_RATE="20",
        CONFLICTGRAPH_QUERY_TIMEOUT="300",
    ) as running:
        yield running


def fresh() -> str:
    """A query that nobody asked before."""
    return f"ASK {{ <fresh:{uuid.uuid4()}> ?p ?o }}"


def ask(server: Server, query: str, client: str) -> Reply:
    path = "/sparql?" + urllib.parse.urlencode({"query": query})
    return server.request(path, X_Forwarded_For=client, Query_Id=f"asked-by-{client}-{uuid.uuid4()}")


def test_who_asks_too_often_is_told_when_to_ask_again(limited: Server) -> None:
    replies = [ask(limited, fresh(), FIRST) for _ in range(21)]
    assert [reply.status for reply in replies] == [200] * 20 + [429]
    assert replies[0].headers["RateLimit-Policy"] == '"client";q=20;w=60'
    left = [int(reply.headers["RateLimit"].split("r=")[1].split(";")[0]) for reply in replies]
    assert left == [*range(19, -1, -1), 0]
    refused = replies[-1]
    assert refused.media_type == "application/problem+json"
    assert (refused.json["kind"], refused.json["status"]) == ("TooManyRequests", 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "Retry-After" in refused.headers["Access-Control-Expose-Headers"]
    assert ask(limited, fresh(), SECOND).status == 200


def test_who_asks_too_much_at_a_time_waits_until_one_is_done(limited: Server) -> None:
    ids = [str(uuid.uuid4()) for _ in range(2)]
    path = "/sparql?" + urllib.parse.urlencode({"query": ENDLESS})
    with ThreadPoolExecutor(2) as threads:
        running = [threads.submit(limited.request, path, Query_Id=id, X_Forwarded_For=FIRST) for id in ids]
        wait_until(lambda: sum(seconds_at_work({pid}) > 0.5 for pid in workers(limited.pid)) == 2)
        reply = ask(limited, fresh(), FIRST)
        assert (reply.status, reply.json["kind"]) == (429, "TooManyRequests")
        assert reply.headers["Retry-After"]
        assert ask(limited, fresh(), SECOND).status == 200
        for id in ids:
            assert limited.request(f"/sparql/queries/{id}", "DELETE", X_Forwarded_For=FIRST).status == 204
        assert {query.result(timeout=60).status for query in running} == {503}


def test_an_answer_that_is_not_read_to_its_end_counts_no_more(limited: Server) -> None:
    for _ in range(4):
        with socket.create_connection(_address(limited)) as connection:
            path = "/sparql?" + urllib.parse.urlencode({"query": FLOWING, "format": "csv"})
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {FIRST}\r\n\r\n".encode())
            assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        wait_until(lambda: ask(limited, fresh(), FIRST).status == 200)


def test_programs_on_this_machine_and_monitors_are_not_counted(limited: Server) -> None:
    assert {limited.query(fresh()).status for _ in range(30)} == {200}
    assert {limited.request("/health", X_Forwarded_For=FIRST).status for _ in range(30)} == {200}


def test_kept_answers_do_not_count(limited: Server) -> None:
    query = fresh()
    path = "/sparql?" + urllib.parse.urlencode({"query": query})
    assert {limited.request(path, X_Forwarded_For=FIRST).status for _ in range(40)} == {200}


NOBODY: tuple[Network, ...] = ()
NEAR = (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"))


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "expected"),
    [
        (NOBODY, "192.0.2.1", [], "192.0.2.1"),
        (NOBODY, "192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
        (NOBODY, "127.0.0.1", ["198.51.100.7"], None),
        (NEAR, "192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
        (NEAR, "127.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        (NEAR, "127.0.0.1", ["203.0.113.9, 198.51.100.7, 10.1.2.3"], "198.51.100.7"),
        (NEAR, "127.0.0.1", ["203.0.113.9", "198.51.100.7"], "198.51.100.7"),
        (NEAR, "10.0.0.1", ["no address"], "10.0.0.1"),
        (NEAR, "127.0.0.1", [], None),
        (NEAR, "127.0.0.1", ["198.51.100.7:5123"], "198.51.100.7"),
        (NEAR, "127.0.0.1", ["[2001:db8::1]:5123"], "2001:db8::/64"),
        (NOBODY, "2001:db8::1", [], "2001:db8::/64"),
        (NOBODY, "2001:db8::ffff", [], "2001:db8::/64"),
        (NOBODY, "::1", [], None),
        (NOBODY, "::ffff:192.0.2.1", [], "192.0.2.1"),
        (NOBODY, "::ffff:127.0.0.1", [], None),
        (NOBODY, "", [], None),
    ],
)  # fmt: skip
def test_a_client_is_who_a_trusted_proxy_says_and_nobody_else(
    proxies: tuple[Network, ...], peer: str, forwarded: list[str], expected: str | None
) -> None:
    headers = [("X-Forwarded-For", line) for line in forwarded]
    with Flask(__name__).test_request_context(headers=headers, environ_base={"REMOTE_ADDR": peer}):
        assert client(request.environ, proxies) == expected


def test_a_head_that_is_too_long_is_refused_and_a_shorter_one_is_not(home: Path) -> None:
    with serving(home, CONFLICTGRAPH_HEAD_MAX_BYTES="16384") as server:
        assert server.request("/health", X_Long="x" * 8_000).status == 200
        assert server.request("/health", X_Long="x" * 20_000).status == 431
        assert server.request("/health?" + "x" * 20_000).status in (414, 431)


def test_a_head_that_never_ends_is_not_waited_for(server: Server) -> None:
    with socket.create_connection(_address(server), timeout=60) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n")
        assert b"200" not in connection.recv(1000)


def _address(server: Server) -> tuple[str, int]:
    address = urllib.parse.urlsplit(server.url)
    return str(address.hostname), int(address.port or 0)
