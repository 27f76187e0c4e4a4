"""How long an answer may be kept by whoever reads it, and by this server: `Cache-Control` (RFC 9111).

Must not know how answers are kept. `public` is the word by which `caching` tells what it may keep: an answer
that follows from one generation and the request alone.
"""

from flask import Response, request

CURRENT = "public, no-cache"
"""What follows from the current generation: keep it, but ask each time whether it still holds."""

PAST = "public, max-age=86400"
"""What follows from a generation that the address names: it does not change."""

NEVER = "no-store"
"""Errors, what writing came to, and answers that differ each time."""

_READING = ("GET", "HEAD", "OPTIONS")


def of_generation(response: Response, *, repeatable: bool = True) -> Response:
    """The response, marked as one that follows from the generation of the request."""
    if not repeatable:
        response.headers["Cache-Control"] = NEVER
    elif "generation" in request.args:
        response.headers["Cache-Control"] = PAST
    else:
        response.headers["Cache-Control"] = CURRENT
    return response


def marked(response: Response) -> Response:
    """The response, marked if nobody did: what is no error may be kept if it is asked about each time."""
    reads = request.method in _READING and response.status_code < 400
    response.headers.setdefault("Cache-Control", "no-cache" if reads else NEVER)
    return response
