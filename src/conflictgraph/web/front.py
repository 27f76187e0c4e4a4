"""What a server may ask before it asks the application: answers to plain GETs that are known at once.

Must not know sockets, nor what an answer says. A request that has anything unusual about it is none for here;
the application answers it the same way, at a multiple of the cost.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any, NamedTuple

_NAMES = {
    b"host": "HTTP_HOST",
    b"accept": "HTTP_ACCEPT",
    b"accept-encoding": "HTTP_ACCEPT_ENCODING",
    b"accept-datetime": "HTTP_ACCEPT_DATETIME",
    b"if-none-match": "HTTP_IF_NONE_MATCH",
    b"query-id": "HTTP_QUERY_ID",
    b"x-forwarded-for": "HTTP_X_FORWARDED_FOR",
    b"x-request-id": "HTTP_X_REQUEST_ID",
}
"""The headers of a request that an answer, or what is told of it, may follow from."""

_NOT_FOR_HERE = frozenset({b"content-length", b"transfer-encoding", b"expect", b"upgrade"})

_WITHOUT_A_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


class Whole(NamedTuple):
    """A response that is there in one piece."""

    status: str
    headers: Iterable[tuple[str, str]]
    own: Iterable[tuple[str, str]]
    """Headers of this request alone."""
    body: bytes


AtOnce = Callable[[dict[str, Any]], Whole | None]
"""From the environment of a GET (PEP 3333) to the response, if it is known at once."""


def fields(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str] | None:
    """The headers of `_NAMES`, as an environment has them; None if the request is not for here.

    Names are in lower case.
    """
    found: dict[str, str] = {}
    for name, value in headers:
        key = _NAMES.get(name)
        if key is not None:
            if key in found:
                return None
            found[key] = value.decode("latin-1")
        elif name in _NOT_FOR_HERE:
            return None
    return found


def environment(target: bytes, fields: Mapping[str, str], client: str, scheme: str) -> dict[str, Any] | None:
    """What `AtOnce` takes, with these `fields`; None if the request is not for here."""
    path, _, query = target.partition(b"?")
    if not path.startswith(b"/") or b"%" in path or b"//" in path or b"#" in target or not target.isascii():
        return None
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path.decode("ascii"),
        "QUERY_STRING": query.decode("ascii"),
        "REMOTE_ADDR": client,
        "wsgi.url_scheme": scheme,
        **fields,
    }


def on_the_wire(answer: Whole, date: bytes) -> bytes:
    """The response as HTTP/1.1 has it; `date` is a whole line, or none."""
    return b"".join((head(answer), date, b"\r\n", answer.body))


def head(answer: Whole) -> bytes:
    """The status line and the headers."""
    lasting, tells_length = _beginning(answer.status, tuple(answer.headers))
    own = "".join([f"{name}: {value}\r\n" for name, value in answer.own])
    if not tells_length and not _tells_length(answer.own):
        own += f"Content-Length: {len(answer.body)}\r\n"
    return lasting + own.encode("latin-1")


@lru_cache(maxsize=1024)
def _beginning(status: str, headers: tuple[tuple[str, str], ...]) -> tuple[bytes, bool]:
    """The status line and these headers; and whether the length of the body is told, or there is none."""
    known = HTTPStatus(int(status[:3]))
    lines = [
        f"HTTP/1.1 {known.value} {known.phrase}\r\n",
        *(f"{name}: {value}\r\n" for name, value in headers),
    ]
    return "".join(lines).encode("latin-1"), known in _WITHOUT_A_BODY or _tells_length(headers)


def _tells_length(headers: Iterable[tuple[str, str]]) -> bool:
    return any(name.lower() == "content-length" for name, _ in headers)
