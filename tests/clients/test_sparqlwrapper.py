"""SPARQLWrapper: each form of query, each way to send it, each format that it can ask for."""

from collections.abc import Iterator
from typing import Any
from xml.dom.minidom import Document

import oracle
import pytest
import rdflib
from guarded import copied_home
from pyoxigraph import QueryResultsFormat, RdfFormat, parse
from rdflib.compare import isomorphic
from recipes import Recipe, recipes
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
    SPARQLWrapper2,
)
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, Unauthorized

from conflictgraph import graphs
from conftest import Server, serving

NUMBER = 42
ARMENIA = "<https://w3id.org/conflictgraph/id/state/armenia>"
CONSTRUCT = f"CONSTRUCT WHERE {{ {ARMENIA} ?p ?o }}"
SENDING = [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)]
TOKEN = "open-sesame"


def client(server: Server, query: str, format: str, *, only_headers: bool = False) -> SPARQLWrapper:
    made = SPARQLWrapper(server.url + "/sparql")
    made.setQuery(query)
    made.setReturnFormat(format)
    made.setOnlyConneg(only_headers)
    return made


def received(wrapper: SPARQLWrapper) -> bytes:
    """The body as it came."""
    with wrapper.query().response as response:
        body = response.read()
        assert isinstance(body, bytes)
        return body


@pytest.mark.parametrize("only_headers", [False, True], ids=["with-parameters", "headers-only"])
@pytest.mark.parametrize(("method", "kind"), SENDING, ids=lambda value: str(value))
@pytest.mark.parametrize(
    ("format", "read_as"),
    [(JSON, QueryResultsFormat.JSON), (XML, QueryResultsFormat.XML), (TSV, QueryResultsFormat.TSV)],
    ids=["json", "xml", "tsv"],
)
def test_rows_come_in_each_format_by_each_method(
    server: Server, method: str, kind: str, format: str, read_as: QueryResultsFormat, only_headers: bool
) -> None:
    wrapper = client(server, oracle.QUERIES[NUMBER].text, format, only_headers=only_headers)
    wrapper.setMethod(method)
    wrapper.setRequestMethod(kind)
    found = oracle.rows(received(wrapper), read_as, oracle.variables(NUMBER))
    assert found == oracle.expected(NUMBER)


@pytest.mark.parametrize("only_headers", [False, True])
def test_rows_come_as_csv(server: Server, only_headers: bool) -> None:
    wrapper = client(server, oracle.QUERIES[NUMBER].text, CSV, only_headers=only_headers)
    assert oracle.csv_values(received(wrapper)) == oracle.values(NUMBER)


def test_rows_convert_to_what_researchers_use(server: Server) -> None:
    text = oracle.QUERIES[NUMBER].text
    as_json: Any = client(server, text, JSON).queryAndConvert()
    as_xml: Any = client(server, text, XML).queryAndConvert()
    assert as_json["head"]["vars"] == oracle.variables(NUMBER)
    assert isinstance(as_xml, Document)
    count = sum(oracle.expected(NUMBER).values())
    assert len(as_json["results"]["bindings"]) == len(as_xml.getElementsByTagName("result")) == count
    bindings = SPARQLWrapper2(server.url + "/sparql")
    bindings.setQuery(text)
    found: Any = bindings.query()
    assert len(found.bindings) == count
    assert {row["bodyLabel"].lang for row in found.bindings} == {"en"}


@pytest.mark.parametrize("only_headers", [False, True])
@pytest.mark.parametrize(("pattern", "truth"), [("?p ?o", True), ("<http://e/none> ?o", False)])
def test_a_truth_value_comes_as_json_and_xml(
    server: Server, pattern: str, truth: bool, only_headers: bool
) -> None:
    text = f"ASK {{ {ARMENIA} {pattern} }}"
    as_json: Any = client(server, text, JSON, only_headers=only_headers).queryAndConvert()
    as_xml: Any = client(server, text, XML, only_headers=only_headers).queryAndConvert()
    assert as_json["boolean"] is truth
    assert as_xml.getElementsByTagName("boolean")[0].firstChild.data == str(truth).lower()


@pytest.mark.parametrize("only_headers", [False, True], ids=["with-parameters", "headers-only"])
@pytest.mark.parametrize("query", [CONSTRUCT, f"DESCRIBE {ARMENIA}"], ids=["construct", "describe"])
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # SPARQLWrapper 2.0
@pytest.mark.parametrize("format", [TURTLE, N3, XML, RDFXML, JSONLD])
def test_triples_come_in_each_format(server: Server, query: str, format: str, only_headers: bool) -> None:
    plain = server.query(query, "application/n-triples").body
    wrapper = client(server, query, format, only_headers=only_headers)
    found: Any = wrapper.queryAndConvert()
    graph = found if isinstance(found, rdflib.Graph) else rdflib.Graph().parse(data=found, format="turtle")
    assert len(graph) == len(list(parse(plain, format=RdfFormat.N_TRIPLES))) > 20
    assert isomorphic(graph, rdflib.Graph().parse(data=plain, format="nt"))


def test_the_dataset_and_other_parameters_are_heard(server: Server) -> None:
    wrapper = client(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", JSON)
    wrapper.addDefaultGraph(graphs.VOCABULARY.value)
    wrapper.addParameter("generation", "1")
    found: Any = wrapper.queryAndConvert()
    named = server.query(f"SELECT (COUNT(*) AS ?n) {{ GRAPH {graphs.VOCABULARY} {{ ?s ?p ?o }} }}").json
    assert found["results"]["bindings"] == named["results"]["bindings"]


def test_a_query_that_does_not_parse_is_told_as_such(server: Server) -> None:
    with pytest.raises(QueryBadFormed, match="line"):
        client(server, "SELECT * { ?s ?p", JSON).query()


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(copied_home(tmp_path_factory.mktemp("wrapper")), CONFLICTGRAPH_TOKEN=TOKEN) as server:
        yield server


@pytest.mark.parametrize("kind", [URLENCODED, POSTDIRECTLY])
def test_an_update_is_published(writable: Server, kind: str) -> None:
    graph, thing = graphs.source(f"wrapped-{kind}"), f"<https://w3id.org/conflictgraph/id/person/{kind}>"
    wrapper = SPARQLWrapper(writable.url + "/update")
    wrapper.setMethod(POST)
    wrapper.setRequestMethod(kind)
    wrapper.setQuery(
        f"INSERT DATA {{ GRAPH {graph} {{ {thing} a <https://w3id.org/conflictgraph/ontology#Person> ;"
        f' <http://www.w3.org/2000/01/rdf-schema#label> "{kind}"@en }} }}'
    )
    with pytest.raises(Unauthorized):
        wrapper.query()
    wrapper.addCustomHttpHeader("Authorization", f"Bearer {TOKEN}")
    wrapper.query().response.close()
    assert writable.query(f"ASK {{ GRAPH {graph} {{ {thing} ?p ?o }} }}").json["boolean"] is True


@pytest.mark.parametrize("recipe", recipes(section="SPARQLWrapper"), ids=lambda recipe: recipe.where)
def test_a_recipe_prints_what_the_documentation_shows(server: Server, recipe: Recipe) -> None:
    recipe.check({"http://127.0.0.1:8000": server.url})
