"""A graph that somebody filled with markup and scripts, read in a real browser: all of it is text."""

import shutil
import urllib.parse
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from chromium import opened
from playwright.sync_api import Dialog, Page, expect
from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import graphs
from conflictgraph.store.embedded import EmbeddedStore
from conftest import Server, serving

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
MARKUP = (SCRIPT, IMAGE, "</title></script><svg onload=alert(1)>", "{{ 7 * 7 }}", "]]><script>alert(1)")
SCHEMES = (
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "vbscript:alert(1)",
    "https://w3id.org/conflictgraph/id/person/'onmouseover='alert(1)",
)
PERSON = "https://w3id.org/conflictgraph/id/person/"
MALLORY = NamedNode(PERSON + "mallory")
LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
SEE_ALSO = NamedNode("http://www.w3.org/2000/01/rdf-schema#seeAlso")


def hostile() -> Iterator[Triple]:
    """A thing whose label, links, language and properties are as bad as RDF lets them be."""
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    yield Triple(MALLORY, kind, NamedNode("https://w3id.org/conflictgraph/ontology#Person"))
    yield Triple(MALLORY, LABEL, Literal(SCRIPT, language="en"))
    for text in MARKUP:
        yield Triple(MALLORY, SEE_ALSO, Literal(text))
    for number, iri in enumerate(SCHEMES):
        yield Triple(MALLORY, SEE_ALSO, NamedNode(iri))
        yield Triple(NamedNode(iri), LABEL, Literal(MARKUP[number], language="en"))
        yield Triple(NamedNode(iri), SEE_ALSO, MALLORY)
        yield Triple(MALLORY, NamedNode(iri), Literal("by a property"))


@pytest.fixture(scope="module")
def hostile_server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    copy = tmp_path_factory.mktemp("hostile") / "home"
    shutil.copytree(home, copy, symlinks=True)
    store = EmbeddedStore(copy)
    with store.draft() as draft:
        draft.load(graphs.source("hostile"), hostile())
        draft.publish(SCRIPT)
    store.close()
    with serving(copy) as running:
        yield running


@pytest.fixture
def page() -> Iterator[Page]:
    """A page in which no script of the graph runs, nor gets as far as the policy that would stop it."""
    said: list[str] = []
    with opened() as page:
        page.on("dialog", partial(_dismissed, said))
        page.on("console", lambda message: said.append(message.text))
        yield page
    assert not [words for words in said if "script" in words.lower() or "policy" in words.lower()]
    assert "1" not in said


def _dismissed(said: list[str], dialog: Dialog) -> None:
    said.append(dialog.message)
    dialog.dismiss()


@pytest.mark.parametrize(
    "path", ["/doc/person/mallory", "/generations", "/doc/person/'onmouseover='alert(1)"]
)
def test_a_page_shows_markup_as_text(hostile_server: Server, page: Page, path: str) -> None:
    page.goto(hostile_server.url + path)
    expect(page.locator("body")).to_contain_text(SCRIPT)
    assert page.locator("script:not([src]), img, svg, [onerror], [onload], [onmouseover]").count() == 0
    for link in page.locator("a").all():
        assert (link.get_attribute("href") or "").startswith(("/", "http://", "https://"))
    assert "49" not in page.locator("body").inner_text().split()


def test_the_table_of_results_shows_markup_as_text(hostile_server: Server, page: Page) -> None:
    page.goto(hostile_server.url + "/")
    page.locator("#query-text").fill(f"SELECT * {{ <{MALLORY.value}> ?p ?o }}")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#result")).to_contain_text(IMAGE)
    page.locator("#query-text").fill(f"SELECT ?s {{ BIND(<{MALLORY.value}> AS ?s) }}")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#result a")).to_have_text(SCRIPT)
    page.locator("#query-text").fill(f"DESCRIBE <{MALLORY.value}>")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#result")).to_contain_text("mallory")
    assert page.locator("#result script, #result img, #result svg").count() == 0
    assert page.locator("#result a[href^='javascript' i], #result a[href^='data' i]").count() == 0


def test_an_error_shows_markup_as_text(hostile_server: Server, page: Page) -> None:
    page.goto(f"{hostile_server.url}/sparql?format={urllib.parse.quote(SCRIPT)}&query=ASK%20%7B%7D")
    assert page.locator("script").count() == 0
    page.goto(f"{hostile_server.url}/?query={urllib.parse.quote('</textarea>' + SCRIPT)}")
    expect(page.locator("#status")).to_have_class("failed")
    assert page.locator("script:not([src]):not([type='application/json'])").count() == 0
