"""pandas: `read_csv` on the address of a query."""

from urllib.parse import urlencode

import oracle
import pandas
import pytest
from recipes import Recipe, recipes

from conftest import Server

NUMBERS = [1, 18, 42, 51]
"""Among them: quotation marks and commas in literals, empty cells, several hundred rows."""


def address(server: Server, number: int, **more: str) -> str:
    return server.url + "/sparql?" + urlencode({"query": oracle.QUERIES[number].text, **more})


@pytest.mark.parametrize("number", NUMBERS)
def test_a_table_is_read_from_the_address_of_a_query(server: Server, number: int) -> None:
    by_parameter = pandas.read_csv(address(server, number, format="csv"), dtype=str, keep_default_na=False)
    by_header = pandas.read_csv(
        address(server, number),
        dtype=str,
        keep_default_na=False,
        storage_options={"Accept": "text/csv", "Accept-Encoding": "gzip"},
    )
    assert list(by_parameter.columns) == oracle.variables(number)
    found = [tuple(row) for row in by_parameter.itertuples(index=False)]
    assert sorted(found) == sorted(oracle.values(number).elements())
    assert by_header.equals(by_parameter)


def test_numbers_are_read_as_numbers(server: Server) -> None:
    table = pandas.read_csv(address(server, 1, format="csv"))
    figures = table.loc[table["victims"] == "Azerbaijani servicemen", "quantity"]
    assert figures.tolist() == [80]
    assert table["quantity"].dtype.kind in "if"


def test_a_table_is_read_from_tabs_too(server: Server) -> None:
    table = pandas.read_table(address(server, 42, format="tsv"), dtype=str, keep_default_na=False)
    assert [name.removeprefix("?") for name in table.columns] == oracle.variables(42)
    assert len(table) == sum(oracle.expected(42).values())


@pytest.mark.parametrize("recipe", recipes(section="pandas"), ids=lambda recipe: recipe.where)
def test_a_recipe_prints_what_the_documentation_shows(server: Server, recipe: Recipe) -> None:
    recipe.check({"http://127.0.0.1:8000": server.url})
