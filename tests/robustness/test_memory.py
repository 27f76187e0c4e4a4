"""A result of any size passes through the server without staying there; who wants too much memory dies alone.

STREAM_MB=1000 makes the result a gigabyte long; see docs/robustness.md.
"""

import http.client
import os
import threading
import urllib.parse
from contextlib import closing
from pathlib import Path

import pytest
from runaways import asked, ordinary

from conftest import serving
from processes import web_memory, workers

MEGABYTES = int(os.environ.get("STREAM_MB", "200"))
DIGITS = "{ 0 1 2 3 4 5 6 7 8 9 }"
VALUES = " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(8))
LONG = f'SELECT ?v0 ?v7 ?t {{ {VALUES} BIND("{"x" * 194}" AS ?t) }} LIMIT {MEGABYTES * 5000}'
GREEDY = f"SELECT DISTINCT * {{ {VALUES} {VALUES.replace('?v', '?w')} }} ORDER BY ?v0"
MOST = 150_000_000


@pytest.mark.parametrize("coding", ["identity", "zstd"])
def test_the_server_stays_small_while_a_long_result_streams(home: Path, coding: str) -> None:
    with serving(home, CONFLICTGRAPH_QUERY_TIMEOUT="600") as server:
        assert {asked(server.url, query).status for query in ordinary()[:20]} == {200}
        before, seen, done = web_memory(server.pid), [0], threading.Event()

        def watch() -> None:
            while not done.wait(0.05):
                seen.append(web_memory(server.pid))

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            size = _read(server.url, coding)
        finally:
            done.set()
            watching.join()
        print(f"{size:,} bytes read as {coding}; {before:,} bytes of memory before, {max(seen):,} at most")
    assert size >= MEGABYTES * 1_000_000 or coding != "identity"
    assert len(seen) > 10
    assert max(seen) < MOST


def _read(url: str, coding: str) -> int:
    address = urllib.parse.urlsplit(url).netloc
    with closing(http.client.HTTPConnection(address, timeout=300)) as connection:
        path = "/sparql?" + urllib.parse.urlencode({"query": LONG, "format": "csv"})
        connection.request("GET", path, headers={"Accept-Encoding": coding})
        response, size = connection.getresponse(), 0
        while piece := response.read(1 << 16):
            size += len(piece)
        return size


def test_a_query_that_wants_too_much_memory_dies_alone(home: Path) -> None:
    with serving(home, CONFLICTGRAPH_QUERY_TIMEOUT="600", CONFLICTGRAPH_WORKER_MEMORY_MB="200") as server:
        statuses = list[int]()
        for query in ordinary()[:4]:
            assert asked(server.url, query).status == 200
        before, done = workers(server.pid), threading.Event()

        def ask() -> None:
            while not done.is_set():
                statuses.append(asked(server.url, f"ASK {{ <a:{len(statuses)}> ?p ?o }}").status)

        asking = threading.Thread(target=ask)
        asking.start()
        try:
            greedy = asked(server.url, GREEDY)
        finally:
            done.set()
            asking.join()
        assert greedy.status == 503
        assert b"QueryOutOfMemory" in greedy.body
        assert b"200 MB" in greedy.body
        assert len(before - workers(server.pid)) <= 1
        assert web_memory(server.pid) < MOST
    assert set(statuses) == {200}
