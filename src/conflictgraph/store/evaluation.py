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
    UpdateRefused,
)
from conflictgraph.store import guard
from conflictgraph.store.dataset import Results, results
from conflictgraph.store.frames import DATA, END, HEADER, failure_frame, frame, json_frame
from conflictgraph.store.syntax import syntax_error

_CHUNK = 1 << 16


class _Output:
    """A file for the serialiser that holds back the first chunk, so that a small answer is whole or none."""

    __slots__ = ("_buffer", "_header", "_send")

    def __init__(self, send: Callable[[bytes], None], header: bytes) -> None:
        self._send, self._header, self._buffer = send, header, bytearray()

    def write(self, data: bytes) -> int:
        self._buffer += data
        if len(self._buffer) >= _CHUNK:
            self._send(self._header + frame(DATA, bytes(self._buffer)))
            self._header = b""
            self._buffer.clear()
        return len(data)

    def flush(self) -> None:
        """Nothing: chunks go out when they are full."""

    def end(self) -> None:
        rest = frame(DATA, bytes(self._buffer)) if self._buffer else b""
        self._send(self._header + rest + frame(END))


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
        output = _Output(send, json_frame(HEADER, {"graph": is_graph}))
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
    if isinstance(error, ConflictGraphError):
        return failure_frame(error)
    if isinstance(error, OSError):
        return failure_frame(StoreUnavailable(f"The store could not be read: {error}"))
    return failure_frame(QueryRefused(f"This cannot be evaluated: {error}."))
