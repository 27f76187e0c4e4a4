"""Is the service up, and does it answer? For monitors."""

from flask import Blueprint, Response, json

from conflictgraph import __version__
from conflictgraph.store.port import Store


def blueprint(store: Store) -> Blueprint:
    """The route `/health`."""
    part = Blueprint("health", __name__)

    @part.get("/health")
    def health() -> Response:
        """200 with the version and generation if a query is answered; the error's status otherwise."""
        with store.query("ASK { ?s ?p ?o }", "application/sparql-results+json") as answer:
            filled = bool(json.loads(answer.read())["boolean"])
        body = {
            "status": "ok" if filled else "empty",
            "version": __version__,
            "generation": answer.generation,
        }
        return Response(
            json.dumps(body) + "\n", content_type="application/json", headers={"Cache-Control": "no-store"}
        )

    return part
