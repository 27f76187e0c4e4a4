"""Look at each request from its beginning to the last byte of its answer, and tell what became of it.

A WSGI middleware around the cache. Must not know what an answer says, nor what is done with what is told.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from conflictgraph.web import line, notes, request_ids
from conflictgraph.web.front import AtOnce, Whole
from conflictgraph.web.notes import Notes


@dataclass(slots=True)  # not frozen: one is made for each request, at a third of the cost
class Outcome:
    """What became of a request. `failure` broke it off, behind the first byte unless the status is 500;
    `left` means that the client did not wait for the end. `at` is when it ended, in seconds since the epoch.
    """

    at: float
    method: str
    status: int
    bytes: int
    seconds: float
    notes: Notes
    failure: BaseException | None
    left: bool

    @property
    def is_eventful(self) -> bool:
        """Whether there is more to tell than that the request was answered."""
        noted = self.notes
        return bool(self.left or self.failure or noted.error or noted.published)


class Observing:
    """Gives each request an id, which its answer carries too; `began` and `ended` are called for each."""

    def __init__(
        self, application: WSGIApplication, began: Callable[[], None], ended: Callable[[Outcome], None]
    ) -> None:
        self._application, self._began, self._ended = application, began, ended

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self._began()
        seen = _Seen(environ, self._ended)
        header = (request_ids.HEADER, seen.notes.request)

        def begin(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
            seen.status = int(status[:3])
            return start_response(status, [*headers, header])

        try:
            chunks = self._application(environ, begin)
        except BaseException as error:
            seen.end(error)
            raise
        if isinstance(chunks, list):
            seen.bytes = sum(map(len, chunks))
            seen.end()
            return chunks
        return _Counted(chunks, seen)

    def at_once(self, environ: WSGIEnvironment, answered: AtOnce) -> Whole | None:
        """What `answered` gives, looked at in the same way; a request that it gives nothing for is none."""
        began = time.perf_counter()
        found = answered(environ)
        if found is None:
            return None
        self._began()
        noted = notes.of(environ)
        noted.request = request_ids.request_id(environ.get(request_ids.ENVIRON))
        status, seconds = int(found.status[:3]), time.perf_counter() - began
        method = environ["REQUEST_METHOD"]
        self._ended(Outcome(time.time(), method, status, len(found.body), seconds, noted, None, False))
        own = (*found.own, (request_ids.HEADER, noted.request))
        return Whole(found.status, found.headers, own, found.body)


class _Seen:
    """What is known of a request so far."""

    __slots__ = ("_began", "_ended", "_line", "_method", "_over", "bytes", "notes", "status")

    def __init__(self, environ: WSGIEnvironment, ended: Callable[[Outcome], None]) -> None:
        self._began = time.perf_counter()
        self._ended, self._over = ended, False
        self._method: str = environ["REQUEST_METHOD"]
        self._line = line.of(environ)
        self.notes = notes.of(environ)
        self.notes.request = request_ids.request_id(environ.get(request_ids.ENVIRON))
        self.status, self.bytes = 500, 0

    def end(self, failure: BaseException | None = None, *, left: bool = False) -> None:
        """Tell what became of it, once."""
        if self._over:
            return
        self._over = True
        if self._line.gone:  # what was stopped for that did not fail
            failure, left = None, True
        at, seconds = time.time(), time.perf_counter() - self._began
        self._ended(Outcome(at, self._method, self.status, self.bytes, seconds, self.notes, failure, left))


class _Counted(Iterator[bytes]):
    """The chunks of an answer, counted."""

    def __init__(self, chunks: Iterable[bytes], seen: _Seen) -> None:
        self._chunks, self._seen = chunks, seen
        self._next = iter(chunks).__next__

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        try:
            chunk = self._next()
        except StopIteration:
            self._seen.end()
            raise
        except BaseException as error:
            self._seen.end(error)
            raise
        self._seen.bytes += len(chunk)
        return chunk

    def close(self) -> None:
        """Stop the answer if it still flows."""
        try:
            close = getattr(self._chunks, "close", None)
            if close is not None:
                close()
        finally:
            self._seen.end(left=True)
