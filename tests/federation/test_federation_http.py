"""This endpoint asks others, over real HTTP: SERVICE at a real endpoint, and what is refused."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from conftest import Server, serving
from remotes import Remote, oxigraph

DATA = """PREFIX e: <http://example.org/> INSERT DATA {
  <https://w3id.org/conflictgraph/id/state/armenia> e:population 2961500 ; e:told [ e:by "a \\"census\\"" ] .
  <https://w3id.org/conflictgraph/id/state/azerbaijan> e:population 10112600 .
}"""


@pytest.fixture(scope="module")
def partner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Remote]:
    with oxigraph(tmp_path_factory.mktemp("partner"), DATA) as running:
        yield running


@pytest.fixture(scope="module")
def open_server(home: Path, partner: Remote, rude: Remote) -> Iterator[Server]:
    """A server over the shipped graph that may ask two hosts."""
    with serving(
        home,
        CONFLICTGRAPH_SERVICE_ALLOW=f"{partner.host}, {rude.host}",
        CONFLICTGRAPH_SERVICE_TIMEOUT="2",
        CONFLICTGRAPH_SERVICE_MAX_BYTES="1000000",
        CONFLICTGRAPH_QUERY_TIMEOUT="4",
    ) as running:
        yield running


def test_rows_of_another_endpoint_join_with_the_graph(open_server: Server, partner: Remote) -> None:
    reply = open_server.query(
        f"""PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX e: <http://example.org/>
        SELECT ?label ?people ?by {{
          ?state rdfs:label ?label FILTER(lang(?label) = "en")
          SERVICE <{partner.iri("/query")}> {{
            ?state e:population ?people OPTIONAL {{ ?state e:told ?note . ?note e:by ?by }} }}
        }} ORDER BY ?label""",
        "text/csv",
    )
    assert reply.status == 200, reply.text
    assert reply.text.split() == [
        "label,people,by", 'Armenia,2961500,"a', '""census"""', "Azerbaijan,10112600,"
    ]  # fmt: skip


def test_blank_nodes_of_another_endpoint_stay_blank(open_server: Server, partner: Remote) -> None:
    reply = open_server.query(
        f"CONSTRUCT {{ ?note ?p ?o }} {{ SERVICE <{partner.iri('/query')}> "
        "{ ?s <http://example.org/told> ?note . ?note ?p ?o } }",
        "application/n-triples",
    )
    assert reply.text.startswith("_:"), reply.text


@pytest.mark.parametrize(
    ("clause", "status"),
    [
        ("SERVICE <{partner}> {{ ?s ?p ?o }}", 200),
        ("service silent<{partner}>{{?s ?p ?o}}", 200),
        ("SeRvIcE # one\n # two\n <{partner}>\n\n{{ ?s ?p ?o }}", 200),
        (r"SERV\u0049CE <{partner}> {{ ?s ?p ?o }}", 200),
        ("?s ?p 'SERVICE <http://example.com/> {{ }}'", 200),
        ("?s <http://example.com/SERVICE> ?service # SERVICE <http://example.com/> {{}}", 200),
        ("SERVICE <{rude}/rows> {{ ?x ?p ?o }}", 200),
        ("SERVICE <{rude}/in> {{ ?x ?p ?o }}", 200),
        ("SERVICE SILENT <{rude}/silent> {{ ?x ?p ?o }}", 200),
        ("SERVICE <{rude}/silent> {{ ?x ?p ?o }}", 502),
        ("SERVICE <{rude}/endless> {{ ?x ?p ?o }}", 502),
        ("SERVICE <{rude}/lies> {{ ?x ?p ?o }}", 502),
        ("SERVICE <{partner}> {{ ?s ?p }}", 502),
        ("SERVICE SILENT <{rude}/out> {{ ?x ?p ?o }}", 400),
        ("SERVICE <{rude}/file> {{ ?x ?p ?o }}", 400),
        ("SERVICE SILENT <http://example.com/> {{ ?x ?p ?o }}", 400),
        (r"SERV\u0049CE SILENT <http://example.com/> {{ ?x ?p ?o }}", 400),
        ("SERVICE SILENT <http://[::1]:{port}/rows> {{ ?x ?p ?o }}", 400),
        ("SERVICE SILENT <http://[::ffff:127.0.0.1]:{port}/rows> {{ ?x ?p ?o }}", 400),
        ("SERVICE SILENT <http://0x7f.1:{port}/rows> {{ ?x ?p ?o }}", 400),
        ("SERVICE SILENT <http://0177.0.0.1:{port}/rows> {{ ?x ?p ?o }}", 400),
        ("SERVICE SILENT <http://2130706433:{port}/rows> {{ ?x ?p ?o }}", 400),
        ("SERVICE SILENT <http://localhost:{port}/rows> {{ ?x ?p ?o }}", 400),
        ("SERVICE SILENT <http://localhost.:{port}/rows> {{ ?x ?p ?o }}", 400),
        ("SERVICE SILENT <http://127.0.0.1.:{port}/rows> {{ ?x ?p ?o }}", 400),
        ("SERVICE SILENT <http://me@127.0.0.1:{port}/rows> {{ ?x ?p ?o }}", 400),
        ("SERVICE SILENT <http://１２７.0.0.1:{port}/rows> {{ ?x ?p ?o }}", 400),
        ("SERVICE SILENT <http://127.0.0.1/rows> {{ ?x ?p ?o }}", 400),
        ("SERVICE SILENT <file:///etc/passwd> {{ ?x ?p ?o }}", 400),
        ("VALUES ?at {{ <{partner}> }} SERVICE SILENT ?at {{ ?x ?p ?o }}", 400),
        ("SERVICE <{partner}> {{ SERVICE SILENT <http://example.com/> {{ ?x ?p ?o }} }}", 400),
    ],
)
def test_each_way_to_write_it_is_decided_rightly(
    open_server: Server, partner: Remote, rude: Remote, elsewhere: Remote, clause: str, status: int
) -> None:
    asked = len(rude.seen)
    text = clause.format(partner=partner.iri("/query"), rude=f"http://{rude.host}", port=rude.port)
    reply = open_server.query(f"SELECT * WHERE {{ {text} \n}} LIMIT 5")
    assert reply.status == status, reply.text
    assert status == 200 or reply.media_type == "application/problem+json"
    if status == 400 and "/out" not in clause and "/file" not in clause:
        assert len(rude.seen) == asked
    assert not elsewhere.seen


def test_asking_others_is_under_the_deadline_of_the_query(open_server: Server, rude: Remote) -> None:
    clauses = " ".join(
        f"SERVICE SILENT <{rude.iri(f'/silent?{number}')}> {{ ?x ?p ?o }}" for number in range(6)
    )
    began = time.monotonic()
    reply = open_server.query(f"SELECT * {{ {clauses} }}")
    assert (reply.status, "limit of 4 s" in reply.text) == (503, True), reply.text
    assert time.monotonic() - began < 20
    assert open_server.query("ASK {}").status == 200


def test_federation_is_described_only_where_it_is_on(open_server: Server, server: Server) -> None:
    feature = "http://www.w3.org/ns/sparql-service-description#feature"
    for running, features in ((open_server, ["BasicFederatedQuery"]), (server, [])):
        described = parse(
            running.request("/sparql", Accept="application/n-triples").body, format=RdfFormat.N_TRIPLES
        )
        found = [quad.object for quad in described if quad.predicate == NamedNode(feature)]
        assert [str(each).strip("<>").partition("#")[2] for each in found] == features


def test_without_a_list_nothing_is_asked(server: Server, rude: Remote) -> None:
    asked = len(rude.seen)
    reply = server.query(f"SELECT * {{ SERVICE SILENT <{rude.iri('/rows')}> {{ ?s ?p ?o }} }}")
    assert (reply.status, "SERVICE is off" in reply.text) == (400, True)
    assert len(rude.seen) == asked
