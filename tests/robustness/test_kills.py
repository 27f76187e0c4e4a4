"""Killed at any moment, a store is what it was or what it was to become, and leaves nothing lying about.

`KILLS` says how often (`make kills`: 200 times), `KILLS_SEED` repeats a run.
"""

import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest
from homes import assert_nothing_lies_about, disk
from pyoxigraph import NamedNode

from conflictgraph import graphs
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.home import RECORD, Home
from conftest import environment
from processes import of_session

KILLS = int(os.environ.get("KILLS", "20"))
SEED = int(os.environ.get("KILLS_SEED", "0")) or random.randrange(1, 1_000_000)
DEEDS = ("ingest", "update", "publish_draft", "rollback", "clean_up")
SHORT = KILLS < 100
"""In the short form the work is repeated after the last kill of each deed, else after every one."""


@dataclass
class Stage:
    """The process that starts deeds."""

    process: "subprocess.Popen[str]"

    def start(self, deed: str, home: Path) -> int:
        """Start a deed and return the number of its process, which leads a session."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps([deed, str(home)]) + "\n")
        self.process.stdin.flush()
        return int(self.line())

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def until_ended(self) -> int:
        """How the deed ended: its exit status, or minus the signal."""
        while not (line := self.line()).startswith("ended"):
            assert line, "the stage is gone"
        return int(line.split()[1])

    def whole(self, deed: str, home: Path) -> float:
        """Do it undisturbed; the seconds from its beginning to its end."""
        self.start(deed, home)
        assert self.line() == "began"
        began = time.monotonic()
        assert self.until_ended() == 0
        return time.monotonic() - began


@contextmanager
def staged() -> Iterator[Stage]:
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("deeds.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
        text=True,
    ) as process:
        yield Stage(process)


def copied(home: Path, target: Path) -> Path:
    """A copy by hard links, as files of generations never change."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(home, target, symlinks=True, copy_function=os.link)
    return target


def checksum(home: Path) -> str:
    """Of the sorted dump of the current generation, without the names of blank nodes and the provenance.

    On the way: the default graph is what the named graphs say, or the generation is not whole.
    """
    store = EmbeddedStore(home, workers=1)
    try:
        text = store.query("SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }", "text/tab-separated-values").read()
        merged = store.query("SELECT ?s ?p ?o { ?s ?p ?o }", "text/tab-separated-values").read()
    finally:
        store.close()
    rows = [line.split(b"\t", 1) for line in text.splitlines()[1:]]
    named = {triple for name, triple in rows if graphs.is_merged(NamedNode(name.decode()[1:-1]))}
    assert named == set(merged.splitlines()[1:])
    kept = [b"\t".join(row) for row in rows if row[0] != str(graphs.PROVENANCE).encode()]
    assert kept, "a silent empty graph"
    return hashlib.sha256(b"\n".join(sorted(re.sub(rb"_:\w+", b"_:b", row) for row in kept))).hexdigest()


def assert_nobody_survives(session: int) -> None:
    """No process of the session runs; those that lost their parent have a moment to notice."""
    until = time.monotonic() + 5
    while left := of_session(session):
        assert time.monotonic() < until, f"processes {left} go on"
        time.sleep(0.02)


@dataclass
class World:
    """What a deed begins with, and what it leaves when nobody disturbs it."""

    stage: Stage
    deed: str
    start: Path
    done: Path
    seconds: float
    old: str
    new: str
    disks: list[int]

    def disk(self, times: int) -> int:
        """What is on disk after the deed was done so many times."""
        while len(self.disks) < times:
            self.stage.whole(self.deed, self.done)
            self.disks.append(disk(self.done))
        return self.disks[times - 1]


def world(stage: Stage, deed: str, template: Path, path: Path) -> World:
    start = copied(template, path / "start")
    if deed == "clean_up":
        _litter(start)
    done = copied(start, path / "done")
    seconds = stage.whole(deed, done)
    assert_nothing_lies_about(done)
    return World(stage, deed, start, done, seconds, checksum(start), checksum(done), [disk(done)])


def _litter(home: Path) -> None:
    """What writers leave that die at the worst moments."""
    generations = home / "generations"
    for name in (
        "draft",
        "generations/.new",
        "generations/.old-1",
        "generations/000004",
        "generations/000005",
    ):
        shutil.copytree(generations / "000003", home / name, copy_function=shutil.copyfile)
    (generations / "000005" / RECORD).unlink()
    (home / "current.new").symlink_to("generations/000004")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as stage:
        yield stage


@pytest.fixture(scope="module")
def template(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("template") / "home"
    stage.start("make", home)
    assert stage.until_ended() == 0
    return home


@pytest.mark.parametrize("deed", DEEDS)
def test_killed_at_any_moment_it_is_the_old_generation_or_the_new_one(
    deed: str, stage: Stage, template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(f"{SEED} {deed}")
    known = world(stage, deed, template, tmp_path)
    told = [f"{deed}, undisturbed {known.seconds:.3f} s, KILLS_SEED={SEED}; killed after (s)"]
    print(told[0])  # shown if anything fails
    home = copied(known.start, tmp_path / "home")
    struck, last = 0, KILLS // len(DEEDS)
    while struck < last:
        after, group = chance.uniform(0, known.seconds), chance.random() < 0.7
        ended = _struck(stage, deed, home, after, group) == 0
        struck += not ended  # a kill that came too late does not count
        known.seconds *= 0.9 if ended else 1.02
        is_new = Home(home).current() != Home(known.start).current()
        told.append(
            f"{after:.3f} {'all' if group else 'one'} {'over' if ended else 'new' if is_new else 'old'}"
        )
        assert len(told) < 4 * last + 10, told
        assert checksum(home) == (known.new if is_new else known.old), told
        if not ended and (not SHORT or struck == last):
            assert_it_works_again(known, home, times=1 + is_new)
        if not SHORT or is_new or ended:
            copied(known.start, home)
    with capsys.disabled() if not SHORT else nullcontext():
        print("\n" + "; ".join(told))


def _struck(stage: Stage, deed: str, home: Path, after: float, group: bool) -> int:
    """Start the deed and kill it so many seconds after it began: all its processes, or only the first."""
    session = stage.start(deed, home)
    assert stage.line() == "began"
    time.sleep(after)
    try:
        (os.killpg if group else os.kill)(session, signal.SIGKILL)
    except ProcessLookupError:
        assert not of_session(session)
    status = stage.until_ended()
    assert status in (0, -signal.SIGKILL)
    assert_nobody_survives(session)
    return status


def assert_it_works_again(known: World, home: Path, times: int) -> None:
    """Repeated, the deed does what it does undisturbed, and as much is on disk as if nothing had died.

    Every file is accounted for; their size differs by when the engine merges them.
    """
    known.stage.whole(known.deed, home)
    assert checksum(home) == known.new
    assert_nothing_lies_about(home)
    assert disk(home) < 1.25 * known.disk(times)


def test_a_kill_while_something_is_refused_leaves_no_more_than_its_quarantine(
    stage: Stage, template: Path, tmp_path: Path
) -> None:
    chance = random.Random(f"{SEED} refuse")
    known = world(stage, "refuse", template, tmp_path)
    assert known.old == known.new
    home = copied(known.start, tmp_path / "home")
    for _ in range(max(2, KILLS // 20)):
        _struck(stage, "refuse", home, chance.uniform(0.5, 1.05) * known.seconds, group=True)
        assert checksum(home) == known.old, SEED
    assert_it_works_again(known, home, times=2)
