"""The response to a request from an answer that is known: 304, the headers, or all of it (RFC 9110, 13).

Must not know where the answer comes from.
"""

from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.http import parse_etags

from conflictgraph.web.front import Whole
from conflictgraph.web.response_cache import Kept

_OF_THE_BODY = ("content-length", "content-type", "content-encoding")


def answered(kept: Kept, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes] | None:
    """The response from what is known, begun; None if that does not suffice."""
    found = known(kept, environ)
    if found is None:
        return None
    start_response(found.status, list(found.headers))
    return [found.body] if found.body else []


def known(kept: Kept, environ: WSGIEnvironment) -> Whole | None:
    """The response from what is known; None if that does not suffice."""
    method = environ["REQUEST_METHOD"]
    asked_about = environ.get("HTTP_IF_NONE_MATCH")
    if asked_about is not None and kept.etag and method != "POST" and _matches(asked_about, kept.etag):
        headers = [pair for pair in kept.headers if pair[0].lower() not in _OF_THE_BODY]
        return Whole("304 Not Modified", headers, (), b"")
    if method == "HEAD" and kept.etag:
        return Whole("200 OK", kept.headers, (), b"")
    if kept.body is None:
        return None
    return Whole("200 OK", kept.headers, (), kept.body)


def _matches(asked_about: str, etag: str) -> bool:
    return asked_about == etag or parse_etags(asked_about).contains_weak(etag.removeprefix("W/").strip('"'))
