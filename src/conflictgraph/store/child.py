"""What every worker process does besides its work: end with its parent, and keep within its memory.

Must not know what is evaluated. The engine releases the interpreter's lock while it computes, so a thread can watch.
"""

import os
import select
import signal
import socket
import sys
import threading
from pathlib import Path

from conflictgraph.store.frames import Channel

OUT_OF_MEMORY = 86
"""Exit status of a worker that passed its memory limit."""

_LOOK = 0.05
_PAGE = os.sysconf("SC_PAGE_SIZE")
_STATM = Path("/proc/self/statm")


def connected(memory_mb: int) -> Channel:
    """The channel to the parent, whose descriptor is the first argument; starts the watch."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # the parent decides what an interrupt from the keyboard ends
    parent = socket.socket(fileno=int(sys.argv[1]))
    threading.Thread(target=_watch, args=(parent.fileno(), memory_mb), daemon=True).start()
    return Channel(parent)


def _watch(descriptor: int, memory_mb: int) -> None:
    poll = select.poll()
    poll.register(descriptor, 0)  # hanging up is always reported
    while not poll.poll(_LOOK * 1000):
        if own_memory() > memory_mb << 20:
            os._exit(OUT_OF_MEMORY)
    os._exit(0)


def own_memory() -> int:
    """Bytes of this process's memory that no file backs; 0 where the system does not tell."""
    try:
        fields = _STATM.read_bytes().split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * _PAGE
