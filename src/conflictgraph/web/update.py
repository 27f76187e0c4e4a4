"""SPARQL 1.1 Protocol, update operation: through the gate.

Must not know how an update is evaluated.
"""

from flask import Blueprint, Response, request

from conflictgraph.errors import MalformedRequest, QueryTooLarge, UnsupportedMediaType
from conflictgraph.gate import changes
from conflictgraph.gate.publishing import Gate, publish
from conflictgraph.settings import Settings
from conflictgraph.web import bodies, written
from conflictgraph.web.authority import require_token

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-update"


def blueprint(gate: Gate, settings: Settings) -> Blueprint:
    """The route `/update`."""
    part = Blueprint("update", __name__)

    @part.post("/update")
    def update() -> Response:
        """Run an update request (SPARQL 1.1 Protocol, section 2.2), and publish what comes of it."""
        require_token(settings)
        text = _text(settings.query_max_bytes)
        with bodies.kept_text(text, "update.ru") as document:
            return written.response(publish(gate, changes.update(text, document)))

    return part


def _text(limit: int) -> str:
    if any(name in request.values for name in ("using-graph-uri", "using-named-graph-uri")):
        raise MalformedRequest("The dataset of an update is not taken from parameters: write USING in it.")
    if request.mimetype == DIRECT:
        return bodies.text(limit)
    if request.mimetype != FORM:
        raise UnsupportedMediaType(request.content_type or "no Content-Type", (FORM, DIRECT))
    texts = request.form.getlist("update")
    if len(texts) != 1:
        raise MalformedRequest(f"Expected one parameter 'update'; found {len(texts)}.")
    if len(texts[0].encode()) > limit:
        raise QueryTooLarge(len(texts[0].encode()), limit)
    return texts[0]
