"""Comunica, run by its command: this endpoint beside another in one query, and each form of query.

The recipe of the documentation is the join. Comunica finds out by the service description what each
source is.
"""

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator

import oracle
import pytest
import recipes
from pyoxigraph import QueryResultsFormat, RdfFormat, parse
from recipes import Recipe

import parts
from conftest import Server
from servers import Oxigraph, oxigraph

NUMBER = 55
ARMENIA = "<https://w3id.org/conflictgraph/id/state/armenia>"
JSON = "application/sparql-results+json"


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oxigraph]:
    """A second endpoint, with the codes of some states."""
    parts.need(parts.COMUNICA)
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as running:
        running.load(recipes.block("`oxigraph serve`", "ttl"))
        yield running


def comunica(*arguments: str) -> bytes:
    """What Comunica prints; a failure or a complaint is the test's."""
    parts.need(parts.COMUNICA)
    command = [str(parts.COMUNICA_COMMAND), *arguments]
    done = subprocess.run(command, env=os.environ, capture_output=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, b""), (command, done.stdout, done.stderr.decode())
    return done.stdout


def rows(source: str, query: str, names: list[str]) -> Counter[oracle.Row]:
    """The rows of a query; Comunica puts metadata into the document that are no part of the format."""
    document = json.loads(comunica(source, query, "-t", JSON))
    del document["metadata"]
    return oracle.rows(json.dumps(document).encode(), QueryResultsFormat.JSON, names)


@pytest.mark.parametrize("recipe", recipes.recipes(section="Comunica"), ids=lambda recipe: recipe.where)
def test_a_join_of_two_endpoints_prints_what_the_documentation_shows(
    server: Server, other: Oxigraph, recipe: Recipe
) -> None:
    recipe.check({"http://127.0.0.1:8000": server.url, "http://127.0.0.1:7878": other.url})


def test_a_query_by_service_joins_in_the_other_direction(server: Server, other: Oxigraph) -> None:
    text = (
        "SELECT ?code ?label { ?state <http://example.org/code> ?code "
        f"SERVICE <{server.url}/sparql> {{ ?state <http://www.w3.org/2000/01/rdf-schema#label> ?label }} }}"
    )
    assert rows(f"sparql@{other.endpoint}", text, ["code", "label"]) == Counter(
        {('"ARM"', '"Armenia"@en'): 1, ('"AZE"', '"Azerbaijan"@en'): 1, ('"RUS"', '"Russia"@en'): 1}
    )


def test_a_competency_query_gives_its_rows(server: Server) -> None:
    found = rows(f"sparql@{server.url}/sparql", oracle.QUERIES[NUMBER].text, oracle.variables(NUMBER))
    assert found == oracle.expected(NUMBER)


def test_triples_of_a_construct_are_the_endpoints(server: Server) -> None:
    text = f"CONSTRUCT {{ {ARMENIA} ?p ?o }} WHERE {{ {ARMENIA} ?p ?o }}"
    body = comunica(f"sparql@{server.url}/sparql", text, "-t", "application/n-triples")
    direct = server.query(text, "application/n-triples").body
    found, wanted = (set(parse(data, format=RdfFormat.N_TRIPLES)) for data in (body, direct))
    assert found == wanted
    assert len(found) > 20


def test_a_truth_value_is_read(server: Server) -> None:
    text = f"ASK {{ {ARMENIA} a <https://w3id.org/conflictgraph/ontology#State> }}"
    assert json.loads(comunica(f"sparql@{server.url}/sparql", text, "-t", JSON))["boolean"] is True
