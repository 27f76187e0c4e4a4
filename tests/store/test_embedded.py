"""What the embedded adapter promises beyond the contract: bounded queries, and processes that end."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import answers
import pytest
from adapters import SHARED, A, B, fact
from long_queries import DIGITS, ENDLESS, GREEDY, LONG
from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import errors
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.port import Limits
from processes import WRITER, named, workers

QUICK = f"ASK {{ {SHARED.subject} ?p ?o }}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with one published generation."""
    path = tmp_path_factory.mktemp("embedded") / "home"
    store = EmbeddedStore(path)
    with store.draft() as draft:
        draft.load(A, [SHARED])
        draft.publish()
    store.close()
    return path


@pytest.fixture
def one_worker(home: Path) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore(home, workers=1, queue=1, limits=Limits(seconds=20))
    yield store
    store.close()


def children() -> set[int]:
    """The workers that this process has had started and that still run."""
    return workers(os.getpid())


def wait_until_gone(pids: set[int]) -> None:
    patient_until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}/status").exists() for pid in pids):
        assert time.monotonic() < patient_until
        time.sleep(0.02)


def test_a_runaway_query_is_killed_and_the_others_do_not_notice(home: Path) -> None:
    store = EmbeddedStore(home, workers=2, limits=Limits(seconds=4))
    with ThreadPoolExecutor(1) as threads:
        runaway = threads.submit(store.query, ENDLESS)
        while not runaway.done():
            assert answers.truth(store, QUICK)
        with pytest.raises(errors.QueryTimeout):
            runaway.result()
    assert answers.truth(store, QUICK)
    store.close()


def test_a_query_that_takes_too_much_memory_is_killed(home: Path) -> None:
    store = EmbeddedStore(home, workers=1, limits=Limits(seconds=60, memory_mb=200))
    with pytest.raises(errors.QueryOutOfMemory, match="200 MB"):
        store.query(GREEDY)
    assert answers.truth(store, QUICK)
    store.close()


def test_no_query_runs_in_the_calling_process(one_worker: EmbeddedStore) -> None:
    script = (
        "import sys; from pathlib import Path; from conflictgraph.store.embedded import EmbeddedStore\n"
        "import pyoxigraph\n"
        "class Forbidden:\n"
        "    def __getattr__(self, name): raise AssertionError(name)\n"
        "pyoxigraph.Store = Forbidden()\n"
        f"store = EmbeddedStore(Path(sys.argv[1])); print(store.query({QUICK!r}).read()); store.close()"
    )
    home = one_worker._home.path
    done = subprocess.run(
        [sys.executable, "-c", script, str(home)], capture_output=True, text=True, check=True
    )
    assert "true" in done.stdout


def test_a_full_queue_says_so_at_once(one_worker: EmbeddedStore) -> None:
    running = one_worker.query(LONG, "text/csv")
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(answers.truth, one_worker, QUICK)
        while not one_worker._pool.waiting:
            time.sleep(0.01)
        with pytest.raises(errors.StoreBusy, match="1 wait"):
            one_worker.query(QUICK)
        running.close()
        assert waiting.result(timeout=20)


def test_waiting_for_a_worker_has_an_end(home: Path) -> None:
    store = EmbeddedStore(home, workers=1, limits=Limits(seconds=3))
    with store.query(LONG, "text/csv"), pytest.raises(errors.StoreBusy, match="within the time"):
        store.query(QUICK)
    store.close()


def test_an_answer_closed_early_frees_its_worker(one_worker: EmbeddedStore) -> None:
    for _ in range(5):
        with one_worker.query(LONG, "text/csv") as answer:
            next(answer.chunks)
        assert answers.truth(one_worker, QUICK)


def test_an_answer_that_nobody_keeps_frees_its_worker(one_worker: EmbeddedStore) -> None:
    next(one_worker.query(LONG, "text/csv").chunks)
    assert answers.truth(one_worker, QUICK)


def test_a_small_answer_frees_its_worker_before_it_is_read(one_worker: EmbeddedStore) -> None:
    answers = [one_worker.query(QUICK) for _ in range(5)]
    assert all(b"true" in answer.read() for answer in answers)


def test_the_time_that_the_reader_takes_is_not_the_querys(home: Path) -> None:
    store = EmbeddedStore(home, workers=1, limits=Limits(seconds=2))
    answer = store.query(LONG.replace(f"VALUES ?v5 {DIGITS}", ""), "text/csv")
    time.sleep(2.2)
    assert answer.read().count(b"\r\n") == 100_001
    store.close()


def test_a_reader_who_falls_asleep_does_not_keep_a_worker(home: Path) -> None:
    store = EmbeddedStore(home, workers=1, limits=Limits(seconds=20, total_seconds=1))
    answer = store.query(LONG, "text/csv")
    time.sleep(1.5)
    with pytest.raises(errors.QueryTimeout, match="1 s"):
        list(answer.chunks)
    assert answers.truth(store, QUICK)
    store.close()


def test_many_threads_share_a_few_workers(home: Path) -> None:
    store = EmbeddedStore(home, workers=2, queue=100, limits=Limits(seconds=60))
    with ThreadPoolExecutor(16) as threads:
        told = list(threads.map(lambda _: answers.truth(store, QUICK), range(300)))
    assert told == [True] * 300
    store.close()


def test_a_worker_killed_from_outside_is_replaced(one_worker: EmbeddedStore) -> None:
    before = children()
    assert answers.truth(one_worker, QUICK)
    (worker,) = children() - before
    os.kill(worker, signal.SIGKILL)
    wait_until_gone({worker})
    assert answers.truth(one_worker, QUICK)


def test_a_worker_killed_at_work_is_an_error_and_not_a_short_answer(one_worker: EmbeddedStore) -> None:
    before = children()
    answer = one_worker.query(LONG, "text/csv")
    for pid in children() - before:
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(errors.WorkerFailed, match="signal 9"):
        list(answer.chunks)
    assert answers.truth(one_worker, QUICK)


def test_closing_the_store_ends_all_its_processes(home: Path) -> None:
    before = children()
    store = EmbeddedStore(home, workers=2, limits=Limits(seconds=20))
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(store.query, ENDLESS)
        assert answers.truth(store, QUICK)
        started = children() - before
        assert started
        store.close()
        with pytest.raises((errors.WorkerFailed, errors.StoreUnavailable)):
            running.result(timeout=20)
    assert not started & children()


def test_workers_end_when_their_parent_is_killed_even_at_work(home: Path) -> None:
    script = (
        "import os, sys, threading, time; from pathlib import Path\n"
        "from conflictgraph.store.embedded import EmbeddedStore\n"
        "store = EmbeddedStore(Path(sys.argv[1]))\n"
        f"threading.Thread(target=store.query, args=({ENDLESS!r},), daemon=True).start()\n"
        "draft = store.draft()\n"
        "while not store._pool.processes: time.sleep(0.01)\n"
        "print(draft._process.pid, *(p.pid for p in store._pool.processes), flush=True)\n"
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(home)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        pids = set(map(int, parent.stdout.readline().split()))
    assert len(pids) == 2
    parent.kill()
    parent.wait()
    wait_until_gone(pids)
    store = EmbeddedStore(home)
    with store.draft() as draft:
        assert answers.truth(draft, QUICK)
    store.close()


def test_after_a_fork_each_process_has_workers_of_its_own(home: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from conflictgraph.store.embedded import EmbeddedStore\n"
        f"store = EmbeddedStore(Path(sys.argv[1])); ask = lambda: b'true' in store.query({QUICK!r}).read()\n"
        "assert ask()\n"
        "draft = store.draft()\n"
        "child = os.fork()\n"
        "good = all(ask() for _ in range(50))\n"
        "if not child: sys.exit(0 if good else 1)\n"
        "draft.publish()\n"
        "assert good and os.waitpid(child, 0)[1] == 0; store.close(); print('fine')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(home)], capture_output=True, text=True, check=False
    )
    assert done.stdout == "fine\n", done.stderr


def test_a_directory_made_anew_under_a_running_store_is_seen_as_it_is(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "home", workers=1)
    for mark in (1, 2):
        made = EmbeddedStore(tmp_path / "made")
        _publish_marked(made, mark, 3)
        made.close()
        shutil.rmtree(tmp_path / "home", ignore_errors=True)
        (tmp_path / "made").rename(tmp_path / "home")
        assert answers.truth(store, f"ASK {{ ?s <t:mark> {mark} }}")
    store.close()


def test_a_keyboard_interrupt_does_not_end_workers(one_worker: EmbeddedStore) -> None:
    before = children()
    assert answers.truth(one_worker, QUICK)
    (worker,) = children() - before
    os.kill(worker, signal.SIGINT)
    assert answers.truth(one_worker, QUICK)
    assert worker in children()


def test_readers_beside_publications_always_see_one_whole_generation(tmp_path: Path) -> None:
    size, publications, readers = 100, 5, 20
    writer = EmbeddedStore(tmp_path, keep=3)
    _publish_marked(writer, 1, size)
    stores = [EmbeddedStore(tmp_path, workers=1, queue=100, limits=Limits(seconds=60)) for _ in range(3)]
    done = threading.Event()

    def read(place: int) -> int:
        seen = 0
        while True:
            last = done.is_set()
            rows = answers.rows(
                stores[place % 3], "SELECT ?m (COUNT(*) AS ?n) { ?s <t:mark> ?m } GROUP BY ?m"
            )
            ((mark, count),) = [(int(_value(row["m"])), int(_value(row["n"]))) for row in rows]
            assert count == size
            assert mark >= seen
            seen = mark
            if last:
                return seen

    with ThreadPoolExecutor(readers) as threads:
        reads = [threads.submit(read, place) for place in range(readers)]
        try:
            for mark in range(2, publications + 1):
                _publish_marked(writer, mark, size)
        finally:
            done.set()
        assert {future.result(timeout=60) for future in reads} == {publications}
    for store in (*stores, writer):
        store.close()


def test_the_last_generations_are_kept_and_the_rest_go(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path, keep=2)
    for mark in range(1, 5):
        _publish_marked(store, mark, 3)
    assert [generation.number for generation in store.generations] == [3, 4]
    assert sorted(path.name for path in (tmp_path / "generations").iterdir()) == ["000003", "000004"]
    store.close()


def test_a_generation_that_somebody_reads_is_not_removed(tmp_path: Path) -> None:
    store, other = EmbeddedStore(tmp_path, keep=1, workers=1), EmbeddedStore(tmp_path, keep=1)
    _publish_marked(store, 1, 3)
    answer = store.query(LONG, "text/csv")
    for mark in range(2, 4):
        _publish_marked(other, mark, 3)
    assert [generation.number for generation in store.generations] == [1, 3]
    assert answer.read().count(b"\r\n") == 1_000_001
    assert answers.truth(store, "ASK { ?s <t:mark> 3 }")
    store.close()
    other.close()


def test_a_draft_of_another_process_holds_the_lock_and_a_dead_one_does_not(home: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from conflictgraph.store.embedded import EmbeddedStore\n"
        "draft = EmbeddedStore(Path(sys.argv[1])).draft(); print('open', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", script, str(home)], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    with other.stdout:
        assert other.stdout.readline() == "open\n"
    store = EmbeddedStore(home)
    with pytest.raises(errors.StoreLocked, match=str(other.pid)):
        store.draft()
    assert answers.truth(store, QUICK)
    other.kill()
    other.wait()
    with store.draft() as draft:
        assert answers.truth(draft, QUICK)
    store.close()


def test_a_draft_that_takes_too_much_memory_is_lost_and_the_store_is_not(home: Path) -> None:
    store = EmbeddedStore(home, draft_limits=Limits(seconds=60, memory_mb=200, total_seconds=0))
    values = " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(7))
    with pytest.raises(errors.QueryOutOfMemory), store.draft() as draft:
        draft.update(
            f"INSERT {{ GRAPH {B} {{ ?s <a:b> ?v0 }} }} WHERE {{ {values} "
            "BIND(IRI(CONCAT('a:', STR(?v1), STR(?v2), STR(?v3), STR(?v4), STR(?v5), STR(?v6))) AS ?s) }"
        )
    assert answers.truth(store, QUICK)
    with store.draft() as draft:
        draft.load(A, [fact("again")])
    store.close()


def test_all_queries_of_a_shared_draft_have_one_bound_of_memory(home: Path) -> None:
    store = EmbeddedStore(home, draft_limits=Limits(seconds=60, memory_mb=200, total_seconds=0))
    with store.draft() as draft, draft.shared(2) as state:
        with pytest.raises(errors.QueryOutOfMemory):
            answers.rows(state, GREEDY)
        with pytest.raises(errors.DraftClosed):
            draft.publish()
    assert answers.truth(store, QUICK)
    store.close()


def test_a_shared_draft_that_is_killed_is_an_error_for_all_who_ask(home: Path) -> None:
    store = EmbeddedStore(home)
    with store.draft() as draft, draft.shared(2) as state, ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(state.query, ENDLESS) for _ in range(2)]
        time.sleep(0.3)
        (writer,) = named(os.getpid(), WRITER)
        os.kill(writer, signal.SIGKILL)
        assert all(isinstance(each.exception(), errors.EngineError) for each in asked)
    with store.draft() as draft:
        assert answers.truth(draft, QUICK)
    store.close()


def _publish_marked(store: EmbeddedStore, mark: int, size: int) -> None:
    """Publish a generation in which everything carries the same mark."""
    said = NamedNode("t:mark")
    with store.draft() as draft:
        draft.replace_graph(A, (Triple(NamedNode(f"t:{i}"), said, _integer(mark)) for i in range(size)))
        draft.publish()


def _integer(value: int) -> Literal:
    return Literal(str(value), datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer"))


def _value(term: object) -> str:
    assert isinstance(term, Literal)
    return term.value
