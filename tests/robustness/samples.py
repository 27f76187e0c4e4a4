"""What a server takes and leaves, second by second: memory, descriptors, threads, processes, files, bytes.

Must not know what is done to it meanwhile.
"""

import statistics
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from homes import disk

from conftest import Server
from processes import memory_of, of_session, web_process

Sample = dict[str, float]
"""Each number by its name."""


def sample(server: Server, home: Path, temporary: Path) -> Sample:
    """The numbers as they are now. Memory is in kilobytes, that of the web process."""
    web = web_process(server.pid)
    return memory_of(web) | {
        "descriptors": len(list(Path(f"/proc/{web}/fd").iterdir())),
        "processes": len(of_session(server.pid)),
        "generations": len(list((home / "generations").glob("[0-9]*"))),
        "incoming": len(list((home / "incoming").glob("*"))),
        "rejected": len(list((home / "rejected").glob("*"))),
        "temporary files": len(list(temporary.rglob("*"))),
        "disk kB": disk(home) // 1000,
    }


@dataclass
class Sampling:
    """Takes a sample every so often, until told to stop."""

    server: Server
    home: Path
    temporary: Path
    pause: float = 1.0

    def __post_init__(self) -> None:
        self.samples = list[Sample]()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._take, daemon=True)

    def __enter__(self) -> "Sampling":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _take(self) -> None:
        began = time.monotonic()
        while not self._over.wait(self.pause):
            with suppress(OSError):  # a file or a process went while it was looked at
                taken = sample(self.server, self.home, self.temporary)
                self.samples.append(taken | {"seconds": time.monotonic() - began})


def thirds(samples: Sequence[Sample]) -> tuple[Sequence[Sample], Sequence[Sample]]:
    """The first third and the last."""
    third = max(1, len(samples) // 3)
    return samples[:third], samples[-third:]


def growth(samples: Sequence[Sample], name: str) -> tuple[float, float, float]:
    """The median of the first third and of the last, and what a straight line through all gains a minute."""
    first, last = (statistics.median(each[name] for each in part) for part in thirds(samples))
    slope = 0.0
    if len(samples) > 2:
        times, values = ([each[key] for each in samples] for key in ("seconds", name))
        slope = statistics.linear_regression(times, values).slope * 60
    return first, last, slope
