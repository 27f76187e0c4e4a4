"""Requests that came before byte for byte, with the answers that were kept: no need to read them again.

Must not know HTTP: a server puts in what it has read as one whole request, and takes out what it would have
made of it. Bounded, the least recently used going first. For one thread.
"""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from conflictgraph.latest import Latest
from conflictgraph.web import front, notes, request_ids
from conflictgraph.web.front import Whole
from conflictgraph.web.notes import About, Notes
from conflictgraph.web.observing import Outcome

_MOST = 512
_LONGEST = 1 << 14
"""Bytes of a request, and of an answer, that is kept here: 16 MB in all."""


class _Known(NamedTuple):
    revision: str
    status: int
    head: bytes
    body: bytes
    about: About


class Repeats:
    """What is known of one revision of the store."""

    def __init__(self, revision: Callable[[], str], ended: Callable[[Outcome], None]) -> None:
        """`ended` is called for each request that was answered from here."""
        self.revision, self._ended = revision, ended
        self._known = Latest[bytes, _Known](_MOST)

    def remember(self, request: bytes, environ: dict[str, Any], answer: Whole, revision: str) -> None:
        """Keep what a request was answered, if the cache had it, under the revision from before that."""
        noted = notes.of(environ)
        if noted.cache != "hit" or request_ids.ENVIRON in environ:
            return
        if len(request) <= _LONGEST and len(answer.body) <= _LONGEST:
            head = front.head(answer._replace(own=()))
            known = _Known(revision, int(answer.status[:3]), head, answer.body, noted.about)
            self._known.keep(request, known)

    def answer(self, request: bytes, date: bytes) -> bytes | None:
        """The response, with that line for the date; None if the request is to be read."""
        known = self._known.get(request) if len(request) <= _LONGEST else None
        if known is None:
            return None
        began = time.perf_counter()
        if known.revision != self.revision():
            del self._known[request]
            return None
        self._known.move_to_end(request)
        id = request_ids.request_id(None)
        noted = Notes(id, known.about, "hit")
        seconds = time.perf_counter() - began
        self._ended(Outcome(time.time(), "GET", known.status, len(known.body), seconds, noted, None, False))
        return b"%b%b: %b\r\n%b\r\n%b" % (known.head, _ID, id.encode(), date, known.body)


_ID = request_ids.HEADER.encode()
