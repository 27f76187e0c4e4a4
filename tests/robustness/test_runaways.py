"""Ten kinds of query that would never end are ended, and nobody else loses anything; over real HTTP."""

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from runaways import CLIENTS, SETTINGS, asked, kinds, ordinary, silence

from conftest import Server, serving
from processes import seconds_at_work, wait_until, workers

DEADLINE = 2
PATIENCE = 20
"""Seconds that a busy machine may be late; how late it is otherwise, docs/robustness.md says."""

ENDINGS = {(503, "QueryTimeout"), (503, "QueryOutOfMemory")}
AWAY = {*ENDINGS, (502, "RemoteFailed")}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with silence() as port:
        yield port


@pytest.fixture(scope="module")
def hasty(home: Path, port: int) -> Iterator[Server]:
    """A server with a short deadline, which may ask where nobody answers."""
    more = SETTINGS | {
        "CONFLICTGRAPH_QUERY_TIMEOUT": str(DEADLINE),
        "CONFLICTGRAPH_SERVICE_ALLOW": f"127.0.0.1:{port}",
    }
    with serving(home, None, **more) as running:
        yield running


@pytest.mark.parametrize("kind", kinds(0))
def test_a_runaway_query_ends_with_its_deadline(hasty: Server, port: int, kind: str) -> None:
    ending = asked(hasty.url, kinds(port)[kind])
    told = (ending.status, json.loads(ending.body)["kind"])
    assert told in (AWAY if kind.startswith("SERVICE") else ENDINGS)
    assert ending.seconds < DEADLINE + PATIENCE
    busy = workers(hasty.pid)
    before = seconds_at_work(busy)
    assert asked(hasty.url, "ASK { ?s ?p ?o }").status == 200
    assert seconds_at_work(busy & workers(hasty.pid)) - before < 1


def test_a_host_that_nobody_allowed_is_not_waited_for(server: Server, port: int) -> None:
    ending = asked(server.url, kinds(port)["SERVICE without an answer"])
    assert (ending.status, json.loads(ending.body)["kind"]) == (400, "QueryRefused")


def test_who_asks_beside_all_of_them_loses_nothing(home: Path, port: int) -> None:
    more = SETTINGS | {
        "CONFLICTGRAPH_QUERY_TIMEOUT": "120",
        "CONFLICTGRAPH_SERVICE_ALLOW": f"127.0.0.1:{port}",
        "CONFLICTGRAPH_SERVICE_TIMEOUT": "120",
        "CONFLICTGRAPH_WORKER_MEMORY_MB": "400",
    }
    runaways = {str(uuid.uuid4()): query for query in kinds(port).values()}
    texts = ordinary()
    with serving(home, None, **more) as server, ThreadPoolExecutor(len(runaways) + CLIENTS) as threads:
        running = [threads.submit(asked, server.url, query, id) for id, query in runaways.items()]
        wait_until(lambda: len(workers(server.pid)) > len(runaways) // 2, seconds=60)
        asking = [threads.submit(asked, server.url, text) for text in texts]
        statuses = [each.result().status for each in asking]
        unended = [each for each in running if not each.done()]
        for id in runaways:
            server.request(f"/sparql/queries/{id}", "DELETE")
        endings = [json.loads(each.result().body)["kind"] for each in running]
    assert statuses == [200] * len(texts)
    assert len(unended) >= len(runaways) // 2, "they did not run long enough to be in anybody's way"
    assert set(endings) <= {"QueryCancelled", "QueryOutOfMemory"}
