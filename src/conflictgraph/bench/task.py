"""The process in which one task runs once: `python -m conflictgraph.bench.task NAME DATA DIRECTORY [SHAPES]`.

Writes one line of JSON: seconds, what was found, megabytes at the peak; or which package is missing.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

from conflictgraph.bench import own, peers
from conflictgraph.bench.job import Clock, Job, Task

TASKS: dict[str, Task] = {**own.TASKS, **peers.TASKS}


def measured(name: str, job: Job) -> dict[str, Any]:
    """Run a task once in this process."""
    clock = Clock()
    try:
        TASKS[name](job, clock)
    except ModuleNotFoundError as error:
        return {"missing": error.name}
    return {"seconds": clock.seconds, "found": clock.found, "memory_mb": _peak()}


def _peak() -> float:
    """The most memory that this process, or the largest of its children, ever held."""
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(each).ru_maxrss for each in who) * unit / 1e6


if __name__ == "__main__":
    _, task, data, directory, *shapes = sys.argv
    files = [Path(each) for each in shapes]
    print(json.dumps(measured(task, Job(Path(data), files[0] if files else None, Path(directory)))))
