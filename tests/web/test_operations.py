"""Metrics, the log, health and readiness of a running server."""

import http.client
import json
import re
import urllib.parse
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from guarded import BAD, GOOD, copied_home
from prometheus_client.parser import text_string_to_metric_families

from conflictgraph import compose, graphs
from conflictgraph.logs import Lines
from conflictgraph.settings import Settings
from conflictgraph.web.stops import REASONS
from conftest import ROOT, Reply, Server, run, serving
from processes import wait_until

TOKEN = "never-in-a-log-4711"
SECRET = "a text that is nobody's business"
DIGITS = "{ 0 1 2 3 4 5 6 7 8 9 }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(12)) + " }"
FLOWING = "SELECT * { " + " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(9)) + " }"
ROWS = "SELECT * { " + " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(3)) + " }"
GREEDY = (
    "SELECT * { " + " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(8)) + " } ORDER BY ?v7 ?v6 ?v5 LIMIT 1"
)
GRAPH = "/data?" + urllib.parse.urlencode({"graph": graphs.source("operations").value})
WRITE = {"Authorization": f"Bearer {TOKEN}", "Content_Type": "text/turtle"}

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a small store."""
    return copied_home(tmp_path_factory.mktemp("operations"))


@pytest.fixture(scope="module")
def busy(written: Path) -> Iterator[Server]:
    """A server with tight limits, which may be written to."""
    with serving(
        written,
        CONFLICTGRAPH_TOKEN=TOKEN,
        CONFLICTGRAPH_QUERY_TIMEOUT="4",
        CONFLICTGRAPH_RESULT_MAX_BYTES="4000000",
        CONFLICTGRAPH_RESULT_MAX_ROWS="900",
        CONFLICTGRAPH_WORKER_MEMORY_MB="150",
        CONFLICTGRAPH_WORKERS="1",
        CONFLICTGRAPH_LONG_QUERIES="1",
        CONFLICTGRAPH_QUEUE="1",
    ) as running:
        yield running


@pytest.fixture(scope="module")
def talkative(home: Path) -> Iterator[Server]:
    """A server whose log tells the text of queries."""
    with serving(home, CONFLICTGRAPH_LOG_QUERIES="yes") as running:
        yield running


def samples(server: Server) -> Samples:
    reply = server.request("/metrics")
    assert reply.status == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


def value(server: Server, name: str, **labels: str) -> float:
    return samples(server).get((f"conflictgraph_{name}", frozenset(labels.items())), 0.0)


def line(server: Server, id: str, event: str = "request") -> dict[str, object]:
    """The line of an event of that request; it is written when the last byte was handed on."""
    wait_until(lambda: any(told["request"] == id for told in server.logged(event)))
    (told,) = [told for told in server.logged(event) if told["request"] == id]
    return told


def ask(server: Server, query: str, **headers: str) -> Reply:
    return server.request(
        "/sparql?" + urllib.parse.urlencode({"query": query}), body=None, follow=False, **headers
    )


def test_the_documented_metrics_are_those_that_are_exposed(server: Server) -> None:
    families = re.findall(r"^# TYPE (conflictgraph_\w+) (\w+)$", server.request("/metrics").text, re.M)
    exposed = {(name, kind) for name, kind in families if not name.endswith("_created")}
    table = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(conflictgraph_\w+)` \| (\w+) \|", table, re.M))
    assert documented == exposed


def test_the_documented_reasons_and_fields_are_those_that_are_told(server: Server) -> None:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \| stopped: ", text, re.M)) == set(REASONS)
    line(server, ask(server, f"ASK {{ ?{uuid.uuid4().hex} ?p ?o }}").headers["X-Request-Id"])
    told = {name for each in server.logged("request") for name in each}
    assert told <= set(re.findall(r"^\| `(\w+)` \| (?!stopped)", text, re.M))


def test_requests_are_counted_by_route_and_never_by_address(server: Server) -> None:
    labels = {"route": "/id/<path:name>", "method": "GET", "status": "303"}
    before = value(server, "requests_total", **labels)
    for number in range(3):
        server.request(f"/nowhere/{number}?token={number}")
        server.request("/id/state/armenia")
    assert value(server, "requests_total", **labels) == before + 3
    assert value(server, "requests_total", route="unmatched", method="GET", status="404") >= 3
    server.request("/nowhere", "PROPFIND")
    assert value(server, "requests_total", route="unmatched", method="other", status="404") >= 1
    assert "nowhere" not in server.request("/metrics").text
    assert value(server, "request_seconds_count", route="/id/<path:name>") >= 3
    assert value(server, "requests_in_progress") >= 1  # this one


def test_the_cache_is_counted_and_a_kept_answer_is_still_told_of_whole(server: Server) -> None:
    query = f"SELECT ?o {{ <http://e/{uuid.uuid4()}> ?p ?o }}"
    before = samples(server)
    first, second = ask(server, query), ask(server, query)
    after = samples(server)
    for outcome in ("hit", "miss"):
        key = "conflictgraph_cache_requests_total", frozenset({("outcome", outcome)})
        assert after[key] > before[key]
    assert value(server, "cache_bytes") > 0
    told = [line(server, reply.headers["X-Request-Id"]) for reply in (first, second)]
    assert [each["cache"] for each in told] == ["miss", "hit"]
    for name in ("route", "status", "generation", "query_sha256", "bytes"):
        assert told[0][name] == told[1][name], name
    assert told[0]["bytes"] == len(first.body)
    assert told[0]["query_id"] == first.headers["Query-Id"]


def test_sent_bytes_are_those_of_the_body(server: Server) -> None:
    before = value(server, "response_bytes_total", route="/sparql")
    reply = ask(server, f"SELECT * {{ ?s ?p ?o }} LIMIT 500 # {uuid.uuid4()}")
    assert value(server, "response_bytes_total", route="/sparql") == before + len(reply.body)


@pytest.mark.parametrize(
    ("query", "reason"),
    [(ENDLESS, "deadline"), (ROWS, "rows"), (GREEDY, "memory")],
    ids=lambda text: text[-8:],
)
def test_what_is_stopped_is_counted_and_told_with_its_reason(busy: Server, query: str, reason: str) -> None:
    before = value(busy, "stops_total", reason=reason)
    id = uuid.uuid4().hex
    try:
        assert ask(busy, query, X_Request_Id=id).status in (413, 503)
    except http.client.HTTPException:
        assert line(busy, id, "broken")["error"] == "TooManyRows"
    assert line(busy, id, "stopped")["reason"] == reason
    assert value(busy, "stops_total", reason=reason) == before + 1


def test_an_answer_that_breaks_off_is_told_and_counted(busy: Server) -> None:
    before = value(busy, "broken_answers_total")
    id = uuid.uuid4().hex
    rows = f"VALUES ?a {DIGITS} VALUES ?b {DIGITS} VALUES ?c {{ 0 1 2 }}"
    with pytest.raises(http.client.HTTPException):
        ask(busy, f'SELECT ("{"x" * 20_000}" AS ?text) {{ {rows} }}', X_Request_Id=id)
    assert line(busy, id, "broken")["error"] == "ResultTooLarge"
    assert value(busy, "broken_answers_total") == before + 1


def test_a_full_queue_cancelling_and_hanging_up_are_told_apart(busy: Server) -> None:
    before = samples(busy)
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(ask, busy, f"{ENDLESS} # {number}") for number in range(4)]
        wait_until(lambda: value(busy, "queries_running") > 0)
        assert all(each.result().status == 503 for each in asked)
    id = str(uuid.uuid4())
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ask, busy, ENDLESS, Query_Id=id)
        wait_until(lambda: busy.request(f"/sparql/queries/{id}", "DELETE").status == 204)
        assert waiting.result().status == 503
    after = samples(busy)
    for reason in ("queue", "cancelled"):
        key = "conflictgraph_stops_total", frozenset({("reason", reason)})
        assert after[key] > before[key]
    wait_until(lambda: value(busy, "queries_running") == 0)


def test_a_client_that_hangs_up_is_told(server: Server) -> None:
    before = value(server, "stops_total", reason="hung_up")
    id = uuid.uuid4().hex
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.url).netloc, timeout=60)
    path = "/sparql?" + urllib.parse.urlencode({"query": FLOWING})
    connection.request("GET", path, headers={"X-Request-Id": id})
    response = connection.getresponse()
    assert len(response.read(100_000)) == 100_000
    response.close()
    connection.close()
    assert line(server, id, "stopped")["reason"] == "hung_up"
    assert value(server, "stops_total", reason="hung_up") == before + 1
    assert value(server, "requests_in_progress") == 1


def test_publications_and_refusals_are_counted_and_the_new_generation_is_seen(busy: Server) -> None:
    before = samples(busy)
    key = "conflictgraph_generation", frozenset[tuple[str, str]]()
    published = busy.request(GRAPH, "PUT", GOOD, follow=False, **WRITE)
    refused = busy.request(GRAPH, "PUT", BAD, follow=False, **WRITE)
    assert (published.status, refused.status) == (201, 422)
    after = samples(busy)
    assert after[key] == before[key] + 1 == published.json["generation"]
    for name in ("publications", "refusals"):
        total = f"conflictgraph_{name}_total", frozenset[tuple[str, str]]()
        assert after[total] == before[total] + 1
    assert value(busy, "generation_bytes") > 10_000
    assert value(busy, "drafts_open") == 0
    assert line(busy, published.headers["X-Request-Id"], "published")["generation"] == after[key]
    assert line(busy, refused.headers["X-Request-Id"], "refused")["rejected"] == refused.json["rejected"]


def test_a_publication_by_another_process_is_seen_at_once(
    busy: Server, written: Path, tmp_path: Path
) -> None:
    document = tmp_path / "people.ttl"
    document.write_bytes(GOOD.replace(b"oris", b"orelik"))
    counted = "SELECT (COUNT(*) AS ?n) { ?s ?p 'Gorelik'@en }"
    assert busy.query(counted).json["results"]["bindings"][0]["n"]["value"] == "0"
    before = value(busy, "generation")
    done = run("ingest", str(document), "--source", "beside", "--home", str(written))
    assert done.returncode == 0, done.stderr
    assert busy.query(counted).json["results"]["bindings"][0]["n"]["value"] == "1"
    assert value(busy, "generation") == before + 1


@pytest.mark.parametrize("given", ["my-id.1~2_3", "0b6f9f0a-5a0b-4c8e-9d5e-1f2a3b4c5d6e"])
def test_a_well_formed_request_id_is_taken_over(server: Server, given: str) -> None:
    assert server.request("/health", X_Request_Id=given).headers["X-Request-Id"] == given


@pytest.mark.parametrize("given", ["", "a b", 'a"b', "x" * 129, "ä", "a\tb", "<script>"])
def test_any_other_request_id_is_replaced(server: Server, given: str) -> None:
    replies = [server.request("/health", X_Request_Id=given) for _ in range(2)]
    ids = {reply.headers["X-Request-Id"] for reply in replies}
    assert len(ids) == 2
    assert all(re.fullmatch(r"[0-9a-f]{16}", id) for id in ids)


def test_nothing_that_a_client_sends_begins_a_line_of_the_log(talkative: Server) -> None:
    forged = '\n{"level": "error", "event": "forged"}\r\n\x1b[31m\u2028\x00'
    reply = ask(talkative, f"SELECT ('''{forged}''' AS ?x) {{ }}".replace("\x00", ""))
    assert reply.status == 200
    talkative.request("/" + urllib.parse.quote(forged), Referer="x", User_Agent="y")
    told = line(talkative, reply.headers["X-Request-Id"])
    assert "forged" in str(told["query"])
    raw = talkative.errors.read_bytes()
    assert re.fullmatch(rb"[ -~\n]*", raw)
    assert not talkative.logged("forged")
    assert all(isinstance(json.loads(each), dict) for each in raw.splitlines())


def test_the_log_tells_neither_token_nor_address_nor_query(busy: Server) -> None:
    ask(busy, f"ASK {{ ?s ?p '{SECRET}' }}", Authorization=f"Bearer {TOKEN}", Cookie=f"c={TOKEN}")
    busy.request(f"/nowhere/{TOKEN}?token={TOKEN}", Authorization=f"Bearer {TOKEN}")
    busy.request(GRAPH, "PUT", BAD, Authorization=f"Bearer {TOKEN}x")
    id = busy.request("/health").headers["X-Request-Id"]
    line(busy, id)
    raw = busy.errors.read_text(encoding="ascii")
    assert TOKEN not in raw
    assert SECRET not in raw
    assert "127.0.0.1" not in raw


def test_what_nobody_expected_is_told_with_its_trace_but_not_its_address(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = compose.web_application(Settings(home=home))
    app.add_url_rule("/faulty/<int:number>", view_func=lambda number: str(1 / number))
    reply = app.test_client().get(f"/faulty/0?token={TOKEN}")
    assert (reply.status_code, reply.mimetype) == (500, "application/problem+json")
    lines = [Lines().format(record) for record in caplog.records]
    (failed,) = [told for told in map(json.loads, lines) if told["event"] == "failed"]
    assert failed["request"] == reply.headers["X-Request-Id"]
    assert failed["route"] == "/faulty/<int:number>"
    assert "ZeroDivisionError" in failed["trace"]
    assert TOKEN not in "".join(lines)


def test_the_level_of_the_log_can_be_set(home: Path) -> None:
    with serving(home, CONFLICTGRAPH_LOG_LEVEL="warning", CONFLICTGRAPH_QUERY_TIMEOUT="1") as quiet:
        assert quiet.request("/health").status == 200
        assert ask(quiet, ENDLESS).status == 503
        wait_until(lambda: bool(quiet.logged("stopped")))
        assert not quiet.logged("request")


@pytest.mark.parametrize(
    "header", ["X_Forwarded_For", "Forwarded", "X_Real_IP", "Via", "Origin"], ids=lambda name: name
)
def test_metrics_are_for_programs_on_this_machine(server: Server, header: str) -> None:
    reply = server.request("/metrics", body=None, follow=False, **{header: "127.0.0.1"})
    assert (reply.status, reply.media_type) == (403, "application/problem+json")
    assert "conflictgraph_" not in reply.text


def test_metrics_can_be_for_all_or_nobody(home: Path) -> None:
    with serving(home, CONFLICTGRAPH_METRICS="all") as server:
        assert server.request("/metrics", X_Forwarded_For="192.0.2.1").status == 200
        accept = "application/openmetrics-text; version=1.0.0"
        assert server.request("/metrics", Accept=accept).text.endswith("# EOF\n")
    with serving(home, CONFLICTGRAPH_METRICS="off") as server:
        assert server.request("/metrics").status == 404


def test_a_server_is_ready_when_a_query_is_answered(server: Server) -> None:
    reply = server.request("/ready")
    assert reply.json == {"status": "ready", "version": reply.json["version"], "generation": 1}
    assert reply.headers["Cache-Control"] == "no-store"


def test_without_a_generation_a_process_lives_but_is_not_ready(tmp_path: Path) -> None:
    store = copied_home(tmp_path)
    with serving(store) as server:
        (store / "current").unlink()
        (store / "generations").rename(store / "away")
        reply = server.request("/ready")
        assert (reply.status, reply.media_type) == (503, "application/problem+json")
        assert reply.json["kind"] == "NotReady"
        assert "Nothing is published" in reply.json["detail"]
        assert server.request("/health").json["status"] == "ok"
        assert server.request("/metrics").status == 200
