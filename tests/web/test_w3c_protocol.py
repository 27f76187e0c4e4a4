"""The W3C suite of SPARQL 1.1 Protocol, replayed request by request against a running server.

Queries go to /sparql, updates to /update with the token. Some updates write into graphs that are no sources;
the server that takes them leaves these free (`FREE_GRAPHS`).
"""

import http.client
import json
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import NamedNode, Quad, RdfFormat, parse
from rdflib.collection import Collection
from rdflib.term import Node

from conflictgraph.graphs import SOURCE_PREFIX
from conflictgraph.store.embedded import EmbeddedStore
from conftest import SHARED, Server, serving

SUITE = "w3c/sparql11/protocol"
MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = rdflib.Namespace("http://www.w3.org/2011/http#")
CNT = rdflib.Namespace("http://www.w3.org/2011/content#")
DATA = "http://kasei.us/2009/09/sparql/data/"
TOKEN = "open-sesame"
ANY = b'<http://example.org/a> <http://www.w3.org/2000/01/rdf-schema#label> "a" .'
FORMATS = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {"application/sparql-results+json", "application/sparql-results+xml", "text/csv"},
    "RDF": {"text/turtle", "application/rdf+xml", "application/n-triples"},
}
FREE = "http://kasei.us/2009/09/sparql/data/ http://example.org/"
"""Where the suite's graphs are that are no sources."""
ELSEWHERE = (
    *("update_dataset_default_graph", "update_dataset_default_graphs", "update_dataset_named_graphs"),
    *("update_dataset_full", "update_base_uri"),
)
"""The tests that write into them."""


@dataclass(frozen=True)
class Exchange:
    """One request, and what the response must be. `statuses` are first digits."""

    method: str
    target: str
    body: bytes | None
    content_type: str | None
    statuses: frozenset[str]
    format: str | None
    boolean: bool | None


def manifest() -> rdflib.Graph:
    """The manifest, empty where the suite is not there."""
    path = SHARED / SUITE / "manifest.ttl"
    return rdflib.Graph().parse(path) if path.exists() else rdflib.Graph()


MANIFEST = manifest()


def listed(subject: Node | None, predicate: rdflib.URIRef) -> list[Node]:
    head = MANIFEST.value(subject, predicate)
    return [] if head is None else list(Collection(MANIFEST, head))


def names() -> list[str]:
    heads = list(MANIFEST.objects(None, MF.entries))
    return [str(test).rpartition("#")[2] for head in heads for test in Collection(MANIFEST, head)]


def exchanges(name: str) -> Iterator[Exchange]:
    (test,) = [node for node in MANIFEST.subjects(MF.action) if str(node).endswith(f"#{name}")]
    for node in listed(MANIFEST.value(test, MF.action), HT.requests):
        headers = {
            str(MANIFEST.value(header, HT.fieldName)).lower(): str(MANIFEST.value(header, HT.fieldValue))
            for header in listed(node, HT.headers)
        }
        body, response = MANIFEST.value(node, HT.body), MANIFEST.value(node, HT.resp)
        content_type = headers.get("content-type")
        is_update = "update" in name.split("_") and content_type != "application/sparql-query"
        path = "/update" if is_update else "/sparql"
        boolean = MANIFEST.value(response, MF.expectedBoolean)
        format = MANIFEST.value(response, MF.expectedFormat)
        yield Exchange(
            str(MANIFEST.value(node, HT.methodName)),
            str(MANIFEST.value(node, HT.absolutePath)).replace("/sparql/", path, 1),
            None if body is None else str(MANIFEST.value(body, CNT.chars)).encode(
                str(MANIFEST.value(body, CNT.characterEncoding))
            ),
            content_type,
            frozenset(
                str(status).rpartition("StatusCode")[2][0]
                for status in MANIFEST.objects(response, MF.expectedStatus)
            ),
            None if format is None else str(format),
            None if boolean is None else str(boolean) == "true",
        )  # fmt: skip


def replayed(server: Server, exchange: Exchange) -> str:
    """Send the very bytes (a client of a higher level would add a Content-Type), compare, give the body."""
    address = urllib.parse.urlsplit(server.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port or 80, timeout=60)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    if exchange.content_type is not None:
        headers["Content-Type"] = exchange.content_type
    try:
        connection.request(exchange.method, exchange.target, exchange.body, headers)
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    assert str(response.status)[0] in exchange.statuses, (response.status, body.decode())
    if exchange.format is not None:
        assert response.headers["Content-Type"].split(";")[0] in FORMATS[exchange.format]
    if exchange.boolean is not None:
        assert json.loads(body)["boolean"] is exchange.boolean
    return body.decode()


def publish_only(home: Path, graphs: Mapping[str, Iterable[Quad]]) -> None:
    """A generation with these graphs and no other."""
    store = EmbeddedStore(home, workers=1)
    try:
        with store.draft() as draft:
            if store.generations:
                draft.update("DROP NAMED")
            for name, triples in graphs.items():
                draft.load(NamedNode(name), triples)
            draft.publish("What the suite needs")
    finally:
        store.close()


def publish_data(home: Path, suite: Path) -> None:
    """The three graphs that the queries of the suite need."""
    data = {n: parse(path=suite / f"data{n}.nt", format=RdfFormat.N_TRIPLES) for n in (1, 2, 3)}
    publish_only(home, {f"{DATA}data{n}.rdf": triples for n, triples in data.items()})


def publish_source(home: Path) -> None:
    """One source: the updates of the suite need no data."""
    publish_only(home, {f"{SOURCE_PREFIX}any": parse(ANY, format=RdfFormat.N_TRIPLES)})


@dataclass(frozen=True)
class Servers:
    """One with the graphs that queries need; one with nothing but a source, for updates."""

    queried: Server
    updated: Server
    home: Path

    def fresh(self, name: str) -> Server:
        """The server for a test; what updates left behind is gone."""
        if "update" not in name.split("_"):
            return self.queried
        publish_source(self.home)
        return self.updated


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[Servers]:
    path = tmp_path_factory.mktemp("protocol")
    publish_data(path / "queried", shared / SUITE)
    publish_source(path / "updated")
    with (
        serving(path / "queried") as queried,
        serving(path / "updated", CONFLICTGRAPH_TOKEN=TOKEN, CONFLICTGRAPH_FREE_GRAPHS=FREE) as updated,
    ):
        yield Servers(queried, updated, path / "updated")


@pytest.mark.usefixtures("shared")
def test_the_suite_is_whole() -> None:
    assert len(names()) == 34


@pytest.mark.parametrize("name", names())
def test_the_server_answers_as_the_suite_expects(name: str, servers: Servers) -> None:
    server = servers.fresh(name)
    for exchange in exchanges(name):
        replayed(server, exchange)


@pytest.mark.usefixtures("shared")
def test_graphs_that_are_no_sources_are_refused_unless_they_are_left_free(tmp_path: Path) -> None:
    publish_source(tmp_path)
    with serving(tmp_path, CONFLICTGRAPH_TOKEN=TOKEN) as server:
        for name in ELSEWHERE:
            first = replace(next(exchanges(name)), statuses=frozenset("4"))
            assert "is not written here. Name a source" in replayed(server, first)
