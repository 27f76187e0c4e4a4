"""What is noted about a request while it is answered, for the log and the metrics.

Must not know what becomes of the notes. They lie in the WSGI environment, where every layer finds them.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from flask import Flask, request

from conflictgraph.errors import ConflictGraphError

_KEY = "conflictgraph.notes"
UNMATCHED = "unmatched"
"""The route of an address that none leads to."""


class About(NamedTuple):
    """What an answer is about, whoever asks: the route as it is declared, and what the log says beside it."""

    route: str = UNMATCHED
    told: Mapping[str, Any] = MappingProxyType({})


NOTHING = About()


@dataclass(slots=True)
class Notes:
    """`request` is its id; `cache` is `hit`, `miss`, or empty if the request was none for the cache;
    `published` the number of a new generation; `error` what the answer says went wrong.
    """

    request: str = ""
    about: About = NOTHING
    cache: str = ""
    query_id: str = ""
    published: int = 0
    error: ConflictGraphError | None = None


def of(environ: dict[str, Any]) -> Notes:
    """The notes about a request."""
    notes: Notes | None = environ.get(_KEY)
    if notes is None:
        notes = environ[_KEY] = Notes()
    return notes


def here() -> Notes:
    """The notes about the request at hand."""
    return of(request.environ)


def note_query(notes: Notes, text: str, id: str, generation: int, *, in_full: bool) -> None:
    """Note a query that was answered: its checksum, and its text if that is wanted in the log."""
    told: dict[str, Any] = {"generation": generation} if generation else {}
    told["query_sha256"] = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    if in_full:
        told["query"] = text
    notes.query_id, notes.about = id, About(notes.about.route, told)


def register(app: Flask) -> None:
    """Note the route of every request of the application."""

    @app.before_request
    def note_route() -> None:
        if request.url_rule is not None:
            here().about = About(request.url_rule.rule)
