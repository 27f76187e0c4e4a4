"""The service description and the VoID description: what they count is what queries count."""

import urllib.parse
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, Store

from conflictgraph import compose, graphs
from conflictgraph.settings import Settings
from conflictgraph.store.embedded import EmbeddedStore
from conftest import Reply, Server, serving

WELL_KNOWN = "/.well-known/void"
UNTOLD = f"FILTER NOT EXISTS {{ GRAPH {graphs.VOID} {{ ?x ?y ?z }} }}"
"""But for the description itself, which is in the default graph too."""
PREFIXES = (
    "PREFIX void: <http://rdfs.org/ns/void#> PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> "
    "PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX sh: <http://www.w3.org/ns/shacl#> "
)
TURTLE = "text/turtle"
A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def read(reply: Reply) -> Store:
    assert (reply.status, reply.media_type) == (200, TURTLE), reply.text
    store = Store()
    store.load(reply.body, format=RdfFormat.TURTLE)
    return store


def told(described: Store, names: str, pattern: str) -> list[tuple[str, ...]]:
    found = described.query(f"{PREFIXES} SELECT DISTINCT {names} WHERE {{ {pattern} }}")
    assert isinstance(found, QuerySolutions)
    terms = [[term for term in row if isinstance(term, (NamedNode, Literal))] for row in found]
    return sorted(tuple(term.value for term in row) for row in terms)


def asked(server: Server, query: str) -> list[tuple[str, ...]]:
    reply = server.query(query)
    names = reply.json["head"]["vars"]
    return sorted(tuple(row[name]["value"] for name in names) for row in reply.json["results"]["bindings"])


@pytest.fixture(scope="module")
def void(server: Server) -> Store:
    return read(server.request(WELL_KNOWN, Accept=TURTLE))


@pytest.fixture(scope="module")
def service(server: Server) -> Store:
    return read(server.request("/sparql", Accept=TURTLE))


def test_the_size_of_the_dataset_is_that_of_the_default_graph(server: Server, void: Store) -> None:
    numbers = told(
        void,
        "?n ?s ?o ?p",
        "[] a dcat:Dataset ; void:triples ?n ; void:distinctSubjects ?s ; void:distinctObjects ?o ; "
        "void:properties ?p",
    )
    assert numbers == asked(
        server,
        "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?x) AS ?s) (COUNT(DISTINCT ?z) AS ?o) "
        f"(COUNT(DISTINCT ?y) AS ?p) {{ ?x ?y ?z {UNTOLD} }}",
    )
    classes = asked(
        server, f"SELECT (COUNT(DISTINCT ?z) AS ?n) {{ ?x ?y ?z FILTER (?y = {A} && ISIRI(?z)) {UNTOLD} }}"
    )
    assert told(void, "?c", "[] void:classes ?c") == classes


def test_each_class_has_as_many_entities_as_a_query_counts(server: Server, void: Store) -> None:
    counted = told(void, "?c ?n", "[] void:classPartition [ void:class ?c ; void:entities ?n ]")
    kinds = f"?x ?y ?z FILTER (?y = {A} && ISIRI(?z)) {UNTOLD}"
    query = f"SELECT ?z (COUNT(DISTINCT ?x) AS ?n) {{ {kinds} }} GROUP BY ?z"
    assert counted == asked(server, query)
    assert len(counted) > 50


def test_each_property_has_as_many_triples_as_a_query_counts(server: Server, void: Store) -> None:
    pattern = "[] a dcat:Dataset ; void:propertyPartition [ void:property ?p ; void:triples ?n ]"
    query = f"SELECT ?y (COUNT(*) AS ?n) {{ ?x ?y ?z {UNTOLD} }} GROUP BY ?y"
    assert told(void, "?p ?n", pattern) == asked(server, query)


def test_each_property_of_a_class_has_as_many_triples_as_a_query_counts(server: Server, void: Store) -> None:
    figure = "<https://w3id.org/conflictgraph/ontology#Figure>"
    pattern = f"[ void:class {figure} ] void:propertyPartition [ void:property ?p ; void:triples ?n ]"
    query = f"SELECT ?p (COUNT(*) AS ?n) {{ ?x a {figure} ; ?p ?y }} GROUP BY ?p"
    assert told(void, "?p ?n", pattern) == asked(server, query)


def test_the_service_description_names_each_graph_with_its_size(server: Server, service: Store) -> None:
    pattern = "[] sd:defaultDataset/sd:namedGraph [ sd:name ?g ; sd:graph/void:triples ?n ]"
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    assert told(service, "?g ?n", pattern) == asked(server, query)
    default = told(service, "?n", "[] sd:defaultDataset/sd:defaultGraph/void:triples ?n")
    assert default == asked(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")


def test_the_service_description_claims_what_holds(server: Server, service: Store) -> None:
    endpoints = told(service, "?s ?e ?l", "?s a sd:Service ; sd:endpoint ?e ; sd:supportedLanguage ?l")
    language = "http://www.w3.org/ns/sparql-service-description#SPARQL11Query"
    assert endpoints == [(f"{server.url}/sparql#service", f"{server.url}/sparql", language)]
    assert told(service, "?f", "[] sd:feature ?f") == []
    assert len(told(service, "?f", "[] sd:resultFormat ?f")) == 10
    assert told(service, "?f", "[] sd:inputFormat ?f") == []


def test_query_editors_find_examples_prefixes_and_partitions_at_the_endpoint(service: Store) -> None:
    example = "?q a sh:SPARQLExecutable ; sh:select|sh:ask|sh:construct ?text"
    assert len(told(service, "?q", example)) >= 40
    assert len(told(service, "?p", "[] sh:prefix ?p ; sh:namespace ?ns")) > 20
    assert told(service, "?p", "[] void:classPartition/void:propertyPartition ?p")


def test_query_editors_find_the_partitions_in_the_default_graph(server: Server, void: Store) -> None:
    whole = f"{PREFIXES} SELECT ?n {{ [] void:sparqlEndpoint|a ?is ; void:classes ?n }}"
    assert asked(server, whole) == told(void, "?n", "[] void:classes ?n")
    within = "void:propertyPartition [ void:property ?p ; void:triples ?n ]"
    nested = f"void:classPartition [ void:class ?c ; {within} ]"
    query = f"{PREFIXES} SELECT ?c ?p ?n {{ [] {nested} }}"
    assert asked(server, query) == told(void, "?c ?p ?n", f"[] {nested}")
    assert len(asked(server, query)) > 500


def test_nothing_is_inferred_about_the_description(server: Server) -> None:
    inside = f"GRAPH {graphs.INFERRED} {{ ?x ?y ?z }}"
    about = f"{inside} FILTER (STRSTARTS(STR(?x), STR({graphs.VOID})))"
    assert server.query(f"ASK {{ {inside} }}").json["boolean"] is True
    assert server.query(f"ASK {{ {about} }}").json["boolean"] is False


def test_the_service_description_conforms_to_its_schema(server: Server, service: Store) -> None:
    """Service Description, sections 3.2 to 3.4: each property stands between things of the right classes."""
    (address,) = told(service, "?e", "[] sd:supportedLanguage sd:SPARQL11Query ; sd:endpoint ?e")
    assert read(server.request(address[0].removeprefix(server.url), Accept=TURTLE))
    known = {
        "endpoint": ("Service", None),
        "supportedLanguage": ("Service", None),
        "resultFormat": ("Service", None),
        "inputFormat": ("Service", None),
        "defaultEntailmentRegime": ("Service", None),
        "defaultDataset": ("Service", "Dataset"),
        "defaultGraph": ("Dataset", "Graph"),
        "namedGraph": ("Dataset", "NamedGraph"),
        "name": ("NamedGraph", None),
        "graph": ("NamedGraph", "Graph"),
    }
    namespace = "http://www.w3.org/ns/sparql-service-description#"
    used = told(service, "?p", f'?s ?p ?o FILTER STRSTARTS(STR(?p), "{namespace}")')
    assert {name.removeprefix(namespace) for (name,) in used} <= set(known)
    for name, (subject, value) in known.items():
        assert told(service, "?s", f"?s sd:{name} ?o FILTER NOT EXISTS {{ ?s a sd:{subject} }}") == []
        if value:
            assert told(service, "?o", f"?s sd:{name} ?o FILTER NOT EXISTS {{ ?o a sd:{value} }}") == []
    literal = "?s ?p ?o FILTER (STRSTARTS(STR(?p), STR(sd:)) && ISLITERAL(?o))"
    assert told(service, "?s", literal) == []


@pytest.mark.parametrize("accept", ["text/turtle", "application/rdf+xml", "application/ld+json"])
@pytest.mark.parametrize("path", ["/sparql", WELL_KNOWN])
def test_a_description_comes_in_the_format_asked_for(server: Server, path: str, accept: str) -> None:
    reply = server.request(path, Accept=accept)
    assert (reply.status, reply.media_type) == (200, accept)
    assert "Accept" in reply.headers["Vary"]


def test_each_answer_links_to_the_description_and_that_to_the_endpoint(server: Server) -> None:
    link = f'<{WELL_KNOWN}>; rel="describedby"'
    assert link in server.query("ASK {}").headers.get_all("Link", [])
    assert link in server.request("/sparql", Accept=TURTLE).headers.get_all("Link", [])
    described = server.request(WELL_KNOWN)
    assert '</sparql>; rel="service-desc"' in described.headers.get_all("Link", [])


def test_the_distributions_can_be_fetched(server: Server, void: Store) -> None:
    rows = told(void, "?url ?type", "[] dcat:distribution [ dcat:accessURL ?url ; dcat:mediaType ?type ]")
    assert len(rows) == 5
    for url, media_type in rows:
        accept = urllib.parse.urlsplit(media_type).path.split("media-types/")[1]
        reply = server.request(url.removeprefix(server.url), "HEAD", Accept=accept)
        assert (reply.status, reply.media_type) == (200, accept)


def test_the_dump_has_the_quads_of_every_named_graph(server: Server, void: Store) -> None:
    ((address,),) = told(void, "?url", "[] void:dataDump ?url")
    reply = server.request(address.removeprefix(server.url))
    assert (reply.status, reply.media_type) == (200, "application/n-quads")
    dumped = Store()
    dumped.load(reply.body, format=RdfFormat.N_QUADS)
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    assert told(dumped, "?g ?n", f"{{ {query} }}") == asked(server, query)
    assert len(reply.body.splitlines()) == len(dumped)
    assert server.request("/dump.nq?generation=99").status == 404


def test_a_dump_that_fails_before_its_first_byte_says_so(home: Path) -> None:
    client = compose.web_application(Settings(home=home, result_max_bytes=20_000)).test_client()
    reply = client.get("/dump.nq")
    assert (reply.status_code, reply.get_json()["kind"]) == (413, "ResultTooLarge")


def test_relative_iris_resolve_against_the_base_and_errors_keep_their_place(server: Server) -> None:
    reply = server.query("SELECT ?x { BIND (<id/state/armenia> AS ?x) }")
    (row,) = reply.json["results"]["bindings"]
    assert row["x"]["value"] == "https://w3id.org/conflictgraph/id/state/armenia"
    wrong = server.query("SELECT *\nWHERE { ?s ?p }").json
    assert (wrong["line"], wrong["column"]) == (2, 16)


def test_numbers_are_those_of_the_generation_asked_for(tmp_path: Path) -> None:
    home, graph = tmp_path / "home", NamedNode("https://w3id.org/conflictgraph/graph/source/one")
    store = EmbeddedStore(home, workers=1)

    def publish(number: int) -> None:
        with store.draft() as draft:
            draft.update(f"INSERT DATA {{ GRAPH {graph} {{ <http://e/{number}> a <http://e/C> }} }}")
            draft.publish()

    def sizes(server: Server, path: str) -> list[tuple[str, ...]]:
        described = read(server.request(path, Accept=TURTLE))
        return told(described, "?n", "[] void:classPartition [ void:class <http://e/C> ; void:entities ?n ]")

    try:
        publish(1)
        with serving(home, CONFLICTGRAPH_TOKEN="open-sesame") as server:
            for number in (1, 2):
                assert sizes(server, "/sparql") == sizes(server, WELL_KNOWN) == [(str(number),)]
                publish(number + 1)
            for path in (f"{WELL_KNOWN}?generation=2", "/sparql?generation=2"):
                assert sizes(server, path) == [("2",)]
            service = read(server.request("/sparql", Accept=TURTLE))
            read_by = told(service, "?e", "[] sd:inputFormat ?f ; sd:endpoint ?e")
            assert read_by == [(server.url + "/update",)]
    finally:
        store.close()
