"""What every worker process does besides its work: end with its parent, keep within bounds, stay offline.

Must not know what is evaluated. The engine releases the interpreter's lock while it computes, so a thread
can watch.
"""

import os
import resource
import select
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conflictgraph.store.frames import Channel
from conflictgraph.store.offline import go_offline

OUT_OF_MEMORY, OUT_OF_TIME = 86, 87
"""Exit statuses of a worker that passed its bounds."""

_LOOK = 0.05
_RESERVED = 256 << 20
_PAGE = os.sysconf("SC_PAGE_SIZE")
_STATM = Path("/proc/self/statm")


class Child:
    """This process as a child of its parent.

    Its arguments are the descriptor of the channel, the megabytes it may take, and the seconds that one
    request may take altogether (0: any).
    """

    def __init__(self, arguments: list[str]) -> None:
        signal.signal(
            signal.SIGINT, signal.SIG_IGN
        )  # the parent decides what an interrupt from the keyboard ends
        go_offline()
        parent = socket.socket(fileno=int(arguments[0]))
        self.channel = Channel(parent)
        self._memory, self._seconds = int(arguments[1]) << 20, float(arguments[2])
        self._began: float | None = None
        _set_hard_bounds(self._memory)
        threading.Thread(target=self._watch, args=(parent.fileno(),), daemon=True).start()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Count the time of one request."""
        self._began = time.monotonic()
        try:
            yield
        finally:
            self._began = None

    def _watch(self, descriptor: int) -> None:
        poll = select.poll()
        poll.register(descriptor, 0)  # hanging up is always reported
        while not poll.poll(_LOOK * 1000):
            if own_memory() > self._memory:
                os._exit(OUT_OF_MEMORY)
            began = self._began
            if self._seconds and began is not None and time.monotonic() - began > self._seconds:
                os._exit(OUT_OF_TIME)
        os._exit(0)


def _set_hard_bounds(memory: int) -> None:
    """In case the watch comes too late: refuse memory well above the limit, which ends the process."""
    bound = 2 * memory + _RESERVED
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    if most == resource.RLIM_INFINITY or most > bound:
        resource.setrlimit(resource.RLIMIT_DATA, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def own_memory() -> int:
    """Bytes of this process's memory that no file backs; 0 where the system does not tell."""
    try:
        fields = _STATM.read_bytes().split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * _PAGE
