"""The page in a real browser: examples run, results read, errors show."""

from collections.abc import Iterator

import pytest
from chromium import opened
from playwright.sync_api import Page, expect

from conftest import Server


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with opened() as page:
        yield page


def test_the_first_query_runs_and_its_result_is_a_table(server: Server, page: Page) -> None:
    page.goto(server.url + "/")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#status")).to_contain_text("8 rows")
    expect(page.locator("#result tbody tr")).to_have_count(8)
    expect(page.locator("#result")).to_contain_text("killed or missing")


def test_every_example_runs_and_things_are_shown_by_their_labels(server: Server, page: Page) -> None:
    page.goto(server.url + "/")
    examples = page.locator("a.example")
    assert examples.count() >= 40
    for number in range(examples.count()):
        examples.nth(number).click()
        expect(page.locator("#status")).to_contain_text("s)")
        expect(page.locator("#status")).not_to_have_class("failed")
    page.locator("#query-text").fill(
        "SELECT ?s WHERE { ?s a <https://w3id.org/conflictgraph/ontology#State> }"
    )
    page.locator("#query-text").press("Control+Enter")
    link = page.locator("#result a", has_text="Uruguay")
    expect(link).to_have_attribute("href", "/doc/state/uruguay")
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Uruguay")


def test_a_syntax_error_is_shown_with_its_place(server: Server, page: Page) -> None:
    page.goto(server.url + "/?query=SELECT%20*%20%7B%20%3Fs%20%3Fp")
    expect(page.locator("#status")).to_contain_text("line 1, column")
    expect(page.locator("#status")).to_have_class("failed")


def test_markup_in_a_result_is_text(server: Server, page: Page) -> None:
    page.goto(server.url + "/")
    hostile = """SELECT ("<img src=x onerror=alert(1)>" AS ?a) (<javascript:alert(1)> AS ?b) WHERE {}"""
    page.locator("#query-text").fill(hostile)
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#result td").first).to_have_text("<img src=x onerror=alert(1)>")
    assert page.locator("#result img").count() == 0
    assert page.locator("#result a[href^=javascript]").count() == 0
