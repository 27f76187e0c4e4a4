"""A command of this program in a process of its own, within bounds: for work that anybody may ask for.

Must not know what the command does.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from resource import RLIMIT_DATA, prlimit

from conflictgraph.errors import QueryTimeout, StoreBusy
from conflictgraph.settings import PREFIX, Settings, variable

_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it said."""

    status: int
    output: bytes
    said: str


@dataclass(frozen=True, slots=True)
class Commands:
    """Runs two at a time. The command sees the store, and no other setting."""

    settings: Settings
    _free: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(_AT_ONCE))

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for one command. Raises `StoreBusy` if there is none."""
        if not self._free.acquire(blocking=False):
            raise StoreBusy(f"{_AT_ONCE} others are being worked on. Try again when they are done.")
        try:
            yield
        finally:
            self._free.release()

    def run(self, arguments: Sequence[str]) -> Done:
        """Run a command to its end. Raises `QueryTimeout` at the limit."""
        command = [sys.executable, "-m", "conflictgraph", *arguments]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        kept[variable("home")] = str(self.settings.home)
        with subprocess.Popen(command, env=kept, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            room = self.settings.worker_memory_mb << 20
            prlimit(process.pid, RLIMIT_DATA, (room, room))
            try:
                output, said = process.communicate(timeout=self.settings.query_timeout)
            except subprocess.TimeoutExpired as error:
                process.kill()
                raise QueryTimeout(self.settings.query_timeout) from error
        return Done(process.returncode, output, said.decode("utf-8", "replace"))
