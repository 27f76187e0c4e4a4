"""Whose turn it is to write: the writer's lock, and the line of those who wait for it.

    <home>/lock            locked by the process that writes; holds its number
    <home>/waiting/{…}     locked by one who waits; its name begins with since when, and until when

The first in line, and nobody else, tries the writer's lock. Locks of the operating system fall with the
process that holds them, so one who is killed holds up nobody, and one who is stopped does so only until its
time is over. Times are those of the system's monotonic clock, which all its processes share. Must not know
drafts.
"""

import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from conflictgraph.errors import StoreLocked, StoreUnavailable
from conflictgraph.store.home import Home, is_held, locked

_PATIENCE = 3.0
"""Seconds for which to wait for the draft process of a dead holder to notice and end."""
_LOOK, _LOOK_OF_FIRST = 0.05, 0.01
"""Seconds between two looks: of those in line, and of the first."""
_NAME = re.compile(r"\d{20}-(\d{20})-")


def lock(home: Home, patience: float = 0.0) -> int:
    """The descriptor of the writer's lock, held until it is closed.

    Whoever comes first gets it first. Raises `StoreLocked` if one's turn has not come after `patience`
    seconds.
    """
    came = time.monotonic()
    try:
        home.generations_path.mkdir(parents=True, exist_ok=True)
        home.waiting_path.mkdir(exist_ok=True)
        descriptor = os.open(home.lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            with _in_line(home.waiting_path, came, came + max(patience, _PATIENCE)) as place:
                _await(home, descriptor, place, came, patience)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        except BaseException:
            os.close(descriptor)
            raise
    except OSError as error:
        raise StoreUnavailable(f"Cannot write in {home.path}: {error.strerror}.") from error
    return descriptor


@contextmanager
def _in_line(waiting: Path, came: float, until: float) -> Iterator[Path]:
    """Be in line within the block, by a file that has its place among the others by its name."""
    name = f"{came * 1e9:020.0f}-{until * 1e9:020.0f}-{os.getpid()}-{threading.get_native_id()}"
    for attempt in count():
        path = waiting / f"{name}-{attempt}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        if locked(descriptor) and is_held(path, descriptor):
            break
        os.close(descriptor)  # somebody looked before it was locked, and took it for one that is left
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _await(home: Home, descriptor: int, place: Path, came: float, patience: float) -> None:
    """Wait for one's turn, and lock."""
    while True:
        first = _is_first(place)
        if first and locked(descriptor):
            return
        holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
        enough = max(patience, _PATIENCE) if first and not _runs(holder) else patience
        left = came + enough - time.monotonic()
        if left <= 0:
            raise StoreLocked(_told(home, holder, patience, first=first))
        time.sleep(min(_LOOK_OF_FIRST if first else _LOOK, left))


def _told(home: Home, holder: str, patience: float, *, first: bool) -> str:
    others = "" if first else ", and others have waited for longer"
    waited = f" Waited {patience:g} s." if patience else ""
    who = f"process {holder or 'unknown'}"
    return f"Another draft is open in {home.path} ({who}){others}. Try again when it is done.{waited}"


def _is_first(place: Path) -> bool:
    """Whether nobody has waited for longer."""
    before = (other for other in place.parent.iterdir() if other.name < place.name)
    return not any(_waits(other) for other in sorted(before))


def _waits(other: Path) -> bool:
    """Whether somebody waits there. Takes away what one who is gone has left."""
    named = _NAME.match(other.name)
    try:
        descriptor = os.open(other, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        if locked(descriptor, shared=True):
            other.unlink(missing_ok=True)
            return False
    finally:
        os.close(descriptor)
    return named is not None and int(named[1]) > time.monotonic_ns()


def _runs(holder: str) -> bool:
    """Whether that process runs. A lock whose holder is not written down yet has one that runs."""
    try:
        os.kill(int(holder), 0)
    except ProcessLookupError:
        return False
    except (ValueError, PermissionError):
        return True
    return True
