"""What passes between whoever wants a process and the fork server: orders, and numbers by the cord.

Must not know how processes are started.
"""

import json
import socket
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

NUMBER = struct.Struct(">q")
"""What comes by a cord: the number of the process, then the status with which it ended."""

_LENGTH = struct.Struct(">I")
_MOST_DESCRIPTORS = 8

Main = Callable[[list[str]], None]
"""What a process does: `main` of its module. The first argument is the descriptor of its channel, and
`EOFError` or `ConnectionError` means that nobody is at the other end any more."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be started, and the descriptors that are for it."""

    module: str
    arguments: Sequence[str]
    channel: int
    cord: int
    keep_open: tuple[int, ...] = ()


@contextmanager
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a new line: the second, which goes to another process, is closed behind the block, and the
    first if the block fails.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            yield ours, theirs
        except BaseException:
            ours.close()
            raise


def give(orders: socket.socket, order: Order) -> None:
    """Give an order to whoever reads it at the other end. Raises `OSError`."""
    text = json.dumps([order.module, *order.arguments]).encode()
    socket.send_fds(orders, [_LENGTH.pack(len(text)), text], [order.channel, order.cord, *order.keep_open])


def received(orders: socket.socket) -> Order | None:
    """The next order; None at the end of the line."""
    head, descriptors, *_ = socket.recv_fds(orders, _LENGTH.size, _MOST_DESCRIPTORS)
    if not head:
        return None
    head += orders.recv(_LENGTH.size - len(head), socket.MSG_WAITALL)
    text = orders.recv(_LENGTH.unpack(head)[0], socket.MSG_WAITALL)
    module, *arguments = json.loads(text)
    channel, cord, *keep_open = descriptors
    return Order(module, arguments, channel, cord, tuple(keep_open))
