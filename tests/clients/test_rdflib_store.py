"""rdflib with the endpoint as its store: reading by `SPARQLStore`, writing by `SPARQLUpdateStore`."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError

import oracle
import pytest
from guarded import copied_home
from pyoxigraph import RdfFormat, parse
from rdflib import RDF, RDFS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore
from rdflib.query import Result, ResultRow
from recipes import Recipe, recipes

from conflictgraph import graphs
from conftest import Server, serving

CG = Namespace("https://w3id.org/conflictgraph/ontology#")
STATE = Namespace("https://w3id.org/conflictgraph/id/state/")
PERSON = Namespace("https://w3id.org/conflictgraph/id/person/")
TOKEN = "open-sesame"
NUMBERS = [1, 18, 24, 42, 53]


def graph_of(server: Server, **more: Any) -> Graph:
    return Graph(SPARQLStore(server.url + "/sparql", **more))


def rows(found: Result, names: list[str]) -> Counter[oracle.Row]:
    """The rows that rdflib read, as terms in N-Triples."""
    bound = (row.asdict() for row in found if isinstance(row, ResultRow))
    terms = ({name: str(_term(value)) for name, value in row.items()} for row in bound)
    return Counter(oracle.row_of(row, names) for row in terms)


def _term(value: object) -> object:
    assert isinstance(value, URIRef | Literal | BNode)
    (quad,) = parse(f"<a:b> <a:b> {value.n3()} .", format=RdfFormat.TURTLE)
    return quad.object


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_a_query_gives_its_rows_by_each_method(server: Server, number: int, method: str) -> None:
    found = graph_of(server, method=method).query(oracle.QUERIES[number].text)
    assert rows(found, oracle.variables(number)) == oracle.expected(number)


@pytest.mark.parametrize("format", ["xml", "json", "tsv"])
def test_a_query_gives_its_rows_in_each_format(server: Server, format: str) -> None:
    found = graph_of(server, returnFormat=format).query(oracle.QUERIES[42].text)
    assert rows(found, oracle.variables(42)) == oracle.expected(42)


def test_a_query_gives_its_rows_as_csv_values(server: Server) -> None:
    found = graph_of(server, returnFormat="csv").query(oracle.QUERIES[42].text)
    values = Counter(
        tuple("" if term is None else str(term) for term in row)
        for row in found
        if isinstance(row, ResultRow)
    )
    assert values == oracle.values(42)


@pytest.mark.parametrize("format", ["xml", "json"])
def test_a_truth_value_is_read(server: Server, format: str) -> None:
    graph = graph_of(server, returnFormat=format)
    assert graph.query(f"ASK {{ <{STATE.armenia}> a <{CG.State}> }}").askAnswer is True
    assert graph.query(f"ASK {{ <{STATE.armenia}> a <{CG.Person}> }}").askAnswer is False


def test_triples_of_a_construct_are_read(server: Server) -> None:
    text = f"CONSTRUCT WHERE {{ ?state a <{CG.State}> ; <{RDFS.label}> ?label }}"
    found = graph_of(server).query(text).graph
    assert found is not None
    direct = Graph().parse(data=server.query(text, "application/n-triples").body, format="nt")
    assert set(found) == set(direct)
    assert len(found) > 20


def test_the_graph_is_looked_up_like_any_other(server: Server) -> None:
    graph = graph_of(server)
    assert graph.value(STATE.armenia, RDFS.label) == Literal("Armenia", lang="en")
    assert (STATE.armenia, RDF.type, CG.Polity) in graph
    assert (STATE.armenia, RDF.type, CG.Person) not in graph
    count = server.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").json["results"]["bindings"][0]["n"]["value"]
    assert len(graph) == int(count)
    bound = graph.query(
        "SELECT ?label { ?state rdfs:label ?label }",
        initNs={"rdfs": RDFS},
        initBindings={"state": STATE.azerbaijan},
    )
    assert [str(row[0]) for row in bound if isinstance(row, ResultRow)] == ["Azerbaijan"]


def test_named_graphs_are_listed_and_read(server: Server) -> None:
    store = SPARQLStore(server.url + "/sparql")
    assert {graphs.ONTOLOGY.value, graphs.VOCABULARY.value} <= {str(name) for name in store.contexts()}
    vocabulary = Graph(store, identifier=URIRef(graphs.VOCABULARY.value))
    text = f"SELECT (COUNT(*) AS ?n) {{ GRAPH {graphs.VOCABULARY} {{ ?s ?p ?o }} }}"
    assert len(vocabulary) == int(server.query(text).json["results"]["bindings"][0]["n"]["value"]) > 1000


def test_a_query_that_does_not_parse_is_an_error(server: Server) -> None:
    with pytest.raises(ValueError, match="wrong"):
        graph_of(server).query("SELECT * { ?s ?p")


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(copied_home(tmp_path_factory.mktemp("rdflib")), CONFLICTGRAPH_TOKEN=TOKEN) as server:
        yield server


def test_what_is_added_and_removed_is_published(writable: Server) -> None:
    store = SPARQLUpdateStore(
        writable.url + "/sparql",
        writable.url + "/update",
        autocommit=False,
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    graph = Graph(store, identifier=URIRef(graphs.source("rdflib").value))
    kept, dropped = PERSON["kept-example"], PERSON["dropped-example"]
    for person, name in ((kept, "Kept Example"), (dropped, "Dropped Example")):
        graph.add((person, RDF.type, CG.Person))
        graph.add((person, RDFS.label, Literal(name, lang="en")))
    graph.commit()
    assert len(graph) == 4
    graph.remove((dropped, None, None))
    graph.commit()
    assert set(graph) == {(kept, RDF.type, CG.Person), (kept, RDFS.label, Literal("Kept Example", lang="en"))}


def test_what_does_not_conform_is_refused_and_leaves_nothing(writable: Server) -> None:
    store = SPARQLUpdateStore(
        writable.url + "/sparql", writable.url + "/update", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    graph = Graph(store, identifier=URIRef(graphs.source("refused").value))
    with pytest.raises(HTTPError, match="422") as refusal:
        graph.add((PERSON["nameless-example"], RDF.type, CG.Person))
    refusal.value.close()
    assert len(graph) == 0


@pytest.mark.parametrize("recipe", recipes(section="rdflib"), ids=lambda recipe: recipe.where)
def test_a_recipe_prints_what_the_documentation_shows(
    server: Server, writable: Server, recipe: Recipe
) -> None:
    asked = writable if "TOKEN" in recipe.command else server
    recipe.check({"http://127.0.0.1:8000": asked.url}, TOKEN=TOKEN)
