"""Why an answer was not computed to its end: one table from errors to a few words.

Must not know who counts them.
"""

from conflictgraph import errors as e
from conflictgraph.web.observing import Outcome

_REASONS: tuple[tuple[type[e.ConflictGraphError], str], ...] = (
    (e.QueryTimeout, "deadline"),
    (e.QueryOutOfMemory, "memory"),
    (e.QueryTooDeep, "depth"),
    (e.TooManyRows, "rows"),
    (e.ResultTooLarge, "bytes"),
    (e.QueryCancelled, "cancelled"),
    (e.GaveWay, "gave_way"),
    (e.StoreBusy, "queue"),
    (e.TooManyRequests, "client_limit"),
    (e.WorkerFailed, "worker_died"),
)
LEFT = "hung_up"
REASONS = (*(reason for _, reason in _REASONS), LEFT)


def stop(outcome: Outcome) -> str:
    """The reason, one of `REASONS`; empty for an answer that is whole, or failed for none of them."""
    if outcome.left:
        return LEFT
    error = outcome.failure or outcome.notes.error
    if error is None:
        return ""
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), "")
