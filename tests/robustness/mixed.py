"""Readers, publications, kills and hostile requests at one server at the same time; see docs/robustness.md.

A server over the shipped graph is put under load twice: to warm up, and to be measured. Must not know what
each of those who take part does.
"""

import random
import re
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import mixed_readers as reading
from chronicle import replaced
from homes import assert_nothing_lies_about
from mixed_answers import THINGS
from mixed_commands import document
from mixed_kills import KILLERS
from mixed_outcome import WORKERS, Outcome
from mixed_strangers import BODY_MAX, INPUT_MAX, STRANGERS, cancel
from mixed_writers import WRITERS, write
from samples import Sample, Sampling, sample
from scene import TOKEN, Act, Scene, repeat

from conflictgraph import compose, provenance
from conflictgraph.settings import Settings
from conflictgraph.snapshot import Snapshot
from conftest import run, serving
from processes import wait_until, writers

SETTINGS = {
    "CONFLICTGRAPH_TOKEN": TOKEN,
    "CONFLICTGRAPH_QUERY_TIMEOUT": "12",
    "CONFLICTGRAPH_WORKERS": str(WORKERS),
    "CONFLICTGRAPH_WORKER_MEMORY_MB": "300",
    "CONFLICTGRAPH_CACHE_MAX_BYTES": "5000000",
    "CONFLICTGRAPH_BODY_MAX_BYTES": str(BODY_MAX),
    "CONFLICTGRAPH_INPUT_MAX_BYTES": str(INPUT_MAX),
    "CONFLICTGRAPH_LOG_LEVEL": "warning",
}
"""A small cache, so that it is full after the warm-up."""


def load(home: Path, seconds: float, warm_up: float, seed: int) -> Outcome:
    """Put a server over that home under load, and look at what is left when it is over."""
    temporary = home.parent / "temporary"
    temporary.mkdir()
    with serving(home, None, **SETTINGS, TMPDIR=str(temporary)) as server:
        scene = Scene(server, home)
        first = _newest(home)
        crowd = _crowd()
        if warm_up:
            _act(scene, crowd, warm_up, seed)
        before = _at_rest(scene, temporary)
        with Sampling(server, home, temporary) as sampling:
            _act(scene, crowd, seconds, seed + 1)
        after = _at_rest(scene, temporary)
        faults = _left_over(home)
    hits = scene.tally.settle()
    with closing(compose.store(Settings(home=home))) as store:
        history = provenance.publications(Snapshot(store))
    faults += scene.tally.faults + scene.chronicle.faults(history, first)
    return Outcome(
        seed, seconds, scene.tally.endings, hits, sampling.samples, (before, after), len(history), faults
    )


def _newest(home: Path) -> int:
    with closing(compose.store(Settings(home=home))) as store:
        return store.generations[-1].number


def _crowd() -> list[tuple[Act, float]]:
    readers: list[tuple[Act, float]] = [
        (reading.counters, 0.2),
        (reading.counters, 0.2),
        (reading.conditional(), 0.2),
        (reading.one_thing, 0.1),
        (reading.questions(), 0.2),
        (reading.large, 1.0),
        (reading.past, 0.5),
        (reading.graph, 0.3),
        (reading.page, 0.3),
        (reading.dump, 2.0),
    ]
    return [*readers, *WRITERS, *KILLERS, *STRANGERS]


def _act(scene: Scene, crowd: Sequence[tuple[Act, float]], seconds: float, seed: int) -> None:
    """Everybody does what they do, each in a thread of their own, for so long."""
    scene.over.clear()
    threads = [
        threading.Thread(target=repeat, args=(scene, act, pause, random.Random(f"{seed} {place}")))
        for place, (act, pause) in enumerate(crowd)
    ]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    scene.over.set()
    for id in tuple(scene.endless):
        cancel(scene, id)
    scene.endless.clear()
    for thread in threads:
        thread.join()


def _at_rest(scene: Scene, temporary: Path) -> Sample:
    """The numbers when nothing runs any more, after two more publications that nothing disturbs."""
    thing = THINGS[-1]
    for number in (1, 2):
        body = document(thing, number)
        path = "/graph/source/mixed-last"
        write(scene, "last", path, "PUT", body, replaced(thing, number), Content_Type="text/turtle")
        reading.counters(scene, random.Random(number))
    wait_until(lambda: _is_quiet(scene), seconds=60)
    return sample(scene.server, scene.home, temporary)


def _is_quiet(scene: Scene) -> bool:
    """Whether no query runs or waits, as far as the server says, and no process of a draft is left."""
    told = scene.server.request("/metrics").text
    counts = re.findall(
        r"^conflictgraph_(?:queries_running|queries_waiting|drafts_open) (\S+)", told, re.MULTILINE
    )
    return len(counts) == 3 and not any(map(float, counts)) and not writers(scene.server.pid)


def _left_over(home: Path) -> list[str]:
    faults = []
    try:
        assert_nothing_lies_about(home)
    except AssertionError as error:
        faults.append(f"left over: {error}")
    history = run("history", "--home", str(home))
    if history.returncode:
        faults.append(f"history: {history.stderr.decode()}")
    return faults
