"""The log: one JSON object on each line of standard error.

Must not know what is told. Whatever a line says is written in printable ASCII, so that nobody who is told of
can begin a line or a colour of their own.
"""

import json
import logging
import logging.config
from datetime import UTC, datetime
from typing import Any

LEVELS = ("debug", "info", "warning", "error")
_TOLD = "told"


class Lines(logging.Formatter):
    """A record as an object: `time` (UTC), `level`, `event`, and what is told of it.

    The event `message` is a sentence from anywhere in the program, with the `logger` that said it.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
        }
        told = getattr(record, _TOLD, None)
        if told is None:
            line |= {"event": "message", "logger": record.name, "message": record.getMessage()}
        else:
            line |= {"event": record.msg, **told}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


def configuration(level: str) -> dict[str, Any]:
    """What `logging.config.dictConfig` takes, for this program and the server that it runs in."""
    loggers = ("conflictgraph", "_granian", "granian.access")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": Lines}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "loggers": {
            name: {"handlers": ["lines"], "level": level.upper(), "propagate": False} for name in loggers
        },
    }


def configure(level: str) -> None:
    """Write what is at least of that level. No line names a thread or a process, so nobody looks for them."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.config.dictConfig(configuration(level))


def tell(
    logger: logging.Logger, level: int, event: str, told: dict[str, Any], error: BaseException | None = None
) -> None:
    """Write a line about an event, with the trace of an error if there is one.

    Cheaper than the logger's own way, which looks for the caller.
    """
    if logger.isEnabledFor(level):
        trace = (type(error), error, error.__traceback__) if error else None
        record = logging.LogRecord(logger.name, level, "", 0, event, None, trace)
        setattr(record, _TOLD, told)
        logger.handle(record)
