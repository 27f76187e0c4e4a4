"""How much processor time a process and its descendants have taken.

Must not know what they do. Only where the system has /proc.
"""

import os
import time
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_USER_TIME = 11
"""The place of `utime` in /proc/PID/stat behind the name; `stime` and those of ended children follow."""


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


def _children(task: Path) -> list[str]:
    """The processes that a thread has started. None if it has ended meanwhile: then another has them."""
    try:
        return (task / "children").read_text(encoding="utf-8").split()
    except OSError:
        return []
