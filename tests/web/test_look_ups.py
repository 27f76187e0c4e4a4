"""Look-ups are answered in front of the application, and nobody can tell by the answers."""

import json
from pathlib import Path
from urllib.parse import quote, unquote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conflictgraph.web.look_ups import decoded
from conftest import Reply, Server, serving

QUERY = "SELECT ?label WHERE { <id/state/armenia> <http://www.w3.org/2000/01/rdf-schema#label> ?label }"
LONG = "SELECT ?thing WHERE { ?thing a <ontology#Passage> }"
OF_THE_REQUEST = {"query-id", "x-request-id", "etag", "date", "transfer-encoding", "content-length"}


def _lasting(reply: Reply) -> set[tuple[str, str]]:
    return {
        (name.lower(), value) for name, value in reply.headers.items() if name.lower() not in OF_THE_REQUEST
    }


@pytest.mark.parametrize("query", [QUERY, LONG])
@pytest.mark.parametrize("coding", ["", "gzip", "zstd", "identity;q=0, gzip"])
@pytest.mark.parametrize(
    "accept", ["application/sparql-results+json", "text/csv", "*/*", "text/turtle", "text/html"]
)
def test_a_look_up_is_answered_as_by_the_application(
    server: Server, query: str, coding: str, accept: str
) -> None:
    """A parameter that means nothing makes a request one for the application."""
    plain = "/sparql?query=" + quote(query + f" #{coding}")
    headers = {"Accept": accept, **({"Accept_Encoding": coding} if coding else {})}
    first = server.request(plain, "GET", None, False, **headers)
    second = server.request(plain + "&meaningless=1", "GET", None, False, **headers)
    assert first.status == second.status
    if first.status == 200:
        assert first.body == second.body
        assert _lasting(first) == _lasting(second)
        assert first.headers["Query-Id"] != second.headers["Query-Id"]
        assert first.headers["ETag"]
    asking = {"If_None_Match": first.headers["ETag"] or "", **headers}
    again = server.request(plain, "GET", None, False, **asking)
    assert again.status == (304 if first.status == 200 else first.status)


@pytest.mark.parametrize(
    ("query", "status"),
    [("%FF", 400), ("", 400), (quote("SELECT ?x { <a> <b> ?x"), 400), (quote(QUERY) + "&query=ASK{}", 400)],
)
def test_what_is_wrong_is_answered_by_the_application(server: Server, query: str, status: int) -> None:
    reply = server.request("/sparql?query=" + query, Accept="application/sparql-results+json")
    assert reply.status == status
    assert reply.media_type == "application/problem+json"


def test_a_host_that_makes_no_sense_is_refused(server: Server) -> None:
    assert server.request("/sparql?query=" + quote(QUERY + " #host"), Host="no host").status == 400


def test_a_look_up_with_an_id_of_its_own_keeps_it(server: Server) -> None:
    id = "look-up-with-an-id-of-its-own"
    reply = server.request("/sparql?query=" + quote(QUERY + " #id"), Query_Id=id)
    assert reply.headers["Query-Id"] == id


def test_look_ups_count_for_the_rate_of_a_client(home: Path) -> None:
    with serving(home, CONFLICTGRAPH_TRUSTED_PROXIES="127.0.0.1", CONFLICTGRAPH_CLIENT_RATE="3") as server:
        replies = [
            server.request("/sparql?query=" + quote(f"{QUERY} #{n}"), X_Forwarded_For="198.51.100.7")
            for n in range(4)
        ]
    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert [reply.headers["RateLimit"].split(";")[1] for reply in replies[:3]] == ["r=2", "r=1", "r=0"]
    assert replies[0].headers["RateLimit-Policy"] == '"client";q=3;w=60'


def test_a_look_up_is_counted_and_measured(server: Server) -> None:
    def counted() -> float:
        lines = server.request("/metrics").text.splitlines()
        name = 'conflictgraph_requests_total{method="GET",route="/sparql",status="200"}'
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))

    before = counted()
    reply = server.request("/sparql?query=" + quote(QUERY + " #counted"), Accept="application/json")
    assert json.loads(reply.body)["results"]["bindings"]
    assert counted() == before + 1


@given(st.text(st.sampled_from("%=+ aA_~.09dfF\t\r\n"), max_size=20))
@example("%3D%0A=%0D")
@example("%C3%A9+%E2%82%AC%F0%9F%98%80")
@example("%FF")
@example("%")
def test_a_form_is_decoded_as_the_library_does(value: str) -> None:
    """But for an escape that is none, which is left to the application."""
    escapes = value.split("%")[1:]
    if any(len(each) < 2 or not set(each[:2]) <= set("0123456789abcdefABCDEF") for each in escapes):
        assert decoded(value) is None
        return
    try:
        assert decoded(value) == unquote_plus(value, errors="strict")
    except UnicodeDecodeError:
        assert decoded(value) is None
