"""One request to a host that behaves as it likes, over real HTTP."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from conflictgraph import hosts
from conflictgraph.errors import ConflictGraphError, QueryCancelled, QueryRefused, RemoteFailed
from conflictgraph.federation.outside import AT_ONCE, Outside
from conflictgraph.store.port import Cancellation
from remotes import Remote, hostile

SECONDS = 1.0
MAX_BYTES = 100_000


@pytest.fixture(scope="module")
def outside(rude: Remote) -> Iterator[Outside]:
    asking = Outside(hosts.allowed(rude.host), SECONDS, MAX_BYTES)
    yield asking
    asking.close()


def query(rude: Remote, path: str, silent: str = "") -> str:
    return f"SELECT * {{ SERVICE {silent} <{rude.iri(path)}> {{ ?x ?p ?o }} }}"


@pytest.mark.parametrize("path", ["/rows", "/in"])
def test_rows_come_also_behind_a_redirection_within_the_list(
    outside: Outside, rude: Remote, path: str
) -> None:
    assert "<http://example.org/told>" in outside.answered(query(rude, path), 20).whole
    assert b"query=" in rude.seen[-1][1]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/loop", "redirections"),
        ("/see-other", "status 303"),
        ("/silent", "1 s"),
        ("/drip", "1 s"),
        ("/slow-headers", "1 s"),
        ("/continue", "1 s"),
        ("/endless", "more than 100000 bytes"),
        ("/html", "answered in text/html; expected"),
        ("/lies", "is not application/sparql-results"),
        ("/evil-iri", "is not application/sparql-results"),
        ("/evil-name", "is not application/sparql-results"),
        ("/truth", "true or false"),
        ("/short", "hung up before the end"),
        ("/packed", "Content-Encoding"),
        ("/error", "status 500"),
        ("/garbage", "did not answer as HTTP asks"),
        ("/nothing", "status 404"),
    ],
)
def test_an_endpoint_that_misbehaves_is_a_clear_error_in_good_time(
    outside: Outside, rude: Remote, path: str, reason: str
) -> None:
    began = time.monotonic()
    with pytest.raises(RemoteFailed, match=reason):
        outside.answered(query(rude, path), 60)
    assert time.monotonic() - began < 30
    assert "VALUES () { () }" in outside.answered(query(rude, path, "SILENT"), 60).whole


@pytest.mark.parametrize("silent", ["", "SILENT"])
@pytest.mark.parametrize("path", ["/out", "/file"])
def test_a_redirection_out_of_the_list_is_refused(
    outside: Outside, rude: Remote, elsewhere: Remote, path: str, silent: str
) -> None:
    with pytest.raises(QueryRefused):
        outside.answered(query(rude, path, silent), 20)
    assert not elsewhere.seen


def test_an_answer_made_to_crash_its_reader_ends_only_that_reader(rude: Remote) -> None:
    outside = Outside(hosts.allowed(rude.host), 20, 50_000_000)
    with pytest.raises(ConflictGraphError):
        outside.answered(query(rude, "/deep"), 60)
    assert "told" in outside.answered(query(rude, "/rows"), 20).whole
    outside.close()


def test_no_host_is_asked_if_one_of_them_may_not_be(outside: Outside, rude: Remote) -> None:
    asked = len(rude.seen)
    text = query(rude, "/rows").replace("} }", "} SERVICE SILENT <http://example.com/> {} }")
    with pytest.raises(QueryRefused, match=r"example.com:80 may not be asked"):
        outside.answered(text, 20)
    assert len(rude.seen) == asked


def test_the_same_question_is_put_once(outside: Outside, rude: Remote) -> None:
    asked = len(rude.seen)
    clause = f"SERVICE <{rude.iri('/rows')}> {{ ?x ?p ?o }}"
    outside.answered(f"SELECT * {{ {{ {clause} }} UNION {{ {clause} }} }}", 20)
    assert len(rude.seen) == asked + 1


def test_nobody_there_is_a_clear_error() -> None:
    with hostile() as gone:
        pass
    outside = Outside(hosts.allowed(gone.host), SECONDS, MAX_BYTES)
    with pytest.raises(RemoteFailed, match="cannot be reached"):
        outside.answered(query(gone, "/rows"), 20)
    outside.close()


def test_what_is_asked_is_the_form_that_every_endpoint_takes(outside: Outside, rude: Remote) -> None:
    text = f"PREFIX e: <http://e/>\nSELECT * {{ SERVICE <{rude.iri('/rows')}> {{ ?x e:p 'ü' }} }}"
    outside.answered(text, 20)
    assert rude.seen[-1][1] == (
        b"query=PREFIX+e%3A+%3Chttp%3A%2F%2Fe%2F%3E%0ASELECT+%2A+WHERE+%7B+%3Fx+e%3Ap+%27%C3%BC%27+%7D"
    )


def test_who_asks_can_stop_it(rude: Remote) -> None:
    cancellation = Cancellation()
    patient = Outside(hosts.allowed(rude.host), 60, MAX_BYTES)
    asked = len(rude.seen)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(patient.answered, query(rude, "/silent", "SILENT"), 60, cancellation)
        while len(rude.seen) == asked:
            assert not waiting.done()
            time.sleep(0.01)
        cancellation.cancel()
        with pytest.raises(QueryCancelled):
            waiting.result(30)
    cancellation.cancel()
    assert "told" in patient.answered(query(rude, "/rows"), 20).whole
    patient.close()


def test_more_than_a_few_at_a_time_are_told_to_come_again(rude: Remote) -> None:
    patient = Outside(hosts.allowed(rude.host), 4, MAX_BYTES)
    text = query(rude, "/silent", "SILENT")
    with ThreadPoolExecutor(2 * AT_ONCE + 1) as threads:
        waiting = [threads.submit(patient.answered, text, 60) for _ in range(2 * AT_ONCE + 1)]
        errors = [each.exception(60) for each in waiting]
    assert sorted(type(error).__name__ for error in errors if error) == ["StoreBusy"]
    patient.close()
