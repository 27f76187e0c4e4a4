"""Those who publish in the mixed load from the command line, each in a process of its own.

Each notes what it is about to publish before it begins, and what it was told. Must not know who reads.
"""

import hashlib
import itertools
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from chronicle import LEFT, RIGHT, Attempt, Effect, replaced, returned
from mixed_answers import SLUGS
from scene import Act, Scene

from conflictgraph.store.home import Home
from conftest import environment

_SALT = itertools.count()


def document(thing: str, number: int) -> bytes:
    """A document that says both numbers of a thing, and that nobody else sent."""
    return f"<{thing}> <{LEFT}> {number} ; <{RIGHT}> {number} .\n# {next(_SALT)}\n".encode()


def _command(scene: Scene, key: str, effect: Effect, *words: str) -> tuple[Attempt, "subprocess.Popen[str]"]:
    attempt = scene.chronicle.begin(key, effect, time.monotonic())
    process = subprocess.Popen(
        [sys.executable, "-m", "conflictgraph", *words, "--home", str(scene.home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        text=True,
        start_new_session=True,
    )
    return attempt, process


def _ended(scene: Scene, who: str, attempt: Attempt, process: "subprocess.Popen[str]") -> None:
    said, errors = process.communicate(timeout=300)
    attempt.ended = time.monotonic()
    published = re.search(r"[Gg]eneration (\d+)", said) if process.returncode == 0 else None
    if published:
        attempt.generation = int(published[1])
    attempt.refused = process.returncode > 0
    with scene.tally.lock:
        scene.tally.endings[who][f"exit {process.returncode}"] += 1
    gone = "There is no generation" in errors or "is the current one" in errors
    in_order = published or process.returncode == -signal.SIGKILL or "Another draft is open" in errors or gone
    if not in_order:
        scene.tally.fault(f"{who}: exit {process.returncode}: {said} {errors}")


def ingesting(thing: str) -> Act:
    """One who ingests from the command line, and is killed at times, with or without its own processes."""
    numbers = itertools.count(1)

    def act(scene: Scene, chance: random.Random) -> None:
        number = next(numbers)
        body = document(thing, number)
        file = scene.home.parent / f"ingested-{number}.ttl"
        file.write_bytes(body)
        key = hashlib.sha256(body).hexdigest()
        words = ("ingest", str(file), "--source", SLUGS[thing], "--replace")
        attempt, process = _command(scene, key, replaced(thing, number), *words)
        if chance.random() < 0.4:
            _kill(scene, process, chance)
        _ended(scene, "ingest", attempt, process)
        file.unlink()

    return act


def _kill(scene: Scene, process: "subprocess.Popen[str]", chance: random.Random) -> None:
    """Some time after it began to write, if it ever does."""
    while process.poll() is None and not _holds(scene, process.pid):
        time.sleep(0.02)
    time.sleep(chance.uniform(0, 1.0))
    if process.poll() is None:
        end: Callable[[int, int], None] = chance.choice([os.killpg, os.kill])
        end(process.pid, signal.SIGKILL)
        with scene.tally.lock:
            scene.tally.endings["kill"]["ingestion"] += 1


def _holds(scene: Scene, pid: int) -> bool:
    return Home(scene.home).lock_path.read_text() == str(pid)


def going_back(scene: Scene, chance: random.Random) -> None:
    """A rollback to a recent generation, from the command line."""
    numbers = [made.number for made in Home(scene.home).published()][-6:-1]
    if not numbers:
        return
    number = chance.choice(numbers)
    attempt, process = _command(
        scene, f"Return to generation {number}", returned(number), "rollback", str(number)
    )
    _ended(scene, "rollback", attempt, process)
