"""The image of the current generation as the store sees it: when it is made, and that workers come from it.

An image is made when queries have been asked on a generation for a while: where one publication follows the
other, none is. Must not know how it is made, nor what is asked.
"""

import select
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from conflictgraph import copies
from conflictgraph.store.forked import Forked
from conflictgraph.store.forks import Forks
from conflictgraph.store.image import READY
from conflictgraph.store.orders import Order, give, pair

IMAGE = "conflictgraph.store.image"

_SETTLED = 1.0
"""Seconds for which a generation has been asked before its image is made."""
_PATIENCE = 10.0


class _Image:
    """A process that holds an image, or is about to."""

    def __init__(self, forks: Forks, path: str, most_mb: int) -> None:
        self._lock = threading.Lock()
        with pair() as (self._orders, theirs):
            self._orders.settimeout(_PATIENCE)
            self._process = forks.start(IMAGE, (path, str(most_mb)), theirs.fileno())

    def is_ready(self) -> bool | None:
        """Whether workers can be started from it; None if it is not known yet."""
        poll = select.poll()
        poll.register(self._orders, select.POLLIN)
        if not poll.poll(0):
            return None
        try:
            return self._orders.recv(len(READY)) == READY
        except OSError:
            return False

    def start(self, module: str, arguments: Sequence[str], channel: int) -> Forked:
        """Have a worker started. Raises `OSError` if the process is gone."""
        with pair() as (ours, theirs), self._lock:
            give(self._orders, Order(module, arguments, channel, theirs.fileno()))
        return Forked(ours, self)

    def let_go(self) -> None:
        """Let it end after its workers."""
        self._orders.close()

    def has_ended(self, timeout: float = 0) -> bool:
        """Whether it has ended within the time, after it was let go."""
        ended = self._process.has_ended(timeout)
        if ended:
            self._process.close()
        return ended


class Images:
    """Starts workers: from the image of the current generation if there is one, else afresh."""

    def __init__(self, forks: Forks, most_mb: int) -> None:
        self._forks, self._most_mb = forks, most_mb
        self._abandoned: list[_Image] = []
        self._begin()

    def _begin(self) -> None:
        self._owner = copies.number()
        self._lock = threading.Lock()
        self._ready: _Image | None = None
        self._coming: _Image | None = None
        self._let_go: list[_Image] = []
        self._path, self._since = "", 0.0
        self._done = ""

    @property
    def is_there(self) -> bool:
        """Whether workers are started from an image."""
        return self._ready is not None

    def asked(self, path: str) -> bool:
        """A query is asked on the current generation, which is in that directory. Whether workers are started
        from something else than before.
        """
        if path == self._done or not self._most_mb:
            return False
        if copies.number() != self._owner:  # a fork: the image is the parent's
            self._abandoned += filter(None, (self._ready, self._coming, *self._let_go))
            self._begin()
        with self._lock:
            return self._looked(path)

    def start(
        self, module: str, arguments: Sequence[str], channel: int, keep_open: Sequence[int] = ()
    ) -> Forked:
        """Have a worker started. Raises `StoreUnavailable`."""
        image = self._ready
        if image is not None and copies.number() == self._owner:
            with suppress(OSError):
                return image.start(module, arguments, channel)
            self._ready = None  # it is gone; the next generation gets another
            self._let_go.append(image)
        return self._forks.start(module, arguments, channel, keep_open)

    def end(self) -> None:
        """Wait for the image to end, which it does after its workers."""
        if copies.number() == self._owner:
            with self._lock:
                self._drop()
                self._let_go = [image for image in self._let_go if not image.has_ended(_PATIENCE)]

    def _looked(self, path: str) -> bool:
        if path != self._path:
            had = self._ready is not None
            self._drop()
            self._path, self._since = path, time.monotonic()
            return had
        if self._done == path:
            return False
        if self._coming is None:
            if time.monotonic() - self._since > _SETTLED:
                self._coming = _Image(self._forks, path, self._most_mb)
            return False
        ready = self._coming.is_ready()
        if ready is None:
            return False
        if ready:
            self._ready = self._coming
        else:
            self._let_go.append(self._coming)
        self._coming, self._done = None, path
        return ready

    def _drop(self) -> None:
        """Let go of the images, and forget those that have ended."""
        self._let_go += filter(None, (self._ready, self._coming))
        self._ready = self._coming = None
        for image in self._let_go:
            image.let_go()
        self._let_go = [image for image in self._let_go if not image.has_ended()]
        self._done = ""
