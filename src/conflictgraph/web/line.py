"""The line to the client of a request: whether it is still there, and what is to stop when it is gone.

Lies in the WSGI environment. Only a server that watches its connections can tell (`asgi` does); to others a
client is there until its answer is closed. Must not know what is stopped.
"""

import threading
from collections.abc import Callable
from typing import Any

_KEY = "conflictgraph.line"


class Line:
    """One client's. Any thread may use it."""

    __slots__ = ("_lock", "_stops", "gone")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stops: list[Callable[[], None]] = []
        self.gone = False

    def when_gone(self, stop: Callable[[], None]) -> None:
        """Have that called when the client is gone; at once if it is."""
        with self._lock:
            self._stops.append(stop)
            gone = self.gone
        if gone:
            stop()

    def hang_up(self) -> None:
        """The client is gone."""
        with self._lock:
            self.gone, stops = True, self._stops
            self._stops = []
        for stop in stops:
            stop()


def of(environ: dict[str, Any]) -> Line:
    """The line of a request."""
    line: Line = environ.get(_KEY) or Line()
    return line


def put(environ: dict[str, Any], line: Line) -> None:
    """For servers: tell the application whose line it is."""
    environ[_KEY] = line
