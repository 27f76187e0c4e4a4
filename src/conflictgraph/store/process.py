"""A worker process seen from its parent: start it, talk to it, end it.

Must not know what is said. Workers are at the other end of a socket pair; they inherit nothing else, and
end when the parent's end of the pair closes, however the parent dies.
"""

import signal
import time
from collections.abc import Sequence
from copy import copy
from typing import Protocol

from conflictgraph import copies
from conflictgraph.errors import (
    ConflictGraphError,
    QueryOutOfMemory,
    QueryTimeout,
    QueryTooDeep,
    StoreUnavailable,
    WorkerFailed,
)
from conflictgraph.store import frames
from conflictgraph.store.child import OUT_OF_MEMORY, OUT_OF_TIME
from conflictgraph.store.forked import Forked
from conflictgraph.store.frames import Channel
from conflictgraph.store.orders import pair
from conflictgraph.store.port import Limits

_PATIENCE = 10.0


class Starter(Protocol):
    """What starts processes, as `Forks` does."""

    def start(
        self, module: str, arguments: Sequence[str], channel: int, keep_open: Sequence[int] = ()
    ) -> Forked:
        """Have a process started; it need not run yet. Raises `StoreUnavailable`."""


class Process:
    """One worker process. `end` may be called from any thread; the rest from one at a time."""

    __slots__ = ("_channel", "_limits", "_owner", "_process", "_ready", "_reason", "age", "killed")

    def __init__(
        self,
        forks: Starter,
        module: str,
        limits: Limits,
        arguments: Sequence[str] = (),
        keep_open: Sequence[int] = (),
    ) -> None:
        bounds = (str(limits.memory_mb), str(limits.total_seconds))
        with pair() as (ours, theirs):
            self._process = forks.start(module, (*bounds, *arguments), theirs.fileno(), keep_open)
        self._owner = copies.number()
        self._channel = Channel(ours)
        self._limits = limits
        self._reason: ConflictGraphError | None = None
        self._ready = self.killed = False
        self.age = 0
        """How often the pool had renewed its workers when it was started."""

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def work(self) -> float:
        """Seconds that the processors have spent on the process; 0 where the system does not tell."""
        try:
            return time.clock_gettime(_clock(self.pid))
        except OSError:
            return 0.0

    def wait_until_ready(self, timeout: float) -> None:
        """Wait for a process that says when it is ready for its first request. Raises `TimeoutError`."""
        if not self._ready:
            self.receive(timeout)
            self._ready = True

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return not (self._channel.is_hung_up or self._process.has_ended())

    def send(self, data: bytes, timeout: float | None = None) -> None:
        """Send framed messages. Raises `TimeoutError`, or the obituary of a process that has ended."""
        try:
            self._channel.send(data, timeout)
        except TimeoutError:
            raise
        except OSError as error:
            raise self.obituary() from error

    def receive(self, timeout: float | None) -> tuple[bytes, bytes]:
        """The next message. Raises `TimeoutError`, the error that a message carries, or the obituary."""
        try:
            kind, payload = self._channel.receive(timeout)
        except TimeoutError:
            raise
        except (EOFError, OSError) as error:
            raise self.obituary() from error
        if kind == frames.FAILURE:
            raise frames.failure(payload)
        return kind, payload

    @property
    def has_message(self) -> bool:
        """Whether the next message is here already."""
        return self._channel.has_message

    def line(self) -> "Process":
        """The same process over a further line, for another thread; the process waits for one."""
        with pair() as (ours, theirs):
            self._channel.send_channel(theirs.fileno())
        other = copy(self)
        other._channel = Channel(ours)
        return other

    def hang_up(self) -> None:
        """Close the line. The process goes on."""
        self._channel.hang_up()
        self._channel.close()

    def obituary(self) -> ConflictGraphError:
        """What explains that the process does not answer any more. Ends it if it has not ended."""
        if self._reason is not None:
            return self._reason
        if not self._process.has_ended(timeout=1):
            self.end()
        status = self._process.status
        if status == OUT_OF_MEMORY:
            return QueryOutOfMemory(self._limits.memory_mb)
        if status == OUT_OF_TIME:
            return QueryTimeout(self._limits.total_seconds)
        if status == -signal.SIGSEGV:
            return QueryTooDeep()
        if not self._process.pid:
            return StoreUnavailable("No worker process can be started: nothing came of the order for one.")
        how = "nobody there to see" if status is None else f"exit status {status}"
        if status is not None and status < 0:
            how = f"signal {-status}"
        return WorkerFailed(f"The worker process ended with {how} before it had answered.")

    def kill(self, reason: ConflictGraphError | None = None) -> None:
        """Kill the process if it runs; whoever waits for its message gets the reason as obituary."""
        self.killed, self._reason = True, reason
        if copies.number() == self._owner:  # not in a forked copy
            self._process.kill()
            self._channel.hang_up()

    def end(self) -> None:
        """Kill the process if it runs, wait until it is gone, and close the channel."""
        self.kill(self._reason)
        if copies.number() == self._owner:
            self._process.has_ended(_PATIENCE)
            self.leave()

    def leave(self) -> None:
        """Kill the process if it runs, and do not wait until it is gone."""
        if copies.number() == self._owner:
            self._process.close()
            self._channel.close()


def _clock(pid: int) -> int:
    """The clock of the processor time of a process, as Linux numbers them; see clock_getcpuclockid(3)."""
    return (~pid << 3) | 2
