"""Does the process live, and can the store be asked? For monitors and load balancers.

Must not know how queries are evaluated.
"""

import threading

from flask import Blueprint, Response, json

from conflictgraph import __version__
from conflictgraph.errors import EngineError, NotReady, QueryCancelled
from conflictgraph.store.port import Answer, Cancellation, Store

_BOUND = 3.0
"""Seconds in which a store that is ready answers."""

_QUERY = "ASK { ?s ?p ?o }"


def blueprint(store: Store) -> Blueprint:
    """The routes `/health` and `/ready`."""
    part = Blueprint("health", __name__)

    @part.get("/health")
    def health() -> Response:
        """200 as long as this process answers, whatever the store does."""
        return _told({"status": "ok", "version": __version__})

    @part.get("/ready")
    def ready() -> Response:
        """200 with the generation if a query is answered in good time. Raises `NotReady`."""
        try:
            with _asked(store) as answer:
                answer.read()
        except QueryCancelled as error:
            raise NotReady(f"A trivial query had no answer within {_BOUND:g} s.") from error
        except EngineError as error:
            raise NotReady(str(error)) from error
        return _told({"status": "ready", "version": __version__, "generation": answer.generation})

    return part


def _asked(store: Store) -> Answer:
    cancellation = Cancellation()
    late = threading.Timer(_BOUND, cancellation.cancel)
    late.start()
    try:
        return store.query(_QUERY, "application/sparql-results+json", cancellation=cancellation)
    finally:
        late.cancel()


def _told(body: dict[str, object]) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(json.dumps(body) + "\n", content_type="application/json", headers=headers)
