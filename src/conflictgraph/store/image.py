"""The process that holds a generation in memory, its image, and starts query workers that answer from it.

Started by the fork server with the descriptor of the socket that brings its orders, the directory of the
generation, and the megabytes that the image may take. It says `READY` when it has read the generation, and is
a fork server then. What it starts shares its memory until either writes to it. When nobody holds the other
end of the socket any more, it ends after the last process that it started. Must not know what is asked.
"""

import os
import select
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Store, parse

from conflictgraph.errors import NotFound
from conflictgraph.store import home, worker
from conflictgraph.store.child import own_memory
from conflictgraph.store.fork_server import Server

READY = b"+"
WORKER = "conflictgraph.store.worker"

_AT_ONCE = 1 << 15
"""Quads that are added in one transaction of the engine, which holds them twice for as long."""
_LOOK = 0.1
_NICENESS = 19


def main(arguments: list[str]) -> None:
    """Read the generation, then start workers as ordered. Ends with status 1 if that cannot be."""
    orders = socket.socket(fileno=int(arguments[0]))
    path, most = arguments[1], int(arguments[2]) << 20
    if not own_memory():  # where the system does not tell it, there is no bound
        sys.exit(1)
    try:
        held = home.hold(Path(path))
    except NotFound:
        sys.exit(1)
    image = worker.Image(path, _image(path, most, orders), held)
    server = Server(orders, {WORKER: partial(worker.main, image=image)})
    orders.sendall(READY)
    server.serve()
    server.outlast()


def _image(path: str, most: int, orders: socket.socket) -> Store:
    """What a generation holds, in memory. Raises `EOFError` when nobody wants it any more.

    A process of its own reads the directory, because the engine leaves threads behind, and a process with
    more than one cannot be forked safely. A thread of its own fills the image, because a thread that has
    lowered its priority cannot raise it again.
    """
    ours, theirs = os.pipe()
    reader = os.fork()
    if reader == 0:
        os.close(ours)
        _read(path, theirs)
    os.close(theirs)
    made: list[Store] = []
    thread = threading.Thread(target=lambda: made.extend(_filled(ours, most)), daemon=True)
    thread.start()
    poll = select.poll()
    poll.register(orders, 0)  # hanging up is always reported
    while thread.is_alive():
        if poll.poll(0):
            raise EOFError
        thread.join(_LOOK)
    _, status = os.waitpid(reader, 0)
    if status or not made:
        sys.exit(1)
    return made[0]


def _read(path: str, pipe: int) -> None:
    """In the new process: write how many quads there are, the names of all graphs, as some may be empty, an
    empty line, and the quads.
    """
    status = 1
    try:
        os.nice(_NICENESS)
        store = Store.read_only(path)
        with os.fdopen(pipe, "wb") as file:
            file.write(f"{len(store)}\n".encode())
            file.writelines(f"{graph}\n".encode() for graph in store.named_graphs())
            file.write(b"\n")
            store.dump(file, RdfFormat.N_QUADS)
        status = 0
    finally:
        os._exit(status)


def _filled(pipe: int, most: int) -> Iterator[Store]:
    """The image of what `_read` writes; none if it would take more memory, or not all of it came."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
    store, before = Store(), own_memory()
    with os.fdopen(pipe, "rb") as file, suppress(SyntaxError):
        count = int(file.readline() or -1)
        for graph in _names(file):
            store.add_graph(graph)
        quads = parse(file, RdfFormat.N_QUADS)
        while some := list(islice(quads, _AT_ONCE)):
            store.extend(some)
            if own_memory() - before > most:
                return
        if len(store) == count:
            yield store


def _names(file: BinaryIO) -> Iterator[NamedNode | BlankNode]:
    for line in file:
        name = line.decode().rstrip("\n")
        if not name:
            return
        yield BlankNode(name[2:]) if name.startswith("_:") else NamedNode(name[1:-1])
