"""SPARQL 1.1 Graph Store Protocol, step by step as the W3C suite for it goes, and beyond.

The graph that the steps write is one that is left free, so that any RDF may be in it.
"""

import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from guarded import GOOD, OTHER, copied_home
from pyoxigraph import RdfFormat, parse

from conflictgraph import graphs
from conflictgraph.rdf import canonical, dump
from conftest import Reply, Server, serving

TOKEN = "open-sesame"
FREE = graphs.BASE + "person/"
PERSON = "/graph/person/1.ttl"
TURTLE = "text/turtle"
FOAF = "@prefix foaf: <http://xmlns.com/foaf/0.1/> . "
ANN = f'{FOAF} <#ann> a foaf:Person ; foaf:account [ foaf:accountName "ann" ] .'.encode()
BEN = f'{FOAF} <#ben> a foaf:Person ; foaf:account [ foaf:accountName "ben" ] .'.encode()
SURNAME = f'{FOAF} <#ben> foaf:familyName "Doe" .'.encode()
BOUNDARY = "a-line-that-is-nowhere-else"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied_home(tmp_path_factory.mktemp("graphs"))


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with serving(home, CONFLICTGRAPH_TOKEN=TOKEN, CONFLICTGRAPH_FREE_GRAPHS=FREE) as running:
        yield running


def write(
    server: Server, path: str, method: str, body: bytes | None = None, content_type: str = TURTLE
) -> Reply:
    authorization = f"Bearer {TOKEN}"
    return server.request(path, method, body, Content_Type=content_type, Authorization=authorization)


def form(*files: tuple[str, str, bytes]) -> bytes:
    """A form with files, each a name, a media type and its bytes."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="graph"; filename="{name}"\r\n'
        f"Content-Type: {media_type}\r\n\r\n".encode()
        + data
        + b"\r\n"
        for name, media_type, data in files
    ]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def holds(server: Server, path: str, *documents: bytes, base: str = graphs.BASE + "person/1.ttl") -> bool:
    """Whether the graph at a path is the merge of these documents."""
    reply = server.request(path, Accept=TURTLE)
    assert (reply.status, reply.media_type) == (200, TURTLE), reply.text
    found = list(parse(reply.body, format=RdfFormat.TURTLE))
    told = [
        q
        for d in documents
        for q in parse(d, format=RdfFormat.TURTLE, base_iri=base, rename_blank_nodes=True)
    ]
    return dump(canonical(found)) == dump(canonical(told))


def test_the_life_of_a_graph(server: Server) -> None:
    assert server.request(PERSON).status == 404
    assert server.request(PERSON, "HEAD").status == 404
    made = write(server, PERSON, "PUT", ANN)
    assert (made.status, made.headers["Location"], made.json["added"]) == (201, PERSON, 3)
    for name in (graphs.BASE + "person/1.ttl", server.url + PERSON):
        assert holds(server, "/data?" + urllib.parse.urlencode({"graph": name}), ANN)
    assert write(server, PERSON, "PUT", BEN).status == 200
    assert holds(server, PERSON, BEN)
    assert write(server, PERSON, "PUT", BEN, "application/rdf+xml").status == 400
    assert write(server, PERSON, "POST", SURNAME).status == 200
    assert holds(server, PERSON, BEN, SURNAME)
    head = server.request(PERSON, "HEAD", Accept=TURTLE)
    assert (head.status, head.media_type, head.body) == (200, TURTLE, b"")
    assert write(server, PERSON, "DELETE").status == 200
    assert server.request(PERSON).status == 404
    assert write(server, PERSON, "DELETE").status == 404


def test_the_files_of_a_form_are_added_together(server: Server) -> None:
    name = "/graph/person/form"
    base = graphs.BASE + "person/form"
    body = form(("one.ttl", "text/turtle; charset=utf-8", ANN), ("two.ttl", "application/octet-stream", BEN))
    reply = write(server, name, "POST", body, f"multipart/form-data; boundary={BOUNDARY}")
    assert reply.status == 201, reply.text
    assert holds(server, name, ANN, BEN, base=base)
    newest = server.request("/generations").json["generations"][0]
    assert [used["name"] for used in newest["inputs"]] == ["one.ttl", "two.ttl"]
    wrong = form(("one.ttl", TURTLE, SURNAME), ("two.ttl", TURTLE, b"<a:a> <a:b>"))
    refused = write(server, name, "POST", wrong, f"multipart/form-data; boundary={BOUNDARY}")
    assert (refused.status, "two.ttl" in refused.json["detail"]) == (400, True)
    assert holds(server, name, ANN, BEN, base=base)
    for broken in (b"", b"--nothing", form()):
        reply = write(server, name, "POST", broken, f"multipart/form-data; boundary={BOUNDARY}")
        assert reply.status == 400


def test_posting_to_no_graph_makes_one(server: Server) -> None:
    made = write(server, "/data", "POST", GOOD)
    assert made.status == 201, made.text
    address = made.headers["Location"]
    assert address.startswith("/graph/source/posted-")
    assert holds(server, address, GOOD)
    again = write(server, "/data", "POST", OTHER)
    assert again.headers["Location"] != address
    unchanged = write(server, address, "POST", b"# nothing")
    assert (unchanged.status, unchanged.body) == (204, b"")
    assert holds(server, address, GOOD)
    for made_here in (address, again.headers["Location"]):
        assert write(server, made_here, "DELETE").status == 200


def test_nothing_at_all_does_not_replace_a_graph(server: Server) -> None:
    write(server, "/graph/person/kept", "PUT", ANN)
    assert write(server, "/graph/person/kept", "PUT", b"").status == 400
    assert holds(server, "/graph/person/kept", ANN, base=graphs.BASE + "person/kept")
    assert write(server, "/graph/person/none", "POST", b"").status == 400


def test_a_graph_that_has_a_meaning_is_never_free(home: Path) -> None:
    taken = [graph.value for graph in graphs.FIXED] + [graphs.SOURCE_PREFIX, graphs.SOURCE_PREFIX + "A"]
    with serving(home, CONFLICTGRAPH_TOKEN=TOKEN, CONFLICTGRAPH_FREE_GRAPHS=graphs.BASE) as server:
        for name in taken:
            assert write(server, "/graph/" + name.removeprefix(graphs.BASE), "PUT", ANN).status == 403
            update = f"INSERT DATA {{ GRAPH <{name}> {{ <a:a> <a:b> <a:c> }} }}".encode()
            assert write(server, "/update", "POST", update, "application/sparql-update").status == 403


def test_the_default_graph_is_read_and_not_written(server: Server) -> None:
    assert server.request("/data?default", "HEAD").status == 200
    for method in ("PUT", "POST", "DELETE"):
        assert write(server, "/data?default", method, ANN).status == 403


def test_a_method_that_is_not_there_is_405_with_those_that_are(server: Server) -> None:
    reply = write(server, PERSON, "PATCH", b"", "application/sparql-update")
    assert reply.status == 405
    assert {"GET", "HEAD", "PUT", "POST", "DELETE"} <= set(reply.headers["Allow"].split(", "))


def test_a_free_graph_is_neither_checked_nor_in_the_default_graph_nor_reasoned_over(server: Server) -> None:
    cg = "https://w3id.org/conflictgraph/ontology#"
    free = f"<http://e/x> a <{cg}Person> ; <http://e/undeclared> [] .".encode()
    assert write(server, "/graph/person/free", "PUT", free).status == 201
    inside = "ASK { GRAPH <%s> { <http://e/x> ?p ?o } }" % (graphs.BASE + "person/free")
    assert server.query(inside).json["boolean"] is True
    assert server.query("ASK { <http://e/x> ?p ?o }").json["boolean"] is False
    assert (
        server.query(f"ASK {{ GRAPH {graphs.INFERRED} {{ <http://e/x> ?p ?o }} }}").json["boolean"] is False
    )


def test_a_free_graph_stays_when_it_is_free_no_more_and_is_not_in_the_way(home: Path, server: Server) -> None:
    write(server, "/graph/person/left", "PUT", ANN)
    with serving(home, CONFLICTGRAPH_TOKEN=TOKEN) as strict:
        assert strict.request("/graph/person/left").status == 200
        assert write(strict, "/graph/person/left", "PUT", BEN).status == 403
        source = graphs.source("other")
        label = "<http://www.w3.org/2000/01/rdf-schema#label>"
        insert = f"INSERT {{ GRAPH ?g {{ <http://e/a> {label} 'a' }} }} WHERE {{ BIND ({source} AS ?g) }}"
        assert write(strict, "/update", "POST", insert.encode(), "application/sparql-update").status == 200
        into_it = insert.replace(str(source), f"<{graphs.BASE}person/left>")
        assert write(strict, "/update", "POST", into_it.encode(), "application/sparql-update").status == 403
    assert holds(server, "/graph/person/left", ANN, base=graphs.BASE + "person/left")
