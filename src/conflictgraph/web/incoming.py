"""The body of a request as it comes: whole, in good time, and not from too many at once.

A WSGI middleware around the cache. Must not know what a body says. A server that ends a body silently where
its client went away would have half a document taken for a whole one; who sends slowly holds a thread.
"""

import io
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wsgi import ClosingIterator

from conflictgraph.errors import BodyCutOff, BodyTooSlow, ConflictGraphError, StoreBusy
from conflictgraph.web.clients import is_loopback

GRACE = 10.0
"""Seconds that any body may take."""

RATE = 8_192
"""Bytes in a second that a longer one has to bring."""

AT_ONCE = 24
"""Bodies that may be on their way; fewer than the threads that `serve` has to spare."""

OF_ONE = 8
"""Of these, from one address. Programs on this machine, such as a proxy, are not bounded by it."""

_PIECE = 1 << 16


class Incoming:
    """Puts each body under these bounds. What goes wrong is raised where the body is read."""

    def __init__(self, application: WSGIApplication, grace: float = GRACE) -> None:
        self._application, self._grace = application, grace
        self._places, self._readers = _Places(), _Readers()

    @property
    def on_their_way(self) -> int:
        """How many bodies have begun to come and are not there yet."""
        return self._places.taken

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not has_body(environ):
            return self._application(environ, start_response)
        body = _Body(environ, self._places, self._readers, self._grace)
        environ["wsgi.input"] = io.BufferedReader(body, _PIECE)
        try:
            chunks = self._application(environ, start_response)
        except BaseException:
            body.leave()
            raise
        if isinstance(chunks, list):
            body.leave()
            return chunks
        close = getattr(chunks, "close", None)
        return ClosingIterator(chunks, [body.leave, *([close] if close else [])])


class _Places:
    """How many bodies are on their way, and from where."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    @property
    def taken(self) -> int:
        """How many places are taken."""
        with self._lock:
            return self._taken.total()

    def take(self, address: str) -> None:
        """Raises `StoreBusy` if there are too many."""
        with self._lock:
            too_many = self._taken[address] >= OF_ONE and not is_loopback(address)
            if too_many or self._taken.total() >= AT_ONCE:
                raise StoreBusy("Too many requests are being sent, and not at once. Send yours again, whole.")
            self._taken[address] += 1

    def leave(self, address: str) -> None:
        """The body is there, or its request is over."""
        with self._lock:
            self._taken[address] -= 1
            if not self._taken[address]:
                del self._taken[address]


_Piece = SimpleQueue[bytes | None]
_Inbox = SimpleQueue[tuple[Callable[[], bytes], _Piece]]


class _Readers:
    """Threads that wait for bytes. One that waits for long is left to: it ends with its connection."""

    def __init__(self) -> None:
        self._idle: list[_Inbox] = []

    def begin(self, read: Callable[[], bytes]) -> _Piece:
        """Where a piece will come: empty at the end, None if the connection broke."""
        piece = _Piece()
        try:
            inbox = self._idle.pop()
        except IndexError:
            inbox = _Inbox()
            threading.Thread(target=self._work, args=(inbox,), daemon=True).start()
        inbox.put((read, piece))
        return piece

    def _work(self, inbox: _Inbox) -> None:
        while True:
            read, piece = inbox.get()
            try:
                data: bytes | None = read()
            except OSError:
                data = None
            self._idle.append(inbox)
            piece.put(data)


class _Body(io.RawIOBase):
    """What the server hands on of one body."""

    def __init__(self, environ: WSGIEnvironment, places: _Places, readers: _Readers, grace: float) -> None:
        self._read: Callable[[int], bytes] = environ["wsgi.input"].read
        self._address: str = environ.get("REMOTE_ADDR", "")
        length: str = environ.get("CONTENT_LENGTH") or ""
        self._length = int(length) if length.isdecimal() else None
        self._places, self._readers, self._grace = places, readers, grace
        self._had, self._began = 0, 0.0
        self._has_place = False
        self._failure: ConflictGraphError | None = None

    def readable(self) -> bool:
        """It is all that it is for."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Raises `BodyCutOff`, `BodyTooSlow`, `StoreBusy`, and the same again."""
        if self._failure is not None:
            raise self._failure
        try:
            return self._filled(buffer)
        except ConflictGraphError as error:
            self._failure = error
            self.leave()
            raise

    def leave(self) -> None:
        """Give the place to another."""
        if self._has_place:
            self._has_place = False
            self._places.leave(self._address)

    def _filled(self, buffer: Any) -> int:
        left = _PIECE if self._length is None else self._length - self._had
        wanted = min(len(buffer), left, _PIECE)
        if not wanted:
            return 0
        if not self._began:
            self._places.take(self._address)
            self._has_place, self._began = True, time.monotonic()
        data = self._come(wanted)
        self._had += len(data)
        if not data or self._had == self._length:
            self.leave()
        buffer[: len(data)] = data
        return len(data)

    def _come(self, wanted: int) -> bytes:
        end = self._began + self._grace + (self._had + wanted) / RATE
        come = self._readers.begin(partial(self._read, wanted))
        try:
            data = come.get(timeout=max(0.0, end - time.monotonic()))
        except Empty as error:
            raise BodyTooSlow(self._had, time.monotonic() - self._began) from error
        if data is None or (self._length is not None and not data):
            raise BodyCutOff(self._had, self._length)
        return data


def has_body(environ: WSGIEnvironment) -> bool:
    """Whether the request says that it has one."""
    return environ.get("CONTENT_LENGTH") not in (None, "", "0") or "HTTP_TRANSFER_ENCODING" in environ
