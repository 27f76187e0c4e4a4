"""How much processor time a process and its descendants have taken, and how much of it the host of a virtual
machine gave to others.

Must not know what they do. Only where the system has /proc.
"""

import os
import time
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_USER_TIME = 11
"""The place of `utime` in /proc/PID/stat behind the name; `stime` and those of ended children follow."""
_STOLEN = 8
"""The place of `steal` in the first line of /proc/stat."""


def own() -> float:
    """What this process and its descendants have taken; where the system does not tell, this process."""
    found = taken(os.getpid())
    return time.process_time() if found is None else found


def taken(pid: int) -> float | None:
    """Seconds, of all processors together; None where the system does not tell.

    Descendants that ended count from when their parents took note of it.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return None
    own = sum(int(field) for field in fields[_USER_TIME : _USER_TIME + 4]) / _TICKS
    return own + sum(taken(int(child)) or 0.0 for task in tasks for child in _children(task))


def stolen() -> float | None:
    """Seconds, of all processors together since the machine began, in which it had work to do and its host
    did not let it; None where the system does not tell.
    """
    try:
        with Path("/proc/stat").open(encoding="utf-8") as file:
            return int(file.readline().split()[_STOLEN]) / _TICKS
    except (OSError, ValueError, IndexError):
        return None


def _children(task: Path) -> list[str]:
    """The processes that a thread has started. None if it has ended meanwhile: then another has them."""
    try:
        return (task / "children").read_text(encoding="utf-8").split()
    except OSError:
        return []
