"""Why a triple is in the graph, over HTTP: what a source says, what follows and from what."""

import html
import re
import urllib.parse
from pathlib import Path
from typing import Any

from conftest import Reply, Server, serving

HTML = "text/html,application/xhtml+xml,*/*;q=0.8"
STATEMENT = "statement:azerbaijani-mod-own-losses"


def explained(server: Server, *terms: str, accept: str = "application/json") -> Reply:
    named = dict(zip(("subject", "predicate", "object"), terms, strict=False))
    return server.request("/explain?" + urllib.parse.urlencode(named), Accept=accept)


def asserted(step: dict[str, Any]) -> list[dict[str, Any]]:
    """The leaves of an explanation."""
    return (
        [leaf for premise in step["premises"] for leaf in asserted(premise)] if "premises" in step else [step]
    )


def test_what_a_source_says_is_told_with_the_source(server: Server) -> None:
    reply = explained(server, STATEMENT, "cg:hasSpeaker", "organ:azerbaijan-ministry-of-defence")
    assert (reply.status, reply.media_type) == (200, "application/json")
    assert reply.json["rule"] == "asserted"
    assert [graph for graph in reply.json["graphs"] if "/graph/source/" in graph] == reply.json["graphs"]
    assert reply.json["triple"]["object"]["label"] == "Ministry of Defence of Azerbaijan"


def derived_triple(server: Server) -> tuple[str, ...]:
    """A triple that was derived, as three terms."""
    reply = server.query(
        "SELECT ?s ?p ?o { GRAPH <https://w3id.org/conflictgraph/graph/inferred> { ?s ?p ?o } "
        "FILTER (ISIRI(?o) && STRSTARTS(STR(?s), 'https://w3id.org/conflictgraph/id/')) } "
        "ORDER BY ?s ?p ?o LIMIT 1"
    )
    (row,) = reply.json["results"]["bindings"]
    return tuple(f"<{row[name]['value']}>" for name in ("s", "p", "o"))


def test_what_follows_is_told_down_to_what_is_asserted(server: Server) -> None:
    found = explained(server, *derived_triple(server))
    assert (found.status, "premises" in found.json) == (200, True), found.text
    assert all(leaf["rule"] == "asserted" and leaf["graphs"] for leaf in asserted(found.json))


def test_an_explanation_that_takes_too_long_is_ended(server: Server, home: Path) -> None:
    terms = derived_triple(server)
    with serving(home, CONFLICTGRAPH_QUERY_TIMEOUT="0.2") as hasty:
        reply = next(
            reply
            for reply in (explained(hasty, *terms) for _ in range(50))
            if reply.json.get("kind") != "StoreBusy"
        )
    assert (reply.status, "limit of 0.2 s" in reply.json["detail"]) == (503, True), reply.text


def test_a_page_of_a_thing_leads_from_each_derived_value_to_why(server: Server) -> None:
    page = server.request("/doc/" + STATEMENT.replace(":", "/"), Accept=HTML).text
    links = [html.unescape(link) for link in re.findall(r'href="(/explain[^"]*)"', page)]
    assert links
    why = server.request(links[0], Accept=HTML)
    assert (why.status, why.media_type) == (200, "text/html"), why.text
    assert "follows by" in why.text
    assert "asserted in" in why.text


def test_what_is_not_there_and_what_is_no_triple_are_told_apart(server: Server) -> None:
    assert explained(server, STATEMENT, "a", "cg:Person").status == 404
    for terms in (
        (STATEMENT, "a"),
        (STATEMENT, "a", "no term"),
        (STATEMENT, "a", "<a:b> . <c:d> <e:f> <g:h>"),
    ):
        reply = explained(server, *terms)
        assert (reply.status, reply.media_type) == (400, "application/problem+json")
        assert "object" in reply.json["detail"]


def test_markup_in_a_literal_is_shown_as_text(server: Server) -> None:
    page = explained(server, STATEMENT, "rdfs:label", '"<script>alert(1)</script>"', accept=HTML)
    assert page.status == 404
    assert "<script>alert" not in page.text
