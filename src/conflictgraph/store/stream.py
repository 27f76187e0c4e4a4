"""The chunks of one answer, read from the worker that computes them, within the limits.

Must not know where the worker came from: it is handed back through `release` as soon as the answer is whole, and ended when the
answer is not.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Self

from conflictgraph.errors import ConflictGraphError, QueryCancelled, QueryTimeout, ResultTooLarge
from conflictgraph.store import frames
from conflictgraph.store.port import Limits
from conflictgraph.store.process import Process

Release = Callable[[Process, bool], None]
"""Takes a worker back; the flag says whether it is fit for the next query."""


class Stream:
    """An iterator of chunks. The time limit counts only while the reader waits for the worker.

    `header` is there as soon as the first chunk is, or the end.
    """

    def __init__(self, process: Process, limits: Limits, release: Release) -> None:
        self._process: Process | None = process
        self._release = release
        self._limits = limits
        self._seconds_left = limits.seconds
        self._bytes_left = limits.result_bytes
        self._ready: deque[bytes] = deque()
        self._lock = threading.Lock()
        self._cancelled = False
        self.header = self._begin()

    def _begin(self) -> dict[str, object]:
        _, payload = self._next_message()
        header = frames.parsed(payload)
        self._advance()
        return header

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if not self._ready:
            if self._process is None and not self._cancelled:
                raise StopIteration
            self._advance()
        if not self._ready:
            raise StopIteration
        return self._ready.popleft()

    def close(self) -> None:
        """Stop the query if it still runs."""
        self._cancelled = self._process is not None
        self._let_go(fit=False)

    def __del__(self) -> None:
        self.close()

    def _advance(self) -> None:
        """Take in the next chunk, and whatever has arrived with it."""
        message: tuple[bytes, bytes] | None = self._next_message()
        while message is not None:
            kind, payload = message
            if kind == frames.END:
                self._let_go(fit=True)
                return
            self._take(payload)
            process = self._process
            message = process.received() if process is not None else None
            if message is not None and message[0] == frames.FAILURE:
                self._let_go(fit=False)
                raise frames.failure(message[1])

    def _take(self, payload: bytes) -> None:
        self._bytes_left -= len(payload)
        if self._bytes_left < 0:
            self._let_go(fit=False)
            raise ResultTooLarge(self._limits.result_bytes)
        self._ready.append(payload)

    def _next_message(self) -> tuple[bytes, bytes]:
        process = self._process
        if process is None:
            raise QueryCancelled
        began = time.monotonic()
        try:
            return process.receive(max(self._seconds_left, 0.001))
        except TimeoutError as error:
            self._let_go(fit=False)
            raise QueryTimeout(self._limits.seconds) from error
        except ConflictGraphError as error:
            fit = process.alive and not self._cancelled
            self._let_go(fit=fit)
            if self._cancelled:
                raise QueryCancelled from error
            raise
        finally:
            self._seconds_left -= time.monotonic() - began

    def _let_go(self, *, fit: bool) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            self._release(process, fit)
