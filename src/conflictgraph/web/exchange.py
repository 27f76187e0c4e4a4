"""One request and its answer between an event loop, which has the connection, and a thread, which computes.

Must not know what is answered. The thread asks for a piece of the body when the application reads, and hands
on a piece of the answer when the one before is on its way, so that neither side gets ahead of the other.
"""

import asyncio
import io
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from concurrent.futures import Future
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication, WSGIEnvironment

from conflictgraph.errors import ConflictGraphError
from conflictgraph.web import line
from conflictgraph.web.front import Whole
from conflictgraph.web.incoming import has_body
from conflictgraph.web.line import Line
from conflictgraph.web.wsgi_answer import WsgiAnswer, asked

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Scope = MutableMapping[str, Any]
_PIECE = 1 << 16
_ASLEEP = 600.0
"""Seconds after which a client that takes nothing is taken to be gone."""


class ClientGone(ConnectionError):  # noqa: N818
    """Nobody is at the other end any more."""


class Exchange:
    """`run` is for the thread; the rest is the event loop's."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        scope: Scope,
        receive: Receive,
        send: Send,
        known: Mapping[str, Any] | None = None,
        patience: float = _ASLEEP,
    ) -> None:
        """`known` goes into the environment of the application. For `patience` seconds a thread waits for a
        client to take a piece.
        """
        self._loop, self._scope, self._receive, self._send = loop, scope, receive, send
        self._known, self._patience = known or {}, patience
        self._line = Line()
        self._sending: Future[None] | None = None
        self._received = False
        """Whether the body is there to its end."""
        self.begun = self.finished = False

    def run(self, application: WSGIApplication) -> Whole | None:
        """Answer. An answer that is there in one piece is given back, to be sent by the loop."""
        environ = _environment(self._scope)
        environ.update(self._known)
        line.put(environ, self._line)
        if has_body(environ):
            environ["wsgi.input"] = io.BufferedReader(_Body(self._next_piece), _PIECE)
        answer = asked(application, environ)
        if isinstance(answer.chunks, list):
            self.begun = self.finished = True
            return Whole(answer.status, (), answer.headers, b"".join(answer.chunks))
        try:
            self._hand_on(answer, answer.chunks)
        except ClientGone:
            self.finished = self._line.gone
        except ConflictGraphError:
            pass  # it was told of; the answer stays unfinished
        finally:
            answer.close()
        return None

    def give_up(self) -> None:
        """Have the thread stop as soon as it can, as nobody wants the answer; it will send nothing more.

        What is computed is stopped by a thread of its own: it may take a while until a worker is gone.
        """
        threading.Thread(target=self._line.hang_up, daemon=True).start()

    def _hand_on(self, answer: WsgiAnswer, chunks: Iterable[bytes]) -> None:
        begin = [beginning(answer.status, answer.headers)]
        for chunk in chunks:
            if chunk:
                self._tell(*begin, {"type": "http.response.body", "body": chunk, "more_body": True})
                begin = []
        self._tell(*begin, {"type": "http.response.body", "body": b""}, last=True)
        self._wait()

    def _tell(self, *messages: Message, last: bool = False) -> None:
        """Send messages when those before are sent. Raises `ClientGone`."""
        self._wait()
        if self._line.gone:
            raise ClientGone
        self.begun, self.finished = True, last
        self._sending = asyncio.run_coroutine_threadsafe(_sent(self._send, messages), self._loop)

    def _wait(self) -> None:
        try:
            if self._sending is not None:
                self._sending.result(self._patience)
        except TimeoutError as error:
            self._sending = None
            raise ClientGone("The client does not read.") from error

    def _next_piece(self) -> bytes:
        """The next piece of the body, empty at its end. Raises `ClientGone`."""
        while not self._received:
            message = asyncio.run_coroutine_threadsafe(_received(self._receive), self._loop).result()
            if message["type"] == "http.disconnect":
                self._line.hang_up()
                raise ClientGone("The client went away before its body was there.")
            if not message.get("more_body", False):
                self._received = True
            if body := message.get("body", b""):
                return bytes(body)
        return b""


class _Body(io.RawIOBase):
    """The body of a request, as the application reads it."""

    def __init__(self, next_piece: Callable[[], bytes]) -> None:
        self._next_piece = next_piece
        self._rest, self._ended = b"", False

    def readable(self) -> bool:
        """It is all that it is for."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Raises `ClientGone`."""
        if not self._rest and not self._ended:
            self._rest = self._next_piece()
            self._ended = not self._rest
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


async def _sent(send: Send, messages: Iterable[Message]) -> None:
    for message in messages:
        await send(message)


async def _received(receive: Receive) -> Message:
    return await receive()


def beginning(status: str, headers: Iterable[tuple[str, str]]) -> Message:
    """The message that an answer with this status line and these headers begins with."""
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return {"type": "http.response.start", "status": int(status[:3]), "headers": encoded}


def _environment(scope: Scope) -> WSGIEnvironment:
    """The environment of a WSGI application (PEP 3333).

    A header whose name has `_` is left out: it looks like one with `-`, which a proxy may have taken out.
    """
    server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        if b"_" in name:
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        environ["wsgi.input_terminated"] = True  # werkzeug reads to the end, which comes
    return environ
