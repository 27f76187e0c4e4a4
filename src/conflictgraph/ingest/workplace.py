"""Directories in which documents lie while they are dealt with, and which nobody has to clear up after.

Each is locked by the process that uses it. A process that is killed leaves its directory behind, unlocked;
the next one that needs a directory removes it. Must not know documents.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def workplace(parent: Path | None) -> Iterator[Path]:
    """A directory of one's own below `parent`; it is gone at the end.

    Without a parent, or where none can be made, it is one of the system's temporary directories.
    """
    try:
        held = None if parent is None else _made(parent)
    except OSError:
        held = None
    if held is None:
        with tempfile.TemporaryDirectory(prefix="conflictgraph-") as name:
            yield Path(name)
        return
    path, descriptor = held
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(descriptor)


def _made(parent: Path) -> tuple[Path, int]:
    """A new directory and the descriptor that locks it, after those of the dead are removed."""
    parent.mkdir(parents=True, exist_ok=True)
    whole = os.open(parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(whole, fcntl.LOCK_EX)  # nobody sees a new directory before it is locked
        for path in parent.iterdir():
            _remove_unlocked(path)
        path = Path(tempfile.mkdtemp(dir=parent))
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return path, descriptor
    finally:
        os.close(whole)


def _remove_unlocked(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(descriptor)
