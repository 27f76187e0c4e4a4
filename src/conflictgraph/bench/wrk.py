"""One round of requests by wrk, the load generator: how many were answered, and how fast.

Must not know servers or queries. wrk is a program of its own (Debian package wrk).
"""

import json
import subprocess
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from conflictgraph.bench.servers import program

_TIMEOUT = 300
"""Seconds after which wrk counts a request as failed."""

_ACCEPT = "Accept: application/sparql-results+json"


@dataclass(frozen=True, slots=True)
class Load:
    """`connections` that each send the next request when the last is answered, for so many `seconds`."""

    seconds: int = 5
    connections: int = 8


@dataclass(frozen=True, slots=True)
class Round:
    """What came of it. Latencies are in seconds; `failed` have no answer, or a status of 400 or above."""

    requests: int
    failed: int
    seconds: float
    bytes: int
    p50: float
    p95: float
    p99: float


def answered(url: str, paths: Path, load: Load, first: int, *, repeated: bool) -> Round:
    """Ask the paths of a file in turn, each with a running number behind it that begins after `first`.

    With `repeated`, it is `first` each time.
    """
    with as_file(files("conflictgraph.bench").joinpath("load.lua")) as script:
        options = [f"-c{load.connections}", f"-d{load.seconds}s", f"--timeout={_TIMEOUT}s", "-H", _ACCEPT]
        command = [program("wrk"), "-t1", *options, "-s", str(script), url, "--"]
        done = subprocess.run(
            [*command, str(paths), str(first), "0" if repeated else "1"],
            capture_output=True,
            text=True,
            check=True,
        )
    told = json.loads(done.stdout.splitlines()[-1])
    p50, p95, p99 = (told[name] / 1e6 for name in ("p50", "p95", "p99"))
    seconds = told["microseconds"] / 1e6
    return Round(told["requests"], told["failed"], seconds, told["bytes"], p50, p95, p99)
