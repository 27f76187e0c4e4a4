"""Queries that nobody wants any more are ended at once, over real HTTP."""

import http.client
import urllib.parse
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import Reply, Server, serving
from processes import seconds_at_work, wait_until, workers

DIGITS = "{ 0 1 2 3 4 5 6 7 8 9 }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(12)) + " }"
FLOWING = "SELECT * { " + " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(9)) + " }"
QUICK = "ASK { ?s ?p ?o }"


@pytest.fixture(scope="module")
def patient(home: Path) -> Iterator[Server]:
    """A server that gives queries much time."""
    with serving(home, CONFLICTGRAPH_QUERY_TIMEOUT="300") as running:
        yield running


def ask(server: Server, query: str, id: str = "") -> Reply:
    """A query by GET, with an id if one is given."""
    path = "/sparql?" + urllib.parse.urlencode({"query": query})
    return server.request(path, Query_Id=id) if id else server.request(path)


def cancel(server: Server, id: str) -> Reply:
    return server.request(f"/sparql/queries/{id}", "DELETE")


def at_work(server: Server, seconds: float = 0.2) -> bool:
    """Whether any worker has computed for so long."""
    return seconds_at_work(workers(server.pid)) > seconds


def begun(server: Server, query: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    """A query whose rows flow."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.url).netloc, timeout=60)
    connection.request(
        "GET", "/sparql?" + urllib.parse.urlencode({"query": query}), headers={"Accept": "text/csv"}
    )
    response = connection.getresponse()
    assert response.status == 200
    assert len(response.read(100_000)) == 100_000
    return connection, response


def test_a_query_is_cancelled_while_its_client_waits_for_the_first_row(patient: Server) -> None:
    id = str(uuid.uuid4())
    assert ask(patient, QUICK).status == 200
    before = workers(patient.pid)
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(ask, patient, ENDLESS, id)
        wait_until(lambda: cancel(patient, id).status == 204)
        reply = waiting.result(timeout=60)
    assert (reply.status, reply.media_type) == (503, "application/problem+json")
    assert (reply.json["kind"], reply.json["detail"]) == ("QueryCancelled", "The query was cancelled.")
    wait_until(lambda: bool(before - workers(patient.pid)))
    assert ask(patient, QUICK).status == 200
    assert cancel(patient, id).status == 404


def test_a_query_is_cancelled_while_rows_flow_and_its_answer_does_not_look_whole(patient: Server) -> None:
    connection, response = begun(patient, FLOWING)
    busy = workers(patient.pid)
    id = response.headers["Query-Id"]
    assert cancel(patient, id).status == 204
    with pytest.raises(http.client.IncompleteRead):
        response.read()
    connection.close()
    wait_until(lambda: bool(busy - workers(patient.pid)))
    wait_until(lambda: cancel(patient, id).status == 404)


def test_a_client_that_hangs_up_while_rows_flow_ends_its_query(patient: Server) -> None:
    connection, response = begun(patient, FLOWING)
    busy = workers(patient.pid)
    id = response.headers["Query-Id"]
    response.close()
    connection.close()
    wait_until(lambda: bool(busy - workers(patient.pid)), seconds=10)
    wait_until(lambda: cancel(patient, id).status == 404)
    before = seconds_at_work(workers(patient.pid))
    assert ask(patient, QUICK).status == 200
    assert seconds_at_work(workers(patient.pid)) - before < 1


def test_ids_are_the_clients_or_cannot_be_guessed(patient: Server) -> None:
    chosen = str(uuid.uuid4())
    assert ask(patient, "ASK { <a:a> ?p ?o }", chosen).headers["Query-Id"] == chosen
    replies = [ask(patient, f"ASK {{ <a:{place}> ?p ?o }}") for place in range(20)]
    given = {reply.headers["Query-Id"] for reply in replies}
    assert len(given) == 20
    assert all(len(id) >= 22 for id in given)
    assert "Query-Id" in replies[0].headers["Access-Control-Expose-Headers"]


def test_an_answer_that_was_kept_has_no_id(patient: Server) -> None:
    query = "ASK { <kept:answer> ?p ?o }"
    assert ask(patient, query).headers["Query-Id"]
    again = ask(patient, query)
    assert "hit" in again.headers["Cache-Status"]
    assert again.headers["Query-Id"] is None


@pytest.mark.parametrize(
    "id", ["short", "x" * 129, "with space in the middle", "slashes/and/the/like", "ünïcödéd-ïdéntïfïér"]
)
def test_an_id_that_is_none_is_a_bad_request(patient: Server, id: str) -> None:
    reply = ask(patient, QUICK.replace("?p", f"<a:{len(id)}>"), id.encode().decode("latin-1"))
    assert reply.status == 400
    assert "16 to 128" in reply.json["detail"]


def test_an_id_in_use_is_a_conflict_and_the_query_that_has_it_goes_on(patient: Server) -> None:
    id = str(uuid.uuid4())
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(ask, patient, ENDLESS, id)
        wait_until(lambda: at_work(patient))
        wait_until(lambda: ask(patient, "ASK { <in:use> ?p ?o }", id).status == 409)
        assert not first.done()
        assert cancel(patient, id).status == 204
        assert first.result(timeout=60).status == 503


def test_a_query_that_nobody_knows_is_not_found(patient: Server) -> None:
    reply = cancel(patient, str(uuid.uuid4()))
    assert (reply.status, reply.media_type) == (404, "application/problem+json")


def test_a_script_of_another_origin_may_cancel(patient: Server) -> None:
    reply = patient.request("/sparql/queries/0123456789abcdef", "OPTIONS", Origin="https://example.org")
    assert reply.status == 204
    assert "DELETE" in reply.headers["Access-Control-Allow-Methods"]
