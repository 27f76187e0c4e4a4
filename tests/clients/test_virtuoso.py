"""Virtuoso 7.2.5 and this endpoint call each other by `SERVICE`: competency queries, and joins both ways.

Virtuoso sends no UNION, subquery or most VALUES inside `SERVICE` (its own error comes before any request), so
that the competency queries here are those without.
"""

from collections.abc import Iterator
from pathlib import Path

import oracle
import pytest
import recipes
from pyoxigraph import QueryResultsFormat
from recipes import Recipe

import parts
from conftest import Server, serving
from servers import Virtuoso, asked, virtuoso

NUMBERS = [26, 34, 36, 41, 42, 43, 44, 45, 46, 47, 49, 50, 51, 53, 54, 55, 56, 58]
GRAPH = "http://example.org/codes"


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    """A server that may call others and holds the codes of some states, as the documentation has it."""
    parts.need(parts.VIRTUOSO)
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as running:
        running.execute(recipes.block("Virtuoso", "sql"))
        codes = " ".join(recipes.block("`oxigraph serve`", "ttl").split())
        running.execute(f"DB.DBA.TTLP('{codes}', '', '{GRAPH}');")
        yield running


@pytest.fixture(scope="module")
def mutual(home: Path, caller: Virtuoso) -> Iterator[Server]:
    """This endpoint, where it may call back."""
    with serving(home, CONFLICTGRAPH_SERVICE_ALLOW=caller.url.removeprefix("http://")) as running:
        yield running


@pytest.mark.parametrize("number", NUMBERS)
def test_a_competency_query_gives_its_rows_through_service(
    server: Server, caller: Virtuoso, number: int
) -> None:
    body = asked(caller.endpoint, oracle.through_service(number, server.url + "/sparql"))
    assert oracle.rows(body, QueryResultsFormat.JSON, oracle.variables(number)) == oracle.expected(number)


@pytest.mark.parametrize("recipe", recipes.recipes(section="Virtuoso"), ids=lambda recipe: recipe.where)
def test_a_join_prints_what_the_documentation_shows(mutual: Server, caller: Virtuoso, recipe: Recipe) -> None:
    parts.need(parts.CURL)
    recipe.check({"http://127.0.0.1:8000": mutual.url, "http://127.0.0.1:8890": caller.url})
