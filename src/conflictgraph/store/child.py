"""What every worker process does besides its work: end with its parent, keep within bounds, stay offline,
and step back when a request takes long.

Must not know what is evaluated. The engine releases the interpreter's lock while it computes, so a thread
can watch.
"""

import os
import resource
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from conflictgraph.store.frames import LONG_REQUEST, READY, Channel, frame
from conflictgraph.store.offline import go_offline

OUT_OF_MEMORY, OUT_OF_TIME = 86, 87
"""Exit statuses of a worker that passed its bounds."""

_LOOK = 0.05
LONG = 0.1
"""Seconds of work after which a request gives way: to others who want the processor, or its place."""
_OF_LONG = 13
"""How nice a long request is at first, and one that is known to be long."""
_NICENESS = ((1.0, 19), (LONG, _OF_LONG))
"""After how many seconds of work a request is how nice to others, beyond what the process is (nice(2))."""
_STACK = 256 << 20
"""The engine recurses as deep as a query is nested; memory is taken only as it does."""
_RESERVED = (256 << 20) + _STACK
_PAGE = os.sysconf("SC_PAGE_SIZE")
_STATM = Path("/proc/self/statm")


class Child:
    """This process as a child of its parent.

    Its arguments are the descriptor of the channel, the megabytes it may take beyond what it was forked with,
    and the seconds that one request may take altogether (0: any). `online` is for the one that asks other
    hosts.
    """

    def __init__(self, arguments: list[str], *, online: bool = False) -> None:
        signal.signal(
            signal.SIGINT, signal.SIG_IGN
        )  # the parent decides what an interrupt from the keyboard ends
        if not online:
            go_offline()
        parent = socket.socket(fileno=int(arguments[0]))
        self.channel = Channel(parent)
        self._memory, self._seconds = own_memory() + (int(arguments[1]) << 20), float(arguments[2])
        self._began: float | None = None
        self._work_before = 0.0
        self._thread, self._niceness = threading.get_native_id(), 0
        self._judging = threading.Lock()
        _set_hard_bounds(self._memory)
        threading.Thread(target=self._watch, args=(parent.fileno(),), daemon=True).start()

    def say_ready(self) -> None:
        """Tell the parent that requests may come."""
        self.channel.send(frame(READY))

    def serve(self, answer: Callable[[bytes], None]) -> None:
        """Answer requests until the parent hangs up.

        This happens in a thread with a large stack. A thread can lower its priority but not raise it again,
        so one that did makes place for another when its request is done.
        """
        self.say_ready()
        threading.stack_size(_STACK)
        hung_up = False

        def take_turns() -> None:
            nonlocal hung_up
            self._thread, self._niceness = threading.get_native_id(), 0
            while not self._niceness:
                try:
                    kind, payload = self.channel.receive()
                    if kind == LONG_REQUEST:
                        self._be_nice(_OF_LONG)
                    with self._working():
                        answer(payload)
                except (EOFError, ConnectionError):
                    hung_up = True
                    return

        while not hung_up:
            thread = threading.Thread(target=take_turns)
            thread.start()
            thread.join()
            if not (hung_up or self._niceness):
                sys.exit(1)

    @contextmanager
    def _working(self) -> Iterator[None]:
        """Count the time of one request."""
        self._work_before = time.thread_time()
        self._clock = time.pthread_getcpuclockid(threading.get_ident())
        self._began = time.monotonic()
        try:
            yield
        finally:
            with self._judging:
                self._began = None

    def _watch(self, descriptor: int) -> None:
        poll = select.poll()
        poll.register(descriptor, 0)  # hanging up is always reported
        while not poll.poll(_LOOK * 1000):
            if own_memory() > self._memory:
                os._exit(OUT_OF_MEMORY)
            with self._judging:
                taken = 0.0 if self._began is None else time.monotonic() - self._began
                if taken > LONG:
                    self._step_back()
            if self._seconds and taken > self._seconds:
                os._exit(OUT_OF_TIME)
        os._exit(0)

    def _step_back(self) -> None:
        """Let the processors be for others, the more so the longer the request takes them (only on Linux)."""
        work = time.clock_gettime(self._clock) - self._work_before
        niceness = next((nice for seconds, nice in _NICENESS if work > seconds), 0)
        self._be_nice(niceness)

    def _be_nice(self, niceness: int) -> None:
        if niceness > self._niceness and sys.platform == "linux":
            usual = os.getpriority(os.PRIO_PROCESS, 0)
            os.setpriority(os.PRIO_PROCESS, self._thread, min(usual + niceness, 19))
            self._niceness = niceness


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
