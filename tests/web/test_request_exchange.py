"""A request between an event loop and a thread: what the client does reaches the application, and ends it."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from conflictgraph.errors import QueryTimeout
from conflictgraph.web import line
from conflictgraph.web.exchange import Exchange, Message

SCOPE = {
    "method": "GET",
    "raw_path": b"/a%20b",
    "query_string": b"x=%C3%A9",
    "http_version": "1.1",
    "headers": [(b"host", b"a"), (b"x-twice", b"1"), (b"x-twice", b"2"), (b"x_twice", b"3")],
    "client": ("192.0.2.1", 1),
}
Answer = Callable[[WSGIEnvironment], Iterator[bytes]]


class Client:
    """Sends its body, and takes so many messages, then none."""

    def __init__(self, takes: int = 1_000, body: tuple[bytes, ...] = ()) -> None:
        self.taken: list[Message] = []
        self._takes, self._body = takes, list(body)

    async def receive(self) -> Message:
        piece = self._body.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(self._body)}

    async def send(self, message: Message) -> None:
        while len(self.taken) >= self._takes:
            await asyncio.sleep(0.01)
        self.taken.append(message)


def exchanged(
    answer: Answer,
    client: Client,
    *,
    patience: float = 5.0,
    headers: tuple[tuple[bytes, bytes], ...] = (),
    leaves: threading.Event | None = None,
) -> tuple[Exchange, list[BaseException]]:
    """Let the application answer, to the end; with what ended its chunks, if it was not that.

    The client is gone as soon as it `leaves`.
    """
    closed: list[BaseException] = []

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        def chunks() -> Iterator[bytes]:
            try:
                yield from answer(environ)
            except BaseException as error:
                closed.append(error)
                raise

        start_response("200 OK", [("X-Kind", "test")])
        return chunks()

    async def run() -> Exchange:
        loop = asyncio.get_running_loop()
        scope = {**SCOPE, "headers": [*SCOPE["headers"], *headers]}
        exchange = Exchange(loop, scope, client.receive, client.send, patience=patience)
        work = loop.run_in_executor(None, exchange.run, application)
        if leaves is not None:
            await asyncio.to_thread(leaves.wait, 5)
            exchange.give_up()
        assert await work is None
        return exchange

    return asyncio.run(run()), closed


def test_pieces_come_in_order_behind_one_beginning() -> None:
    client = Client()
    exchange, closed = exchanged(lambda _: iter([b"a", b"", b"b"]), client)
    assert [message["type"] for message in client.taken] == [
        "http.response.start",
        *3 * ["http.response.body"],
    ]
    assert client.taken[0]["headers"] == [(b"x-kind", b"test")]
    assert [message["body"] for message in client.taken[1:]] == [b"a", b"b", b""]
    assert not client.taken[-1].get("more_body")
    assert exchange.finished
    assert not closed


def test_the_environment_is_as_pep_3333_has_it() -> None:
    seen: list[dict[str, Any]] = []

    def answer(environ: WSGIEnvironment) -> Iterator[bytes]:
        seen.append(environ)
        yield b""

    exchanged(answer, Client())
    (environ,) = seen
    assert (environ["PATH_INFO"], environ["QUERY_STRING"]) == ("/a b", "x=%C3%A9")
    assert (environ["HTTP_X_TWICE"], environ["REMOTE_ADDR"]) == ("1,2", "192.0.2.1")


@pytest.mark.parametrize("length", [[(b"content-length", b"6")], [(b"transfer-encoding", b"chunked")]])
def test_a_body_is_read_to_its_end_and_not_beyond(length: list[tuple[bytes, bytes]]) -> None:
    client = Client(body=(b"ab", b"", b"cdef"))
    read: list[bytes] = []

    def answer(environ: WSGIEnvironment) -> Iterator[bytes]:
        read.extend(
            (environ["wsgi.input"].read(3), environ["wsgi.input"].read(), environ["wsgi.input"].read())
        )
        yield b"x"

    exchanged(answer, client, headers=tuple(length))
    assert read == [b"abc", b"def", b""]


def test_a_client_that_leaves_within_its_body_is_an_error_where_it_is_read() -> None:
    client = Client(body=(b"ab", b"cd"))

    def answer(environ: WSGIEnvironment) -> Iterator[bytes]:
        assert environ["wsgi.input"].read(2) == b"ab"
        yield b""

    async def cut_off() -> Message:
        return {"type": "http.disconnect"}

    client.receive = cut_off  # type: ignore[method-assign]
    exchange, closed = exchanged(answer, client, headers=((b"content-length", b"4"),))
    assert isinstance(closed[0], ConnectionError)
    assert exchange.finished


def test_a_client_that_leaves_stops_what_is_computed_for_it() -> None:
    client, stopped, leaving = Client(), threading.Event(), threading.Event()

    def answer(environ: WSGIEnvironment) -> Iterator[bytes]:
        line.of(environ).when_gone(stopped.set)
        leaving.set()
        assert stopped.wait(5)
        yield b"for nobody"

    exchange, closed = exchanged(answer, client, leaves=leaving)
    assert stopped.is_set()
    assert not client.taken
    assert isinstance(closed[0], GeneratorExit)
    assert exchange.finished


def test_a_client_that_takes_nothing_more_does_not_keep_the_thread() -> None:
    client = Client(takes=2)
    exchange, closed = exchanged(lambda _: iter(lambda: b"x" * 1000, None), client, patience=0.2)
    assert len(client.taken) == 2
    assert isinstance(closed[0], GeneratorExit)
    assert not exchange.finished  # the server is to break the connection


def test_an_answer_that_fails_stays_unfinished() -> None:
    def answer(_: WSGIEnvironment) -> Iterator[bytes]:
        yield b"some"
        raise QueryTimeout(1.0)

    client = Client()
    exchange, closed = exchanged(answer, client)
    assert [message.get("more_body") for message in client.taken] == [None, True]
    assert isinstance(closed[0], QueryTimeout)
    assert not exchange.finished
