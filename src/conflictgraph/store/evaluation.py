"""Evaluate one query on an open pyoxigraph store and write the serialised result as messages.

Runs inside a worker process only. Must not know generations, drafts or deadlines.
"""

from collections.abc import Callable
from typing import Any, cast

from pyoxigraph import QueryTriples, Store

from conflictgraph import formats
from conflictgraph.errors import (
    ConflictGraphError,
    QueryRefused,
    QuerySyntaxError,
    StoreUnavailable,
    TooManyRows,
    UpdateRefused,
)
from conflictgraph.store import guard
from conflictgraph.store.dataset import Results, results
from conflictgraph.store.frames import DATA, END, HEADER, failure_frame, frame, json_frame
from conflictgraph.store.rows import Rows
from conflictgraph.store.syntax import syntax_error

_FIRST, _FURTHER = 1 << 16, 1 << 18
"""Bytes of chunks. Each goes through two processes and three threads, which takes as long for a small one."""


class _Output:
    """A file for the serialiser that holds back the first chunk, so that a small answer is whole or none."""

    __slots__ = ("_buffer", "_full", "_header", "_most", "_rows", "_send")

    def __init__(
        self, send: Callable[[bytes], None], header: bytes, rows: Rows | None, most: int | None
    ) -> None:
        self._send, self._header, self._buffer = send, header, bytearray()
        self._rows, self._most = rows, most
        self._full = _FIRST

    def write(self, data: bytes) -> int:
        self._buffer += data
        if len(self._buffer) >= self._full:
            self._send(self._header + self._chunk())
            self._header, self._full = b"", _FURTHER
        return len(data)

    def flush(self) -> None:
        """Nothing: chunks go out when they are full."""

    def end(self) -> None:
        self._send(self._header + (self._chunk() if self._buffer else b"") + frame(END))

    def _chunk(self) -> bytes:
        data = bytes(self._buffer)
        self._buffer.clear()
        if self._rows is not None and self._most is not None and self._rows.after(data) > self._most:
            raise TooManyRows(self._most)
        return frame(DATA, data)


def answer(store: Store, request: dict[str, Any], send: Callable[[bytes], None]) -> None:
    """Send header, data and end; or a failure, which may come after data."""
    try:
        guard.refuse_fetching(request["query"])
        found = results(store, request)
        is_graph = isinstance(found, QueryTriples)
        short = request["graph" if is_graph else "result"]
        if short is None:
            send(json_frame(HEADER, {"graph": is_graph}) + frame(END))
            return
        rows = None if is_graph else Rows(short)
        output = _Output(send, json_frame(HEADER, {"graph": is_graph}), rows, request.get("rows"))
        _serialize(found, output, short)
        output.end()
    except SyntaxError as error:
        send(_not_a_query(request["query"], error))
    except (ConflictGraphError, RuntimeError, OSError, ValueError) as error:
        send(failure(error))


def _serialize(found: Results, output: _Output, short: str) -> None:
    if isinstance(found, QueryTriples):
        found.serialize(cast(Any, output), formats.rdf_engine_format(short))
    else:
        found.serialize(cast(Any, output), formats.result_engine_format(short))


def _not_a_query(text: str, error: SyntaxError) -> bytes:
    if guard.is_update(text):
        return failure_frame(UpdateRefused("This is an update request; only queries are taken here."))
    return failure(syntax_error(text, str(error)))


def failure(error: Exception) -> bytes:
    """The message for an error of this project, or for what pyoxigraph raised."""
    if isinstance(error, QuerySyntaxError):
        return failure_frame(error, error.line, error.column, error.message)
    if isinstance(error, TooManyRows):
        return failure_frame(error, error.limit)
    if isinstance(error, ConflictGraphError):
        return failure_frame(error)
    if isinstance(error, OSError):
        return failure_frame(StoreUnavailable(f"The store could not be read: {error}"))
    return failure_frame(QueryRefused(f"This cannot be evaluated: {error}."))
