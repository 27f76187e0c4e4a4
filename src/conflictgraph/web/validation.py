"""`/validate`: RDF in, a report out; nothing is stored.

The check runs as a command in a process of its own, which is ended at a limit: anybody may ask for one.
Must not know shapes.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from flask import Blueprint, Response, request

from conflictgraph.errors import DataError, NotAcceptable, WorkerFailed
from conflictgraph.ingest.documents import Bounds
from conflictgraph.settings import Settings
from conflictgraph.web import bodies
from conflictgraph.web.commands import Commands

_FORMS = {
    "text/turtle": "turtle",
    "application/ld+json": "jsonld",
    "application/json": "json",
    "application/sarif+json": "sarif",
    "text/plain": "text",
}


def blueprint(bounds: Bounds, commands: Commands, settings: Settings) -> Blueprint:
    """The route `/validate`."""
    part = Blueprint("validation", __name__)
    bounds = replace(
        bounds,
        max_bytes=min(bounds.max_bytes, settings.body_max_bytes),
        seconds=min(bounds.seconds, settings.query_timeout),
    )

    @part.post("/validate")
    def validate() -> Response:
        """The report on the body, checked together with the shipped graph."""
        media_type = request.accept_mimetypes.best_match(list(_FORMS))
        if media_type is None and request.accept_mimetypes:
            raise NotAcceptable(request.headers["Accept"], _FORMS)
        media_type = media_type or "text/turtle"
        with commands.place(), bodies.documents(bounds) as documents:
            report = _report(commands, [document.path for document in documents], _FORMS[media_type])
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""
        return Response(report, content_type=media_type + charset, headers={"Vary": "Accept"})

    return part


def _report(commands: Commands, paths: Sequence[Path], form: str) -> bytes:
    done = commands.run(["validate", *map(str, paths), "--format", form])
    told = [line for line in done.said.splitlines() if line.startswith("Contradicts")]
    if told:
        raise DataError("\n".join(told))
    if done.status not in (0, 1) or not done.output:
        raise WorkerFailed(f"The check ended with status {done.status}; it may need more memory.")
    return done.output
