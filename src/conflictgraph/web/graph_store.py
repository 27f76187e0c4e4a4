"""SPARQL 1.1 Graph Store HTTP Protocol: a named graph as a document; writes through the gate.

Must not know what a source says. A graph is named by `?graph=IRI`, or by the address `/graph/…` itself.
"""

import secrets
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import quote

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode

from conflictgraph import graphs, patch, queries
from conflictgraph.errors import MalformedRequest, NotFound, StoreEmpty, UpdateRefused
from conflictgraph.gate import changes
from conflictgraph.gate.changes import Mode
from conflictgraph.gate.publishing import Gate, publish
from conflictgraph.ingest.documents import Bounds
from conflictgraph.settings import Settings
from conflictgraph.snapshot import Snapshot
from conflictgraph.store.port import WHOLE, Dataset, Store
from conflictgraph.web import bodies, memento, written
from conflictgraph.web.authority import require_token
from conflictgraph.web.negotiation import rdf_format

_METHODS = ["GET", "PUT", "POST", "DELETE"]
_READING = ("GET", "HEAD")
_MODES = {"PUT": Mode.REPLACE, "POST": Mode.ADD}


def blueprint(store: Store, gate: Gate, bounds: Bounds, settings: Settings) -> Blueprint:
    """The routes `/data` and `/graph/…`."""
    part = Blueprint("graph_store", __name__)

    @part.route("/data", methods=_METHODS)
    def indirect() -> Response:
        """The graph of the parameter `graph`, or with `default` the merged view; POST to none makes one."""
        if request.method == "POST" and not request.args.keys() & {"graph", "default"}:
            return _written(graphs.source(f"posted-{secrets.token_hex(8)}"))
        graph = _asked()
        return _document(graph) if request.method in _READING else _written(graph)

    @part.route("/graph/<path:name>", methods=_METHODS)
    def direct(name: str) -> Response:
        """The graph of this address."""
        graph = _node(graphs.BASE + name)
        return _document(graph) if request.method in _READING else _written(graph)

    def _written(graph: NamedNode | None) -> Response:
        require_token(settings)
        graph = _writable(graph, settings.free_graphs)
        if request.method == "DELETE":
            return written.response(publish(gate, changes.removal(graph)))
        is_new = graph not in _names(store)
        with bodies.documents(bounds, graph.value) as documents:
            if request.method == "POST" and not is_new and not any(each.statements for each in documents):
                return Response(status=HTTPStatus.NO_CONTENT)
            done = publish(gate, changes.ingestion(graph, documents, _MODES[request.method]))
        response = written.response(done, HTTPStatus.CREATED if is_new else HTTPStatus.OK)
        if is_new:
            response.headers["Location"] = _address(graph)
        return response

    def _document(graph: NamedNode | None) -> Response:
        moment = memento.asked(store)
        state = memento.shown(store, moment)
        if graph is not None and graph not in patch.names(state):
            raise NotFound(f"There is no graph <{graph.value}>.")
        query = queries.named("service/merged-view").text
        dataset = Dataset(default_graphs=(graph,)) if graph else WHOLE
        answer = state.query(query, rdf_format().media_type, dataset)
        response = Response(answer.chunks, content_type=answer.media_type)
        return memento.marked(response, moment)

    return part


def _names(store: Store) -> tuple[NamedNode, ...]:
    try:
        return patch.names(Snapshot(store))
    except StoreEmpty:
        return ()


def _asked() -> NamedNode | None:
    named, default = request.args.getlist("graph"), request.args.getlist("default")
    if len(named) + len(default) != 1:
        raise MalformedRequest("Name one graph: ?graph=IRI, or ?default for the merged view.")
    return _node(named[0]) if named else None


def _node(iri: str) -> NamedNode:
    """The graph of an IRI. The address at which this copy has a graph stands for its name."""
    try:
        return NamedNode(graphs.BASE + iri.removeprefix(_here()) if iri.startswith(_here()) else iri)
    except ValueError as error:
        raise MalformedRequest(f"The graph must be an absolute IRI: {error}.") from error


def _here() -> str:
    return request.url_root + "graph/"


def _address(graph: NamedNode) -> str:
    if graph.value.startswith(graphs.BASE):
        return "/graph/" + quote(graph.value.removeprefix(graphs.BASE))
    return "/data?graph=" + quote(graph.value, safe="")


def _writable(graph: NamedNode | None, free: Sequence[str]) -> NamedNode:
    if graph is None or not graphs.is_writable(graph, free):
        what = f"<{graph.value}>" if graph else "The default graph, which is the merge of others,"
        raise UpdateRefused(f"{what} is not written here. Name a source: <{graphs.SOURCE_PREFIX}my-source>.")
    return graph
