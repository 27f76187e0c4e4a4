"""Answer again what was answered before, for as long as the same generation is current.

A WSGI middleware in front of everything, so that a repeated question costs a look into a dictionary. It keeps
what is complete, has status 200 and says `Cache-Control: public`; gives it an ETag; answers `If-None-Match`
with 304, and HEAD without a body. Must not know SPARQL, Flask or what an answer says.

The key holds all of a request that an answer may depend on; who makes one depend on another header puts it
there. The store's revision is read for each request and is part of the key: an answer found under it is of
that revision, or of one published while it was computed. So nobody who asks after a publication gets an
answer from before.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from hashlib import blake2b
from io import BytesIO
from threading import Event
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wsgi import ClosingIterator

from conflictgraph.errors import ConflictGraphError
from conflictgraph.web import conditional, notes
from conflictgraph.web.codings import Coding, negotiated
from conflictgraph.web.front import AtOnce, Whole
from conflictgraph.web.response_cache import Kept, Key, ResponseCache
from conflictgraph.web.turns import Turns
from conflictgraph.web.wsgi_answer import WsgiAnswer, asked

_LONGEST_QUESTION = 1 << 16
"""Bytes of a body that is looked at as a question."""

_HIT = ("Cache-Status", "conflictgraph; hit")
_OF_THE_REQUEST = ("query-id", "ratelimit", "ratelimit-policy", "x-request-id", "date", "set-cookie")
"""Headers that are for one client, once."""


class Caching:
    """Keeps answers to GET, and to POST at the paths where that only asks (SPARQL 1.1 Protocol, 2.1)."""

    def __init__(
        self,
        application: WSGIApplication,
        cache: ResponseCache,
        revision: Callable[[], str],
        *,
        seed: str,
        asking: Collection[str] = (),
        at_once: AtOnce = lambda _: None,
    ) -> None:
        """`seed` is for the ETags: servers that may answer differently have different ones.

        At the paths `asking`, POST is a question. `at_once` may know what the application would answer to a
        GET, as long as it would not be compressed.
        """
        self._application, self._cache, self._revision = application, cache, revision
        self._seed, self._asking = seed, frozenset(asking)
        self._at_once, self._turns = at_once, Turns()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        question = b"" if environ["REQUEST_METHOD"] in ("GET", "HEAD") else self._question(environ)
        if question is None:
            return self._application(environ, start_response)
        key, coding = self._key(environ, question)
        kept = self._cache.get(key)
        noted, turn = notes.of(environ), None
        noted.cache = "miss"
        if kept is None and not question and (found := self._looked_up(environ, key, coding)):
            start_response(found.status, [*found.headers, *found.own])
            return [found.body]
        if (
            kept is None and key.revision and "HTTP_QUERY_ID" not in environ
        ):  # one with an id must be there at once
            turn = self._turns.taken(key)
            kept = self._cache.get(key)
        if kept is not None:
            known = conditional.answered(kept, environ, start_response)
            if known is not None:
                noted.about, noted.cache = kept.about, "hit"
                self._turns.end(key, turn)
                return known
        return self._computed(environ, start_response, key, turn)

    def at_once(self, environ: WSGIEnvironment) -> Whole | None:
        """The response to a GET, if its answer is kept or a look-up; nothing else is done for it."""
        key, coding = self._key(environ, b"")
        kept = self._cache.get(key)
        noted = notes.of(environ)
        if kept is None:
            noted.cache = "miss"
            return self._looked_up(environ, key, coding)
        noted.about, noted.cache = kept.about, "hit"
        return conditional.known(kept, environ)

    def _key(self, environ: WSGIEnvironment, question: bytes) -> tuple[Key, Coding]:
        value = environ.get
        coding = negotiated(value("HTTP_ACCEPT_ENCODING", ""))
        key = Key(
            self._revision(),
            value("CONTENT_TYPE") if question else None,
            question,
            value("PATH_INFO", ""),
            value("QUERY_STRING"),
            value("HTTP_ACCEPT"),
            value("HTTP_ACCEPT_DATETIME"),
            f"{coding.name} {coding.required}",
            value("HTTP_HOST"),
            value("wsgi.url_scheme"),
        )
        return key, coding

    def _looked_up(self, environ: WSGIEnvironment, key: Key, coding: Coding) -> Whole | None:
        """The response to a GET that is a look-up, kept for the next; not if it is to be compressed."""
        if coding.name or not key.revision or environ["REQUEST_METHOD"] != "GET":
            return None
        ready = self._at_once(environ)
        if ready is None:
            return None
        tag, length = ("ETag", self._etag(key)), ("Content-Length", str(len(ready.body)))
        kept = Kept(tag[1], (*ready.headers, tag, length, _HIT), ready.body, notes.of(environ).about)
        self._cache.put(key, kept)
        if "HTTP_IF_NONE_MATCH" in environ and (known := conditional.known(kept, environ)):
            return known
        return Whole(ready.status, ready.headers, (tag, *ready.own), ready.body)

    def _question(self, environ: WSGIEnvironment) -> bytes | None:
        """The body of a request that only asks; None for any other request."""
        if environ["REQUEST_METHOD"] != "POST" or environ.get("PATH_INFO") not in self._asking:
            return None
        length = environ.get("CONTENT_LENGTH") or ""
        if "HTTP_CONTENT_ENCODING" in environ or not length.isdecimal():
            return None
        if not 0 < int(length) <= _LONGEST_QUESTION:
            return None
        try:
            body: bytes = environ["wsgi.input"].read(int(length))
        except ConflictGraphError:
            return None  # whoever reads it next is told the same
        environ["wsgi.input"] = BytesIO(body)
        return body if len(body) == int(length) else None

    def _computed(
        self, environ: WSGIEnvironment, start_response: StartResponse, key: Key, turn: Event | None
    ) -> Iterable[bytes]:
        end = partial(self._turns.end, key, turn)
        try:
            answer = asked(self._application, {**environ, "REQUEST_METHOD": _computing(environ)})
        except BaseException:
            end()
            raise
        if not answer.is_ok or "public" not in answer.headers.value("cache-control") or not key.revision:
            if answer.is_ok:
                self._cache.put(key, Kept("", (), None))
            end()
            return _handed_on(answer, environ, start_response)
        etag = self._etag(key)
        if environ["REQUEST_METHOD"] != "POST":
            answer.headers.put("ETag", etag)
        lasting = [pair for pair in answer.headers if pair[0].lower() not in _OF_THE_REQUEST]
        kept = Kept(etag, tuple(lasting), None, notes.of(environ).about)
        known = conditional.answered(kept, environ, start_response)
        if known is not None:
            answer.close()
            end()
            return known
        answer.begin(start_response)
        if isinstance(answer.chunks, list):
            self._cache.put(key, self._whole(kept, b"".join(answer.chunks)))
            end()
            return answer.chunks
        return ClosingIterator(self._collected(answer.chunks, key, kept, end), [answer.close, end])

    def _collected(
        self, chunks: Iterable[bytes], key: Key, kept: Kept, end: Callable[[], None]
    ) -> Iterator[bytes]:
        """The chunks, kept if they come to their end and are not too long."""
        parts: list[bytes] | None = []
        size = 0
        for chunk in chunks:
            if parts is not None:
                parts.append(chunk)
                size += len(chunk)
                if size > self._cache.entry_max_bytes:
                    parts = None
                    self._cache.put(key, kept)
                    end()
            yield chunk
        if parts is not None:
            self._cache.put(key, self._whole(kept, b"".join(parts)))

    def _whole(self, kept: Kept, body: bytes) -> Kept:
        """What is kept of an answer with that body."""
        if len(body) > self._cache.entry_max_bytes:
            return kept
        headers = [pair for pair in kept.headers if pair[0].lower() != "content-length"]
        told = (*headers, ("Content-Length", str(len(body))), _HIT)
        return Kept(kept.etag, told, body, kept.about)

    def _etag(self, key: Key) -> str:
        """A weak one (RFC 9110, 8.8.1): rows that are not sorted may come in another order the next time."""
        revision, kind, question, *asked = key
        told = "\n".join([part or "" for part in (self._seed, revision, kind, *asked)])
        text = told.encode("utf-8", "surrogatepass") + question
        return f'W/"{blake2b(text, digest_size=12).hexdigest()}"'


def _computing(environ: WSGIEnvironment) -> str:
    """HEAD is computed as GET, so that their headers are the same."""
    method: str = environ["REQUEST_METHOD"]
    return "GET" if method == "HEAD" else method


def _handed_on(
    answer: WsgiAnswer, environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    answer.begin(start_response)
    if environ["REQUEST_METHOD"] != "HEAD":
        return answer.chunks
    answer.close()
    return []
