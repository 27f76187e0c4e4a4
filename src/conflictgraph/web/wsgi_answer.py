"""What a WSGI application answered, taken apart so that a middleware can look at it (PEP 3333).

Must not know what is done with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_SHORT = 1 << 16
"""Bytes of an answer that is taken in one piece if it is at hand."""


class HeaderList(list[tuple[str, str]]):
    """The headers of an answer in order, as an application gives them: few, and looked through by name."""

    def value(self, name: str) -> str:
        """The first value under a name, given in lower case; '' without one."""
        return next((value for each, value in self if each.lower() == name), "")

    def put(self, name: str, value: str) -> None:
        """Have this value and no other under the name."""
        self.remove_all(name.lower())
        self.append((name, value))

    def remove_all(self, *names: str) -> None:
        """Have nothing under these names, given in lower case."""
        self[:] = [pair for pair in self if pair[0].lower() not in names]


@dataclass(slots=True)
class WsgiAnswer:
    """Status line, headers and chunks; `close` it if the chunks are not handed on."""

    chunks: Iterable[bytes]
    status: str
    headers: HeaderList = field(default_factory=HeaderList)

    @property
    def is_ok(self) -> bool:
        """Whether the status is 200."""
        return self.status.startswith("200")

    def begin(self, start_response: StartResponse) -> None:
        """Tell the server the status and the headers."""
        start_response(self.status, self.headers)

    def gather(self) -> None:
        """Have all chunks as one, in a list, and be done with the application."""
        try:
            chunks = [b"".join(self.chunks)]
        finally:
            self.close()
        self.chunks = chunks

    def close(self) -> None:
        """Let the application stop computing chunks."""
        close = getattr(self.chunks, "close", None)
        if close is not None:
            close()


def asked(application: WSGIApplication, environ: WSGIEnvironment) -> WsgiAnswer:
    """What the application answers; it must call `start_response` before it returns, as Flask does."""
    told: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
        told.append((status, headers))

    chunks = application(environ, start_response)
    status, headers = told[-1]
    answer = WsgiAnswer(chunks, status, HeaderList(headers))
    if not isinstance(chunks, list) and _is_short(answer.headers):
        answer.gather()
    return answer


def _is_short(headers: HeaderList) -> bool:
    """Whether a length is told, as an application does for what it has at hand, and there is little of it."""
    length = headers.value("content-length")
    return length.isdecimal() and int(length) <= _SHORT
