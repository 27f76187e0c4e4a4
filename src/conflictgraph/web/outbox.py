"""Answers that wait a moment, until what came together with their requests is answered, too.

To write to a client that has nothing else to do wakes it, which takes a quarter of the time of a look-up. One
that asks on many connections is woken once for all of them, and finds the others' answers when it has read
the first. Must not know what is written. For one event loop.
"""

import asyncio
from collections.abc import Callable

_MOST = 16
"""Answers that wait at most: the first is not to wait for as many as there are connections."""


class Outbox:
    """Ways to send an answer, in the order in which they came."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], None]] = []

    def put(self, send: Callable[[], None], loop: asyncio.AbstractEventLoop) -> None:
        """Have `send` called when the loop has seen to what is there by now, or soon enough."""
        self._waiting.append(send)
        if len(self._waiting) == 1:
            loop.call_soon(self.empty)
        elif len(self._waiting) >= _MOST:
            self.empty()

    def empty(self) -> None:
        """Send what waits."""
        waiting, self._waiting = self._waiting, []
        for send in waiting:
            send()
