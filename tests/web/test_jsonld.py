"""Compact JSON-LD: it says what Turtle says, and its context is found at its address."""

import json
from typing import Any

import pytest
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from conflictgraph import jsonld
from conflictgraph.jsonld import Context
from conflictgraph.rdf import canonical, dump
from conflictgraph.vocabulary import term
from conftest import Server

PLACES = (
    *("/doc/person/nikol-pashinyan", "/doc/statement/azerbaijani-mod-own-losses", "/doc/place/goris"),
    *("/scheme/measure/killed", "/scheme/measure", "/term/Claim", "/ontology/claims", "/term/hasSpeaker"),
)
JSONLD = "application/ld+json"
COMPACTED = f'{JSONLD};profile="http://www.w3.org/ns/json-ld#compacted"'
CONTEXT = "/context.jsonld"


def expanded(document: dict[str, Any], context: dict[str, Any]) -> bytes:
    """The triples of a document, its context put in, as canonical lines."""
    told = document["@context"]
    inside = [context["@context"], *(told[1:] if isinstance(told, list) else [])]
    text = json.dumps({**document, "@context": inside}).encode()
    return dump(canonical(parse(text, format=RdfFormat.JSON_LD)))


@pytest.mark.parametrize("path", PLACES)
def test_compact_jsonld_says_what_turtle_says(server: Server, path: str) -> None:
    turtle = server.request(path, Accept="text/turtle")
    told = dump(canonical(parse(turtle.body, format=RdfFormat.TURTLE)))
    whole = server.request(path, Accept=JSONLD)
    assert (whole.status, whole.media_type) == (200, JSONLD), whole.text
    assert dump(canonical(parse(whole.body, format=RdfFormat.JSON_LD))) == told
    linked = server.request(path, Accept=COMPACTED)
    assert (linked.status, linked.media_type) == (200, JSONLD), linked.text
    assert linked.json["@context"] == server.url + CONTEXT
    context = server.request(CONTEXT).json
    assert expanded(linked.json, context) == told
    assert whole.json["@context"].items() <= context["@context"].items()


def test_names_are_those_of_the_ontology(server: Server) -> None:
    document = server.request("/doc/statement/azerbaijani-mod-own-losses.jsonld").json
    (node,) = [each for each in document["@graph"] if each["@id"] == "statement:azerbaijani-mod-own-losses"]
    assert "Statement" in node["@type"]
    speaker = next(value for name, value in node.items() if name == "hasSpeaker")
    assert "organ:azerbaijan-ministry-of-defence" in (speaker if isinstance(speaker, list) else [speaker])


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_a_client_that_fetches_the_context_reads_the_same(server: Server) -> None:
    path = "/doc/person/nikol-pashinyan"
    turtle = rdflib.Graph().parse(data=server.request(path, Accept="text/turtle").text, format="turtle")
    compact = rdflib.Graph().parse(data=server.request(path, Accept=COMPACTED).text, format="json-ld")
    assert set(compact) == set(turtle)


def test_the_context_is_jsonld_that_every_origin_may_read(server: Server) -> None:
    reply = server.request(CONTEXT)
    assert (reply.status, reply.media_type) == (200, JSONLD)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    terms = reply.json["@context"]
    assert terms["rdfs"] == "http://www.w3.org/2000/01/rdf-schema#"
    assert terms["hasSpeaker"]["@type"] == "@id"
    assert len(terms) > 100


def test_what_could_be_misread_is_not() -> None:
    e = "http://e/"
    awkward = [
        Triple(NamedNode("geo:40,45"), term("rdfs:seeAlso"), NamedNode("time:now")),
        Triple(NamedNode(e + "a"), term("geo:asWKT"), Literal("POINT (1 2)")),
        Triple(NamedNode(e + "a"), NamedNode(e + "count"), Literal("01", datatype=term("xsd:integer"))),
        Triple(NamedNode(e + "a"), NamedNode(e + "count"), Literal("1.50", datatype=term("xsd:decimal"))),
        Triple(NamedNode(e + "a"), NamedNode(e + "count"), Literal("one")),
        Triple(NamedNode(e + "a"), NamedNode(e + "is"), Literal("not a thing")),
        Triple(NamedNode(e + "a"), NamedNode(e + "is"), BlankNode("b")),
        Triple(NamedNode(e + "a"), NamedNode(e + "is"), NamedNode("urn:x:y")),
        Triple(NamedNode(e + "a"), term("rdf:type"), Literal("@id", language="en")),
        Triple(BlankNode("b"), term("rdf:type"), NamedNode(e + "Kind")),
        Triple(BlankNode("b"), term("rdfs:label"), Literal("true", datatype=term("xsd:boolean"))),
        Triple(NamedNode("https://w3id.org/conflictgraph/graph/"), term("rdfs:seeAlso"), BlankNode("c")),
    ]  # fmt: skip
    names = {e + "count": "count", e + "is": "is", e + "Kind": "Kind"}
    under = Context(names, {e + "count": term("xsd:integer").value, e + "is": "@id"})
    document = jsonld.compacted(awkward, under, "http://e/context")
    assert document["@context"] == ["http://e/context", {"geo": None, "time": None}]
    wanted = "".join(f"{triple} .\n" for triple in awkward).encode()
    told = dump(canonical(parse(wanted, format=RdfFormat.N_TRIPLES)))
    assert expanded(document, under.document()) == told
    whole = json.dumps(jsonld.compacted(awkward, under)).encode()
    assert dump(canonical(parse(whole, format=RdfFormat.JSON_LD))) == told
