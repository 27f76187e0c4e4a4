"""The fork server: what it starts is started anew each time, ends when it should, and leaves nothing."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import answers
import pytest
from adapters import A, fact
from long_queries import ENDLESS, LONG
from pyoxigraph import RdfFormat, parse

from conflictgraph import errors
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.frames import REQUEST, Channel, json_frame
from conflictgraph.store.port import Limits
from conflictgraph.store.process import Process
from processes import alive, below, seconds_at_work, wait_until, workers

QUICK = "ASK { ?s ?p ?o }"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with closing(EmbeddedStore(tmp_path / "home", workers=2, limits=Limits(seconds=60))) as store:
        with store.draft() as draft:
            draft.load(A, [fact("here")])
            draft.publish()
        yield store


def started(store: EmbeddedStore) -> Process:
    """A worker that nobody else uses."""
    process = store._pool._start()
    process.wait_until_ready(20)
    return process


def gone(pid: int) -> bool:
    """Whether not even a zombie is left."""
    return not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(
    ("number", "what"),
    [(signal.SIGKILL, "signal 9"), (signal.SIGTERM, "signal 15"), (signal.SIGSEGV, "nested too deeply")],
)
def test_a_worker_that_dies_is_noticed_and_leaves_no_zombie(
    store: EmbeddedStore, number: signal.Signals, what: str
) -> None:
    process = started(store)
    os.kill(process.pid, number)
    wait_until(lambda: not process.alive)
    wait_until(lambda: gone(process.pid))
    assert what in str(process.obituary())
    process.end()


def test_a_worker_that_is_left_is_killed_and_leaves_no_zombie(store: EmbeddedStore) -> None:
    process = started(store)
    process.leave()
    wait_until(lambda: gone(process.pid))


def test_when_the_fork_server_dies_answers_go_on_and_another_is_started(store: EmbeddedStore) -> None:
    answer = store.query(LONG, "text/csv")
    first = store._forks.pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not alive({first}))
    assert answers.truth(store, QUICK)
    assert store._forks.pid not in (first, 0)
    assert answer.read().count(b"\r\n") == 1_000_001
    assert answers.truth(store, QUICK)


def test_a_worker_that_dies_with_the_fork_server_is_not_asked_again(store: EmbeddedStore) -> None:
    for _ in range(5):
        assert answers.truth(store, QUICK)
        (worker,) = store._pool.processes
        os.kill(store._forks.pid, signal.SIGKILL)  # so that nobody tells of the worker
        os.kill(worker.pid, signal.SIGKILL)
        wait_until(partial(gone, worker.pid))
        assert answers.truth(store, QUICK)


def test_a_worker_whose_channel_is_closed_is_not_alive(store: EmbeddedStore) -> None:
    process = started(store)
    assert process.alive
    process.leave()
    assert not process.alive


def test_a_worker_that_nobody_listens_to_ends_and_says_nothing() -> None:
    """Which it may notice by the answer that it cannot send."""
    broken = "def broken(_): raise BrokenPipeError"
    serving = "import sys; from conflictgraph.store.child import Child; Child(sys.argv[1:]).serve(broken)"
    ours, theirs = socket.socketpair()
    with ours, theirs:
        command = [sys.executable, "-c", f"{broken}\n{serving}", str(theirs.fileno()), "1024", "0"]
        with subprocess.Popen(command, pass_fds=[theirs.fileno()], stderr=subprocess.PIPE) as process:
            Channel(ours).send(json_frame(REQUEST, {}))
            said = process.communicate(timeout=30)[1]
    assert (process.returncode, said) == (0, b"")


def test_a_query_is_ended_though_the_fork_server_is_dead(store: EmbeddedStore) -> None:
    running = store.query(LONG, "text/csv")
    (worker,) = store._pool.processes
    os.kill(store._forks.pid, signal.SIGKILL)
    running.close()
    wait_until(lambda: not alive({worker.pid}))


def test_a_draft_outlives_the_fork_server(store: EmbeddedStore) -> None:
    with store.draft() as draft:
        os.kill(store._forks.pid, signal.SIGKILL)
        draft.load(A, [fact("there")])
        draft.publish()
    with store.draft() as draft:  # whose predecessor lets go of the lock as it ends
        assert draft.number == 3
    assert answers.truth(store, "ASK { ?s ?p ?o FILTER(CONTAINS(STR(?s), 'there')) }")


def test_nothing_is_left_when_the_parent_is_killed_and_a_forked_copy_of_it_lives(tmp_path: Path) -> None:
    script = (
        "import os, sys, time; from pathlib import Path\n"
        "from conflictgraph.store.embedded import EmbeddedStore\n"
        "store = EmbeddedStore(Path(sys.argv[1])); draft = store.draft()\n"
        "copy = os.fork()\n"
        "if not copy: time.sleep(60)\n"
        "print(store._forks.pid, draft._process.pid, copy, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    with parent.stdout:
        forks, writer, copy = map(int, parent.stdout.readline().split())
    try:
        parent.kill()
        parent.wait()
        wait_until(lambda: not alive({forks, writer}))
        assert alive({copy})
    finally:
        os.kill(copy, signal.SIGKILL)


def test_closing_the_store_ends_the_fork_server_and_what_it_started(store: EmbeddedStore) -> None:
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(store.query, ENDLESS)
        wait_until(lambda: store._forks.pid > 0)
        wait_until(lambda: seconds_at_work(workers(store._forks.pid)) > 0)
        family = {store._forks.pid, *below(store._forks.pid)}
        assert len(family) == 2
        store.close()
        assert not alive(family)
        with pytest.raises((errors.WorkerFailed, errors.StoreUnavailable)):
            running.result(timeout=20)


def test_workers_draw_different_numbers(store: EmbeddedStore) -> None:
    query = 'SELECT (CONCAT(STR(UUID()), " ", STR(RAND())) AS ?drawn) {}'
    drawn = []
    for _ in range(3):
        drawn += [row["drawn"] for row in answers.rows(store, query)]
        store._pool.processes[0].kill()  # so that the next is forked anew
        wait_until(lambda: not store._pool.processes[0].alive)
    assert len(set(drawn)) == 3


def test_blank_nodes_of_two_drafts_do_not_become_one(store: EmbeddedStore) -> None:
    for count in (1, 2):
        with store.draft() as draft:
            draft.update(f"INSERT {{ GRAPH {A} {{ ?b <t:new> {count} }} }} WHERE {{ BIND(BNODE() AS ?b) }}")
            data = b"_:b <t:new> <t:x> ."
            draft.load(A, [quad.triple for quad in parse(data, RdfFormat.N_TRIPLES)])
            draft.publish()
        assert len(answers.rows(store, "SELECT DISTINCT ?b { ?b <t:new> ?n }")) == 2 * count


def test_the_fork_server_has_one_thread_and_a_worker_nothing_of_others(store: EmbeddedStore) -> None:
    pair = [started(store) for _ in range(2)]
    assert len(list(Path(f"/proc/{store._forks.pid}/task").iterdir())) == 1
    for process in pair:
        sockets = [link for link in _links(process.pid) if link.startswith("socket:")]
        assert len(sockets) == 2  # the channel and the cord
        process.end()


def _links(pid: int) -> list[str]:
    return [str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()]


def test_a_fork_server_that_cannot_start_anything_is_an_error(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(errors.StoreUnavailable, match="Cannot start a worker process"):
        EmbeddedStore(store._home.path).query(QUICK)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(errors.StoreUnavailable, match="worker process"):
        EmbeddedStore(store._home.path).query(QUICK)
