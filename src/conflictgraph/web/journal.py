"""What is written into the log about requests.

Must not know how a line is written. Neither the address nor any header of a request is told, so that no
token can be.
"""

import logging
from typing import Any

from conflictgraph import logs
from conflictgraph.errors import DoesNotConform
from conflictgraph.web.observing import Outcome
from conflictgraph.web.stops import stop

_log = logging.getLogger(__name__)


def tell(outcome: Outcome) -> None:
    """A line for the request, and one each for a stop, a publication, a refusal, an answer that broke off."""
    notes = outcome.notes
    told: dict[str, Any] = {
        "request": outcome.request,
        "method": outcome.method,
        "route": notes.about.route,
        "status": outcome.status,
        "bytes": outcome.bytes,
        "seconds": round(outcome.seconds, 6),
        **notes.about.told,
    }
    if notes.cache:
        told["cache"] = notes.cache
    if notes.query_id:
        told["query_id"] = notes.query_id
    if notes.error is not None:
        told["error"] = type(notes.error).__name__
    logs.tell(_log, logging.INFO, "request", told)
    for level, event, more in _events(outcome):
        logs.tell(_log, level, event, {"request": outcome.request, "route": notes.about.route, **more})


def _events(outcome: Outcome) -> list[tuple[int, str, dict[str, Any]]]:
    notes, events = outcome.notes, list[tuple[int, str, dict[str, Any]]]()
    if reason := stop(outcome):
        events.append((logging.WARNING, "stopped", {"reason": reason}))
    if outcome.failure is not None:
        told = {"error": type(outcome.failure).__name__, "message": str(outcome.failure)}
        events.append((logging.ERROR, "broken", told))
    if notes.published:
        events.append((logging.INFO, "published", {"generation": notes.published}))
    if isinstance(notes.error, DoesNotConform):
        events.append((logging.WARNING, "refused", {"rejected": notes.error.rejected}))
    return events
