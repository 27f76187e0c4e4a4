"""Compress answers on their way out, chunk by chunk, so that rows flow and memory stays flat.

Must not know what an answer says. Tiny ones stay as they are, and so does what is compressed by nature.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Protocol
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import zstandard
from werkzeug.wsgi import ClosingIterator

from conflictgraph.web.codings import Coding, negotiated
from conflictgraph.web.wsgi_answer import WsgiAnswer, asked

_TINY = 1_000
"""Bytes below which compressing gains nothing."""

_TEXTUAL = ("text/", "application/json", "application/javascript", "application/n-", "application/xml")
_SUFFIXES = ("+json", "+xml")
_MORE = ("application/trig",)


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self, mode: int = ..., /) -> bytes: ...


_KINDS: dict[str, tuple[Callable[[], _Compressor], int]] = {
    "gzip": (lambda: zlib.compressobj(level=5, wbits=31), zlib.Z_SYNC_FLUSH),
    "zstd": (lambda: zstandard.ZstdCompressor(level=3).compressobj(), zstandard.COMPRESSOBJ_FLUSH_BLOCK),
}
"""How to begin each coding, and the kind of flush that lets a reader decode all that has come so far."""


class Compression:
    """A WSGI middleware that answers in the coding that `Accept-Encoding` prefers."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = asked(self._application, environ)
        coding = negotiated(environ.get("HTTP_ACCEPT_ENCODING", ""))
        if not _is_compressible(answer):
            answer.begin(start_response)
            return answer.chunks
        _vary(answer)
        if isinstance(answer.chunks, list):
            return _in_one_piece(answer, coding, start_response)
        chunks = iter(answer.chunks)
        first = next(chunks, b"") if coding.name else b""
        whole = chain((first,), chunks) if first else chunks
        if not _stays(len(first), coding):
            _tell(answer, coding)
            whole = _compressed(whole, coding.name)
        answer.begin(start_response)
        return ClosingIterator(whole, answer.close)


def _in_one_piece(answer: WsgiAnswer, coding: Coding, start_response: StartResponse) -> list[bytes]:
    chunks = list(answer.chunks)
    if not _stays(sum(map(len, chunks)), coding):
        chunks = [b"".join(_compressed(chunks, coding.name))]
        _tell(answer, coding)
        answer.headers.put("Content-Length", str(len(chunks[0])))
    answer.begin(start_response)
    return chunks


def _tell(answer: WsgiAnswer, coding: Coding) -> None:
    """Have the headers say in which coding the answer is."""
    answer.headers.remove_all("content-length")
    answer.headers.put("Content-Encoding", coding.name)
    _weaken(answer)


def _stays(size: int, coding: Coding) -> bool:
    """Whether an answer that begins with so many bytes stays as it is."""
    return not coding.name or (size < _TINY and not coding.required)


def _is_compressible(answer: WsgiAnswer) -> bool:
    kind = answer.headers.value("content-type").partition(";")[0].strip().lower()
    textual = kind.startswith(_TEXTUAL) or kind.endswith(_SUFFIXES) or kind in _MORE
    return answer.is_ok and textual and not answer.headers.value("content-encoding")


def _vary(answer: WsgiAnswer) -> None:
    known = answer.headers.value("vary")
    if "Accept-Encoding" in known:
        return
    answer.headers.put("Vary", f"{known}, Accept-Encoding" if known else "Accept-Encoding")


def _weaken(answer: WsgiAnswer) -> None:
    """A strong ETag names bytes, and these are others now (RFC 9110, 8.8.1)."""
    etag = answer.headers.value("etag")
    if etag.startswith('"'):
        answer.headers.put("ETag", f"W/{etag}")


def _compressed(chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    begin, flush = _KINDS[coding]
    compressor = begin()
    for chunk in chunks:
        if data := compressor.compress(chunk) + compressor.flush(flush):
            yield data
    yield compressor.flush()
