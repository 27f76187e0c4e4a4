"""`/explain`: why a triple is in the graph, as JSON or as a page.

Must not know rules. What a source says is told at once; how a derived triple follows is worked out by the
command `explain`, in a process of its own.
"""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, json, render_template, request
from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import graphs, patch, queries, solutions, terms, vocabulary
from conflictgraph.errors import MalformedRequest, NotFound, WorkerFailed
from conflictgraph.settings import Settings
from conflictgraph.snapshot import Snapshot
from conflictgraph.solutions import Term
from conflictgraph.store.port import Store
from conflictgraph.web import memento
from conflictgraph.web.commands import Commands
from conflictgraph.web.links import Links
from conflictgraph.web.negotiation import prefers_html

PATH = "/explain"


def address(subject: Term, predicate: Term, object: Term) -> str | None:
    """Where a triple is explained; None for one with a blank node."""
    if not isinstance(subject, NamedNode) or not isinstance(object, NamedNode | Literal):
        return None
    return f"{PATH}?{urlencode({'subject': subject, 'predicate': predicate, 'object': object})}"


def blueprint(store: Store, commands: Commands, settings: Settings) -> Blueprint:
    """The route `/explain`."""
    part = Blueprint("explaining", __name__)
    links = Links(settings.base_iri)

    @part.get(PATH)
    def explain() -> Response:
        """The tree of rules and premises, down to what is asserted and where."""
        triple = terms.triple(*(_term(place) for place in terms.PLACES))
        found = _asserted(Snapshot(store), triple) or _derived(commands, triple)
        if prefers_html():
            page = render_template("explain.html", found=found, links=links, plain=_plain)
            return memento.marked(Response(page, content_type="text/html; charset=utf-8"), None)
        return memento.marked(Response(json.dumps(found) + "\n", content_type="application/json"), None)

    return part


def _term(place: str) -> str:
    text = request.args.get(place, "")
    if not text:
        raise MalformedRequest(f"Expected the parameters {', '.join(terms.PLACES)}; {place} is missing.")
    return f"<{text}>" if text.startswith(("http://", "https://")) else text


def _asserted(state: Snapshot, triple: Triple) -> dict[str, Any] | None:
    """The graphs that say so; None if it was derived. Raises `NotFound` if it is not there at all."""
    assert isinstance(triple.subject, NamedNode)
    assert isinstance(triple.object, NamedNode | Literal)
    query = queries.bound(
        queries.named("service/graphs-of-a-triple"),
        subject=[triple.subject],
        predicate=[triple.predicate],
        object=[triple.object],
    )
    found = [solutions.text(row, "graph") for row in solutions.rows(state, query)]
    if not found:
        raise NotFound(f"Neither asserted nor inferred: {triple}. Mend a term, or state it in a source.")
    saying = [graph for graph in found if graph != graphs.INFERRED.value]
    parts = (triple.subject, triple.predicate, triple.object)
    called = patch.labels(state, parts)
    told = {
        place: {"term": str(term), **({"label": called[term]} if term in called else {})}
        for place, term in zip(terms.PLACES, parts, strict=True)
    }
    return {"triple": told, "rule": "asserted", "graphs": saying} if saying else None


def _derived(commands: Commands, triple: Triple) -> dict[str, Any]:
    parts = (str(triple.subject), str(triple.predicate), str(triple.object))
    with commands.place():
        done = commands.run(["explain", "--format", "json", "--", *parts])
    if done.status:
        raise WorkerFailed(f"The explanation ended with status {done.status}; it may need more memory.")
    found: dict[str, Any] = json.loads(done.output)
    return found


def _plain(term: str) -> str:
    """A term of an explanation as a person reads it."""
    return vocabulary.shortened(term[1:-1]) if term.startswith("<") else term
