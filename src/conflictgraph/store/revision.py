"""The mark of the current generation, read often: the link's, since each publication makes a new one.

Must not know what is published.
"""

import os
import threading
import time

_FRESH = 0.001
"""Seconds for which a mark is taken to hold. To ask the system lets another thread have the interpreter, and
to get that back takes many times as long as the answer."""


class Revision:
    """What the link says now, or a moment ago. Any thread may use it."""

    def __init__(self, link: str) -> None:
        self._link = link
        self._lock = threading.Lock()
        self._seen: tuple[str, float] = "", 0.0

    def current(self) -> str:
        """The mark; '' if there is no link."""
        mark, until = self._seen
        return mark if time.monotonic() < until else self._read()

    def moved(self) -> None:
        """This process has moved the link, which is seen from now on."""
        with self._lock:
            self._seen = "", 0.0

    def _read(self) -> str:
        with self._lock:  # one at a time: who has seen a new mark must not be told an old one
            until = time.monotonic() + _FRESH
            try:
                link = os.lstat(self._link)
            except OSError:
                return ""
            mark = f"{link.st_mtime_ns} {link.st_ino}"
            self._seen = mark, until
            return mark
