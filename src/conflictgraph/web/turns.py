"""One thread computes an answer, and others with the same question wait a moment for it.

Must not know what is asked. Nobody waits long: an answer that takes its time is computed by each.
"""

import threading
from collections.abc import Hashable

_PATIENCE = 0.2
"""Seconds. For who waited, a query ends that much after its deadline, which must stay below half a second."""


class Turns:
    """Who is at work on what."""

    def __init__(self, patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._taken: dict[Hashable, threading.Event] = {}

    def taken(self, key: Hashable) -> threading.Event | None:
        """A turn, to be given to `end`; None, after a wait, if another thread had it."""
        with self._lock:
            other = self._taken.get(key)
            if other is None:
                turn = self._taken[key] = threading.Event()
                return turn
        other.wait(self._patience)
        return None

    def end(self, key: Hashable, turn: threading.Event | None) -> None:
        """Let the others go on. May be called twice."""
        if turn is None or turn.is_set():
            return
        with self._lock:
            self._taken.pop(key, None)
        turn.set()
