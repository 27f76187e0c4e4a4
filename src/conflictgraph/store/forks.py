"""The fork server as its parent sees it: started when it is first needed, and again when it is gone.

Must not know what the processes do that it starts.
"""

import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence

from conflictgraph import copies
from conflictgraph.errors import StoreUnavailable
from conflictgraph.settings import without_secrets
from conflictgraph.store.forked import Forked
from conflictgraph.store.orders import Order, give, pair

_PATIENCE = 10.0


class _Server:
    """A running fork server."""

    def __init__(self, modules: Sequence[str]) -> None:
        self._owner = copies.number()
        with pair() as (self.orders, theirs):
            self.orders.settimeout(_PATIENCE)
            number = theirs.fileno()
            command = [sys.executable, "-P", "-m", "conflictgraph.store.fork_server", str(number), *modules]
            try:
                self._process = subprocess.Popen(
                    command,
                    pass_fds=(number,),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    env=without_secrets(),
                )
            except OSError as error:
                raise StoreUnavailable(f"Cannot start a worker process: {error}.") from error

    @property
    def pid(self) -> int:
        return self._process.pid

    def end(self) -> None:
        """End it, and with it all that it started."""
        self.orders.close()
        if copies.number() == self._owner:  # not in a forked copy
            try:
                self._process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


class Forks:
    """Starts processes of some modules."""

    def __init__(self, *modules: str) -> None:
        self._modules = modules
        self._abandoned: list[_Server | None] = []
        self._begin()

    def _begin(self) -> None:
        self._owner = copies.number()
        self._lock = threading.Lock()
        self._server: _Server | None = None
        self._ending: weakref.finalize[[], Forks] | None = None

    def start(
        self, module: str, arguments: Sequence[str], channel: int, keep_open: Sequence[int] = ()
    ) -> Forked:
        """Have a process started; it need not run yet. Raises `StoreUnavailable`."""
        if copies.number() != self._owner:  # a fork: the server is the parent's
            self._abandoned.append(self._server)
            self._begin()
        with pair() as (ours, theirs), self._lock:
            self._give(Order(module, arguments, channel, theirs.fileno(), tuple(keep_open)))
        return Forked(ours, self)

    def _give(self, order: Order) -> None:
        if self._server is not None:
            try:
                return give(self._server.orders, order)
            except OSError:  # it is gone
                self._end()
        server = self._server = _Server(self._modules)
        self._ending = weakref.finalize(self, server.end)
        try:
            return give(server.orders, order)
        except OSError as error:
            raise StoreUnavailable(f"Cannot start a worker process: {error}.") from error

    @property
    def pid(self) -> int:
        """The number of the fork server; 0 if there is none."""
        return self._server.pid if self._server else 0

    def end(self) -> None:
        """End the fork server, and with it all that it started. It starts again when it is needed."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        ending, self._server = self._ending, None
        if ending is not None:
            ending()
