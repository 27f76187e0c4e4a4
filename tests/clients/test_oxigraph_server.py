"""`oxigraph serve` and this endpoint call each other by `SERVICE`: competency queries, joins both ways."""

from collections.abc import Iterator
from pathlib import Path

import oracle
import pytest
import recipes
from pyoxigraph import QueryResultsFormat
from recipes import Recipe

import parts
from conftest import Server, serving
from servers import Oxigraph, asked, oxigraph


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oxigraph]:
    """A server that holds the codes of some states."""
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as running:
        running.load(recipes.block("`oxigraph serve`", "ttl"))
        yield running


@pytest.fixture(scope="module")
def mutual(home: Path, caller: Oxigraph) -> Iterator[Server]:
    """This endpoint, where it may call back."""
    with serving(home, CONFLICTGRAPH_SERVICE_ALLOW=caller.url.removeprefix("http://")) as running:
        yield running


@pytest.mark.parametrize("number", sorted(oracle.QUERIES))
def test_a_competency_query_gives_its_rows_through_service(
    server: Server, caller: Oxigraph, number: int
) -> None:
    body = asked(caller.endpoint, oracle.through_service(number, server.url + "/sparql"))
    assert oracle.rows(body, QueryResultsFormat.JSON, oracle.variables(number)) == oracle.expected(number)


@pytest.mark.parametrize(
    "recipe", recipes.recipes(section="`oxigraph serve`"), ids=lambda recipe: recipe.where
)
def test_a_join_prints_what_the_documentation_shows(mutual: Server, caller: Oxigraph, recipe: Recipe) -> None:
    parts.need(parts.CURL)
    recipe.check({"http://127.0.0.1:8000": mutual.url, "http://127.0.0.1:7878": caller.url})
