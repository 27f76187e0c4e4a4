"""Dereferenceable IRIs: things (303 to their description), ontology terms and concepts.

Must not know what a description holds. The canonical IRIs begin with the base IRI; this copy answers for them
below its own root.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, json, redirect, render_template, request
from pyoxigraph import NamedNode
from werkzeug.urls import iri_to_uri

from conflictgraph import description, formats, jsonld, solutions
from conflictgraph.errors import NotFound
from conflictgraph.settings import Settings
from conflictgraph.snapshot import Snapshot
from conflictgraph.solutions import Term
from conflictgraph.store.port import Dataset, Generation, Store
from conflictgraph.web import explaining, memento
from conflictgraph.web.links import Links
from conflictgraph.web.negotiation import prefers_html, rdf_format

CONTEXT = "/context.jsonld"
COMPACTED = "http://www.w3.org/ns/json-ld#compacted"
"""The profile by which a client says that it fetches contexts (JSON-LD 1.1, section 6.2)."""
_EXTENSIONS = {f.extension: f for f in formats.RDF_FORMATS if f not in (formats.NQUADS, formats.TRIG)}


def blueprint(store: Store, settings: Settings) -> Blueprint:
    """The routes `/id/…`, `/doc/…`, `/scheme/…`, `/ontology` and `/context.jsonld`."""
    part = Blueprint("things", __name__)
    links = Links(settings.base_iri)

    @part.get("/id/<path:name>")
    def thing(name: str) -> Response:
        """A thing is no document: see its description."""
        extension = "" if prefers_html() else "." + rdf_format().extension
        moment = memento.asked(store)
        generation = f"?generation={moment.number}" if moment else ""
        response = redirect(f"/doc/{quote(name)}{extension}{generation}", 303)
        assert isinstance(response, Response)
        response.vary.update(memento.VARIES)
        return response

    @part.get("/doc/<path:name>")
    def document(name: str) -> Response:
        """The description of a thing: a page, or triples, by the ending or by Accept."""
        stem, dot, extension = name.rpartition(".")
        if dot and extension in _EXTENSIONS:
            return _triples(f"{settings.base_iri}id/{stem}", _EXTENSIONS[extension])
        return _negotiated(f"{settings.base_iri}id/{name}")

    @part.get("/scheme/<path:name>")
    def concept(name: str) -> Response:
        """A scheme or one of its concepts."""
        return _negotiated(f"{settings.base_iri}scheme/{name}")

    @part.get("/ontology")
    def ontology() -> Response:
        """The ontology as one document."""
        if prefers_html():
            return _page(f"{settings.base_iri}ontology")
        format = rdf_format()
        query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
        graph = NamedNode(f"{settings.base_iri}graph/ontology")
        moment = memento.asked(store)
        state = memento.shown(store, moment)
        answer = state.query(query, format.media_type, Dataset(default_graphs=(graph,)))
        return memento.marked(Response(answer.chunks, content_type=answer.media_type), moment)

    @part.get("/ontology/<path:name>")
    def module(name: str) -> Response:
        """A module of the ontology."""
        return _negotiated(f"{settings.base_iri}ontology/{name}")

    @part.get("/term/<name>")
    def term(name: str) -> Response:
        """The page of one ontology term; its IRI has a hash, so that it leads to /ontology."""
        return _negotiated(f"{settings.base_iri}ontology#{name}")

    def _negotiated(iri: str) -> Response:
        return _page(iri) if prefers_html() else _triples(iri, rdf_format())

    def _page(iri: str) -> Response:
        moment = memento.asked(store)
        about = description.described(memento.shown(store, moment), _node(iri))
        page = render_template(
            "thing.html",
            about=about,
            links=links,
            plain=description.plain,
            data=_data_path(iri),
            why=_why(iri),
        )
        return memento.marked(Response(page, content_type="text/html; charset=utf-8"), moment)

    def _triples(iri: str, format: formats.Format) -> Response:
        moment = memento.asked(store)
        state = memento.shown(store, moment)
        query = description.triples_of(state, _node(iri))
        if format.short == formats.JSONLD.short:
            response = _compact(state, query, format, moment)
        else:
            answer = state.query(query, format.media_type)
            response = Response(answer.chunks, content_type=answer.media_type)
        response.headers["Link"] = f'<{iri_to_uri(iri)}>; rel="describes"'
        return memento.marked(response, moment)

    @part.get(CONTEXT)
    def context() -> Response:
        """The JSON-LD context of the descriptions."""
        moment = memento.asked(store)
        under = jsonld.context(memento.shown(store, moment))
        return memento.marked(_json(under.document(), formats.JSONLD), moment)

    def _compact(state: Snapshot, query: str, format: formats.Format, moment: Generation | None) -> Response:
        address = None
        if COMPACTED in request.headers.get("Accept", ""):
            past = f"?generation={moment.number}" if moment else ""
            address = request.url_root.rstrip("/") + CONTEXT + past
        triples = solutions.triples(state, query)
        return _json(jsonld.compacted(triples, jsonld.context(state), address), format)

    def _data_path(iri: str) -> str:
        return f"/doc/{iri.removeprefix(settings.base_iri + 'id/')}" if "/id/" in iri else request.path

    return part


def _why(thing: str) -> Callable[[Term, str, bool], str | None]:
    """Where it is told why a property of the thing has a value, or (inward) why something leads to it."""

    def address(value: Term, property: str, inward: bool) -> str | None:
        subject, object = (value, NamedNode(thing)) if inward else (NamedNode(thing), value)
        return explaining.address(subject, NamedNode(property), object)

    return address


def _json(document: dict[str, Any], format: formats.Format) -> Response:
    return Response(json.dumps(document, sort_keys=False) + "\n", content_type=format.content_type)


def _node(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise NotFound(f"{iri} is no IRI.") from error
