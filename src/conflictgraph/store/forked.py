"""A process that the fork server started, as whoever wanted it sees it.

Must not know what it does.
"""

import select
import socket
import threading
import time
from contextlib import suppress

from conflictgraph.store.orders import NUMBER

_PATIENCE = 10.0


class Forked:
    """A process that the fork server started. Any thread may call."""

    __slots__ = ("_cord", "_cut", "_lock", "_starter", "_told")

    def __init__(self, cord: socket.socket, starter: object) -> None:
        self._cord, self._starter = cord, starter  # which lasts as long as what it started is held
        self._lock = threading.Lock()
        self._told: list[int] = []
        self._cut = False

    @property
    def pid(self) -> int:
        """The number of the process; 0 if it was not started."""
        if not self._told:
            self._listen(1, _PATIENCE)
        return self._told[0] if self._told else 0

    @property
    def status(self) -> int | None:
        """The status with which it ended, negative for a signal; None if it runs, or nobody saw it."""
        return self._told[1] if len(self._told) > 1 else None

    def has_ended(self, timeout: float = 0) -> bool:
        """Whether it has ended within the time."""
        return self._listen(2, timeout)

    def kill(self) -> None:
        """Have the process killed if it runs, and the fork server does."""
        with suppress(OSError):
            self._cord.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Kill the process if it runs, and do not ask how it ended."""
        with self._lock:
            self._cut = True
            self._cord.close()

    def _listen(self, count: int, timeout: float) -> bool:
        """Whether so many numbers have come within the time, or never will."""
        until = time.monotonic() + timeout
        poll = select.poll()
        with self._lock:
            while len(self._told) < count and not self._cut:
                poll.register(self._cord, select.POLLIN)
                if not poll.poll(max(until - time.monotonic(), 0) * 1000):
                    return False
                number = self._cord.recv(NUMBER.size, socket.MSG_WAITALL)
                if number:
                    self._told += NUMBER.unpack(number)
                self._cut = not number
            return True
