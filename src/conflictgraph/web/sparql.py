"""The SPARQL endpoint: SPARQL 1.1 Protocol, query operation.

Must not know how queries are evaluated. Updates are refused; a request without a query gets the service
description, or, from a browser, the page to write one.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from flask import Blueprint, Response, redirect, request, url_for
from pyoxigraph import NamedNode, Triple
from werkzeug.datastructures import MultiDict

from conflictgraph import formats, graphs, queries, rdf, solutions
from conflictgraph.errors import (
    MalformedRequest,
    QuerySyntaxError,
    QueryTooLarge,
    UnsupportedMediaType,
    UpdateRefused,
)
from conflictgraph.settings import Settings
from conflictgraph.snapshot import Snapshot
from conflictgraph.store.port import Dataset, Store
from conflictgraph.store.repeatable import is_repeatable
from conflictgraph.void.dataset import Addresses
from conflictgraph.web import cancelling, line, memento, notes, openapi, void
from conflictgraph.web.negotiation import prefers_html, require_utf8
from conflictgraph.web.service_description import PREFIXES, service_description

FORM = "application/x-www-form-urlencoded"
PATH = "/sparql"
LINKS = (f'<{void.PATH}>; rel="describedby"', openapi.LINK)
"""The links from an answer to what is known about the dataset and this interface."""
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"
_READ_ONLY = "This address answers queries; updates are refused here. Send them to /update, with a token."


def blueprint(store: Store, settings: Settings) -> Blueprint:
    """The route `/sparql`, and the description of its dataset."""
    part = Blueprint("sparql", __name__)
    counts = void.counted(store)
    part.register_blueprint(void.blueprint(store, counts))
    running = cancelling.Running()
    part.register_blueprint(cancelling.blueprint(running))

    @part.route(PATH, methods=["GET", "POST"])
    def endpoint() -> Response:
        """Evaluate the query of the request (SPARQL 1.1 Protocol, section 2.1)."""
        parameters = _parameters()
        text = _query_text(parameters, settings.query_max_bytes)
        if text is None:
            return _without_query()
        if request.method == "GET" and "format" not in parameters and prefers_html():
            return _to_page()
        moment = memento.asked(store, parameters)
        number = moment.number if moment else None
        dataset, accept = _dataset(parameters), _accept(parameters)
        id = cancelling.asked_id()
        with running.until_answered(id) as handle, resolving(settings.base_iri) as base:
            line.of(request.environ).when_gone(handle.cancel)
            answer = store.query(base + text, accept, dataset, generation=number, cancellation=handle)
        notes.note_query(notes.here(), text, id, answer.generation, in_full=settings.log_queries)
        whole = answer.chunks.whole()
        response = Response(answer.chunks if whole is None else whole, content_type=answer.media_type)
        response.call_on_close(partial(running.end, id))
        response.headers[cancelling.HEADER] = id
        return memento.marked(_linked(response), moment, repeatable=is_repeatable(text))

    def _without_query() -> Response:
        if request.method == "POST":
            raise MalformedRequest("Expected a parameter 'query' with a SPARQL query; found none.")
        if prefers_html():
            return _to_page()
        format = formats.negotiate(request.headers.get("Accept") or "*/*", formats.RDF_FORMATS)
        moment = memento.asked(store)
        state = memento.shown(store, moment)
        described = service_description(
            counts(moment),
            Addresses(request.url_root),
            _examples(state),
            writable=is_writable(settings),
            federated=bool(settings.service_allow),
        )
        response = Response(rdf.to_bytes(described, format, PREFIXES), content_type=format.content_type)
        return memento.marked(_linked(response), moment)

    return part


def prologue(base: str) -> str:
    """A line to put before a text, so that relative IRIs have a base (SPARQL 1.1, section 4.1.1.2)."""
    return f"BASE {NamedNode(base)}\n"


@contextmanager
def resolving(base: str) -> Iterator[str]:
    """The `prologue`; places in errors are those of the text without it."""
    try:
        yield prologue(base)
    except QuerySyntaxError as error:
        raise QuerySyntaxError(max(error.line - 1, 0), error.column, error.message) from error


def _examples(state: Snapshot) -> Iterator[Triple]:
    """The example queries and prefixes, which query editors look for here too."""
    text = queries.bound(queries.named("service/triples-of-a-graph"), graph=[graphs.EXAMPLES])
    return solutions.triples(state, text)


def is_writable(settings: Settings) -> bool:
    """Whether anybody may write here."""
    return settings.token is not None or settings.token_file is not None


def _linked(response: Response) -> Response:
    for link in LINKS:
        response.headers.add("Link", link)
    return response


def _to_page() -> Response:
    arguments = {key: request.args.getlist(key) for key in ("query",) if key in request.args}
    response = redirect(url_for("pages.home", **arguments), 303)  # type: ignore[arg-type]
    response.headers["Vary"] = "Accept"
    assert isinstance(response, Response)
    return response


def _parameters() -> MultiDict[str, str]:
    """The parameters of the operation: of the URL, and of the form if there is one."""
    if request.method in ("GET", "HEAD"):
        return request.args
    if request.mimetype == FORM:
        return MultiDict([*request.args.items(multi=True), *request.form.items(multi=True)])
    return request.args


def _query_text(parameters: MultiDict[str, str], limit: int) -> str | None:
    """The one query of the request; None if there is none."""
    if request.method == "POST" and request.mimetype == UPDATE:
        raise UpdateRefused(_READ_ONLY)
    if request.method == "POST" and request.mimetype == DIRECT:
        require_utf8(request.content_type)
        texts = [_decoded(request.get_data(), limit), *parameters.getlist("query")]
    elif request.method == "POST" and request.mimetype != FORM:
        raise UnsupportedMediaType(request.content_type or "no Content-Type", (FORM, DIRECT))
    else:
        texts = parameters.getlist("query")
    if "update" in parameters:
        raise UpdateRefused(_READ_ONLY)
    if len(texts) > 1:
        raise MalformedRequest(f"Expected one query; found {len(texts)}.")
    if texts and len(texts[0].encode()) > limit:
        raise QueryTooLarge(len(texts[0].encode()), limit)
    return texts[0] if texts else None


def _decoded(body: bytes, limit: int) -> str:
    if len(body) > limit:
        raise QueryTooLarge(len(body), limit)
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise MalformedRequest(f"The query is not text in UTF-8: {error}.") from error


def _accept(parameters: MultiDict[str, str]) -> str:
    """The Accept header, or what a parameter `format` (csv, ttl, a media type) says instead."""
    if name := parameters.get("format"):
        return ", ".join(format.media_type for format in formats.all_by_name(name))
    return request.headers.get("Accept") or "*/*"


def _dataset(parameters: MultiDict[str, str]) -> Dataset:
    return Dataset(
        _graphs(parameters.getlist("default-graph-uri"), "default-graph-uri"),
        _graphs(parameters.getlist("named-graph-uri"), "named-graph-uri"),
    )


def _graphs(iris: Sequence[str], name: str) -> tuple[NamedNode, ...]:
    try:
        return tuple(NamedNode(iri) for iri in iris)
    except ValueError as error:
        raise MalformedRequest(f"{name} must be an absolute IRI: {error}.") from error
