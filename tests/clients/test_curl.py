"""curl: every command of the documentation, each form of request, each format, a thing by its address."""

import re
import subprocess

import oracle
import pytest
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, RdfFormat, Triple, parse
from recipes import Recipe, commands, pages, recipes

import parts
from conftest import ROOT, Server

DOCUMENTED = "http://127.0.0.1:8000"
ELSEWHERE = re.compile(r"127\.0\.0\.1:(?!8000\b)\d")
OURS = [
    recipe
    for page in pages()
    for recipe in recipes(page)
    if "curl " in recipe.command and not ELSEWHERE.search(recipe.command)
]
NUMBER = 49
FILE = f"queries/{oracle.QUERIES[NUMBER].name}.rq"
STATE = "https://w3id.org/conflictgraph/id/state/uruguay"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SPARQL_QUERY = "Content-Type: application/sparql-query"
SENDING = {
    "get": ("--get", "--data-urlencode", f"query@{FILE}"),
    "form": ("--data-urlencode", f"query@{FILE}"),
    "body": ("-H", SPARQL_QUERY, "--data-binary", f"@{FILE}"),
    "body in parts": ("-H", SPARQL_QUERY, "-H", "Transfer-Encoding: chunked", "--data-binary", f"@{FILE}"),
}


@pytest.fixture(autouse=True)
def _curl_is_there() -> None:
    parts.need(parts.CURL)


def curl(*arguments: str) -> bytes:
    """What curl prints. Its failure, or a status of 400 or more, is the test's."""
    command = ["curl", "--silent", "--show-error", "--fail-with-body", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


@pytest.mark.parametrize("recipe", OURS, ids=lambda recipe: recipe.where)
def test_a_documented_command_prints_what_the_documentation_shows(server: Server, recipe: Recipe) -> None:
    recipe.check({DOCUMENTED: server.url})


def test_every_documented_curl_command_on_the_endpoint_has_its_answer_below_it() -> None:
    shown = {recipe.command for recipe in OURS}
    """But for cancelling, which takes two at a time: tests/web/test_cancelling.py."""
    written = [text for page in pages() for text in commands(page) if re.search(r"\bcurl .*:8000\b", text)]
    written = [text for text in written if "/sparql/queries/" not in text]
    assert [text for text in written if text not in shown and not ELSEWHERE.search(text)] == []
    assert len(written) >= 5


@pytest.mark.parametrize("sent", SENDING.values(), ids=SENDING)
@pytest.mark.parametrize(
    ("accept", "format"),
    [
        ("application/sparql-results+json", QueryResultsFormat.JSON),
        ("application/sparql-results+xml", QueryResultsFormat.XML),
        ("text/tab-separated-values", QueryResultsFormat.TSV),
    ],
)
def test_rows_come_in_each_format_however_the_query_is_sent(
    server: Server, sent: tuple[str, ...], accept: str, format: QueryResultsFormat
) -> None:
    body = curl(server.url + "/sparql", "-H", f"Accept: {accept}", *sent)
    assert oracle.rows(body, format, oracle.variables(NUMBER)) == oracle.expected(NUMBER)


def test_rows_come_as_csv_with_or_without_compression(server: Server) -> None:
    for more in ((), ("--compressed",)):
        body = curl(server.url + "/sparql", "-H", "Accept: text/csv", *SENDING["form"], *more)
        assert oracle.csv_values(body) == oracle.values(NUMBER)


def test_a_thing_is_fetched_by_its_address_through_the_redirection(server: Server) -> None:
    path = STATE.removeprefix("https://w3id.org/conflictgraph")
    body = curl("--location", server.url + path, "-H", "Accept: application/n-triples")
    label = Triple(NamedNode(STATE), NamedNode(RDFS + "label"), Literal("Uruguay", language="en"))
    assert label in [quad.triple for quad in parse(body, format=RdfFormat.N_TRIPLES)]


def test_what_a_cross_origin_page_would_ask_first_is_answered(server: Server) -> None:
    head = curl("-X", "OPTIONS", "--include", "-H", "Origin: http://example.org", server.url + "/sparql")
    lines = head.decode().lower().splitlines()
    assert "access-control-allow-origin: *" in lines
