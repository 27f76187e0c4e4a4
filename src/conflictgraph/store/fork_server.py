"""The process that starts workers: it has imported what they need and forks, which takes a fraction of the
work of starting afresh.

Started as `python -m conflictgraph.store.fork_server` with the descriptor of the socket that brings its
orders, and the modules that may be ordered. It has one thread, as forking needs. With an order comes one end
of a pair of sockets, the new process's cord: it tells the number of the process, later the status with
which it ended, and if the other end is shut, the process is killed. So no number is used for a process that
is gone, none stays a zombie for long, and all end with whoever ordered them. The new process holds the cord,
too, so that it is cut only when the process is gone. Must not know what they do.
"""

import gc
import os
import select
import signal
import socket
import sys
import time
from collections import deque
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from conflictgraph.store.orders import NUMBER, Main, Order, received

_LOOK = 1.0
_GRACE = 3.0
"""Seconds after its end for which a process stays a zombie. The last of its threads may still be on its way
out, with the low priority of a long query, and whoever reaps the process before that waits for it, busily, in
the kernel: up to 4 s were seen in which nothing could be started.
"""
_NAME = Path("/proc/self/comm")


class Server:
    """Forks at each order, reaps what has ended, and kills what nobody wants any more."""

    def __init__(self, orders: socket.socket, mains: dict[str, Main]) -> None:
        self._orders, self._mains, self._parent = orders, mains, os.getppid()
        self._cords: dict[int, socket.socket] = {}
        self._zombies: deque[tuple[float, int]] = deque()
        """What has ended, and from when on it may be reaped."""
        self._woken, self._waking = socket.socketpair()
        self._woken.setblocking(False)
        self._waking.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waking.fileno(), warn_on_full_buffer=False)
        self._poll = select.poll()
        self._poll.register(self._orders, select.POLLIN)
        self._poll.register(self._woken, select.POLLIN)

    def serve(self) -> None:
        """Do as told until whoever started this process hangs up, or is gone."""
        gc.collect()
        gc.freeze()  # or the first collection in each child would touch, and so copy, every page
        while os.getppid() == self._parent:  # a forked copy of the parent may keep the line open
            if self._orders.fileno() in self._attended():
                order = received(self._orders)
                if order is None:
                    return
                self._start(order)

    def outlast(self) -> None:
        """Take no more orders, and see to what was started until all of it has ended."""
        self._poll.unregister(self._orders)
        while self._cords:
            self._attended()
        self.end()

    def end(self) -> None:
        """Kill what still runs, and see it go."""
        for pid in self._cords:
            os.kill(pid, signal.SIGKILL)
        for pid in (*self._cords, *(pid for _, pid in self._zombies)):
            _reaped(pid)

    def _attended(self) -> set[int]:
        """Wait a moment, kill what nobody wants, and tell what has ended. The descriptors that are ready."""
        ready = {descriptor for descriptor, _ in self._poll.poll(_LOOK * 1000)}
        for pid, cord in self._cords.items():
            if cord.fileno() in ready:  # it is not reaped yet, so the number is its own
                os.kill(pid, signal.SIGKILL)
                self._poll.unregister(cord)
        if self._woken.fileno() in ready:
            self._woken.recv(1 << 12)
            self._tell()
        self._reap()
        return ready

    def _start(self, order: Order) -> None:
        with socket.socket(fileno=order.channel) as channel, socket.socket(fileno=order.cord) as cord:
            with suppress(OSError):  # then channel and cord are shut, which says so
                pid = os.fork()
                if pid == 0:
                    self._become(order, channel)
                self._cords[pid] = kept = cord.dup()
                kept.setblocking(False)
                self._poll.register(kept, select.POLLIN)
                kept.send(NUMBER.pack(pid))
            for descriptor in order.keep_open:
                os.close(descriptor)

    def _become(self, order: Order, channel: socket.socket) -> None:
        """In the new process: be what was ordered, to the end. The cord stays open for as long."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for other in (self._orders, self._woken, self._waking, *self._cords.values()):
                other.close()
            with suppress(OSError):
                _NAME.write_text(order.module.removeprefix("conflictgraph.")[:15])
            self._mains[order.module]([str(channel.detach()), *order.arguments])
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        except (EOFError, ConnectionError):  # nobody is at the other end of the channel: that is no fault
            status = 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
            raise
        finally:
            os._exit(status)

    def _tell(self) -> None:
        """Tell with which status processes have ended."""
        for pid, cord in list(self._cords.items()):
            status = _ended(pid)
            if status is None:
                continue
            del self._cords[pid]
            with suppress(KeyError):  # a cord that was shut is not watched any more
                self._poll.unregister(cord)
            with cord, suppress(OSError):
                cord.send(NUMBER.pack(status))
            self._zombies.append((time.monotonic() + _GRACE, pid))

    def _reap(self) -> None:
        while self._zombies and self._zombies[0][0] < time.monotonic():
            _reaped(self._zombies.popleft()[1])


def _ended(pid: int) -> int | None:
    """The status with which a process has ended, negative for a signal; None if it runs. It stays a zombie
    where the system can tell before it is reaped.
    """
    if not hasattr(os, "waitid"):  # macOS before Python 3.13
        number, status = os.waitpid(pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if number else None
    ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if ended is None:
        return None
    return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status


def _reaped(pid: int) -> None:
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)


def main(arguments: list[str]) -> None:
    """Import the modules, then serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt ends
    orders = socket.socket(fileno=int(arguments[0]))
    server = Server(orders, {name: import_module(name).main for name in arguments[1:]})
    try:
        server.serve()
    finally:
        server.end()


if __name__ == "__main__":
    main(sys.argv[1:])
