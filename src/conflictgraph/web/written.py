"""What a write over HTTP came to, as a response."""

from http import HTTPStatus

from flask import Response, json

from conflictgraph.gate.publishing import Published
from conflictgraph.web import notes


def response(done: Published, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """The generation that was published, and what changed in it."""
    assert done.generation is not None
    notes.here().published = done.generation.number
    body = {
        "generation": done.generation.number,
        "added": done.counts.added,
        "removed": done.counts.removed,
        "warnings": len(done.report.results),
    }
    made = Response(json.dumps(body) + "\n", status, content_type="application/json")
    made.headers["Link"] = f'</generations/{done.generation.number}>; rel="describedby"'
    return made
