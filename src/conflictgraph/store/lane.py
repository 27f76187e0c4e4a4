"""Answer look-ups in this process, without a worker: what `lookup` finds, if the answer is short.

Must not answer anything else. Says nothing about what goes wrong, nor about an answer that is long: then a
worker is to be asked, which has all limits and all errors. An answer is computed in one go in one thread,
since the engine's results may not change threads.
"""

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Self, cast

from pyoxigraph import QuerySolutions, Store

from conflictgraph import copies, formats
from conflictgraph.errors import ConflictGraphError
from conflictgraph.formats import Format
from conflictgraph.store import home, one_pattern
from conflictgraph.store.lookup import LookUp, look_up
from conflictgraph.store.port import Answer, Limits
from conflictgraph.store.request import offers

_LONGEST = 1 << 16
"""Bytes of an answer that this process computes."""

_PATIENCE = 0.002
"""Seconds that a look-up waits for another: one that has to read from the disk does not keep the others."""


class _TooLong(Exception):  # noqa: N818
    """The answer is for a worker."""


class Lane:
    """Has the generation open that was asked for last."""

    def __init__(self, limits: Limits) -> None:
        self._most = min(_LONGEST, limits.result_bytes, limits.result_rows)  # a row has a byte at least
        self._begin()

    def _begin(self) -> None:
        self._owner = copies.number()
        self._opening, self._computing = threading.Lock(), threading.Lock()
        self._opened: _Opened | None = None

    def answer(
        self, sparql: str, accept: str, revision: str, current: Callable[[], tuple[int, str]]
    ) -> Answer | None:
        """The answer on the current generation; None if a worker is to be asked.

        `current` gives its number and its path, and is asked when the revision has changed. One thread
        computes at a time, for as long as that is quick: the engine lets go of the interpreter several times
        for each answer, and threads that take it from each other then take longer than they would in turn.
        """
        asked = look_up(sparql)
        if asked is None:
            return None
        try:
            format, _ = offers(accept)
            opened = self._current(revision, current)
            if format is None or opened is None:
                return None
            taken = self._computing.acquire(timeout=_PATIENCE)
            try:
                body = self._computed(opened.store, sparql, asked, format)
            finally:
                if taken:
                    self._computing.release()
        except (ConflictGraphError, SyntaxError, RuntimeError, OSError, ValueError, _TooLong):
            return None
        return Answer(format, opened.number, _Whole(body))

    def _computed(self, store: Store, sparql: str, asked: LookUp, format: Format) -> bytes:
        """The result, if it is not too long."""
        if format.short == "json" and asked.variables:
            body = one_pattern.json_rows(store, asked)
            if body is not None and len(body) <= self._most:
                return body
        output = _Output(self._most)
        found = cast(QuerySolutions, store.query(sparql))
        found.serialize(cast(Any, output), formats.result_engine_format(format.short))
        return output.getvalue()

    def _current(self, revision: str, current: Callable[[], tuple[int, str]]) -> "_Opened | None":
        """The current generation; None while another thread opens it, or in a copy of the process."""
        if copies.number() != self._owner:  # a fork has the files of the engine, and not its threads
            return None
        opened = self._opened
        if opened is not None and opened.revision == revision:
            return opened
        if not revision or not self._opening.acquire(blocking=False):
            return None
        try:
            self._opened = None
            self._opened = opened = _Opened(revision, *current())
        finally:
            self._opening.release()
        return opened


class _Opened:
    """A generation that nobody removes as long as this is there."""

    __slots__ = ("__weakref__", "number", "revision", "store")

    def __init__(self, revision: str, number: int, path: str) -> None:
        """The revision is one that was read before the number and the path were."""
        descriptor = home.hold(Path(path))
        weakref.finalize(self, os.close, descriptor)
        self.revision, self.number = revision, number
        self.store = Store.read_only(path)


class _Output(BytesIO):
    """A file that takes so many bytes."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._left = most

    def write(self, data: Any) -> int:
        self._left -= len(data)
        if self._left < 0:
            raise _TooLong
        return super().write(data)


class _Whole(Iterator[bytes]):
    """An answer that is there in one piece."""

    __slots__ = ("_rest",)

    def __init__(self, data: bytes) -> None:
        self._rest = data

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if not self._rest:
            raise StopIteration
        data, self._rest = self._rest, b""
        return data

    def whole(self) -> bytes:
        """All of it."""
        return next(self, b"")

    def close(self) -> None:
        """Nothing: there is nothing to stop."""
