"""The chunks of one answer, read within the limits from the worker that computes them.

Must not know where the worker came from: it goes back through `release`, with a word on how the answer ended.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Self

from conflictgraph.errors import ConflictGraphError, QueryCancelled, QueryTimeout, ResultTooLarge
from conflictgraph.store import frames
from conflictgraph.store.port import Cancellation, Limits
from conflictgraph.store.process import Process


class Fate(Enum):
    """How an answer ended for the worker that gave it."""

    DONE = "ready for the next request"
    UNREAD = "still at work, with nobody to read what it says"
    LOST = "dead, or past its deadline"


Release = Callable[[Process, Fate], None]


class Stream:
    """An iterator of chunks. The time limit counts only while the reader waits for the worker; `spent` of it
    was gone before there was one.

    It is made when the first chunk is there, or the end; what goes wrong before is raised at once.
    """

    def __init__(
        self,
        process: Process,
        limits: Limits,
        release: Release,
        cancellation: Cancellation | None = None,
        *,
        kill: bool = True,
        spent: float = 0.0,
    ) -> None:
        self._process: Process | None = process
        self._release, self._limits, self._kill = release, limits, kill
        self._spent, self._seconds_left = spent, limits.seconds - spent
        self._bytes_left = limits.result_bytes
        self._ready: deque[bytes] = deque()
        self._error: ConflictGraphError | None = None
        self._owning = threading.Lock()
        self._reading = threading.Lock()
        if cancellation is not None:
            cancellation.attach(self.close)
        with self._reading:
            self.is_graph = bool(frames.parsed(self._message())["graph"])
            self._advance()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        with self._reading:
            if not self._ready and self._error is None and self._process is not None:
                self._advance()
            if self._ready:
                return self._ready.popleft()
            if self._error is not None:
                raise self._error
            raise StopIteration

    def whole(self) -> bytes | None:
        """All that is left, if the query has ended."""
        with self._reading:
            if self._process is not None or self._error is not None:
                return None
            data = b"".join(self._ready)
            self._ready.clear()
            return data

    def close(self) -> None:
        """Stop the query if it still runs. Whoever waits for its next chunk gets `QueryCancelled`."""
        with self._owning:
            if self._process is None:
                return
            self._error = QueryCancelled()
            if self._kill:
                self._process.kill()
        with self._reading:
            self._ready.clear()
            self._let_go(Fate.UNREAD)

    def __del__(self) -> None:
        self.close()

    def _advance(self) -> None:
        """Take in the next chunk, and what has arrived with it."""
        kind, payload = self._next()
        while kind != frames.END:
            self._bytes_left -= len(payload)
            if self._bytes_left < 0:
                raise self._failed(ResultTooLarge(self._limits.result_bytes), Fate.UNREAD)
            self._ready.append(payload)
            if self._process is None or not self._process.has_message:
                return
            kind, payload = self._next()
        self._let_go(Fate.DONE)

    def _message(self) -> bytes:
        return self._next()[1]

    def _next(self) -> tuple[bytes, bytes]:
        process = self._process
        if process is None:
            raise self._error or QueryCancelled()
        began = time.monotonic()
        try:
            return process.receive(max(self._seconds_left, 0.001))
        except TimeoutError as error:
            raise self._failed(QueryTimeout(self._limits.seconds, self._spent), Fate.LOST) from error
        except ConflictGraphError as error:
            gone = Fate.UNREAD if self._error else Fate.LOST
            raise self._failed(self._error or error, Fate.DONE if process.alive else gone) from error
        finally:
            self._seconds_left -= time.monotonic() - began

    def _failed(self, error: ConflictGraphError, fate: Fate) -> ConflictGraphError:
        self._error = error
        self._let_go(fate)
        return error

    def _let_go(self, fate: Fate) -> None:
        with self._owning:
            process, self._process = self._process, None
        if process is not None:
            self._release(process, fate)
