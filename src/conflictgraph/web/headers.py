"""Headers that every response carries: who may read it, how long it holds, and what a page may load."""

from flask import Flask, Response, request

from conflictgraph.web import freshness

_OF_PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_OF_DATA = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
"""For what a browser may show and never runs."""

_PAGES = ("text/html", "text/css", "text/javascript", "image/svg+xml")

_EXPOSED = (
    "Allow, Cache-Status, Content-Location, ETag, Link, Location, Memento-Datetime, Query-Id, RateLimit, "
    "RateLimit-Policy, Retry-After, Vary, WWW-Authenticate, X-Request-Id"
)
OF_DATA = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Content-Security-Policy", _OF_DATA),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", _EXPOSED),
)
"""The headers of whatever is no page."""

_SENDABLE = (
    "*, Accept, Accept-Datetime, Authorization, Cache-Control, Content-Encoding, Content-Type, "
    "If-None-Match, Query-Id, X-Request-Id"
)
"""`*` does not stand for Authorization (Fetch standard), and older browsers do not know it."""


def register(app: Flask) -> None:
    """Add the headers to every response of the application."""

    @app.after_request
    def with_headers(response: Response) -> Response:
        if response.mimetype in _PAGES:
            response.headers.setdefault("Content-Security-Policy", _OF_PAGES)
        for name, value in OF_DATA:
            response.headers.setdefault(name, value)
        if request.method == "OPTIONS" and "Allow" in response.headers:
            _answer_preflight(response)
        return freshness.marked(response)


def _answer_preflight(response: Response) -> None:
    """Say what a script from another origin may send here (Fetch standard, CORS preflight)."""
    response.headers["Allow"] = ", ".join(sorted(response.headers["Allow"].split(", ")))
    response.status_code = 204
    del response.headers["Content-Type"]
    response.headers["Access-Control-Allow-Methods"] = response.headers["Allow"]
    response.headers["Access-Control-Allow-Headers"] = _SENDABLE
    response.headers["Access-Control-Max-Age"] = "86400"
