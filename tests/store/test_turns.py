"""Who wants to write waits in line: first come, first served, whoever dies or sleeps meanwhile."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from conflictgraph import errors
from conflictgraph.store import turns
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.home import Home
from conftest import environment
from processes import wait_until

WAITER = """
import os, sys
from pathlib import Path
from conflictgraph.store import turns
from conflictgraph.store.home import Home
descriptor = turns.lock(Home(Path(sys.argv[1])), float(sys.argv[2]))
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def in_line(home: Home) -> int:
    return len([*home.waiting_path.iterdir()])


@contextmanager
def waiter(home: Home, patience: float) -> Iterator["subprocess.Popen[str]"]:
    """Another process that waits in line; the writer's lock is taken."""
    there = in_line(home)
    with subprocess.Popen(
        [sys.executable, "-c", WAITER, str(home.path), str(patience)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
        text=True,
    ) as process:
        try:
            wait_until(lambda: in_line(home) > there)
            yield process
        finally:
            process.kill()


def told(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline()


def test_those_who_wait_are_served_in_the_order_in_which_they_came(home: Home) -> None:
    served: list[int] = []

    def write(number: int) -> None:
        descriptor = turns.lock(home, 30)
        served.append(number)
        time.sleep(0.02)
        os.close(descriptor)

    holder = turns.lock(home)
    with ThreadPoolExecutor(12) as threads:
        for number in range(12):
            threads.submit(write, number)
            wait_until(lambda there=number + 1: in_line(home) == there)  # type: ignore[misc]
        os.close(holder)
    assert served == [*range(12)]
    assert in_line(home) == 0


def test_one_of_another_process_is_served_in_its_turn(home: Home) -> None:
    holder = turns.lock(home)
    with waiter(home, 30) as other, ThreadPoolExecutor(1) as threads:
        second = threads.submit(turns.lock, home, 30)
        wait_until(lambda: in_line(home) == 2)
        os.close(holder)
        assert told(other) == "locked\n"
        time.sleep(0.2)
        assert not second.done()
        other.kill()
        os.close(second.result(timeout=20))


def test_a_waiter_that_was_killed_holds_up_nobody(home: Home) -> None:
    holder = turns.lock(home)
    with waiter(home, 600) as other:
        other.kill()
        other.wait()
        assert in_line(home) == 1
        os.close(holder)
        os.close(turns.lock(home))
    assert in_line(home) == 0


def test_nobody_passes_one_who_sleeps_in_line_before_its_time_is_over(home: Home) -> None:
    holder = turns.lock(home)
    began = time.monotonic()
    with waiter(home, 6) as other:
        other.send_signal(signal.SIGSTOP)
        os.close(holder)
        with pytest.raises(errors.StoreLocked, match="waited for longer"):
            turns.lock(home)
        os.close(turns.lock(home, 30))
        assert 5 < time.monotonic() - began < 20


def test_nobody_waits_for_longer_than_asked(home: Home) -> None:
    holder = turns.lock(home)
    waited: list[float] = []

    def give_up() -> None:
        began = time.monotonic()
        with pytest.raises(errors.StoreLocked, match=rf"process {os.getpid()}.*Waited 0\.5 s"):
            turns.lock(home, 0.5)
        waited.append(time.monotonic() - began)

    threads = [threading.Thread(target=give_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.close(holder)
    assert len(waited) == 8
    assert min(waited) >= 0.5
    assert max(waited) < 2  # a busy machine may sleep for longer
    assert in_line(home) == 0


def test_what_lies_about_in_the_line_is_no_waiter(home: Home) -> None:
    os.close(turns.lock(home))
    (home.waiting_path / "0").write_text("")
    os.close(turns.lock(home))
    assert in_line(home) == 0


def test_a_draft_that_waits_begins_as_what_the_one_before_it_published(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path, workers=1)
    with ThreadPoolExecutor(1) as threads, store.draft() as first:
        second = threads.submit(store.draft, patience=30)
        wait_until(lambda: in_line(Home(tmp_path)) == 1)
        first.publish("first")
        with second.result(timeout=20) as draft:
            assert draft.publish("second").base == 1
    store.close()
