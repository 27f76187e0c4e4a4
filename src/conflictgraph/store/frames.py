"""Messages between a process and its workers: a length, a kind, and bytes, over a socket pair.

Must not know what the messages mean, except that an error crosses as its class's name and arguments.
"""

import json
import select
import socket
import struct
from contextlib import suppress
from typing import Any

from conflictgraph import errors

READY, REQUEST, HEADER, DATA, END, FAILURE, ABORT = b"R", b"Q", b"H", b"D", b"E", b"X", b"A"
LONG_REQUEST = b"L"
"""A request that is known to take long: it gives way to others from the beginning."""

_HEAD = struct.Struct(">cI")
_PIECE = 1 << 18
_ONE = b"S"
"""What a descriptor travels with: it needs a byte."""
_encode = json.JSONEncoder(separators=(",", ":")).encode


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    """One message."""
    return _HEAD.pack(kind, len(payload)) + payload


def json_frame(kind: bytes, value: object) -> bytes:
    """One message that carries JSON."""
    return frame(kind, _encode(value).encode())


def failure_frame(error: errors.ConflictGraphError, *arguments: object) -> bytes:
    """One message that carries an error of this project, to be raised at the other end."""
    return json_frame(FAILURE, {"error": type(error).__name__, "arguments": arguments or [str(error)]})


def failure(payload: bytes) -> errors.ConflictGraphError:
    """The error that a failure message carries."""
    value = json.loads(payload)
    kind = getattr(errors, value["error"])
    error: errors.ConflictGraphError = kind(*value["arguments"])
    return error


class Channel:
    """One end of a socket pair. One thread reads, one writes."""

    __slots__ = ("_buffer", "_socket", "_timeout")

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._buffer = bytearray()
        self._timeout: float | None = None
        connected.settimeout(None)

    def send(self, data: bytes, timeout: float | None = None) -> None:
        """Send messages that are already framed; waits for the other end to read."""
        self._set_timeout(timeout)
        self._socket.sendall(data)

    def receive(self, timeout: float | None = None) -> tuple[bytes, bytes]:
        """The next message; `TimeoutError` if it is not whole in time, `EOFError` if the other end is gone.

        The time counts for each piece that arrives, so whoever sends large messages keeps them small.
        """
        while not self.has_message:
            self._set_timeout(timeout)
            piece = self._socket.recv(_PIECE)
            if not piece:
                raise EOFError
            self._buffer += piece
        kind, length = _HEAD.unpack_from(self._buffer)
        end = _HEAD.size + length
        payload = bytes(memoryview(self._buffer)[_HEAD.size : end])
        del self._buffer[:end]
        return kind, payload

    @property
    def has_message(self) -> bool:
        """Whether a message has arrived in whole."""
        size = len(self._buffer)
        return size >= _HEAD.size and size >= _HEAD.size + _HEAD.unpack_from(self._buffer)[1]

    def send_channel(self, descriptor: int) -> None:
        """Give the other end a socket, which waits for one and for nothing else."""
        socket.send_fds(self._socket, [_ONE], [descriptor])

    def receive_channel(self) -> "Channel":
        """The channel on the socket that the other end gives."""
        self._set_timeout(None)
        piece, descriptors, _, _ = socket.recv_fds(self._socket, len(_ONE), 1)
        if not piece or not descriptors:
            raise EOFError
        return Channel(socket.socket(fileno=descriptors[0]))

    def _set_timeout(self, timeout: float | None) -> None:
        if timeout != self._timeout:  # each change is a system call
            self._socket.settimeout(timeout)
            self._timeout = timeout

    def fileno(self) -> int:
        """The descriptor, for polling."""
        return self._socket.fileno()

    @property
    def is_hung_up(self) -> bool:
        """Whether the other end is gone, or this one is closed."""
        poll = select.poll()
        try:
            poll.register(self._socket, 0)  # hanging up is always reported
        except ValueError:
            return True
        return bool(poll.poll(0))

    def hang_up(self) -> None:
        """Let both ends see that it is over, also whoever waits for a message."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let the other end see that nobody listens any more."""
        self._socket.close()


def parsed(payload: bytes) -> dict[str, Any]:
    """The JSON object that a message carries."""
    value: dict[str, Any] = json.loads(payload.decode())
    return value
