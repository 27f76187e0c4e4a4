"""Answers kept between requests: over real HTTP, with publications beside them."""

import socket
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import graphs
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.web.caching import Caching
from conflictgraph.web.response_cache import ResponseCache
from conflictgraph.web.turns import Turns
from conftest import Reply, Server, serving

ALL = "SELECT ?o WHERE { ?s ?p ?o } ORDER BY ?o"
LONG = (
    "SELECT * { "
    + " ".join(f"VALUES ?v{i} {{ 0 1 2 3 4 5 6 7 8 9 }}" for i in range(5))
    + ' BIND("a literal that makes each row of the result a little longer" AS ?text) }'
)
SPARQL_QUERY = "application/sparql-query"
HIT = "conflictgraph; hit"
LIMITS = {
    "CONFLICTGRAPH_CACHE_MAX_BYTES": "600000",
    "CONFLICTGRAPH_CACHE_ENTRY_MAX_BYTES": "300000",
}


@dataclass(frozen=True)
class Publisher:
    """A server, and a way past the gate to publish what it serves."""

    server: Server
    store: EmbeddedStore

    def publish(self, *texts: str) -> None:
        """Make a generation that holds these literals and nothing else."""
        subject, predicate = NamedNode("http://example.org/s"), NamedNode("http://example.org/p")
        with self.store.draft() as draft:
            draft.replace_graph(
                graphs.source("test"), [Triple(subject, predicate, Literal(text)) for text in texts]
            )
            draft.publish("test")

    def literals(self) -> list[str]:
        """What the server answers now."""
        return self.server.query(ALL, "text/csv").text.split()[1:]


@pytest.fixture(scope="module")
def publisher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    home = tmp_path_factory.mktemp("cached") / "home"
    store = EmbeddedStore(home, workers=1)
    try:
        made = Publisher(Server(""), store)
        made.publish("first")
        with serving(home, None, **LIMITS) as server:
            yield Publisher(server, store)
    finally:
        store.close()


@pytest.fixture(scope="module")
def small(publisher: Publisher) -> Server:
    return publisher.server


def fresh(text: str, made: "list[int]" = []) -> str:  # noqa: B006  # counts the calls
    """A query that nobody has asked before."""
    made.append(0)
    return f"{text} # {len(made)}"


def hit(reply: Reply) -> bool:
    return bool(reply.headers["Cache-Status"] == HIT)


def test_what_is_published_is_what_the_next_request_gets(publisher: Publisher) -> None:
    for number in range(10):
        publisher.publish(f"state{number}")
        assert [publisher.literals() for _ in range(3)] == [[f"state{number}"]] * 3


def test_readers_beside_publications_never_go_back(publisher: Publisher) -> None:
    def seen() -> list[int]:
        return [int(publisher.literals()[0]) for _ in range(150)]

    publisher.publish("0")
    with ThreadPoolExecutor(4) as threads:
        readers = [threads.submit(seen) for _ in range(4)]
        for number in range(1, 15):
            publisher.publish(str(number))
            assert publisher.literals() == [str(number)]
        for reader in readers:
            assert reader.result() == sorted(reader.result())


@pytest.mark.parametrize(
    "accept", ["text/csv", "application/sparql-results+json", "application/sparql-results+xml"]
)
@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
def test_a_hit_has_the_bytes_of_the_miss(small: Server, accept: str, coding: str) -> None:
    path = "/sparql?" + urllib.parse.urlencode({"query": fresh(f"SELECT * {{ {{ {LONG} }} }} LIMIT 300")})
    miss, again = (small.request(path, Accept=accept, Accept_Encoding=coding) for _ in range(2))
    assert (hit(miss), hit(again)) == (False, True)
    assert miss.body == again.body
    assert (miss.headers["ETag"], miss.headers["Vary"]) == (again.headers["ETag"], again.headers["Vary"])
    assert int(again.headers["Content-Length"]) == len(again.body)


def test_a_query_sent_by_post_is_kept_by_its_text(small: Server) -> None:
    query = fresh(ALL)
    replies = [small.request("/sparql", "POST", query.encode(), Content_Type=SPARQL_QUERY) for _ in range(2)]
    assert [hit(reply) for reply in replies] == [False, True]
    assert replies[0].body == replies[1].body
    assert replies[0].headers["ETag"] is None
    other = small.request("/sparql", "POST", fresh(ALL).encode(), Content_Type=SPARQL_QUERY)
    assert not hit(other)


def test_what_the_answer_depends_on_is_kept_apart(small: Server) -> None:
    query = fresh("SELECT ?g WHERE { GRAPH ?g { ?s ?p ?o } }")
    graph = graphs.source("test").value
    asked = [
        small.query(query, "text/csv"),
        small.query(query, "text/tab-separated-values"),
        small.query(query, "text/csv", **{"default-graph-uri": graph}),
        small.query(query, "text/csv", **{"named-graph-uri": graph}),
        small.request(
            "/sparql?" + urllib.parse.urlencode({"query": query}), Accept="text/csv", Accept_Encoding="gzip"
        ),
        small.request("/sparql", "POST", query.encode(), Content_Type=SPARQL_QUERY, Accept="text/csv"),
        small.request(
            "/sparql", "POST", query.encode(), Content_Type=SPARQL_QUERY, Accept="application/json"
        ),
    ]
    assert not any(map(hit, asked))
    assert len({reply.headers["ETag"] for reply in asked[:5]}) == 5


def test_a_client_that_has_the_answer_gets_304_until_something_is_published(publisher: Publisher) -> None:
    path = "/sparql?" + urllib.parse.urlencode({"query": fresh(ALL)})
    etag = publisher.server.request(path).headers["ETag"]
    assert etag.startswith('W/"')
    for condition in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        reply = publisher.server.request(path, If_None_Match=condition)
        assert (reply.status, reply.body, reply.headers["ETag"]) == (304, b"", etag)
        assert "Accept-Encoding" in reply.headers["Vary"]
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert reply.headers["Content-Type"] is None
    assert publisher.server.request(path, If_None_Match='"other"').status == 200
    publisher.publish("for the 304")
    changed = publisher.server.request(path, If_None_Match=etag)
    assert changed.status == 200
    assert changed.headers["ETag"] != etag


def test_an_answer_too_long_to_keep_has_an_etag_and_is_304_to_who_has_it(small: Server) -> None:
    path = "/sparql?" + urllib.parse.urlencode({"query": fresh(LONG)})
    first, second = small.request(path), small.request(path)
    assert not hit(first)
    assert not hit(second)
    assert len(first.body) > 1_000_000
    assert first.body == second.body
    assert small.request(path, If_None_Match=first.headers["ETag"]).status == 304


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (NOW() AS ?x) {}",
        "SELECT (RAND() AS ?x) {}",
        "SELECT (rand () AS ?x) {}",
        "SELECT (UUID() AS ?x) {}",
        "SELECT (STRUUID() AS ?x) {}",
        "SELECT (BNODE() AS ?x) {}",
        "CONSTRUCT { [] <http://e/p> ?o } WHERE { ?s ?p ?o }",
        "CONSTRUCT { _:b <http://e/p> ?o } WHERE { ?s ?p ?o }",
    ],
)  # fmt: skip
def test_what_differs_each_time_is_computed_each_time(small: Server, query: str) -> None:
    replies = [small.query(query, "*/*") for _ in range(3)]
    assert not any(map(hit, replies))
    assert {reply.status for reply in replies} == {200}
    assert {(reply.headers["Cache-Control"], reply.headers["ETag"]) for reply in replies} == {
        ("no-store", None)
    }


def test_errors_are_not_kept(small: Server) -> None:
    for query in ("SELECT", "SELECT * { SERVICE <http://e/> {} }", "CLEAR ALL"):
        for _ in range(2):
            reply = small.query(query)
            assert reply.status >= 400
            assert (reply.headers["Cache-Control"], reply.headers["ETag"]) == ("no-store", None)
            assert not hit(reply)


def test_an_answer_that_the_client_did_not_read_to_its_end_is_not_kept(small: Server) -> None:
    path = "/sparql?" + urllib.parse.urlencode({"query": fresh(LONG), "format": "csv"})
    address = urllib.parse.urlsplit(small.url)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=30) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
        assert client.recv(1000).startswith(b"HTTP/1.1 200")
    whole = small.request(path)
    assert not hit(whole)
    assert whole.body.count(b"\r\n") == 100_001


def test_the_room_is_bounded_and_the_oldest_go_first(small: Server) -> None:
    queries = [fresh(f"SELECT * {{ {{ {LONG} }} }} LIMIT 300") for _ in range(12)]
    sizes = [len(small.query(query).body) for query in queries]
    assert sum(sizes) > int(LIMITS["CONFLICTGRAPH_CACHE_MAX_BYTES"]) > 2 * max(sizes)
    assert hit(small.query(queries[-1]))
    assert not hit(small.query(queries[0]))


def test_many_who_ask_the_same_at_once_get_the_same(small: Server) -> None:
    query = fresh(f"SELECT (COUNT(*) AS ?n) {{ {{ {LONG} }} FILTER(STRLEN(?text) > 1) }}")
    with ThreadPoolExecutor(12) as threads:
        replies = list(threads.map(lambda _: small.query(query, "text/csv"), range(12)))
    assert {(reply.status, reply.body) for reply in replies} == {(200, b"n\r\n100000\r\n")}
    assert hit(small.query(query, "text/csv"))


def test_a_cache_without_room_keeps_nothing_and_answers_all_the_same(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "home", workers=1)
    publisher = Publisher(Server(""), store)
    publisher.publish("one")
    with serving(tmp_path / "home", CONFLICTGRAPH_CACHE_MAX_BYTES="0") as server:
        replies = [server.query(ALL) for _ in range(3)]
        assert not any(map(hit, replies))
        again = server.request(
            "/sparql?" + urllib.parse.urlencode({"query": ALL}),
            Accept="application/sparql-results+json",
            If_None_Match=replies[0].headers["ETag"],
        )
        assert again.status == 304
    store.close()


def test_a_past_generation_may_be_kept_longer_than_the_current_one(small: Server) -> None:
    number = small.request("/generations").json["generations"][0]["number"]
    assert small.query(ALL).headers["Cache-Control"] == "public, no-cache"
    assert small.query(ALL, generation=str(number)).headers["Cache-Control"] == "public, max-age=86400"


def test_headers_for_one_client_are_not_kept() -> None:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        number = environ["HTTP_QUERY_ID"]
        start_response("200 OK", [("Cache-Control", "public"), ("Query-Id", number), ("Link", "</kept>")])
        return [b"answer"]

    def headers(number: str) -> dict[str, str]:
        told: dict[str, str] = {}

        def start_response(_: str, headers: list[tuple[str, str]], __: Any = None) -> Any:
            told.update(headers)

        environ = {"REQUEST_METHOD": "GET", "HTTP_QUERY_ID": number}
        chunks = caching(environ, start_response)
        assert b"".join(chunks) == b"answer"
        return told

    caching = Caching(application, ResponseCache(10_000, 10_000), lambda: "1", seed="")
    first, second = headers("one"), headers("two")
    assert (first["Query-Id"], first["Link"]) == ("one", "</kept>")
    assert (second["Cache-Status"], second["Link"]) == (HIT, "</kept>")
    assert "Query-Id" not in second


def test_who_asks_the_same_waits_a_moment_and_then_goes_on() -> None:
    turns = Turns()
    first = turns.taken("question")
    assert first is not None
    assert turns.taken("another question") is not None
    assert turns.taken("question") is None
    turns.end("question", first)
    turns.end("question", first)
    assert turns.taken("question") is not None


def test_who_waits_is_woken_when_the_answer_is_there() -> None:
    turns = Turns(patience=600)
    first = turns.taken("question")
    with ThreadPoolExecutor(4) as threads:
        others = [threads.submit(turns.taken, "question") for _ in range(4)]
        turns.end("question", first)
        for other in as_completed(others, timeout=60):
            turns.end("question", other.result())
