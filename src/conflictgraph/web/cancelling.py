"""Queries that run, by the ids under which they can be cancelled.

Must not know SPARQL. An id is chosen by the client, or by the server so that nobody can guess it.
"""

import random
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, Response, request

from conflictgraph.errors import MalformedRequest, NotFound, QueryIdTaken
from conflictgraph.store.port import Cancellation

HEADER = "Query-Id"
_ID = re.compile(r"[A-Za-z0-9._~-]{16,128}")


class Running:
    """The queries at work in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, Cancellation] = {}

    def begin(self, id: str) -> Cancellation:
        """A handle for a query of that id, until `end`. Raises `QueryIdTaken`."""
        with self._lock:
            if id in self._running:
                raise QueryIdTaken(f"A query with the {HEADER} {id!r} runs already. Choose another id.")
            return self._running.setdefault(id, Cancellation())

    def end(self, id: str) -> None:
        """The query is over."""
        with self._lock:
            self._running.pop(id, None)

    @contextmanager
    def until_answered(self, id: str) -> Iterator[Cancellation]:
        """As `begin`, and `end` if something goes wrong; else the answer's reader ends it."""
        cancellation = self.begin(id)
        try:
            yield cancellation
        except BaseException:
            self.end(id)
            raise

    def cancel(self, id: str) -> None:
        """Stop the query of that id. Raises `NotFound`."""
        with self._lock:
            cancellation = self._running.get(id)
        if cancellation is None:
            raise NotFound(f"No query with the {HEADER} {id!r} runs here. It may be done already.")
        cancellation.cancel()


def blueprint(running: Running) -> Blueprint:
    """The route `/sparql/queries/…`."""
    part = Blueprint("cancelling", __name__)

    @part.delete("/sparql/queries/<id>")
    def cancel(id: str) -> Response:
        """Cancel a query; whoever knows its id may."""
        running.cancel(id)
        return Response(status=204)

    return part


def asked_id() -> str:
    """The id that the request gives, or a new one. Raises `MalformedRequest`."""
    given = request.headers.get(HEADER)
    if given is None:
        return new_id()
    if not _ID.fullmatch(given):
        raise MalformedRequest(
            f"{HEADER} must be 16 to 128 of the characters A-Z a-z 0-9 . _ ~ -; found {given!r}. Take a UUID."
        )
    return given


def new_id() -> str:
    """An id of 128 random bits."""
    return secrets.token_urlsafe(16)


def used_id() -> str:
    """An id for a query that is over, so that it is no secret; to ask the system for one takes turns."""
    return f"{random.getrandbits(128):032x}"
