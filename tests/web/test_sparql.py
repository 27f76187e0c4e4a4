"""The endpoint, asked over real HTTP."""

import csv
import io
import urllib.parse
from collections.abc import Callable

import pytest
from pyoxigraph import RdfFormat, parse

from conftest import ROOT, Reply, Server

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c } LIMIT 5"
SPARQL_QUERY = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"


def form(**fields: str) -> bytes:
    return urllib.parse.urlencode(fields).encode()


def by_get(server: Server, query: str) -> Reply:
    return server.query(query)


def by_form(server: Server, query: str) -> Reply:
    return server.request("/sparql", "POST", form(query=query), Content_Type=FORM)


def by_post(server: Server, query: str) -> Reply:
    return server.request("/sparql", "POST", query.encode(), Content_Type=SPARQL_QUERY)


@pytest.mark.parametrize("send", [by_get, by_form, by_post])
def test_each_form_of_the_query_operation_answers(
    server: Server, send: Callable[[Server, str], Reply]
) -> None:
    reply = send(server, COUNT)
    assert reply.status == 200
    assert reply.media_type == "application/sparql-results+json"
    assert int(reply.json["results"]["bindings"][0]["n"]["value"]) > 20_000


@pytest.mark.parametrize(
    ("accept", "media_type", "beginning"),
    [
        ("application/sparql-results+json", "application/sparql-results+json", b'{"head"'),
        ("application/json", "application/json", b'{"head"'),
        ("application/sparql-results+xml", "application/sparql-results+xml", b"<?xml"),
        ("text/csv", "text/csv", b"n\r\n"),
        ("text/tab-separated-values", "text/tab-separated-values", b"?n\n"),
        ("text/csv;q=0.5, application/sparql-results+xml", "application/sparql-results+xml", b"<?xml"),
        ("*/*", "application/sparql-results+json", b'{"head"'),
    ],
)
def test_rows_come_in_the_format_asked_for(
    server: Server, accept: str, media_type: str, beginning: bytes
) -> None:
    reply = server.query(COUNT, accept)
    assert (reply.status, reply.media_type) == (200, media_type)
    assert reply.body.startswith(beginning)
    assert "Accept" in reply.headers["Vary"]


@pytest.mark.parametrize(
    ("accept", "format"),
    [
        ("text/turtle", RdfFormat.TURTLE),
        ("application/n-triples", RdfFormat.N_TRIPLES),
        ("application/rdf+xml", RdfFormat.RDF_XML),
        ("application/ld+json", RdfFormat.JSON_LD),
    ],
)
@pytest.mark.parametrize("query", [CONSTRUCT, "DESCRIBE <https://w3id.org/conflictgraph/id/state/armenia>"])
def test_triples_come_in_the_format_asked_for(
    server: Server, query: str, accept: str, format: RdfFormat
) -> None:
    reply = server.query(query, accept)
    assert (reply.status, reply.media_type) == (200, accept)
    assert list(parse(reply.body, format=format))


def test_a_parameter_can_ask_for_the_format_where_headers_cannot_be_set(server: Server) -> None:
    reply = server.query(COUNT, "text/html", format="csv")
    assert reply.media_type == "text/csv"


def test_the_example_of_the_readme_answers_what_the_readme_shows(server: Server) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.split("```csv\n")[1].split("…\n```")[0]
    query = (ROOT / "queries/competency/01-casualty-figures.rq").read_text(encoding="utf-8")
    reply = server.request("/sparql", "POST", form(query=query), Accept="text/csv", Content_Type=FORM)
    assert reply.text.replace("\r\n", "\n").startswith(shown)
    rows = list(csv.DictReader(io.StringIO(reply.text)))
    assert [row["quantity"] for row in rows] == ["300", "3", "204", "80", "2", "1", "4", "3"]


def test_an_unknown_accept_is_not_acceptable_and_told_what_is(server: Server) -> None:
    reply = server.query(COUNT, "image/png")
    assert (reply.status, reply.media_type) == (406, "application/problem+json")
    assert "text/csv" in reply.json["offered"]


def test_a_malformed_accept_is_a_bad_request(server: Server) -> None:
    assert server.query(COUNT, "text/csv;q=lots").status == 400


def test_a_syntax_error_names_line_and_column(server: Server) -> None:
    reply = server.query("SELECT *\nWHERE { ?s ?p }")
    assert (reply.status, reply.media_type) == (400, "application/problem+json")
    assert (reply.json["line"], reply.json["column"]) == (2, 16)
    assert "line 2, column 16" in reply.json["detail"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(form(update="CLEAR ALL"), FORM), (b"CLEAR ALL", "application/sparql-update"),
     (b"INSERT DATA { <a:a> <a:a> 1 }", SPARQL_QUERY)],
)  # fmt: skip
def test_updates_are_refused_and_change_nothing(server: Server, body: bytes, content_type: str) -> None:
    before = server.query(COUNT).body
    reply = server.request("/sparql", "POST", body, Content_Type=content_type)
    assert reply.status in (400, 403)
    assert reply.media_type == "application/problem+json"
    assert server.query(COUNT).body == before


def test_a_query_of_a_megabyte_is_too_large(server: Server) -> None:
    query = f"SELECT * WHERE {{ ?s ?p '{'x' * 1_000_000}' }}"
    for content_type, body in ((SPARQL_QUERY, query.encode()), (FORM, form(query=query))):
        reply = server.request("/sparql", "POST", body, Content_Type=content_type)
        assert reply.status == 413
        assert "limit" in reply.json["detail"]


def test_a_query_of_a_megabyte_in_the_address_is_too_long(server: Server) -> None:
    assert server.query(f"SELECT * WHERE {{ ?s ?p '{'x' * 1_000_000}' }}").status in (414, 431)


@pytest.mark.parametrize(
    ("path", "body", "content_type", "status"),
    [
        ("/sparql", b"", FORM, 400),
        ("/sparql", form(query=COUNT) + b"&" + form(query=COUNT), FORM, 400),
        ("/sparql", COUNT.encode(), "text/plain", 415),
        ("/sparql", b"\xff\xfe\x00", SPARQL_QUERY, 400),
        ("/sparql", b"", SPARQL_QUERY, 400),
        ("/sparql?default-graph-uri=not+an+iri", COUNT.encode(), SPARQL_QUERY, 400),
        ("/sparql?generation=last", COUNT.encode(), SPARQL_QUERY, 400),
        ("/sparql?generation=999", COUNT.encode(), SPARQL_QUERY, 404),
    ],
)
def test_a_request_that_is_off_the_protocol_gets_a_clear_error(
    server: Server, path: str, body: bytes, content_type: str, status: int
) -> None:
    reply = server.request(path, "POST", body, Content_Type=content_type)
    assert (reply.status, reply.media_type) == (status, "application/problem+json")
    assert reply.json["detail"]


def test_service_is_refused_and_nothing_is_fetched(server: Server) -> None:
    reply = server.query(r"SELECT * WHERE { S\u0045RVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    assert reply.status == 400
    assert "SERVICE" in reply.json["detail"]


def test_a_dataset_of_the_request_replaces_the_default_graph(server: Server) -> None:
    graph = "https://w3id.org/conflictgraph/graph/vocabulary"
    whole = int(server.query(COUNT).json["results"]["bindings"][0]["n"]["value"])
    reply = server.request("/sparql?" + urllib.parse.urlencode({"query": COUNT, "default-graph-uri": graph}))
    assert 0 < int(reply.json["results"]["bindings"][0]["n"]["value"]) < whole


def test_unknown_parameters_are_tolerated(server: Server) -> None:
    assert server.query(COUNT, ac="1", **{"should-sponge": "soft"}).status == 200


def test_every_origin_may_read(server: Server) -> None:
    assert server.query(COUNT).headers["Access-Control-Allow-Origin"] == "*"
    reply = server.request(
        "/sparql", "OPTIONS", Origin="https://example.org", Access_Control_Request_Method="POST"
    )
    assert reply.status == 204
    assert "POST" in reply.headers["Access-Control-Allow-Methods"]


def test_head_has_the_headers_and_no_body(server: Server) -> None:
    reply = server.request("/sparql?" + urllib.parse.urlencode({"query": COUNT}), "HEAD")
    assert (reply.status, reply.body) == (200, b"")
    assert reply.media_type == "application/sparql-results+json"


def test_without_a_query_programs_get_the_service_description_and_browsers_the_page(server: Server) -> None:
    described = server.request("/sparql", Accept="text/turtle")
    assert b"sparql-service-description#" in described.body
    redirected = server.request("/sparql", Accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert (redirected.status, redirected.headers["Location"]) == (303, "/")


def test_a_browser_that_opens_a_query_gets_the_page_with_that_query(server: Server) -> None:
    reply = server.query(COUNT, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    assert reply.status == 303
    page = server.request(reply.headers["Location"], Accept="text/html")
    assert "(COUNT(*) AS ?n)" in page.text


def test_query_editors_find_examples_and_prefixes_in_the_default_graph(server: Server) -> None:
    examples = server.query(
        "PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>"
        "SELECT ?c ?text { ?q a sh:SPARQLExecutable ; rdfs:comment ?c ;"
        " sh:select|sh:ask|sh:construct|sh:describe ?text }"
    )
    assert len(examples.json["results"]["bindings"]) >= 40
    prefixes = server.query(
        "PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT ?p ?ns { [] sh:prefix ?p ; sh:namespace ?ns }"
    )
    found = {row["p"]["value"]: row["ns"]["value"] for row in prefixes.json["results"]["bindings"]}
    assert found["cg"] == "https://w3id.org/conflictgraph/ontology#"
