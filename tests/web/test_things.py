"""Things, terms and concepts answer for their IRIs; pages read; health tells."""

import re
from html.parser import HTMLParser

import pytest
from pyoxigraph import RdfFormat, parse

from conftest import Server

HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PERSON = "/id/person/nikol-pashinyan"


def test_a_thing_leads_to_its_description_by_303(server: Server) -> None:
    reply = server.request(PERSON, Accept="text/turtle")
    assert (reply.status, reply.headers["Location"]) == (303, "/doc/person/nikol-pashinyan.ttl")
    assert "Accept" in reply.headers["Vary"]


@pytest.mark.parametrize(
    ("accept", "format"),
    [("text/turtle", RdfFormat.TURTLE), ("application/ld+json", RdfFormat.JSON_LD),
     ("application/rdf+xml", RdfFormat.RDF_XML), ("application/n-triples", RdfFormat.N_TRIPLES)],
)  # fmt: skip
def test_a_description_comes_in_the_format_asked_for(server: Server, accept: str, format: RdfFormat) -> None:
    reply = server.request(PERSON, Accept=accept, follow=True)
    assert (reply.status, reply.media_type) == (200, accept)
    subjects = {str(quad.subject) for quad in parse(reply.body, format=format)}
    assert "<https://w3id.org/conflictgraph/id/person/nikol-pashinyan>" in subjects


@pytest.mark.parametrize("name", ["a%0Db", "a%3Fb", "a%23b", "%D4%B3%D5%B8%D6%80%D5%AB%D5%BD"])
def test_a_name_of_any_characters_leads_to_its_description(server: Server, name: str) -> None:
    led = server.request(f"/id/{name}", Accept="text/turtle")
    assert (led.status, led.headers["Location"]) == (303, f"/doc/{name}.ttl")
    assert server.request(led.headers["Location"]).status == 404


def test_a_person_reads_a_page(server: Server) -> None:
    reply = server.request(PERSON, Accept=HTML, follow=True)
    assert reply.media_type == "text/html"
    assert "<h1>Nikol Pashinyan</h1>" in reply.text


def test_a_statement_shows_speaker_claims_and_evidence_and_marks_what_is_derived(server: Server) -> None:
    page = server.request("/doc/statement/azerbaijani-mod-own-losses", Accept=HTML).text
    assert "Ministry of Defence of Azerbaijan" in page
    assert "characters 5275–5431" in page
    assert re.search(r"from side.*?Azerbaijan.*?derived", page, re.DOTALL)


@pytest.mark.parametrize(
    "path", ["/scheme/measure/killed", "/scheme/measure", "/term/Claim", "/ontology", "/ontology/claims"]
)
@pytest.mark.parametrize("accept", [HTML, "text/turtle"])
def test_terms_and_concepts_answer(server: Server, path: str, accept: str) -> None:
    reply = server.request(path, Accept=accept)
    assert reply.status == 200
    assert reply.media_type == ("text/html" if accept == HTML else "text/turtle")


@pytest.mark.parametrize(
    "path", ["/id/person/nobody", "/scheme/none/such", "/term/Nothing", "/nowhere", "/doc/a b"]
)
def test_what_the_graph_does_not_know_is_not_found(server: Server, path: str) -> None:
    path = path.replace(" ", "%20")
    reply = server.request(path, Accept="text/turtle, */*;q=0.1", follow=True)
    assert (reply.status, reply.media_type) == (404, "application/problem+json")
    page = server.request(path, Accept=HTML, follow=True)
    assert (page.status, page.media_type) == (404, "text/html")


def test_an_iri_with_markup_is_escaped_in_the_page(server: Server) -> None:
    reply = server.request("/doc/person/%22%3E%3Cscript%3Ealert(1)%3C/script%3E", Accept=HTML)
    assert reply.status == 404
    assert "<script>alert" not in reply.text


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def test_no_page_loads_anything_from_outside(server: Server) -> None:
    page = server.request("/", Accept=HTML)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    loaded = re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"', page.text)
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)


def test_every_link_of_the_start_page_within_this_host_leads_somewhere(server: Server) -> None:
    links = _Links()
    links.feed(server.request("/", Accept=HTML).text)
    local = {
        link.split("#")[0] for link in links.found if link.startswith("/") and not link.startswith("/?query")
    }
    for link in local - {""}:
        assert server.request(link, Accept=HTML, follow=True).status == 200, link


def test_the_start_page_counts_what_a_query_counts(server: Server) -> None:
    page = server.request("/", Accept=HTML).text
    query = (
        "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a <https://w3id.org/conflictgraph/ontology#Statement> }"
    )
    counted = server.query(query).json["results"]["bindings"][0]["n"]["value"]
    assert re.search(rf">statement</a></dt><dd>{counted}</dd>", page)


def test_a_method_that_is_not_there_is_told_which_are(server: Server) -> None:
    reply = server.request("/sparql", "DELETE")
    assert reply.status == 405
    assert "GET" in reply.headers["Allow"]
