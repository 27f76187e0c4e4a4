"""Write in the directory of an embedded store: lock it, clean it, publish a generation, remove old ones.

Must not know RDF or the engine. Whatever moment a process dies at, the link leads to a whole generation:
the files of a new one are on disk before its directory gets its name, the name is before the link is moved,
and the move is one step. What a dead process leaves half made has no such name, or a number above the
linked one, and goes at the next `clean`.
"""

import fcntl
import json
import os
import shutil
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from conflictgraph.errors import StoreLocked, StoreUnavailable
from conflictgraph.store.home import NUMBER, RECORD, Home
from conflictgraph.store.port import Generation

_PATIENCE = 3.0
"""Seconds for which to wait for the draft process of a dead holder to notice and end."""


def lock(home: Home) -> int:
    """The descriptor of the writer's lock, held until it is closed; `StoreLocked` if another holds it."""
    try:
        home.generations_path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(home.lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreUnavailable(f"Cannot write in {home.path}: {error.strerror}.") from error
    patient_until = time.monotonic() + _PATIENCE
    while not _locked(descriptor):
        holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
        if _runs(holder) or time.monotonic() > patient_until:
            os.close(descriptor)
            raise StoreLocked(
                f"Another draft is open in {home.path} (process {holder or 'unknown'}). "
                "Try again when it is done."
            )
        time.sleep(0.02)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _runs(holder: str) -> bool:
    """Whether that process runs. A lock whose holder is not written down yet has one that runs."""
    try:
        os.kill(int(holder), 0)
    except ProcessLookupError:
        return False
    except (ValueError, PermissionError):
        return True
    return True


def clean(home: Home) -> None:
    """Remove what a dead writer left: a draft, generations half made or never published. Needs the lock."""
    _remove(home.draft_path)
    home.new_link.unlink(missing_ok=True)
    for path in home.generations_path.iterdir():
        if not NUMBER.match(path.name):
            _remove(path)
    linked = home.linked()
    if linked is not None and home.is_whole(linked):
        for number in home.numbers():
            if number > linked:
                _remove(home.generation_path(number))


def next_number(home: Home) -> int:
    """The number of the generation that is published next."""
    return max([home.linked() or 0, *home.numbers()]) + 1


def commit(home: Home, base: int | None, note: str) -> Generation:
    """Make the engine's checkpoint at `home.checkpoint_path` the current generation. Needs the lock."""
    checkpoint = home.checkpoint_path
    number = next_number(home)
    files = {path.name: path.stat().st_size for path in checkpoint.iterdir()}
    generation = Generation(number, datetime.now(UTC), note, base, sum(files.values()))
    _write_record(checkpoint, generation, files)
    _sync(checkpoint)
    target = home.generation_path(number)
    checkpoint.rename(target)
    _sync(home.generations_path)
    home.new_link.unlink(missing_ok=True)
    home.new_link.symlink_to(target.relative_to(home.path))
    home.new_link.replace(home.current_link)
    _sync(home.path)
    return generation


def prune(home: Home, keep: int) -> None:
    """Remove all but the last `keep` generations, except those that somebody reads. Needs the lock."""
    current = home.current()
    for number in home.numbers()[:-keep]:
        if number < current:
            with suppress(OSError):
                _remove_unread(home, number)


def _write_record(checkpoint: Path, generation: Generation, files: dict[str, int]) -> None:
    record = {
        "number": generation.number,
        "published": generation.published.isoformat(),
        "note": generation.note,
        "base": generation.base,
        "files": files,
    }
    (checkpoint / RECORD).write_text(json.dumps(record), encoding="utf-8")
    for name in (*files, RECORD):
        _sync(checkpoint / name)


def _remove_unread(home: Home, number: int) -> None:
    path = home.generation_path(number)
    trash = home.generations_path / f".old-{number}"
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _locked(descriptor):
            path.rename(trash)
            _remove(trash)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    with suppress(FileNotFoundError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
