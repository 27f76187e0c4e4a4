"""Bodies as they come: whole or not at all, within bounds of time and of number."""

import io
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from conflictgraph.errors import BodyCutOff, BodyTooSlow, StoreBusy
from conflictgraph.web import incoming
from conflictgraph.web.incoming import Incoming


class Stalling(io.BytesIO):
    """A body of which no more comes until it is let go."""

    def __init__(self, let_go: threading.Event) -> None:
        super().__init__()
        self._let_go = let_go

    def read(self, _: int | None = -1, /) -> bytes:
        self._let_go.wait()
        return b""


def reading(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    start_response("200 OK", [])
    return [body]


def environ(stream: io.BytesIO, length: int | None, address: str = "192.0.2.1") -> dict[str, Any]:
    announced = {"HTTP_TRANSFER_ENCODING": "chunked"} if length is None else {"CONTENT_LENGTH": str(length)}
    return {"wsgi.input": stream, "REMOTE_ADDR": address, **announced}


def sent(application: Incoming, *given: Any) -> bytes:
    return b"".join(application(environ(*given), lambda *_: lambda _: None))


@pytest.mark.parametrize("size", [1, 65_535, 65_536, 65_537, 1_000_000])
def test_a_whole_body_is_handed_on_byte_by_byte(size: int) -> None:
    body = bytes(n % 251 for n in range(size))
    application = Incoming(reading)
    assert sent(application, io.BytesIO(body), size) == body
    assert sent(application, io.BytesIO(body), None) == body
    assert sent(application, io.BytesIO(body + b"the next request"), size) == body


@pytest.mark.parametrize("there", [0, 1, 65_536, 99_999])
def test_a_body_shorter_than_announced_is_an_error(there: int) -> None:
    with pytest.raises(BodyCutOff, match=f"has {there} bytes; expected 100000"):
        sent(Incoming(reading), io.BytesIO(bytes(there)), 100_000)


class Breaking(io.BytesIO):
    """A body in chunks whose connection breaks, as servers tell."""

    def read(self, size: int | None = -1, /) -> bytes:
        if piece := super().read(size):
            return piece
        raise ConnectionResetError


def test_a_connection_that_breaks_is_no_end_of_a_body() -> None:
    with pytest.raises(BodyCutOff, match="has 3 bytes"):
        sent(Incoming(reading), Breaking(b"abc"), None)


def test_what_went_wrong_is_told_to_whoever_reads_on() -> None:
    def twice(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with pytest.raises(BodyCutOff):
            environ["wsgi.input"].read(10)
        return reading(environ, start_response)

    with pytest.raises(BodyCutOff):
        sent(Incoming(twice), io.BytesIO(b"a"), 10)


def test_a_body_that_stalls_is_given_up() -> None:
    let_go = threading.Event()
    with pytest.raises(BodyTooSlow):
        sent(Incoming(reading, grace=0.1), Stalling(let_go), 10)
    let_go.set()


@contextmanager
def stalled(application: Incoming, addresses: Iterable[str]) -> Iterator[None]:
    """Bodies from these addresses are on their way."""
    let_go = threading.Event()
    begun = threading.Semaphore(0)

    def one(address: str) -> None:
        body = Stalling(let_go)
        begun.release()
        with pytest.raises(BodyCutOff):
            sent(application, body, 10, address)

    threads = [threading.Thread(target=one, args=(address,)) for address in addresses]
    for thread in threads:
        thread.start()
        begun.acquire()
    while application.on_their_way < len(threads):
        time.sleep(0.001)
    try:
        yield
    finally:
        let_go.set()
        for thread in threads:
            thread.join()


def test_one_address_cannot_take_every_place() -> None:
    application = Incoming(reading)
    with stalled(application, ["192.0.2.1"] * incoming.OF_ONE):
        with pytest.raises(StoreBusy):
            sent(application, io.BytesIO(b"a"), 1, "192.0.2.1")
        assert sent(application, io.BytesIO(b"a"), 1, "192.0.2.2") == b"a"
    assert sent(application, io.BytesIO(b"a"), 1, "192.0.2.1") == b"a"
    assert application.on_their_way == 0


def test_there_is_a_bound_for_all_together() -> None:
    application = Incoming(reading)
    with stalled(application, ["127.0.0.1"] * incoming.AT_ONCE), pytest.raises(StoreBusy):
        sent(application, io.BytesIO(b"a"), 1, "192.0.2.2")
    assert sent(application, io.BytesIO(b"a"), 1, "192.0.2.2") == b"a"
