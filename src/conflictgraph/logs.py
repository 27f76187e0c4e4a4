"""The log: one JSON object on each line of standard error.

Must not know what is told. Whatever a line says is written in printable ASCII, so that nobody who is told of
can begin a line or a colour of their own.
"""

import json
import logging
import logging.config
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TextIO

LEVELS = ("debug", "info", "warning", "error")
_TOLD = "told"
_NUMBERS = (int, float)
_encode = json.JSONEncoder().encode


class Lines(logging.Formatter):
    """A record as an object: `time` (UTC), `level`, `event`, and what is told of it.

    The event `message` is a sentence from anywhere in the program, with the `logger` that said it.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line, without its end."""
        told = getattr(record, _TOLD, None)
        event = record.msg
        if told is None:
            event, told = "message", {"logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            told = {**told, "trace": self.formatException(record.exc_info)}
        return _line(record.created, record.levelname, event, members(told))


def _line(at: float, level: str, event: str, text: str) -> str:
    beginning = f'{{"time": "{_time(at)}", "level": "{level.lower()}", "event": "{event}"'
    return f"{beginning}, {text}}}" if text else beginning + "}"


def members(told: dict[str, Any]) -> str:
    """What is told, as it stands in a line. Names are plain words.

    Nearly all values are numbers and texts, which take less by themselves than in an object.
    """
    return ", ".join(
        [f'"{name}": {value if type(value) in _NUMBERS else _encode(value)}' for name, value in told.items()]
    )


class Output(logging.StreamHandler[TextIO]):
    """Writes each line at once, and those of `together` in one piece."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        try:
            self.take(self.format(record))
        except Exception:  # noqa: BLE001 - as the handlers of the library do
            self.handleError(record)

    def take(self, line: str) -> None:
        """Write a line, or keep it for the end of `together`."""
        kept = getattr(_batch, "lines", None)
        if kept is None:
            self.write(line + self.terminator)
        else:
            kept.setdefault(self, []).append(line + self.terminator)

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


def tell_members(logger: logging.Logger, level: int, event: str, text: str, at: float) -> None:
    """Write a line whose `members` are given, without a record where all that listens is this log."""
    if not logger.isEnabledFor(level):
        return
    if listening := _outputs(logger):
        _take(listening, level, event, text, at)
    else:
        tell(logger, level, event, json.loads(f"{{{text}}}"), at=at)


def _take(listening: Iterable[Output], level: int, event: str, text: str, at: float) -> None:
    line = _line(at, logging.getLevelName(level), event, text)
    for output in listening:
        output.take(line)


def _outputs(logger: logging.Logger) -> list[Output]:
    """The outputs of a logger, or of the one above it that has some; none if anything else listens."""
    place: logging.Logger | None = logger
    while place is not None and not place.handlers and place.propagate:
        place = place.parent
    if place is None or place.propagate:
        return []
    outputs = [handler for handler in place.handlers if isinstance(handler, Output)]
    return outputs if len(outputs) == len(place.handlers) else []


def configuration(level: str) -> dict[str, Any]:
    """What `logging.config.dictConfig` takes, for this program and the server that it runs in.

    The server tells of what failed only: of what is no HTTP, anybody could send much.
    """
    loggers = {"conflictgraph": level.upper(), "uvicorn": "ERROR"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": Lines}},
        "handlers": {"lines": {"()": Output, "formatter": "lines"}},
        "loggers": {
            name: {"handlers": ["lines"], "level": least, "propagate": False}
            for name, least in loggers.items()
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
    if not logger.isEnabledFor(level):
        return
    if error is None and at is not None and (listening := _outputs(logger)):
        _take(listening, level, event, members(told), at)
    else:
        trace = (type(error), error, error.__traceback__) if error else None
        record = logging.LogRecord(logger.name, level, "", 0, event, None, trace)
        setattr(record, _TOLD, told)
        if at is not None:
            record.created = at
        logger.handle(record)
