"""The description of the HTTP interface for programs: OpenAPI 3.1, at `/openapi.json`.

Must not know how anything is answered. Media types and statuses are those of `formats` and of the table of
errors, so that they are written down once. The tests hold each route, and each answer of a running server,
against it.
"""

from flask import Blueprint, Response, json

from conflictgraph import __version__
from conflictgraph.web.openapi.document import document

PATH = "/openapi.json"
LINK = f'<{PATH}>; rel="service-desc"; type="application/json"'
"""Tells where it is (RFC 8631)."""


def blueprint() -> Blueprint:
    """The route `/openapi.json`."""
    part = Blueprint("openapi", __name__)
    body = json.dumps(document(__version__), ensure_ascii=False, indent=1) + "\n"

    @part.get(PATH)
    def described() -> Response:
        """The document, which is the same for as long as the server runs."""
        return Response(body, content_type="application/json")

    return part
