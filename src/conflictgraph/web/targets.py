"""What a request is addressed to: its Host makes sense, its address is text, and somebody wrote its path.

Must not know routes. Addresses in answers begin with the Host that was asked for; nobody but who sent it gets
to see them, since it is a part of what answers are kept under.
"""

from functools import lru_cache

from flask import Flask, request
from werkzeug.routing import RequestRedirect
from werkzeug.sansio.utils import get_host

from conflictgraph.errors import MalformedRequest, NotFound


@lru_cache(maxsize=256)
def is_host(value: str) -> bool:
    """Whether a Host header makes sense."""
    return bool(value) and bool(get_host("http", value))


def register(app: Flask) -> None:
    """Refuse what is addressed to nowhere; nobody is led on from an address that only looks like a route."""
    app.url_map.merge_slashes = False

    @app.before_request
    def check() -> None:
        if not request.host:
            given = request.headers.get("Host", "")
            raise MalformedRequest(
                "Host must be a name of letters, digits, hyphens and dots, or an address, maybe with a port; "
                f"found {given!r}."
            )
        try:
            request.query_string.decode()
        except UnicodeDecodeError as error:
            raise MalformedRequest(f"The address is not text in UTF-8: {error}.") from error
        if isinstance(request.routing_exception, RequestRedirect):
            raise NotFound("There is nothing at this address. The start is /.")
