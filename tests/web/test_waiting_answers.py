"""What becomes of an answer that waits for the end of a turn of the loop, on a connection of the test."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from conflictgraph.web import wire
from conflictgraph.web.asgi import Asgi
from conflictgraph.web.front import Whole
from conflictgraph.web.repeats import Repeats

FIRST, SECOND = (b"GET /%b HTTP/1.1\r\nHost: a\r\n\r\n" % name for name in (b"first", b"second"))


class Connection(asyncio.Transport):
    """Keeps what is written, until it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep it."""
        assert not self.closed
        self.written += data

    def is_closing(self) -> bool:
        """As asked."""
        return self.closed

    def close(self) -> None:
        """Take no more."""
        self.closed = True


def nothing(*_: Any) -> None:
    """What the test does not look at."""


def opened() -> tuple[wire.Wire, Connection]:
    """A connection on which a request has been answered, so that the fields of the next are known."""

    def at_once(environ: dict[str, Any]) -> Whole:
        return Whole("200 OK", (), (), str(environ["PATH_INFO"]).encode())

    asgi = Asgi(cast(Any, nothing), 1, nothing, nothing, at_once, Repeats(lambda: "1", nothing))
    config = Config(cast(Any, asgi), http="httptools", proxy_headers=False)
    config.load()
    config.loaded_app = asgi
    protocol, connection = wire.Wire(config, ServerState(), {}), Connection()
    protocol.connection_made(connection)
    protocol.data_received(FIRST)
    assert connection.written.endswith(b"/first")
    connection.written = b""
    return protocol, connection


def written(act: Callable[[wire.Wire, Connection], None]) -> tuple[bytes, bytes]:
    """What was written after a second request and an act: at once, and by the end of the turn."""

    async def turn() -> tuple[bytes, bytes]:
        protocol, connection = opened()
        protocol.data_received(SECOND)
        assert connection.written == b""
        act(protocol, connection)
        at_once = connection.written
        await asyncio.sleep(0)
        protocol.connection_lost(None)
        return at_once, connection.written

    return asyncio.run(turn())


def test_it_is_sent_at_the_end_of_the_turn() -> None:
    at_once, in_the_end = written(nothing)
    assert at_once == b""
    assert in_the_end.endswith(b"\r\n\r\n/second")


@pytest.mark.parametrize(
    "act",
    [
        lambda protocol, _: protocol.shutdown(),
        lambda protocol, _: protocol.eof_received(),
        lambda protocol, _: protocol.data_received(b"no HTTP\r\n\r\n"),
    ],
    ids=["the server stops", "the client has said all", "more comes"],
)
def test_it_is_sent_before_whatever_comes_next(act: Callable[[wire.Wire, Connection], None]) -> None:
    at_once, in_the_end = written(act)
    assert at_once == in_the_end
    assert at_once.startswith(b"HTTP/1.1 200 OK")
    assert at_once.count(b"/second") == 1


def test_nothing_is_sent_on_a_connection_that_is_closed() -> None:
    assert written(lambda _, connection: connection.close()) == (b"", b"")
