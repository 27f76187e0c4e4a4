"""What is written into the log about requests.

Must not know how a line is written. Neither the address nor any header of a request is told, so that no
token can be.
"""

import logging
from collections.abc import Hashable, Sequence
from types import TracebackType
from typing import Any

from flask import Flask

from conflictgraph import logs
from conflictgraph.errors import DoesNotConform
from conflictgraph.web import notes
from conflictgraph.web.observing import Outcome
from conflictgraph.web.stops import stop

_log = logging.getLogger(__name__)


def tell(outcomes: Sequence[Outcome]) -> None:
    """A line for each request, and one for a stop, a publication, a refusal, an answer that broke off.

    Answers from the cache are many and alike: what their lines share is written once.
    """
    shared: dict[Hashable, str] = {}
    for outcome in outcomes:
        if outcome.notes.cache == "hit" and not outcome.left and not outcome.notes.query_id:
            _tell_hit(outcome, shared)
        else:
            _tell(outcome)


def _tell_hit(outcome: Outcome, shared: dict[Hashable, str]) -> None:
    about = outcome.notes.about
    kind = id(about), outcome.method, outcome.status, outcome.bytes
    text = shared.get(kind)
    if text is None:
        told = {"method": outcome.method, "route": about.route, "status": outcome.status}
        text = shared[kind] = logs.members({**told, "bytes": outcome.bytes, **about.told, "cache": "hit"})
    own = f'"request": "{outcome.notes.request}", "seconds": {outcome.seconds:.6f}, '
    logs.tell_members(_log, logging.INFO, "request", own + text, outcome.at)


def _tell(outcome: Outcome) -> None:
    noted = outcome.notes
    told: dict[str, Any] = {
        "request": noted.request,
        "method": outcome.method,
        "route": noted.about.route,
        "status": outcome.status,
        "bytes": outcome.bytes,
        "seconds": round(outcome.seconds, 6),
        **noted.about.told,
    }
    if noted.cache:
        told["cache"] = noted.cache
    if noted.query_id:
        told["query_id"] = noted.query_id
    if noted.error is not None:
        told["error"] = type(noted.error).__name__
    logs.tell(_log, logging.INFO, "request", told, at=outcome.at)
    if outcome.is_eventful:
        for level, event, more in _events(outcome):
            logs.tell(_log, level, event, _named(noted) | more, at=outcome.at)


def register(app: Flask) -> None:
    """Tell of exceptions that nobody expected, which Flask turns into 500, without the address."""

    def told(exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
        logs.tell(_log, logging.ERROR, "failed", _named(notes.here()), exc_info[1])

    app.log_exception = told  # type: ignore[method-assign]


def _named(noted: notes.Notes) -> dict[str, Any]:
    """Which request a line is about."""
    return {"request": noted.request, "route": noted.about.route}


def _events(outcome: Outcome) -> list[tuple[int, str, dict[str, Any]]]:
    noted, events = outcome.notes, list[tuple[int, str, dict[str, Any]]]()
    if reason := stop(outcome):
        events.append((logging.WARNING, "stopped", {"reason": reason}))
    if outcome.failure is not None:
        told = {"error": type(outcome.failure).__name__, "message": str(outcome.failure)}
        events.append((logging.ERROR, "broken", told))
    if noted.published:
        events.append((logging.INFO, "published", {"generation": noted.published}))
    if isinstance(noted.error, DoesNotConform):
        events.append((logging.WARNING, "refused", {"rejected": noted.error.rejected}))
    return events
