"""Break the connection under an answer that breaks off, so that no client takes it for a whole one.

Must not know what is answered. Other servers do this by themselves. Granian ends such an answer as if all
were well, and does not tell which socket it writes to. So what is sent goes on, with zeros, which are text in
no format, in pieces of random size: the socket that just those sizes are written to is the one to shut down.
Where sockets do not count what is written to them (only Linux does), the zeros must do.
"""

import fcntl
import logging
import os
import secrets
import socket
import struct
import sys
import termios
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wsgi import ClosingIterator

_log = logging.getLogger(__name__)

_PIECES = (1_000, 8_000)
_LOOK = 0.01
_STEP = 0.25
"""Seconds in which a piece is written to the socket, if the client reads."""

_LONGEST = 15.0
"""Seconds after which it is given up."""

_CERTAIN = 3
"""Pieces in a row that must come out right."""

_BYTES_ACKED = struct.Struct("=120xQ")
"""`tcpi_bytes_acked` in `struct tcp_info` of linux/tcp.h."""


class Breaking:
    """A WSGI middleware in front of everything. It takes an answer in a list for whole."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        chunks = self._application(environ, start_response)
        if isinstance(chunks, list) or environ.get("SERVER_SOFTWARE") != "Granian":
            return chunks
        close = getattr(chunks, "close", None)
        return ClosingIterator(_guarded(chunks, environ.get("REMOTE_ADDR", "")), [close] if close else [])


def _guarded(chunks: Iterable[bytes], client: str) -> Iterator[bytes]:
    whole = False
    try:
        yield from chunks
        whole = True
    except GeneratorExit:
        whole = True
        raise
    finally:
        if not whole:
            yield from _breaking(client)


def _breaking(client: str) -> Iterator[bytes]:
    if sys.platform != "linux":
        yield bytes(_PIECES[0])
        return
    right: Counter[int] = Counter()
    began = time.monotonic()
    while time.monotonic() - began < _LONGEST:
        time.sleep(_LOOK)
        size = _PIECES[0] + secrets.randbelow(_PIECES[1] - _PIECES[0])
        before = _written(client)
        yield bytes(size)
        right = Counter({key: right[key] + 1 for key in _grown(client, before, _framed(size))})
        if found := [key for key, times in right.items() if times >= _CERTAIN]:
            _shut_down(found)
            return
    _log.error("An answer broke off, but its connection could not be found to be broken.")


def _grown(client: str, before: dict[int, int], size: int) -> list[int]:
    """The connections to which so many bytes were written since; waits for the first."""
    began, grown = time.monotonic(), list[int]()
    while not grown and time.monotonic() - began < _STEP:
        time.sleep(_LOOK)
        after = _written(client)
        grown = [key for key, written in after.items() if written - before.get(key, 0) == size]
    return grown


def _framed(size: int) -> int:
    """Bytes of a chunk of that size on the wire (RFC 9112, 7.1)."""
    return len(f"{size:X}") + len("\r\n\r\n") + size


def _sockets() -> Iterator[tuple[int, socket.socket]]:
    """The TCP sockets of this process, each with its number in the system; closed behind the reader."""
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if not os.readlink(entry).startswith("socket:"):  # noqa: PTH115
                continue
            with socket.socket(fileno=os.dup(int(entry.name))) as found:
                if found.family in (socket.AF_INET, socket.AF_INET6) and found.type == socket.SOCK_STREAM:
                    yield os.fstat(found.fileno()).st_ino, found


def _written(client: str) -> dict[int, int]:
    """Bytes that were ever written to each connection with that client."""
    written: dict[int, int] = {}
    for number, found in _sockets():
        with suppress(OSError):
            if client in str(found.getpeername()[0]):
                (acknowledged,) = _BYTES_ACKED.unpack_from(
                    found.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
                )
                (waiting,) = struct.unpack("i", fcntl.ioctl(found, termios.TIOCOUTQ, bytes(4)))
                written[number] = acknowledged + waiting
    return written


def _shut_down(numbers: list[int]) -> None:
    for number, found in _sockets():
        if number in numbers:
            with suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)
