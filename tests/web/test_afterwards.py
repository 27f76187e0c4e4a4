"""What is said of requests is told in order, whole, and without anybody waiting for it."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from conflictgraph.web.afterwards import Afterwards
from conftest import serving
from processes import wait_until

_DYING = """
import threading
from conflictgraph.web.afterwards import Afterwards
told = Afterwards(lambda words: print(*words, flush=True))
told.say("first")
told.say("last")
"""


class Told(list[int]):
    def __init__(self) -> None:
        super().__init__()
        self.threads = set[int]()

    def __call__(self, words: Sequence[int]) -> None:
        self.threads.add(threading.get_ident())
        self.extend(words)


def test_all_is_told_in_order_by_another_thread() -> None:
    told = Told()
    afterwards = Afterwards(told)
    for number in range(1_000):
        afterwards.say(number)
    wait_until(lambda: len(told) == 1_000)
    assert told == list(range(1_000))
    assert threading.get_ident() not in told.threads


def test_an_event_loop_tells_what_any_thread_says() -> None:
    told = Told()
    afterwards = Afterwards(told)

    async def talk() -> None:
        afterwards.use(asyncio.get_running_loop())
        for number in range(100):
            afterwards.say(number)
            await asyncio.to_thread(afterwards.say, number)
            await asyncio.sleep(0.001 if number % 10 else 0)
        while len(told) < 200:
            await asyncio.sleep(0.001)

    asyncio.run(talk())
    assert told == [number for number in range(100) for _ in range(2)]
    assert told.threads == {threading.get_ident()}
    afterwards.say(200)  # the loop is over
    wait_until(lambda: len(told) == 201)


def test_who_says_more_than_may_wait_tells_it() -> None:
    """While nobody else can: the thread that should is busy with the first."""
    told, busy, free = Told(), threading.Event(), threading.Event()

    def slow(words: Sequence[int]) -> None:
        busy.set()
        free.wait(20)
        told(words)

    afterwards = Afterwards(slow)
    afterwards.say(0)
    assert busy.wait(20)
    threading.Timer(0.2, free.set).start()
    for number in range(1, 20_000):
        afterwards.say(number)
    afterwards.tell()
    assert told == list(range(20_000))


def test_what_was_said_is_told_on_demand() -> None:
    told = Told()
    afterwards = Afterwards(told)
    afterwards.say(1)
    afterwards.tell()
    assert told == [1]


def test_what_goes_wrong_in_telling_stops_nothing() -> None:
    told = Told()

    def picky(words: Sequence[int]) -> None:
        if 0 in words:
            raise ValueError
        told(words)

    afterwards = Afterwards(picky)
    afterwards.say(0)
    afterwards.tell()
    afterwards.say(1)
    wait_until(lambda: bool(told))
    assert told == [1]


def test_a_copy_of_the_process_tells_its_own(tmp_path: Path) -> None:
    path = tmp_path / "told"

    def write(words: Sequence[str]) -> None:
        path.write_text(f"{os.getpid()} {' '.join(words)}")

    afterwards = Afterwards(write)
    afterwards.say("from the parent")
    afterwards.tell()
    child = os.fork()
    if not child:
        afterwards.say("from the child")
        try:
            wait_until(lambda: "child" in path.read_text())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert path.read_text() == f"{child} from the child"


def test_a_process_that_ends_tells_the_rest() -> None:
    done = subprocess.run([sys.executable, "-c", _DYING], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["first", "last"]


def test_a_server_that_is_stopped_has_told_of_every_request(home: Path) -> None:
    sent = [f"last-{number}" for number in range(50)]
    with ExitStack() as stack:
        with serving(home) as server:
            log = stack.enter_context(server.errors.open(encoding="ascii"))
            for id in sent:
                assert server.request("/health", X_Request_Id=id).status == 200
        told = [json.loads(line).get("request") for line in log]
    assert [id for id in told if id in sent] == sent
