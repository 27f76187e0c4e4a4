"""Answer look-ups in front of the application: a GET of `/sparql` with a query and nothing else.

`at_once` is for the cache, whose way is shorter; the middleware is for answers that are to be compressed.

Must not know what a look-up is: the store does, and says at once what it finds. Whatever is unusual, wrong or
refused is left to the application, which gives these answers too, at a multiple of the cost: nobody but the
clock can tell which of the two did.
"""

import binascii
import re
from collections.abc import Iterable
from functools import lru_cache
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from conflictgraph.errors import TooManyRequests
from conflictgraph.settings import Settings
from conflictgraph.store.port import Answer, Store
from conflictgraph.web import cancelling, freshness, headers, memento, notes, sparql
from conflictgraph.web.clients import client
from conflictgraph.web.front import Whole
from conflictgraph.web.limiting import Rates
from conflictgraph.web.negotiation import likes_html_best
from conflictgraph.web.notes import About
from conflictgraph.web.targets import is_host

_PARAMETER = "query="
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_TRIED = "conflictgraph.look_up"
"""In the environment of a request that is known to be none for here."""

_ID, _MOMENT = "HTTP_QUERY_ID", "HTTP_ACCEPT_DATETIME"
"""Headers of a request that is not for here."""

_ABOUT = About(sparql.PATH)

_ALWAYS = (
    *(("Link", link) for link in sparql.LINKS),
    ("Cache-Control", freshness.CURRENT),
    ("Vary", ", ".join((*memento.VARIES, "Accept-Encoding"))),
    *headers.OF_DATA,
)


class LookUps:
    """A WSGI middleware that gives a list with the whole answer."""

    def __init__(self, application: WSGIApplication, store: Store, settings: Settings, rates: Rates) -> None:
        self._application, self._store, self._settings, self._rates = application, store, settings, rates
        self._prologue = sparql.prologue(settings.base_iri)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        ready = None if _TRIED in environ else self.at_once(environ)
        if ready is None:
            return self._application(environ, start_response)
        start_response(ready.status, [*ready.headers, *ready.own])
        return [ready.body]

    def at_once(self, environ: WSGIEnvironment) -> Whole | None:
        """The answer; None if the request is for the application."""
        environ[_TRIED] = True
        text = self._text(environ)
        answer = text is not None and self._store.look_up(
            self._prologue + text, environ.get("HTTP_ACCEPT") or "*/*"
        )
        if not text or not answer:
            return None
        asking = client(environ, self._settings.trusted_proxies)
        if asking:
            try:
                self._rates.hit(asking)
            except TooManyRequests:
                return None
        standing = self._rates.standing(asking) if asking else ()
        id = cancelling.used_id()
        self._note(environ, text, id, answer)
        own = ((cancelling.HEADER, id), *standing)
        return Whole("200 OK", _headers(answer.media_type), own, answer.read())

    def _text(self, environ: WSGIEnvironment) -> str | None:
        """The query, if the request is a plain one."""
        asked: str = environ.get("QUERY_STRING", "")
        if (
            environ["REQUEST_METHOD"] != "GET"
            or environ.get("PATH_INFO") != sparql.PATH
            or not asked.startswith(_PARAMETER)
            or "&" in asked
            or not asked.isascii()
            or len(asked) > self._settings.query_max_bytes
            or not is_host(environ.get("HTTP_HOST", ""))
            or _ID in environ
            or _MOMENT in environ
            or likes_html_best(environ.get("HTTP_ACCEPT", ""))
        ):
            return None
        return decoded(asked[len(_PARAMETER) :])

    def _note(self, environ: WSGIEnvironment, text: str, id: str, answer: Answer) -> None:
        noted = notes.of(environ)
        noted.about = _ABOUT
        notes.note_query(noted, text, id, answer.generation, in_full=self._settings.log_queries)


@lru_cache(maxsize=16)
def _headers(media_type: str) -> tuple[tuple[str, str], ...]:
    return (("Content-Type", media_type), *_ALWAYS)


def decoded(value: str) -> str | None:
    """A value of a form (application/x-www-form-urlencoded), given in ASCII, as text.

    None if an escape is none, or the text no UTF-8. With another sign for escapes this is quoted-printable,
    which the library decodes thirty times as fast.
    """
    if _NO_ESCAPE.search(value):
        return None
    quoted = value.replace("=", "%3D").replace("%", "=").replace("+", " ")
    try:
        return binascii.a2b_qp(quoted).decode()
    except UnicodeDecodeError:
        return None
