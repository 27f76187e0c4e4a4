"""A server ends in good order, makes way for a new one, and leaves nothing when it is killed."""

import http.client
import os
import signal
import urllib.error
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from guarded import GOOD, copied_home

from conflictgraph import graphs
from conftest import Reply, Server, serving
from processes import alive, below, seconds_at_work, wait_until, web_process, workers, writers

TOKEN = "open-sesame"
DIGITS = "{ 0 1 2 3 4 5 6 7 8 9 }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(12)) + " }"
ROWS = 600_000
LONG = f"SELECT * {{ {' '.join(f'VALUES ?v{i} {DIGITS}' for i in range(9))} }} LIMIT {ROWS}"
GRAPH = graphs.source("stopping").value
ENDLESS_WRITE = (
    f"INSERT {{ GRAPH <{GRAPH}> {{ <http://e/a> <http://e/b> ?v0 }} }} WHERE {{ "
    + " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(12))
    + " }"
)
SETTINGS = {
    "CONFLICTGRAPH_QUERY_TIMEOUT": "300",
    "CONFLICTGRAPH_TOKEN": TOKEN,
    "CONFLICTGRAPH_SHUTDOWN_TIMEOUT": "120",
}


def path(query: str) -> str:
    return "/sparql?" + urllib.parse.urlencode({"query": query})


def wait_until_ended(server: Server) -> int:
    """The exit status; it must come long before queries or patience would end by themselves."""
    wait_until(lambda: os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None, 60)
    ended = os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)
    assert ended is not None
    return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status


@contextmanager
def flowing(server: Server) -> Iterator[http.client.HTTPResponse]:
    """A long answer of which only the beginning was read."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.url).netloc, timeout=120)
    connection.request("GET", path(LONG), headers={"Accept": "text/csv"})
    response = connection.getresponse()
    assert len(response.read(1_000)) == 1_000
    yield response
    connection.close()


def rest_of(response: http.client.HTTPResponse) -> int:
    """The rows that follow; broken answers raise."""
    return response.read().count(b"\n")


def refuses(server: Server) -> bool:
    try:
        server.request("/health")
    except (urllib.error.URLError, ConnectionError, http.client.HTTPException):
        return True
    return False


def ask(server: Server, query: str) -> Reply | None:
    """The reply, or None if the connection broke."""
    try:
        return server.request(path(query))
    except (urllib.error.URLError, ConnectionError, http.client.HTTPException):
        return None


def test_at_sigterm_nobody_is_let_in_and_running_answers_are_finished(home: Path) -> None:
    with serving(home, None, **SETTINGS) as server, flowing(server) as response:
        family = {server.pid, *below(server.pid)}
        os.kill(server.pid, signal.SIGTERM)
        wait_until(lambda: refuses(server))
        assert rest_of(response) > 0.9 * ROWS
        assert wait_until_ended(server) == 0
        wait_until(lambda: not alive(family - {server.pid}))


@pytest.mark.parametrize("whom", ["the first process", "all, as Ctrl-C does"])
def test_what_does_not_end_in_time_is_killed_and_the_exit_status_is_0(home: Path, whom: str) -> None:
    with serving(home, None, **{**SETTINGS, "CONFLICTGRAPH_SHUTDOWN_TIMEOUT": "1"}) as server:
        with ThreadPoolExecutor(1) as thread:
            asked = thread.submit(ask, server, ENDLESS)
            wait_until(lambda: seconds_at_work(workers(server.pid)) > 0.2)
            family = {server.pid, *below(server.pid)}
            (os.kill if whom == "the first process" else os.killpg)(server.pid, signal.SIGINT)
            assert wait_until_ended(server) == 0
            assert _stopped(asked.result())
        wait_until(lambda: not alive(family - {server.pid}))


def _stopped(reply: Reply | None) -> bool:
    """Whether the connection broke, or the client was told why nothing came."""
    return reply is None or (reply.status == 503 and reply.json["kind"] == "Stopping")


def test_at_sighup_a_new_process_takes_over_and_nothing_is_dropped(home: Path) -> None:
    with serving(home, None, **SETTINGS) as server, flowing(server) as response:
        old = web_process(server.pid)
        os.kill(server.pid, signal.SIGHUP)
        wait_until(lambda: server.request("/ready").status == 200 and web_process(server.pid) != old)
        for _ in range(20):
            assert server.request("/ready").status == 200
        assert rest_of(response) > 0.9 * ROWS
        wait_until(lambda: not alive({old}), 60)
        assert server.request("/ready").status == 200


def test_a_killed_web_process_takes_workers_and_writer_along_and_is_replaced(tmp_path: Path) -> None:
    with serving(copied_home(tmp_path), None, **SETTINGS) as server, ThreadPoolExecutor(2) as threads:
        authority = f"Bearer {TOKEN}"
        wrote = threads.submit(_try_to_write, server, authority)
        asked = threads.submit(ask, server, ENDLESS)
        wait_until(lambda: seconds_at_work(workers(server.pid)) > 0.2)
        wait_until(lambda: seconds_at_work(writers(server.pid)) > 0.2)
        wait_until(lambda: "conflictgraph_queries_running 1.0" in server.request("/metrics").text)
        assert "conflictgraph_drafts_open 1.0" in server.request("/metrics").text
        web = web_process(server.pid)
        family = {web, *below(web)}
        os.kill(web, signal.SIGKILL)
        wait_until(lambda: not alive(family))
        assert asked.result() is None
        assert wrote.result() is None
        wait_until(lambda: not refuses(server))
        assert server.request("/ready").json["generation"] == 1
        data = "/data?" + urllib.parse.urlencode({"graph": GRAPH})
        assert (
            server.request(data, "PUT", GOOD, Authorization=authority, Content_Type="text/turtle").status
            == 201
        )


def _try_to_write(server: Server, authority: str) -> Reply | None:
    body, kind = ENDLESS_WRITE.encode(), "application/sparql-update"
    try:
        return server.request("/update", "POST", body, Authorization=authority, Content_Type=kind)
    except (urllib.error.URLError, ConnectionError, http.client.HTTPException):
        return None


def test_nothing_stays_when_the_first_process_is_killed(home: Path) -> None:
    with serving(home, None, **{**SETTINGS, "CONFLICTGRAPH_SHUTDOWN_TIMEOUT": "1"}) as server:
        with ThreadPoolExecutor(1) as thread:
            asked = thread.submit(ask, server, ENDLESS)
            wait_until(lambda: seconds_at_work(workers(server.pid)) > 0.2)
            family = set(below(server.pid))
            assert len(family) >= 2
            os.kill(server.pid, signal.SIGKILL)
            wait_until(lambda: not alive(family))
            assert _stopped(asked.result())
        assert refuses(server)
