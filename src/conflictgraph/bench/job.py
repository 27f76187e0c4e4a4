"""One measurement in a process of its own: what it is given, what it tells.

Must not know which engines there are.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from conflictgraph.bench import processor


@dataclass(frozen=True, slots=True)
class Job:
    """`data` is N-Triples, `shapes` Turtle (or None), `directory` empty and to be used freely."""

    data: Path
    shapes: Path | None
    directory: Path

    @property
    def shapes_file(self) -> Path:
        """The shapes of a job that has some."""
        assert self.shapes is not None
        return self.shapes


@dataclass
class Clock:
    """Seconds by name: `load` for reading the input, `work` for what is compared, others for parts of it.

    `processor` is what the work took of all processors: steadier on a busy machine.
    `found` tells what came out, so that engines can be checked against each other.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Note what the block takes."""
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start

    @contextmanager
    def working(self) -> Iterator[None]:
        """Time the block as `work`, and what it takes of the processors, here and in processes of its own."""
        start = processor.own()
        with self.timed("work"):
            yield
        self.seconds["processor"] = processor.own() - start


Task = Callable[[Job, Clock], None]
