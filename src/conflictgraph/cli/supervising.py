"""The first process of `serve`: it holds the socket, starts the process that answers, and replaces it.

Must not know what is answered. At SIGHUP a new process takes over, and the old one finishes what it has
begun; one that dies or does not say that it lives is replaced; at SIGTERM and SIGINT all end.
"""

import logging
import multiprocessing
import os
import signal
import socket
import threading
import time

from uvicorn.config import Config
from uvicorn.supervisors.multiprocess import Multiprocess, Process

_log = logging.getLogger(__name__)
_SPARE = 5.0
"""Seconds after the grace for the rest: a process that has not ended by then is killed."""


class Supervisor(Multiprocess):
    """One process that answers, and old ones that are about to end."""

    def __init__(self, config: Config, sockets: list[socket.socket], grace: int) -> None:
        super().__init__(config, sockets)
        self._grace = grace + _SPARE
        self._retired: list[tuple[Process, float]] = []

    def restart_all(self) -> None:
        """Start another, and retire the one before when that is ready; nobody waits for it."""
        old, new = self.processes[0], Process(self.config, self.sockets)
        new.start()
        if not new.wait_until_ready(self._grace, self.should_exit):
            _log.error("The process that was to take over is not ready in time; the old one goes on")
            new.kill()
            new.join()
            return
        self.processes[0] = new
        self._retire(old)

    def keep_subprocess_alive(self) -> None:
        """Replace one that does not live, and see to the retired ones."""
        super().keep_subprocess_alive()
        self._let_go()

    def terminate_all(self) -> None:
        """Have all end, and let nobody in."""
        for listening in self.sockets:
            listening.close()
        for process in self.processes:
            self._retire(process)

    def join_all(self) -> None:
        """Wait until all have ended."""
        while self._retired:
            self._let_go()
            time.sleep(0.02)

    def handle_ttin(self) -> None:
        """Nothing: more processes would not know what others count."""

    handle_ttou = handle_ttin

    def _let_go(self) -> None:
        """Forget the retired ones that have ended."""
        self._retired = [(old, end) for old, end in self._retired if not _has_ended(old, end)]

    def _retire(self, process: Process) -> None:
        process.terminate()
        self._retired.append((process, time.monotonic() + self._grace))


def _has_ended(process: Process, deadline: float) -> bool:
    if process.process.is_alive() and time.monotonic() > deadline:
        process.process.kill()
    return not process.process.is_alive()


def end_with_parent(grace: int) -> None:
    """In the process that answers: stop in good order when the first is gone, however that ended."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(grace)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
