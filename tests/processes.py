"""What runs below a process: its query workers, and what they and the server take."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

WORKER = "store.worker"
WRITER = "store.writer"
IMAGE = "store.image"
"""What such processes are called, as in `ps -o comm`."""


def below(pid: int) -> Iterator[int]:
    """The processes that a process started, and those that they did."""
    parents = dict(_parents())
    found = [pid]
    for parent in found:
        children = [child for child, its in parents.items() if its == parent]
        found += children
        yield from children


def workers(pid: int) -> set[int]:
    """The query workers below a process."""
    return named(pid, WORKER)


def named(pid: int, name: str) -> set[int]:
    """The processes below a process that are called so."""
    return {child for child in below(pid) if _name(child) == name}


def web_memory(pid: int) -> int:
    """Bytes of memory that no file backs, of a server and all below it but its workers and the image."""
    return sum(_own_memory(one) for one in (pid, *below(pid)) if _name(one) not in (WORKER, IMAGE))


def of_session(session: int) -> set[int]:
    """The processes of a session, whoever is their parent by now."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, _, _, of, *_ = (path / "stat").read_text().rpartition(")")[2].split()
            if int(of) == session and state != "Z":
                found.add(int(path.name))
    return found


def alive(pids: set[int]) -> set[int]:
    """Those that still run."""
    return pids & {pid for pid, _ in _parents()}


def web_process(pid: int) -> int:
    """The newest process that a server started itself: the one that answers."""
    own = (child for child, parent in _parents() if parent == pid and not _keeps_track(child))
    return max(own, key=_began)


def _keeps_track(pid: int) -> bool:
    """Whether that is a helper of Python's `multiprocessing`, which is there as long as the first process."""
    with contextlib.suppress(OSError):
        return b"resource_tracker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def writers(pid: int) -> set[int]:
    """The processes below it that write a draft."""
    return {child for child in below(pid) if _name(child) == WRITER}


def seconds_at_work(pids: set[int]) -> float:
    """Processor time of those of the processes that still run."""
    return sum(_processor_seconds(pid) for pid in pids)


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Look until it is so."""
    patient_until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < patient_until, "waited too long"
        time.sleep(0.02)


def _parents() -> Iterator[tuple[int, int]]:
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent = (path / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                yield int(path.name), int(parent)


def _name(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def _own_memory(pid: int) -> int:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/statm").read_text().split()
        return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _began(pid: int) -> int:
    """Ticks of the clock since the machine was started."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    return 0


def _processor_seconds(pid: int) -> float:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def memory_of(pid: int) -> dict[str, float]:
    """Kilobytes of memory of a process, those that no file backs among them, and its threads."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    told = dict(line.split(":", 1) for line in lines)
    fields = {"memory kB": "VmRSS", "anonymous kB": "RssAnon", "threads": "Threads"}
    return {name: float(told[field].split()[0]) for name, field in fields.items()}
