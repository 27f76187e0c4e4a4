"""Runs, each in a process of its own, one after the other, several times; the median of each.

Must not know what the tasks do.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

LONG = 60.0
"""Seconds of a first run after which it is not repeated."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Run:
    """One task on one input. `what` is the question: runs of one `what` and size are compared."""

    what: str
    task: str
    triples: int
    data: Path
    shapes: Path | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """Medians over the runs that came to an end; `problem` says why there are none."""

    what: str
    task: str
    triples: int
    runs: int = 0
    seconds: dict[str, float] | None = None
    found: dict[str, int] | None = None
    memory_mb: float = 0.0
    problem: str = ""

    @property
    def work(self) -> float | None:
        """Seconds of what is compared."""
        return None if self.seconds is None else self.seconds.get("work")


def results(
    runs: Iterable[Run], repeat: int, timeout: float, progress: Progress = lambda _: None
) -> list[Result]:
    """Run each `repeat` times, in turn: all once, then all again, so that a busy minute hits all alike."""
    runs = list(runs)
    told: list[list[dict[str, Any]]] = [[] for _ in runs]
    for number in range(repeat):
        for run, before in zip(runs, told, strict=True):
            if number and not _is_repeated(before[0]):
                continue
            progress(f"{run.what}: {run.task}, {run.triples:,} triples, run {number + 1}")
            before.append(_told(run, timeout))
    return [_result(run, found) for run, found in zip(runs, told, strict=True)]


def _is_repeated(first: dict[str, Any]) -> bool:
    return "seconds" in first and sum(first["seconds"].get(name, 0) for name in ("load", "work")) < LONG


def _told(run: Run, timeout: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="conflictgraph-bench-") as directory:
        files = [str(run.data), directory, *([str(run.shapes)] if run.shapes else [])]
        command = [sys.executable, "-m", "conflictgraph.bench.task", run.task, *files]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
        except subprocess.TimeoutExpired:
            return {"problem": f"not done after {timeout:g} s"}
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return {"problem": f"failed: {reason[:160]}"}
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {"problem": f"{told['missing']} is not installed"} if "missing" in told else told


def _result(run: Run, told: list[dict[str, Any]]) -> Result:
    problem = next((each["problem"] for each in told if "problem" in each), "")
    if problem:
        return Result(run.what, run.task, run.triples, problem=problem)
    names = told[0]["seconds"]
    seconds = {name: median(each["seconds"][name] for each in told) for name in names}
    memory = median(each["memory_mb"] for each in told)
    return Result(run.what, run.task, run.triples, len(told), seconds, told[0]["found"], memory)
