"""An answer that fails behind its first byte must not look like a whole one."""

import http.client
import socket
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import Server, serving

LONG = (
    "SELECT * { "
    + " ".join(f"VALUES ?v{i} {{ 0 1 2 3 4 5 6 7 8 9 }}" for i in range(5))
    + ' BIND("a literal that makes each row of the result a little longer" AS ?text) }'
)
LIMIT = 300_000
PATH = "/sparql?" + urllib.parse.urlencode({"query": LONG})
WHOLE = "/sparql?" + urllib.parse.urlencode({"query": f"{LONG} LIMIT 3000", "format": "csv"})


@pytest.fixture(scope="module")
def limited(home: Path) -> Iterator[Server]:
    """A server whose answers may have so many bytes."""
    with serving(home, CONFLICTGRAPH_RESULT_MAX_BYTES=str(LIMIT)) as server:
        yield server


@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
@pytest.mark.parametrize("accept", ["text/csv", "application/sparql-results+json"])
def test_the_connection_breaks_each_time_that_it_is_asked(limited: Server, accept: str, coding: str) -> None:
    for _ in range(2):
        with pytest.raises(http.client.HTTPException):
            limited.request(PATH, Accept=accept, Accept_Encoding=coding)


def test_other_connections_go_on(limited: Server) -> None:
    expected = limited.request(WHOLE).body
    assert expected.count(b"\n") == 3001

    def broken(_: int) -> bool:
        try:
            limited.request(PATH)
        except http.client.HTTPException:
            return True
        return False

    with ThreadPoolExecutor(8) as threads:
        breaking = [threads.submit(broken, number) for number in range(6)]
        fine = [threads.submit(limited.request, f"{WHOLE}&n={number}") for number in range(20)]
        assert all(each.result() for each in breaking)
        assert {each.result().body for each in fine} == {expected}


def test_a_client_that_reads_slowly_is_told_too(limited: Server) -> None:
    address = urllib.parse.urlsplit(limited.url)
    received = b""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.settimeout(60)
        client.connect((str(address.hostname), int(address.port or 0)))
        client.sendall(f"GET {PATH} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
        while piece := client.recv(2_000):
            received += piece
    assert received.startswith(b"HTTP/1.1 200")
    assert b"chunked" in received
    assert not received.endswith(b"\r\n0\r\n\r\n")
