"""HTTP/1.1 on a connection, as uvicorn speaks it, with three things more.

A request whose answer is known at once is answered here and now, without a task or a thread. A head has so
many bytes, fields and seconds, and a connection that is idle for long is closed. An answer to HTTP/1.0, which
knows no chunks, ends with its connection. Must not know what is answered.
"""

import asyncio
import json
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from conflictgraph.web import errors, front, way
from conflictgraph.web.asgi import Asgi
from conflictgraph.web.exchange import Scope
from conflictgraph.web.front import Whole
from conflictgraph.web.heads import Fields
from conflictgraph.web.way import Way

_LOOK = 1.0
"""Seconds between two looks at a connection."""

_FIELDS = 100
"""Header fields that a request may have."""

_ADDRESS = (1 << 16) - 1
"""Bytes that an address may have; the parser takes no more."""

_FOR_A_HEAD = 10.0
"""Seconds for a head to come to its end."""

_OURS = "conflictgraph."


class Wire(HttpToolsProtocol):
    """A connection. Its application is an `Asgi`; a head may have `h11_max_incomplete_event_size` bytes."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self._head: int | None = 0
        """Bytes of the head that is coming; None within a body or an answer."""
        self._since = self.loop.time()
        self._longest_head = self.config.h11_max_incomplete_event_size or 1 << 16
        asgi = cast(Asgi, self.app)
        self._at_once, self._repeats, self._heads = asgi.at_once, asgi.repeats, asgi.heads
        self._outbox, self._waiting = asgi.outbox, b""
        self._begun = 0
        self._kept: tuple[dict[str, Any], Whole, str] | None = None
        """What was answered at once to the last request that was read, and what `Repeats` wants to know."""
        self._fields: Fields = {}
        """What that request said beside its address."""
        self._answered = self._has_asked = self._looked_at = False
        self._noted: dict[str, Any] = {}
        """What is known of a request that was looked at, for the environment of the application."""
        self._when_lost: list[Callable[[], None]] = []
        """What requests under way have to do when the connection is lost."""
        self._looking = self.loop.call_later(_LOOK, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Look no more, and tell the requests that are under way."""
        self._looking.cancel()
        super().connection_lost(exc)
        for told in tuple(self._when_lost):
            told()

    def eof_received(self) -> None:
        """Answer what was asked before the client said that this is all."""
        self._write_what_waits()
        super().eof_received()

    def shutdown(self) -> None:
        """Close the connection when what is under way is answered."""
        self._write_what_waits()
        super().shutdown()

    def data_received(self, data: bytes) -> None:
        """Read on, as long as the head is not too long."""
        self._write_what_waits()
        is_first = self._head == 0
        if is_first:
            self._since = self.loop.time()
            if self._is_free() and self._answer_known(data):
                self._has_asked = True
                self._unset_keepalive_if_required()
                return
        if self._head is not None:
            self._head += len(data)
        self._begun, self._kept = 0, None
        super().data_received(data)
        if self._head is not None and self._head > self._longest_head:
            self._refuse(_too_long(self.url))
        if is_first and self._kept is not None and self._begun == 1 and self._head == 0:
            self._repeats.remember(data, *self._kept)
            self._heads.remember(data, self._fields)

    def on_message_begin(self) -> None:
        """Count what comes in one piece. What the application is told waits until it is to be asked."""
        self._begun += 1
        self.url, self.headers = b"", []

    def on_headers_complete(self) -> None:
        """Answer, or let the application answer."""
        fault, self._head, self._has_asked = self._fault(), None, True
        self._answered = self.transport.is_closing() or fault is not None or self._answer_at_once()
        if fault is not None:
            self._refuse(fault)
        if self._answered:
            return
        url, headers = self.url, self.headers
        super().on_message_begin()
        self.url = url
        for name, value in headers:
            super().on_header(name, value)
        super().on_headers_complete()
        back = Way(partial(self._send_whole, self.cycle), self.transport.close, self._noted, self._when_lost)
        way.put(cast(Scope, self.scope), back)
        if self.scope["http_version"] == "1.0":
            self.cycle.send = _ended_by_closing(self.cycle)  # type: ignore[method-assign, assignment]
        if self.parser.should_upgrade():  # to what is not spoken here: what follows could be that, or HTTP
            self.cycle.keep_alive = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field."""
        self.headers.append((name.lower(), value))

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        if not self._answered:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for the next head."""
        self._head = 0
        if not self._answered:
            super().on_message_complete()

    def send_400_response(self, _: str) -> None:
        """Refuse what is no HTTP; where an answer is on its way, let that be the last on this connection."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete or (cycle.more_body and not cycle.response_started):
            self._refuse(HTTPStatus.BAD_REQUEST)
        elif cycle.more_body:  # the rest of the body will not come
            self.transport.close()
        else:
            cycle.keep_alive = False
            self.flow.pause_reading()

    def _unsupported_upgrade_warning(self) -> None:
        """Nothing: the answer says what is spoken here."""

    def _answer_known(self, data: bytes) -> bool:
        """Answer a request that came before, or whose fields did; not if it is to be read."""
        date = self._date()
        known = self._repeats.answer(data, date)
        if known is not None:
            self.transport.write(known)
            return True
        if len(data) > min(self._longest_head, _ADDRESS):
            return False
        read = self._heads.read(data)
        if read is None:
            return False
        kept = self._looked_up(*read)
        if kept is None:
            self._looked_at = True
            return False
        self._repeats.remember(data, *kept)
        self._waiting = front.on_the_wire(kept[1], date)
        self._outbox.put(self._write_what_waits, self.loop)
        return True

    def _write_what_waits(self) -> None:
        """Send the answer that is in the outbox, if there is one."""
        if self._waiting:
            answer, self._waiting = self._waiting, b""
            if not self.transport.is_closing():
                self.transport.write(answer)

    def _answer_at_once(self) -> bool:
        parser = self.parser
        if self._looked_at:  # in vain
            self._looked_at = False
            return False
        if (
            not self._is_free()
            or parser.get_method() != b"GET"
            or parser.get_http_version() != "1.1"
            or not parser.should_keep_alive()
            or parser.should_upgrade()
            or (fields := front.fields(self.headers)) is None
        ):
            self._noted = {}
            return False
        self._kept = self._looked_up(self.url, fields)
        if self._kept is None:
            return False
        self._fields = fields
        self.transport.write(front.on_the_wire(self._kept[1], self._date()))
        return True

    def _looked_up(self, target: bytes, fields: Fields) -> tuple[dict[str, Any], Whole, str] | None:
        """The environment of a GET, its answer and the revision from before; None if it takes longer."""
        revision = self._repeats.revision()
        environ = front.environment(target, fields, self._address, self.scheme or "http")
        answer = None if environ is None else self._at_once(environ)
        if environ is None or answer is None:
            self._noted = {name: value for name, value in (environ or {}).items() if name.startswith(_OURS)}
            return None
        return environ, answer, revision

    def _send_whole(self, cycle: RequestResponseCycle, answer: Whole) -> bool:
        """Send the answer to a request that is under way; not if the connection is to be closed behind it, is
        full, or the answer has no body by definition.
        """
        if not cycle.keep_alive or cycle.disconnected or self.flow.write_paused:
            return False
        if cycle.scope["method"] == "HEAD" or cycle.response_started:
            return False
        self.transport.write(front.on_the_wire(answer, self._date()))
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.message_event.set()
        cycle.on_response()
        return True

    def _is_free(self) -> bool:
        """Whether nothing is under way, so that an answer may be written."""
        is_busy = self.cycle is not None and not self.cycle.response_complete
        return not (is_busy or self.pipeline or self.flow.write_paused or self.transport.is_closing())

    def _date(self) -> bytes:
        return b"".join([b"%b: %b\r\n" % pair for pair in self.server_state.default_headers])

    def _fault(self) -> HTTPStatus | None:
        """Why the head that has come is none for here."""
        if self.parser.get_http_version() not in ("1.0", "1.1"):
            return HTTPStatus.BAD_REQUEST
        if len(self.headers) > _FIELDS:
            return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        if (self._head or 0) > min(self._longest_head, _ADDRESS):  # which may be what came with the head
            fields = sum(len(name) + len(value) + len(": \r\n") for name, value in self.headers)
            if len(self.url) > _ADDRESS or len(self.url) + fields > self._longest_head:
                return _too_long(self.url)
        return None

    def _refuse(self, status: HTTPStatus) -> None:
        """Say what is wrong with a request that is not read, and close the connection."""
        if self.transport.is_closing():
            return
        body = (json.dumps(errors.told(status, status.description)) + "\n").encode()
        lines = (
            f"HTTP/1.1 {status.value} {status.phrase}",
            "Content-Type: application/problem+json",
            f"Content-Length: {len(body)}",
            "X-Content-Type-Options: nosniff",
            "Connection: close",
        )
        self.transport.write(
            "".join(f"{line}\r\n" for line in lines).encode() + self._date() + b"\r\n" + body
        )
        self.transport.close()

    def _look(self) -> None:
        """Close a connection whose head does not come to its end, or on which nothing happens."""
        self._looking = self.loop.call_later(_LOOK, self._look)
        busy = self.cycle is not None and not self.cycle.response_complete
        if busy or self._head is None or self.transport.is_closing():
            self._since = self.loop.time()
            return
        is_idle = self._has_asked and not self._head
        if self.loop.time() - self._since > (self.timeout_keep_alive if is_idle else _FOR_A_HEAD):
            self.transport.close()


def _too_long(url: bytes) -> HTTPStatus:
    is_address = len(url) > _ADDRESS // 2
    return HTTPStatus.REQUEST_URI_TOO_LONG if is_address else HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE


def _ended_by_closing(cycle: RequestResponseCycle) -> Callable[[Any], Any]:
    """How to send an answer whose length nobody knows to a client that knows no chunks (RFC 9112, 6.1)."""
    send = cycle.send
    is_long = False

    async def told(message: Any) -> None:
        nonlocal is_long
        if message["type"] == "http.response.start":
            is_long = all(name != b"content-length" for name, _ in message["headers"])
            if is_long:
                cycle.chunked_encoding = False
        elif is_long and not cycle.disconnected:
            return await _written(cycle, message)
        return await send(message)

    return told


async def _written(cycle: RequestResponseCycle, message: Any) -> None:
    if cycle.flow.write_paused:
        await cycle.flow.drain()
    if cycle.scope["method"] != "HEAD":
        cycle.transport.write(message.get("body", b""))
    if not message.get("more_body", False):
        cycle.response_complete = True
        cycle.message_event.set()
        cycle.transport.close()
        cycle.on_response()
