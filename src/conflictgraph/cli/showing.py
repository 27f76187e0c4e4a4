"""What the command line says: progress, errors, exit codes.

Must not know the commands.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import click

from conflictgraph.build import Progress
from conflictgraph.errors import (
    AskerError,
    ConfigurationError,
    ConflictGraphError,
    DataError,
    EngineError,
    MissingFile,
    PortTaken,
)


class ExitCode(IntEnum):
    """What a process ends with."""

    DONE = 0
    DOES_NOT_CONFORM = 1
    USAGE = 2
    FAULT = 3


_CODES: tuple[tuple[type[ConflictGraphError], ExitCode], ...] = (
    (DataError, ExitCode.DOES_NOT_CONFORM),
    (AskerError, ExitCode.USAGE),
    (MissingFile, ExitCode.USAGE),
    (PortTaken, ExitCode.FAULT),
    (ConfigurationError, ExitCode.USAGE),
    (EngineError, ExitCode.FAULT),
)


def exit_code(error: ConflictGraphError) -> ExitCode:
    """The exit code of a kind of error: the first row that fits."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.FAULT)


def failure(error: ConflictGraphError) -> None:
    """Say on standard error what went wrong."""
    click.echo(click.style("Error: ", fg="red", bold=True) + str(error), err=True)


@contextmanager
def progress() -> Iterator[Progress]:
    """Tell steps as they begin and, at a terminal, how long each took."""
    begun: list[tuple[str, float]] = []

    def finish() -> None:
        if begun:
            words, start = begun.pop()
            click.echo(f"\r{words} … {time.monotonic() - start:.1f} s", err=True)

    def step(words: str) -> None:
        finish()
        begun.append((words, time.monotonic()))
        if sys.stderr.isatty():
            click.echo(f"{words} …", err=True, nl=False)

    yield step
    finish()
