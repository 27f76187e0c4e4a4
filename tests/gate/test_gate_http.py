"""Writes and past generations over real HTTP."""

import gzip
import json
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from guarded import BAD, GOOD, OTHER, copied_home
from pyoxigraph import RdfFormat, parse

from conflictgraph import graphs, vocabulary
from conflictgraph.store.embedded import EmbeddedStore
from conftest import Reply, Server, serving

TOKEN = "open-sesame"
FORM = "application/x-www-form-urlencoded"
UPDATE = "application/sparql-update"
TURTLE = "text/turtle"
GRAPH = "/data?" + urllib.parse.urlencode({"graph": graphs.source("test").value})
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
INSERT = f"INSERT DATA {{ GRAPH {graphs.source('update')} {{ <http://e/a> {LABEL} 'a' }} }}"


@dataclass(frozen=True)
class Writable:
    server: Server

    def __call__(
        self, path: str, method: str, body: bytes = b"", content_type: str = TURTLE, **more: str
    ) -> Reply:
        more.setdefault("Authorization", f"Bearer {TOKEN}")
        return self.server.request(path, method, body, follow=False, Content_Type=content_type, **more)


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writable]:
    path = tmp_path_factory.mktemp("writable")
    (path / "token").write_text(TOKEN + "\n")
    token_file = str(path / "token")
    with serving(
        copied_home(path), CONFLICTGRAPH_TOKEN_FILE=token_file, CONFLICTGRAPH_INPUT_MAX_BYTES="1000000"
    ) as server:
        yield Writable(server)


def current(write: Writable) -> int:
    return int(write.server.request("/generations").json["generations"][0]["number"])


def test_a_graph_is_put_read_added_to_and_deleted(write: Writable) -> None:
    put = write(GRAPH, "PUT", GOOD)
    assert (put.status, put.headers["Location"]) == (201, "/graph/source/test")
    assert (put.json["added"], put.json["removed"], put.json["generation"]) == (2, 0, current(write))
    read = write.server.request(GRAPH, Accept="application/n-triples")
    assert (read.status, len(read.body.splitlines())) == (200, 2)
    assert write.server.request("/graph/source/test", Accept="application/n-triples").body == read.body
    assert write.server.request(GRAPH, "HEAD").body == b""
    posted = write("/graph/source/test", "POST", gzip.compress(OTHER), Content_Encoding="gzip")
    assert (posted.status, posted.json["added"]) == (200, 2)
    assert write(GRAPH, "DELETE").json["removed"] == 4
    assert write.server.request(GRAPH).status == 404
    assert write(GRAPH, "DELETE").status == 404


@pytest.mark.parametrize(("body", "content_type"), [
    (INSERT.encode(), UPDATE), (urllib.parse.urlencode({"update": INSERT}).encode(), FORM),
])  # fmt: skip
def test_an_update_is_published(write: Writable, body: bytes, content_type: str) -> None:
    before = current(write)
    reply = write("/update", "POST", body, content_type)
    assert (reply.status, reply.json["generation"]) == (200, before + 1), reply.text


def test_a_violation_is_422_with_the_report_and_changes_nothing(write: Writable) -> None:
    before = current(write), write.server.query(COUNT).body
    reply = write(GRAPH, "PUT", BAD)
    assert (reply.status, reply.media_type) == (422, "application/problem+json")
    assert "Three houses" in reply.json["detail"]
    assert reply.json["report"]
    as_rdf = write(GRAPH, "PUT", BAD, Accept="text/turtle")
    assert (as_rdf.status, as_rdf.media_type) == (422, "text/turtle")
    assert b"ValidationReport" in as_rdf.body
    assert list(parse(as_rdf.body, format=RdfFormat.TURTLE))
    assert (current(write), write.server.query(COUNT).body) == before


def test_without_the_token_nothing_is_written(write: Writable) -> None:
    before = current(write)
    missing = write.server.request("/update", "POST", INSERT.encode(), Content_Type=UPDATE)
    wrong = write("/update", "POST", INSERT.encode(), UPDATE, Authorization=f"Bearer {TOKEN}x")
    basic = write("/update", "POST", INSERT.encode(), UPDATE, Authorization="Basic b3Blbi1zZXNhbWU6")
    assert [reply.status for reply in (missing, wrong, basic)] == [401, 401, 401]
    assert missing.headers["WWW-Authenticate"] == 'Bearer realm="conflictgraph"'
    assert 'error="invalid_token"' in wrong.headers["WWW-Authenticate"]
    assert all(TOKEN not in reply.text for reply in (missing, wrong, basic))
    assert write.server.request(GRAPH, "PUT", GOOD, Content_Type=TURTLE).status == 401
    assert write.server.request(GRAPH, "DELETE").status == 401
    assert current(write) == before


@pytest.mark.parametrize(
    ("path", "method", "body", "content_type", "status"),
    [
        (GRAPH, "PATCH", b"", UPDATE, 405),
        ("/update", "GET", b"", UPDATE, 405),
        (GRAPH, "PUT", GOOD, "text/csv", 415),
        (GRAPH, "PUT", GOOD.decode().encode("utf-16"), f"{TURTLE}; charset=utf-16", 415),
        (GRAPH, "PUT", GOOD.decode().encode("utf-16"), TURTLE, 400),
        (GRAPH, "PUT", b"<?xml version='1.0' encoding='latin1'?><a/>", "application/rdf+xml", 400),
        ("/update", "POST", INSERT.encode("utf-16"), f"{UPDATE}; charset=utf-16", 415),
        ("/update", "POST", INSERT.encode("utf-16"), UPDATE, 400),
        ("/update", "POST", INSERT.encode(), "text/plain", 415),
        (GRAPH, "PUT", b"<a:a> <a:b> .", TURTLE, 400),
        (GRAPH, "PUT", gzip.compress(b"# \n" * 1_000_000), TURTLE, 413),
        ("/update", "POST", b"#" * 1_000_001, UPDATE, 413),
        ("/update", "POST", b"INSERT", UPDATE, 400),
        ("/update", "POST", b"LOAD <file:///etc/hostname>", UPDATE, 400),
        ("/update?using-graph-uri=http://e/g", "POST", INSERT.encode(), UPDATE, 400),
        ("/update", "POST", b"", FORM, 400),
        ("/update", "POST", b"CLEAR ALL", UPDATE, 403),
        ("/data", "PUT", GOOD, TURTLE, 400),
        ("/data?default", "PUT", GOOD, TURTLE, 403),
        ("/data?graph=" + graphs.INFERRED.value, "PUT", GOOD, TURTLE, 403),
        ("/data?graph=http://example.org/", "PUT", GOOD, TURTLE, 403),
        ("/data?graph=no+iri", "PUT", GOOD, TURTLE, 400),
    ],
)
def test_a_write_that_cannot_be_has_its_status_and_a_reason(
    write: Writable, path: str, method: str, body: bytes, content_type: str, status: int
) -> None:
    before = current(write)
    reply = write(path, method, body, content_type)
    assert (reply.status, reply.media_type) == (status, "application/problem+json"), reply.text
    assert reply.json["detail"]
    assert current(write) == before


def test_an_unknown_coding_is_415(write: Writable) -> None:
    assert write(GRAPH, "PUT", GOOD, Content_Encoding="br").status == 415


def test_a_syntax_error_of_a_body_has_line_and_column(write: Writable) -> None:
    reply = write(GRAPH, "PUT", b"@prefix a: <http://e/> .\na:a a:b .")
    assert (reply.status, reply.json["line"]) == (400, 2)
    assert reply.json["column"]


def test_without_a_token_set_writing_is_off_and_says_how_to_turn_it_on(server: Server) -> None:
    for path, method in (("/update", "POST"), (GRAPH, "PUT"), (GRAPH, "DELETE")):
        reply = server.request(path, method, b"x", Authorization="Bearer x", Content_Type=TURTLE)
        assert (reply.status, reply.media_type) == (403, "application/problem+json")
        assert "CONFLICTGRAPH_TOKEN_FILE" in reply.json["detail"]


def test_past_generations_answer_as_they_did_by_number_and_by_date(write: Writable) -> None:
    write(GRAPH, "PUT", GOOD)
    number = current(write)
    past = f"/sparql?{urllib.parse.urlencode({'query': COUNT, 'generation': number})}"
    before = write.server.request(past)
    moment = before.headers["Memento-Datetime"]
    time.sleep(1.1)
    write(GRAPH, "PUT", GOOD + OTHER)
    after = write.server.request(past)
    assert after.body == before.body != write.server.query(COUNT).body
    links = " ".join(after.headers.get_all("Link") or ())
    assert 'rel="original timegate"' in links
    assert f"generation={number}" in links
    by_date = write.server.request(
        "/sparql?" + urllib.parse.urlencode({"query": COUNT}), Accept_Datetime=moment
    )
    assert (by_date.body, by_date.headers["Memento-Datetime"]) == (before.body, moment)
    assert parsedate_to_datetime(moment)
    assert "Accept-Datetime" in by_date.headers["Vary"]
    assert write.server.request("/sparql?query=ASK%20%7B%7D", Accept_Datetime="soon").status == 400


def test_a_thing_is_described_as_it_was(write: Writable) -> None:
    write(GRAPH, "PUT", GOOD)
    number = current(write)
    write(GRAPH, "PUT", OTHER)
    asked = f"/id/person/goris?generation={number}"
    redirected = write.server.request(asked, Accept="text/turtle")
    assert (redirected.status, redirected.headers["Location"]) == (
        303,
        f"/doc/person/goris.ttl?generation={number}",
    )
    described = write.server.request(redirected.headers["Location"])
    assert b"Goris" in described.body
    assert described.headers["Memento-Datetime"]
    assert write.server.request("/doc/person/goris.ttl").status == 404


def test_headers_name_a_thing_in_ascii(write: Writable) -> None:
    """RFC 8288, 3.1: what a link leads to is a URI."""
    path, iri = f"doc/place/{urllib.parse.quote('Գորիս')}", f"{vocabulary.ID}place/Գորիս"
    write(GRAPH, "PUT", f"<{iri}> {LABEL} 'Goris'@en .".encode())
    described = write.server.request(f"/{path}?generation={current(write)}", Accept="text/turtle")
    assert iri.encode() in described.body
    links = described.headers.get_all("Link") or []
    assert len(links) == 3
    assert all(link.isascii() for link in links)
    assert all("%D4%B3" in link for link in links)


def test_the_ontology_is_shown_as_it_was(write: Writable) -> None:
    number = current(write)
    assert write(GRAPH, "PUT", GOOD + OTHER).status in (200, 201)
    past = write.server.request(f"/ontology?generation={number}", Accept="application/n-triples")
    now = write.server.request("/ontology", Accept="application/n-triples")
    assert past.body == now.body != b""
    moments = [each.headers.get("Memento-Datetime") for each in (past, now)]
    assert [bool(moment) for moment in moments] == [True, False]
    assert write.server.request("/ontology?generation=9999", Accept="text/turtle").status == 404


def test_generations_are_listed_for_programs_and_people(write: Writable) -> None:
    write(GRAPH, "PUT", GOOD)
    listed = write.server.request("/generations").json["generations"]
    newest = listed[0]
    assert newest["current"]
    assert newest["inputs"][0]["name"] == "request body"
    assert write.server.request(f"/generations/{newest['number']}").json == newest
    assert write.server.request("/generations/9999").status == 404
    page = write.server.request("/generations", Accept="text/html")
    assert page.media_type == "text/html"
    assert newest["inputs"][0]["sha256"] in page.text


def test_a_document_is_validated_and_nothing_is_stored(server: Server) -> None:
    before = server.request("/generations").json
    reply = server.request("/validate", "POST", BAD, Content_Type=TURTLE, Accept="application/json")
    assert (reply.status, reply.media_type) == (200, "application/json")
    assert "Three houses" in reply.text or "loose" in reply.text
    assert json.loads(reply.body)
    broken = server.request("/validate", "POST", b"<a:a> .", Content_Type=TURTLE)
    assert (broken.status, broken.json["line"]) == (400, 1)
    assert server.request("/validate", "POST", GOOD, Content_Type=TURTLE, Accept="image/png").status == 406
    assert server.request("/generations").json == before


def test_another_writer_is_a_conflict(tmp_path: Path) -> None:
    home = copied_home(tmp_path)
    store = EmbeddedStore(home)
    with (
        serving(home, CONFLICTGRAPH_TOKEN=TOKEN, CONFLICTGRAPH_LOCK_TIMEOUT="0.2") as server,
        store.draft(),
    ):
        reply = Writable(server)(GRAPH, "PUT", GOOD)
    store.close()
    assert reply.status == 409
    assert "Another draft is open" in reply.json["detail"]
