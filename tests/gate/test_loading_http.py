"""Updates that take something from other hosts, over real HTTP: LOAD, SERVICE, and what is refused."""

import urllib.parse
from collections.abc import Iterator

import pytest
from guarded import copied_home

from conflictgraph import graphs
from conftest import Reply, Server, serving
from remotes import Remote, oxigraph

TOKEN = "open-sesame"
SOURCE = graphs.source("federated")
DATA = """PREFIX e: <http://example.org/> PREFIX p: <https://w3id.org/conflictgraph/id/person/>
INSERT DATA { p:a e:called "A"@en . p:b e:called "B"@en }"""


class Writer:
    """Sends updates with the token."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def __call__(self, update: str) -> Reply:
        body = urllib.parse.urlencode({"update": update}).encode()
        return self.server.request(
            "/update",
            "POST",
            body,
            Content_Type="application/x-www-form-urlencoded",
            Authorization=f"Bearer {TOKEN}",
        )

    def triples(self) -> str:
        return self.server.request(
            f"/data?graph={urllib.parse.quote(SOURCE.value)}", Accept="application/n-triples"
        ).text


@pytest.fixture(scope="module")
def partner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Remote]:
    with oxigraph(tmp_path_factory.mktemp("partner"), DATA) as running:
        yield running


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory, partner: Remote, rude: Remote) -> Iterator[Writer]:
    with serving(
        copied_home(tmp_path_factory.mktemp("federated")),
        CONFLICTGRAPH_TOKEN=TOKEN,
        CONFLICTGRAPH_SERVICE_ALLOW=f"{partner.host}, {rude.host}",
        CONFLICTGRAPH_SERVICE_TIMEOUT="2",
        CONFLICTGRAPH_SERVICE_MAX_BYTES="100000",
    ) as running:
        yield Writer(running)


def test_a_document_is_loaded_through_the_gate(write: Writer, rude: Remote) -> None:
    reply = write(
        f"PREFIX r: <http://{rude.host}/> LOAD r:labelled INTO GRAPH {SOURCE} ;\n"
        f"INSERT {{ GRAPH {SOURCE} {{ ?s <http://www.w3.org/2004/02/skos/core#altLabel> 'found' }} }}"
        f" WHERE {{ GRAPH {SOURCE} {{ ?s ?p 'Goris'@en }} }}"
    )
    assert (reply.status, reply.json["added"]) == (200, 3), reply.text
    assert f"<{rude.iri('/goris')}> <http://www.w3.org/2000/01/rdf-schema#label>" in write.triples()
    assert '"found"' in write.triples()
    assert write.server.query("SELECT * { ?s ?p 'Goris'@en }").json["results"]["bindings"]
    provenance = write.server.request(
        f"/data?graph={urllib.parse.quote(graphs.PROVENANCE.value)}", Accept="application/n-triples"
    )
    assert '"labelled"' in provenance.text
    assert write(f"DROP GRAPH {SOURCE}").status == 200


def test_prologues_hold_after_a_document_and_lines_are_counted_through(write: Writer, rude: Remote) -> None:
    update = f"""PREFIX r: <http://{rude.host}/> PREFIX w: <urn:w:> # a comment
        LOAD r:labelled INTO GRAPH {SOURCE} ;
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        INSERT DATA {{ GRAPH {SOURCE} {{ r:goris skos:altLabel "one" }} }} ;
        LOAD SILENT r:nothing INTO GRAPH {SOURCE} ;
        DELETE DATA {{ GRAPH {SOURCE} {{ r:goris skos:altLabel "none" }} }} ;
        INSERT DATA {{ GRAPH {SOURCE} {{ r:goris skos:altLabel "two" }} }}"""
    broken = write(update + " ;\n\nDELETE { what }")
    assert (broken.status, broken.json["line"]) == (400, 9), broken.text
    reply = write(update)
    assert (reply.status, reply.json["added"]) == (200, 4), reply.text
    assert write(f"DROP GRAPH {SOURCE}").status == 200


def test_an_update_takes_rows_of_another_endpoint(write: Writer, partner: Remote) -> None:
    reply = write(
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX e: <http://example.org/> "
        f"INSERT {{ GRAPH {SOURCE} {{ ?s a <https://w3id.org/conflictgraph/ontology#Person> ; rdfs:label ?n "
        f"}} }} WHERE {{ SERVICE <{partner.iri('/query')}> {{ ?s e:called ?n }} }}"
    )
    assert (reply.status, reply.json["added"]) == (200, 4), reply.text
    assert '"B"@en' in write.triples()
    assert write(f"DROP GRAPH {SOURCE}").status == 200


@pytest.mark.parametrize(
    ("update", "status"),
    [
        ("LOAD <{rude}/labelled>", 403),
        ("LOAD <labelled> INTO GRAPH {graph}", 403),
        ("LOAD <{rude}/labelled> INTO GRAPH <http://[no:>", 403),
        ("LOAD <{rude}/labelled> INTO {graph}", 403),
        ("LOAD <http://example.com/> INTO GRAPH {graph}", 400),
        ("LOAD SILENT <http://example.com/> INTO GRAPH {graph}", 400),
        (r"L\u004fAD SILENT <http://example.com/> INTO GRAPH {graph}", 400),
        ("LOAD SILENT <file:///etc/passwd> INTO GRAPH {graph}", 400),
        ("LOAD SILENT <http://localhost:{port}/labelled> INTO GRAPH {graph}", 400),
        ("LOAD SILENT <http://[::1]:{port}/labelled> INTO GRAPH {graph}", 400),
        ("LOAD SILENT <http://0x7f.1:{port}/labelled> INTO GRAPH {graph}", 400),
        ("LOAD <{rude}/out> INTO GRAPH {graph}", 400),
        ("LOAD <{rude}/html> INTO GRAPH {graph}", 502),
        ("LOAD <{rude}/endless> INTO GRAPH {graph}", 502),
        ("LOAD <{rude}/silent> INTO GRAPH {graph}", 502),
        ("LOAD <{rude}/turtle-lies> INTO GRAPH {graph}", 400),
        ("LOAD <{rude}/turtle> INTO GRAPH {graph}", 422),
        ("LOAD <{rude}/labelled> INTO GRAPH <http://example.org/other>", 403),
        ("LOAD SILENT <{rude}/html> INTO GRAPH {graph}", 200),
        ("INSERT {{ GRAPH {graph} {{ ?s ?p ?o }} }} WHERE {{ SERVICE <http://example.com/> {{}} }}", 400),
    ],
)
def test_what_an_update_may_not_fetch_changes_nothing(
    write: Writer, rude: Remote, elsewhere: Remote, update: str, status: int
) -> None:
    reply = write(update.format(rude=f"http://{rude.host}", port=rude.port, graph=SOURCE))
    assert reply.status == status, reply.text
    assert write.triples().startswith("{")  # Problem Details: no such graph
    assert not elsewhere.seen
