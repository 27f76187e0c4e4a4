"""Other hosts as the store and the gate see them: answers to SERVICE, and documents, within a deadline.

Must not know HTTP: processes of their own ask (see `worker`), a few at a time, and one that is late or no
longer wanted is killed.
"""

import threading
import time
import weakref
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from conflictgraph.errors import ConflictGraphError, QueryCancelled, QueryTimeout
from conflictgraph.hosts import Allowed
from conflictgraph.store import frames, guard
from conflictgraph.store.answered import Answered
from conflictgraph.store.forks import Forks
from conflictgraph.store.pool import Pool
from conflictgraph.store.port import Cancellation, Limits
from conflictgraph.store.process import Process
from conflictgraph.store.room import Room
from conflictgraph.store.stream import Fate
from conflictgraph.store.tokens import decoded

AT_ONCE = 4
"""Requests that ask other hosts at the same time; as many more may wait."""

_WORKER = "conflictgraph.federation.worker"
_LIMITS = Limits(total_seconds=0, memory_mb=512)


class Outside:
    """Asks the hosts of a list. One answer may take `seconds` and `max_bytes`."""

    def __init__(self, allow: Sequence[Allowed], seconds: float, max_bytes: int) -> None:
        self._bounds: dict[str, object] = {
            "allow": [(each.host, each.port) for each in allow],
            "seconds": seconds,
            "max_bytes": max_bytes,
        }
        self._forks = Forks(_WORKER)
        start = partial(Process, self._forks, _WORKER, _LIMITS)
        self._pool = Pool(start, Room(AT_ONCE, queue=AT_ONCE))
        self._closing = weakref.finalize(self, self._pool.close)

    def answered(self, sparql: str, seconds: float, cancellation: Cancellation | None = None) -> Answered:
        """Keeps the promise of `port.Federation`, for updates too."""
        if not guard.may_fetch(sparql):
            return Answered(sparql)
        told = self._done({"text": decoded(sparql)}, seconds, cancellation)
        answers = tuple((int(place), str(pattern)) for place, pattern in told["answers"])
        return Answered(told["text"], answers) if answers else Answered(sparql)

    def document(self, iri: str, accept: str, path: Path, seconds: float) -> tuple[str, str]:
        """Put a document into a file; gives its media type, and its address after redirections."""
        told = self._done({"iri": iri, "accept": accept, "path": str(path)}, seconds, None)
        return str(told["content_type"]), str(told["iri"])

    def close(self) -> None:
        """End all processes."""
        self._closing()
        self._forks.end()

    def _done(
        self, request: dict[str, object], seconds: float, cancellation: Cancellation | None
    ) -> dict[str, Any]:
        until = time.monotonic() + seconds
        errand = _Errand(self._pool.take(seconds, cancellation))
        if cancellation is not None:
            cancellation.attach(errand.cancel)
        fate = Fate.LOST
        try:
            left = max(until - time.monotonic(), 0.001)
            message = {**self._bounds, **request, "seconds_left": left}
            errand.process.send(frames.json_frame(frames.REQUEST, message), left)
            _, payload = errand.process.receive(left)
            fate = Fate.DONE
            return frames.parsed(payload)
        except TimeoutError as error:
            raise QueryTimeout(seconds) from error
        except ConflictGraphError as error:
            if errand.cancelled:
                raise QueryCancelled from error
            fate = Fate.DONE if errand.process.alive else Fate.LOST
            raise
        finally:
            errand.end()
            self._pool.give_back(errand.process, fate)


class _Errand:
    """A process at work for one request; cancelling it later does not hit the next request."""

    def __init__(self, process: Process) -> None:
        self.process, self.cancelled = process, False
        self._lock, self._ended = threading.Lock(), False

    def cancel(self) -> None:
        """Kill the process, if it is still at work for this request."""
        with self._lock:
            if not self._ended:
                self.cancelled = True
                self.process.kill()

    def end(self) -> None:
        """Leave the process in peace."""
        with self._lock:
            self._ended = True
