"""The description of the HTTP interface, and a running server that is held against it by schemathesis.

`FUZZ=500 pytest tests/web/test_openapi.py` (or `make fuzz`) puts that many requests to each operation.
"""

import json
import os
from collections.abc import Iterator
from typing import Any, cast

import hypothesis
import pytest
import schemathesis
from guarded import BAD, GOOD, WARNED, copied_home
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.core.failures import Failure

from conflictgraph import formats, graphs
from conflictgraph.web.openapi.document import document
from conftest import Server, serving

DOCUMENT = document("0")
SCHEMA = schemathesis.openapi.from_dict(document("0"))
OPERATIONS = [cast(Any, found).ok() for found in SCHEMA.get_all_operations()]
EXAMPLES = int(os.environ.get("FUZZ", "6"))
TOKEN = "open-sesame"
NAMES = [
    *("status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance"),
]
CHECKED: list[Any] = CHECKS.get_by_names(NAMES)

LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
QUERIES = [
    "SELECT * { ?s ?p ?o } LIMIT 3",
    "SELECT (<< <a:a> <b:b> 'c'@en >> AS ?t) (1/0 AS ?u) (BNODE() AS ?b) {}",
    "ASK {}",
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3",
    "DESCRIBE <https://w3id.org/conflictgraph/ontology#Claim>",
    "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }",
    "SELECT * { GRAPH ?g { ?s ?p ?o } } OFFSET 999999999",
    "INSERT DATA { <a:a> <b:b> <c:c> }",
    "\ud7ff \x00 \u202e",
]
UPDATES = [
    f"INSERT DATA {{ GRAPH <{graphs.SOURCE_PREFIX}update> {{ <http://e/a> {LABEL} 'a' }} }}",
    f"DELETE WHERE {{ GRAPH <{graphs.SOURCE_PREFIX}update> {{ ?s ?p ?o }} }}",
    "CLEAR ALL",
    "LOAD <http://example.org/>",
    "DROP GRAPH <a:b>; INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "ASK {}",
]
BODIES = {
    formats.TURTLE: [GOOD, BAD, WARNED, b"", b"<a> <b>"],
    formats.NTRIPLES: [f"<http://e/a> {LABEL} 'a' .".replace("'", '"').encode(), b"\xff"],
    formats.NQUADS: [b"<http://e/a> <http://e/b> <http://e/c> <http://e/d> ."],
    formats.TRIG: [b"GRAPH <http://e/g> { <http://e/a> <http://e/b> 1 }"],
    formats.RDFXML: [b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"],
    formats.JSONLD: [b'{"@id": "http://e/a", "http://e/b": 1}', b'{"@context": "http://e/"}', b"[]"],
}

HERE: dict[str, list[Any]] = {
    "document": ["person/goris", "person/goris.jsonld", "person/goris.rdf"],
    "graph-name": ["source/test", "source/posted", "ontology"],
    "graph": [graphs.SOURCE_PREFIX + "test", graphs.SOURCE_PREFIX + "posted"],
    "thing": ["person/goris"],
    "generation": [2, 2, 1],
    "number": [2, 1],
    "Accept-Datetime": ["Wed, 14 Sep 2095 12:00:00 GMT", "Wed, 14 Sep 2022 12:00:00 GMT"],
    "subject": ["<https://w3id.org/conflictgraph/id/person/goris>"],
    "predicate": ["rdf:type", "rdfs:label"],
    "object": ["schema:Person", '"Goris"@en'],
    "default-graph-uri": [[]],
    "named-graph-uri": [[]],
    "Content-Encoding": ["identity"],
}
"""What there is in the store of these tests."""


def prepare() -> None:
    """Tell schemathesis what queries, updates and documents look like; half of them are noise."""
    schemathesis.openapi.format("sparql-query", st.sampled_from(QUERIES) | st.text())
    schemathesis.openapi.format("sparql-update", st.sampled_from(UPDATES) | st.text())
    schemathesis.openapi.media_type("application/sparql-query", encoded(QUERIES))
    schemathesis.openapi.media_type("application/sparql-update", encoded(UPDATES))
    for format, bodies in BODIES.items():
        for media_type in (format.media_type, *format.aliases):
            schemathesis.openapi.media_type(media_type, st.sampled_from(bodies) | st.binary())


def encoded(texts: list[str]) -> st.SearchStrategy[bytes]:
    return st.sampled_from([text.encode() for text in texts]) | st.binary()


prepare()


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = copied_home(tmp_path_factory.mktemp("described"))
    with serving(home, CONFLICTGRAPH_TOKEN=TOKEN, CONFLICTGRAPH_UPDATE_TIMEOUT="60") as running:
        given = {"Authorization": f"Bearer {TOKEN}", "Content_Type": "text/turtle"}
        assert running.request("/graph/source/test", "PUT", GOOD, follow=False, **given).status == 201
        yield running


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_answer_is_as_it_is_described(writable: Server, operation: Any) -> None:
    """Positive and negative data; each accepted media type; the right token, a wrong one and none."""
    accepts = accepted(operation.definition.raw)
    fitting = operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)
    unfitting = operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)
    few = max(2, EXAMPLES // 3) if operation.path == "/validate" else EXAMPLES

    @hypothesis.settings(
        max_examples=few,
        derandomize="FUZZ" not in os.environ,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=fitting | unfitting if can_be_unfitting(operation) else fitting,
        accept=st.sampled_from(accepts),
        token=st.sampled_from([TOKEN, TOKEN, TOKEN, "another", None]),
        known=st.integers(0, 3),
    )
    def holds(case: schemathesis.Case[Any], accept: str, token: str | None, known: int) -> None:
        if known:
            put_examples_in(case, operation.definition.raw, known)
        headers = {"Accept": accept} | ({"Authorization": f"Bearer {token}"} if token else {})
        answer = case.call(base_url=writable.url, headers=headers, allow_redirects=False, timeout=60)
        case.validate_response(answer, checks=[*CHECKED, no_surprise])

    holds()


def can_be_unfitting(operation: Any) -> bool:
    return bool(operation.definition.raw.get("parameters") or operation.body)


def accepted(operation: dict[str, Any]) -> list[str]:
    """The media types of all answers."""
    found = {"*/*", "text/html, */*;q=0.1", "image/png", "no media type"}
    for response in operation["responses"].values():
        name = response["$ref"].rpartition("/")[2]
        found |= DOCUMENT["components"]["responses"][name].get("content", {}).keys()
    return sorted(found)


def put_examples_in(case: schemathesis.Case[Any], operation: dict[str, Any], number: int) -> None:
    """Instead of what is made up, values that mean something here."""
    for reference in operation.get("parameters", []):
        name = reference["$ref"].rpartition("/")[2]
        parameter = DOCUMENT["components"]["parameters"][name]
        known = HERE.get(name) or [each["value"] for each in parameter.get("examples", {}).values()]
        place: Any = {"path": case.path_parameters, "query": case.query, "header": case.headers}[
            parameter["in"]
        ]
        if known and (parameter["in"] == "path" or parameter["name"] in place):
            place[parameter["name"]] = known[number % len(known)]
    if operation.get("security"):
        case.query.pop("default", None)


def no_surprise(_: Any, response: Any, __: Any) -> None:
    """A status of 500 or more is one of the errors that are raised on purpose."""
    if response.status_code >= 500 and b'"kind"' not in response.content:
        raise Failure(operation="", title="Unhandled", message=response.text)


def test_the_document_is_served_and_linked(server: Server) -> None:
    reply = server.request("/openapi.json")
    assert (reply.status, reply.media_type) == (200, "application/json")
    assert reply.json == document(reply.json["info"]["version"])
    for path in ("/", "/sparql", "/sparql?query=ASK%20%7B%7D"):
        links = " ".join(server.request(path).headers.get_all("Link") or ())
        assert '</openapi.json>; rel="service-desc"' in links, path


def test_the_document_is_openapi() -> None:
    SCHEMA.validate()


def test_every_format_is_described() -> None:
    get = DOCUMENT["paths"]["/sparql"]["get"]["responses"]["200"]["$ref"].rpartition("/")[2]
    told = DOCUMENT["components"]["responses"][get]["content"].keys()
    every = (*formats.RESULT_FORMATS, *formats.RDF_FORMATS)
    assert told == {name for format in every for name in (format.media_type, *format.aliases)}


def test_a_report_in_json_ld_is_described_as_json_and_others_as_text(writable: Server) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content_Type": "text/turtle"}
    described = DOCUMENT["paths"]["/data"]["put"]["responses"]["422"]
    if "$ref" in described:
        described = DOCUMENT["components"]["responses"][described["$ref"].rpartition("/")[2]]
    path = f"/data?graph={graphs.source('reported').value}"
    for format in formats.RDF_FORMATS:
        reply = writable.request(path, "PUT", BAD, Accept=format.media_type, **headers)  # type: ignore[arg-type]
        assert reply.status == 422
        schema = described["content"][reply.media_type]["schema"]
        assert schema == ({} if isinstance(_as_json(reply.text), list) else {"type": "string"})


def _as_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
