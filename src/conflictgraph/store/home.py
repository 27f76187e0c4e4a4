"""The directory of an embedded store: which generations there are, and which one is current.

    <home>/generations/000007/   immutable; a checkpoint of the engine, and generation.json
    <home>/current               symbolic link to the current one, replaced atomically
    <home>/draft/                the one writable store
    <home>/lock                  locked by the process that writes

Must not know RDF or the engine, and changes nothing: see `publication` for that.
"""

import fcntl
import json
import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from conflictgraph.errors import NotFound, StoreEmpty, StoreUnavailable
from conflictgraph.store.port import Generation

_log = logging.getLogger(__name__)
RECORD = "generation.json"
"""The file in a generation that says when and why it was published, and how long each of its files is."""

NUMBER = re.compile(r"\d{6,}\Z")
"""What the directory of a generation is called."""


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

    @property
    def new_link(self) -> Path:
        return self.path / "current.new"

    @property
    def checkpoint_path(self) -> Path:
        return self.generations_path / ".new"

    def generation_path(self, number: int) -> Path:
        """The directory of a generation."""
        return self.generations_path / f"{number:06d}"

    def numbers(self) -> list[int]:
        """The numbers of the generations that have a directory, whole or not, in order."""
        try:
            names = [path.name for path in self.generations_path.iterdir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreUnavailable(f"Cannot read {self.generations_path}: {error.strerror}.") from error
        return sorted(int(name) for name in names if NUMBER.match(name))

    def linked(self) -> int | None:
        """The number that the link names, whether or not that generation is whole; None without a link."""
        try:
            name = self.current_link.readlink().name
        except OSError:
            return None
        return int(name) if NUMBER.match(name) else None

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
        return self._whole(number) is not None

    def _whole(self, number: int) -> Generation | None:
        path = self.generation_path(number)
        try:
            record = json.loads((path / RECORD).read_bytes())
            if all((path / name).stat().st_size == size for name, size in record["files"].items()):
                return _generation(record)
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            pass
        return None

    def published(self) -> Iterator[Generation]:
        """The generations that can be read, oldest first, the current one last."""
        if not self.numbers():
            return
        last = self.current()
        for number in self.numbers():
            generation = self._whole(number) if number <= last else None
            if generation is not None:
                yield generation

    def require(self, number: int) -> int:
        """The number itself if that generation can be read; `NotFound` otherwise."""
        if number > self.current() or not self.is_whole(number):
            kept = ", ".join(str(generation.number) for generation in self.published())
            raise NotFound(f"There is no generation {number}. Kept are: {kept}.")
        return number


def _generation(record: dict[str, Any]) -> Generation:
    return Generation(
        number=record["number"],
        published=datetime.fromisoformat(record["published"]),
        note=record["note"],
        base=record["base"],
        size=sum(record["files"].values()),
    )


def hold(path: Path) -> int:
    """A descriptor that keeps a generation from being removed while it is open; `NotFound` if it is gone."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise NotFound(f"There is no generation at {path}.") from error
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    if not is_held(path, descriptor):
        os.close(descriptor)
        raise NotFound(f"There is no generation at {path}.")
    return descriptor


def is_held(path: Path, descriptor: int) -> bool:
    """Whether the directory at the path is still the one that the descriptor holds."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False
