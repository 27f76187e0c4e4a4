"""The page for people: what this is, how much is in it, examples to run.

Must not know SPARQL: the examples are the shipped queries.
"""

from flask import Blueprint, Response, render_template, request

from conflictgraph import __version__, description, queries, vocabulary
from conflictgraph.queries import Query
from conflictgraph.settings import Settings
from conflictgraph.store.port import Store
from conflictgraph.web import freshness, openapi
from conflictgraph.web.links import Links

_FIRST = "competency/01-casualty-figures"
"""What the editor holds until somebody writes something else."""


def blueprint(store: Store, settings: Settings) -> Blueprint:
    """The route `/`."""
    part = Blueprint("pages", __name__)
    links = Links(settings.base_iri)

    @part.get("/")
    def home() -> Response:
        """What this is, live counts, the examples by topic."""
        page = render_template(
            "home.html",
            version=__version__,
            counts=description.counts(store),
            topics=_by_topic(queries.shipped("competency")),
            links=links,
            query=request.args.get("query", "") or queries.named(_FIRST).body,
            base_iri=settings.base_iri,
            prefixes=dict(vocabulary.PREFIXES),
        )
        response = Response(page, content_type="text/html; charset=utf-8", headers={"Link": openapi.LINK})
        return freshness.of_generation(response)

    return part


def _by_topic(examples: tuple[Query, ...]) -> dict[str, list[Query]]:
    """The examples under their first keyword, topics in the order in which they first come."""
    topics: dict[str, list[Query]] = {}
    for example in examples:
        topics.setdefault(example.keywords[0], []).append(example)
    return topics
