"""Names for generations that must be kept: `<home>/tags/NAME` holds the number.

A tagged generation is held while others are published, as a reader holds the one it reads; so the store does
not remove it. Must not know what is published.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from conflictgraph import graphs
from conflictgraph.errors import NotFound, StoreUnavailable, UsageError
from conflictgraph.store.home import Home, hold


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of the store in one directory."""

    home: Path

    def all(self) -> dict[str, int]:
        """Every tag with the number of its generation, by name."""
        found = sorted(path for path in self._path.glob("*") if graphs.is_slug(path.name))
        return {path.name: int(path.read_text(encoding="ascii")) for path in found}

    def put(self, name: str, number: int) -> None:
        """Give a generation that is kept a name. Raises `UsageError` for a name that is taken or none."""
        if not graphs.is_slug(name):
            raise UsageError(f"A tag is lower-case letters and digits with single hyphens; found {name!r}.")
        taken = self.all().get(name, number)
        if taken != number:
            raise UsageError(f"The tag {name!r} is on generation {taken}: take it off there first.")
        place = Home(self.home.absolute())
        with _held(place, [place.require(number)]):
            try:
                self._path.mkdir(exist_ok=True)
                new = self._path / f".{name}"
                new.write_text(str(number), encoding="ascii")
                new.replace(self._path / name)
            except OSError as error:
                raise StoreUnavailable(f"Cannot write in {self._path}: {error.strerror}.") from error

    def remove(self, name: str, number: int) -> None:
        """Take a tag off a generation; `NotFound` if it is not on it."""
        if self.all().get(name) != number:
            raise NotFound(f"Generation {number} has no tag {name!r}.")
        (self._path / name).unlink()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep every tagged generation from being removed within the block."""
        with _held(Home(self.home.absolute()), self.all().values()):
            yield

    @property
    def _path(self) -> Path:
        return self.home / "tags"


@contextmanager
def _held(place: Home, numbers: Iterable[int]) -> Iterator[None]:
    with ExitStack() as stack:
        for number in set(numbers):
            with suppress(NotFound):  # it was lost with the disk, not removed
                stack.callback(os.close, hold(place.generation_path(number)))
        yield
