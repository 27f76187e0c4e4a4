"""The directory of an embedded store: which generations there are, which one is current, who writes.

    <home>/generations/000007/   immutable; a checkpoint of the engine, and generation.json
    <home>/current               symbolic link to the current one, replaced atomically
    <home>/draft/                the one writable store
    <home>/lock                  locked by the process that writes

Must not know RDF or the engine. Whatever moment a process dies at, the link leads to a whole generation.
"""

import fcntl
import json
import logging
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conflictgraph.errors import NotFound, StoreEmpty, StoreLocked, StoreUnavailable
from conflictgraph.store.port import Generation

_log = logging.getLogger(__name__)
_RECORD = "generation.json"
_NUMBER = re.compile(r"\d{6,}\Z")


@dataclass(frozen=True, slots=True)
class Home:
    """The paths within one store's directory, and what can be read there."""

    path: Path

    @property
    def generations_path(self) -> Path:
        return self.path / "generations"

    @property
    def current_link(self) -> Path:
        return self.path / "current"

    @property
    def draft_path(self) -> Path:
        return self.path / "draft"

    @property
    def lock_path(self) -> Path:
        return self.path / "lock"

    def generation_path(self, number: int) -> Path:
        """The directory of a generation."""
        return self.generations_path / f"{number:06d}"

    def numbers(self) -> list[int]:
        """The numbers of the generations that have a directory, whole or not, in order."""
        try:
            names = os.listdir(self.generations_path)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreUnavailable(f"Cannot read {self.generations_path}: {error.strerror}.") from error
        return sorted(int(name) for name in names if _NUMBER.match(name))

    def linked(self) -> int | None:
        """The number that the link names, whether or not that generation is whole; None without a link."""
        try:
            name = os.path.basename(os.readlink(self.current_link))
        except OSError:
            return None
        return int(name) if _NUMBER.match(name) else None

    def current(self) -> int:
        """The number of the generation to read: the linked one, or, with a warning, the last whole one."""
        linked = self.linked()
        if linked is not None and self.is_whole(linked):
            return linked
        numbers = self.numbers()
        for number in reversed(numbers):
            if (linked is None or number < linked) and self.is_whole(number):
                _log.warning(
                    "%s does not lead to a whole generation; reading generation %d instead",
                    self.current_link,
                    number,
                )
                return number
        if not numbers and linked is None and not self.current_link.is_symlink():
            raise StoreEmpty(f"Nothing is published in {self.path} yet. Run 'conflictgraph build'.")
        raise StoreUnavailable(
            f"No generation in {self.generations_path} is whole. Restore the directory from a backup, "
            "or remove it and run 'conflictgraph build'."
        )

    def is_whole(self, number: int) -> bool:
        """Whether the generation's record is there and every file has the size that it had when published."""
        path = self.generation_path(number)
        try:
            record = _record(path)
            return all(os.stat(path / name).st_size == size for name, size in record["files"].items())
        except (OSError, ValueError, KeyError, AttributeError):
            return False

    def published(self) -> Iterator[Generation]:
        """The generations that can be read, oldest first, the current one last."""
        if not self.numbers():
            return
        last = self.current()
        for number in self.numbers():
            if number <= last and self.is_whole(number):
                yield _generation(_record(self.generation_path(number)))

    def require(self, number: int) -> int:
        """The number itself if that generation can be read; `NotFound` otherwise."""
        if number > self.current() or not self.is_whole(number):
            kept = ", ".join(str(generation.number) for generation in self.published())
            raise NotFound(f"There is no generation {number}. Kept are: {kept}.")
        return number


def _record(path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((path / _RECORD).read_bytes())
    return record


def _generation(record: dict[str, Any]) -> Generation:
    return Generation(
        number=record["number"],
        published=datetime.fromisoformat(record["published"]),
        note=record["note"],
        base=record["base"],
    )


def lock(home: Home) -> int:
    """The descriptor of the writer's lock, held until it is closed; `StoreLocked` if another holds it."""
    try:
        home.generations_path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(home.lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreUnavailable(f"Cannot write in {home.path}: {error.strerror}.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
        os.close(descriptor)
        raise StoreLocked(
            f"Another draft is open in {home.path} (process {holder}). Try again when it is done."
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def clean(home: Home) -> None:
    """Remove what a dead writer left: its draft, half-made and never-published generations. Needs the lock."""
    remove(home.draft_path)
    with suppress(FileNotFoundError):
        for name in os.listdir(home.generations_path):
            if not _NUMBER.match(name):
                remove(home.generations_path / name)
    linked = home.linked()
    if linked is not None and home.is_whole(linked):
        for number in home.numbers():
            if number > linked:
                remove(home.generation_path(number))
    with suppress(FileNotFoundError):
        os.unlink(home.path / "current.new")


def commit(home: Home, checkpoint: Path, base: int | None, note: str) -> Generation:
    """Make a checkpoint of the engine the current generation. Needs the lock.

    Everything is on disk before the name is given, and the name before the link is moved; the move is the one step that
    publishes.
    """
    linked = home.linked() or 0
    number = max([linked, *home.numbers()]) + 1
    generation = Generation(number, datetime.now(UTC), note, base)
    files = {entry.name: entry.stat().st_size for entry in os.scandir(checkpoint) if entry.is_file()}
    record = {"number": number, "published": generation.published.isoformat(), "note": note, "base": base}
    (checkpoint / _RECORD).write_text(json.dumps({**record, "files": files}), encoding="utf-8")
    for name in (*files, _RECORD):
        _sync(checkpoint / name)
    _sync(checkpoint)
    target = home.generation_path(number)
    os.rename(checkpoint, target)
    _sync(home.generations_path)
    link = home.path / "current.new"
    with suppress(FileNotFoundError):
        os.unlink(link)
    os.symlink(os.path.join("generations", target.name), link)
    os.replace(link, home.current_link)
    _sync(home.path)
    return generation


def checkpoint_path(home: Home) -> Path:
    """Where the engine puts the checkpoint that is to become a generation."""
    return home.generations_path / ".new"


def prune(home: Home, keep: int) -> None:
    """Remove all but the last `keep` generations, except those that somebody reads. Needs the lock."""
    current = home.current()
    for number in home.numbers()[:-keep]:
        if number < current:
            _remove_unread(home, number)


def hold(path: Path) -> int:
    """A descriptor that keeps the generation from being removed until it is closed; `NotFound` if it is gone."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise NotFound(f"There is no generation at {path}.") from error
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    try:
        unchanged = os.stat(path).st_ino == os.fstat(descriptor).st_ino
    except OSError:
        unchanged = False
    if not unchanged:
        os.close(descriptor)
        raise NotFound(f"There is no generation at {path}.")
    return descriptor


def _remove_unread(home: Home, number: int) -> None:
    path = home.generation_path(number)
    trash = home.generations_path / f".old-{number}"
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.rename(path, trash)
    except OSError:
        return
    finally:
        os.close(descriptor)
    remove(trash)


def remove(path: Path) -> None:
    """Remove a directory with all that is in it, if it is there."""
    with suppress(FileNotFoundError):
        shutil.rmtree(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
