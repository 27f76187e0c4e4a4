"""Hand on what is said about requests in batches, a moment later, so that no answer waits for it.

Must not know what is said, nor what is done with it. Nothing is lost but what a killed process said in its
last moment: a process that ends in good order hands on the rest.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing.util import Finalize
from typing import Generic, TypeVar

from conflictgraph import copies

T = TypeVar("T")
_log = logging.getLogger(__name__)

_PAUSE = 0.02
"""Seconds from the first word to the batch."""

_BATCH = 200
_MOST = 5_000
"""What may wait. Who says more hands it on himself."""

_IDLE = 5.0
"""Seconds of silence after which the thread ends; the next word starts another."""

_PAUSE_OF_LOOP = 0.005
"""The same if an event loop hands it on, which has other things to do in between."""


class Afterwards(Generic[T]):
    """Words in the order in which they were said, from any thread, handed on by one thread at a time.

    It is a thread of its own, or that of the event loop which `use` names: where nearly all words come from
    there, two threads would take the interpreter from each other, and each word would go from the memory of
    one processor to that of another.
    """

    def __init__(self, told: Callable[[Sequence[T]], None]) -> None:
        self._told = told
        self._said: deque[T] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._begin()
        # `atexit` and `weakref.finalize` do nothing in a process that multiprocessing started
        Finalize(self, _hand_on, (self._said, told), exitpriority=0)

    def _begin(self) -> None:
        self._owner = copies.number()
        self._called, self._running = threading.Event(), False
        self._starting, self._telling = threading.Lock(), threading.Lock()

    def use(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hand on in the thread of that loop from now on."""
        self._loop = loop

    def say(self, word: T) -> None:
        """Have it told soon."""
        self._said.append(word)
        if copies.number() != self._owner:  # it has no such thread or loop, and locks as they happened to be
            self._loop = None
            self._begin()
        if not self._called.is_set():
            self._call()
        elif len(self._said) > _MOST:
            self.tell()

    def tell(self) -> None:
        """Hand on all that was said until now."""
        with self._telling:
            _hand_on(self._said, self._told)

    def _call(self) -> None:
        with self._starting:
            self._called.set()
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._loop.call_later, _PAUSE_OF_LOOP, self._turn)
            elif not self._running:
                self._running = True
                threading.Thread(target=self._run, args=(self._called,), daemon=True).start()

    def _run(self, called: threading.Event) -> None:
        while self._is_wanted(called):
            time.sleep(_PAUSE)
            called.clear()
            self.tell()

    def _turn(self) -> None:
        self._called.clear()
        self.tell()

    def _is_wanted(self, called: threading.Event) -> bool:
        if called.wait(_IDLE):
            return True
        with self._starting:
            self._running = called.is_set()
            return self._running


def _hand_on(said: deque[T], told: Callable[[Sequence[T]], None]) -> None:
    while said:
        batch = [said.popleft() for _ in range(min(len(said), _BATCH))]
        try:
            told(batch)
        except Exception:  # noqa: BLE001 - the next is told all the same
            _log.exception("What was said of %d requests could not be told", len(batch))
