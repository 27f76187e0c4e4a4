"""The log: one JSON object on each line of standard error.

Must not know what is told. Whatever a line says is written in printable ASCII, so that nobody who is told of
can begin a line or a colour of their own.
"""

import json
import logging
import logging.config
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TextIO

LEVELS = ("debug", "info", "warning", "error")
_TOLD = "told"
_encode = json.JSONEncoder().encode


class Lines(logging.Formatter):
    """A record as an object: `time` (UTC), `level`, `event`, and what is told of it.

    The event `message` is a sentence from anywhere in the program, with the `logger` that said it.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line, without its end."""
        line: dict[str, Any] = {"time": _time(record.created), "level": record.levelname.lower()}
        told = getattr(record, _TOLD, None)
        if told is None:
            line |= {"event": "message", "logger": record.name, "message": record.getMessage()}
        else:
            line |= {"event": record.msg, **told}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return "{" + ", ".join([f'"{name}": {_json(value)}' for name, value in line.items()]) + "}"


def _json(value: Any) -> str:
    """The value as JSON, with short ways for what most lines are made of."""
    return repr(value) if type(value) in (int, float) else _encode(value)


class Output(logging.StreamHandler[TextIO]):
    """Writes each line at once, and those of `together` in one piece."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        try:
            line = self.format(record) + self.terminator
            kept = getattr(_batch, "lines", None)
            if kept is None:
                self.write(line)
            else:
                kept.setdefault(self, []).append(line)
        except Exception:  # noqa: BLE001 - as the handlers of the library do
            self.handleError(record)

    def write(self, text: str) -> None:
        """Write whole lines, between those of others."""
        with self.lock or threading.Lock():
            self.stream.write(text)
            self.flush()


_batch = threading.local()


@contextmanager
def together() -> Iterator[None]:
    """Keep what this thread tells until the end, and write it in one piece: each writing takes turns."""
    kept: dict[Output, list[str]] = {}
    _batch.lines = kept
    try:
        yield
    finally:
        _batch.lines = None
        for output, lines in kept.items():
            output.write("".join(lines))


def _time(seconds: float) -> str:
    whole = int(seconds)
    return f"{_second(whole)}.{int((seconds - whole) * 1000):03d}+00:00"


@lru_cache(maxsize=16)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def configuration(level: str) -> dict[str, Any]:
    """What `logging.config.dictConfig` takes, for this program and the server that it runs in."""
    loggers = ("conflictgraph", "_granian", "granian.access")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": Lines}},
        "handlers": {"lines": {"()": Output, "formatter": "lines"}},
        "loggers": {
            name: {"handlers": ["lines"], "level": level.upper(), "propagate": False} for name in loggers
        },
    }


def configure(level: str) -> None:
    """Write what is at least of that level. No line names a thread or a process, so nobody looks for them."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.config.dictConfig(configuration(level))


def tell(
    logger: logging.Logger,
    level: int,
    event: str,
    told: dict[str, Any],
    error: BaseException | None = None,
    at: float | None = None,
) -> None:
    """Write a line about an event, with the trace of an error if there is one, and the time if not now.

    Cheaper than the logger's own way, which looks for the caller.
    """
    if logger.isEnabledFor(level):
        trace = (type(error), error, error.__traceback__) if error else None
        record = logging.LogRecord(logger.name, level, "", 0, event, None, trace)
        setattr(record, _TOLD, told)
        if at is not None:
            record.created = at
        logger.handle(record)
