"""What keeps one query from being in the way of others: places, rows, stack, cancellation in the queue."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import answers
import pytest
from adapters import A, B, fact
from long_queries import DIGITS, ENDLESS
from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import errors, formats
from conflictgraph.store.child import LONG
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.overlong import Marks
from conflictgraph.store.port import WHOLE, Cancellation, Limits
from conflictgraph.store.process import Process
from conflictgraph.store.stream import Fate

SOME_TIME = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(7)) + " }"
THOUSAND = " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(3))
QUICK = "ASK { ?s ?p ?o }"
TRICKY = 'ends a row: "},{", }},{"x": \\ "\r\n <result> &lt;result>'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("limited") / "home"
    with closing(EmbeddedStore(path)) as store, store.draft() as draft:
        draft.load(A, [fact("here")])
        draft.load(B, [Triple(NamedNode("t:s"), NamedNode("t:text"), Literal(TRICKY))])
        draft.publish()
    return path


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as executor:
        yield executor


def wait_until(true: Callable[[], bool]) -> None:
    patient_until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < patient_until
        time.sleep(0.01)


def test_long_queries_make_place_for_others_and_go_on(home: Path, threads: ThreadPoolExecutor) -> None:
    with closing(EmbeddedStore(home, workers=1, long=2, limits=Limits(seconds=4))) as store:
        long = [threads.submit(store.query, ENDLESS) for _ in range(2)]
        wait_until(lambda: store._pool.running + store._pool.waiting == 2)
        assert answers.truth(store, QUICK)
        assert not any(query.done() for query in long)
        for query in long:
            with pytest.raises(errors.QueryTimeout):
                query.result()
        assert store._pool.running == 0


def test_with_no_room_for_more_long_queries_one_is_stopped(home: Path, threads: ThreadPoolExecutor) -> None:
    with closing(EmbeddedStore(home, workers=1, long=1, limits=Limits(seconds=30))) as store:
        handles = [Cancellation() for _ in range(2)]
        long = [threads.submit(store.query, ENDLESS, cancellation=handle) for handle in handles]
        wait_until(lambda: store._pool.running + store._pool.waiting == 2)
        assert answers.truth(store, QUICK)
        wait_until(lambda: any(query.done() for query in long))
        (stopped,) = [query for query in long if query.done()]
        with pytest.raises(errors.StoreBusy, match="others wait and 1 long"):
            stopped.result()
        for handle in handles:
            handle.cancel()
        assert answers.truth(store, QUICK)


def test_a_long_query_that_nobody_waits_behind_keeps_its_place(
    home: Path, threads: ThreadPoolExecutor
) -> None:
    with closing(EmbeddedStore(home, workers=1, long=1, limits=Limits(seconds=1))) as store:
        query = threads.submit(store.query, ENDLESS)
        wait_until(query.done)
        assert isinstance(query.exception(), errors.QueryTimeout)
        assert not store._pool._places._long


def test_a_long_query_steps_back_and_the_next_on_its_worker_does_not(home: Path) -> None:
    with closing(EmbeddedStore(home, workers=1)) as store:
        assert answers.truth(store, QUICK)
        (worker,) = store._pool.processes
        cancellation = Cancellation()
        with ThreadPoolExecutor(1) as thread:
            long = thread.submit(store.query, ENDLESS, cancellation=cancellation)
            wait_until(lambda: max(_niceness(worker.pid)) > os.getpriority(os.PRIO_PROCESS, 0))
            cancellation.cancel()
            assert isinstance(long.exception(), errors.QueryCancelled)
        assert answers.rows(store, SOME_TIME)
        (worker,) = store._pool.processes
        usual = {os.getpriority(os.PRIO_PROCESS, 0)}
        wait_until(lambda: answers.truth(store, QUICK) and _niceness(worker.pid) == usual)
        assert store._pool.processes == (worker,)


@pytest.mark.parametrize(
    "like",
    [f"# once more\n{ENDLESS}\n  # said someone", ENDLESS.replace("?v0", "?other").replace("7 8", "77 8")],
)
def test_one_like_a_query_that_was_stopped_begins_as_a_long_one(
    home: Path, threads: ThreadPoolExecutor, like: str
) -> None:
    with closing(EmbeddedStore(home, workers=1, long=2, limits=Limits(seconds=3))) as store:
        with pytest.raises(errors.QueryTimeout):
            store.query(ENDLESS)
        again = threads.submit(store.query, like)
        wait_until(lambda: bool(store._pool.processes))
        (worker,) = store._pool.processes
        wait_until(lambda: max(_niceness(worker.pid), default=0) > os.getpriority(os.PRIO_PROCESS, 0))
        assert (store._pool.running, store._pool._places.free) == (1, True)
        other = threads.submit(store.query, f"{ENDLESS} ORDER BY ?n")
        wait_until(lambda: store._pool.running == 2)
        assert not store._pool._places.free
        for query in (again, other):
            assert isinstance(query.exception(), errors.QueryTimeout)
        wait_until(lambda: store._pool.running == 0)


def test_a_query_that_ends_in_time_is_no_long_one_any_more(home: Path, threads: ThreadPoolExecutor) -> None:
    with closing(EmbeddedStore(home, workers=1, long=1)) as store:
        for taken_for_long in (True, False):
            before = {each: each.work for each in store._pool.processes}
            stopped = threads.submit(store.query, SOME_TIME)
            wait_until(partial(_has_worked, store, before))
            for each in store._pool.processes:
                os.kill(each.pid, signal.SIGKILL)
            assert isinstance(stopped.exception(), errors.WorkerFailed)
            assert _begins_long(store, SOME_TIME) == taken_for_long
            assert answers.rows(store, SOME_TIME)
            assert not _begins_long(store, SOME_TIME)


def test_a_query_that_could_not_work_is_not_a_long_one(home: Path) -> None:
    with closing(EmbeddedStore(home, workers=1, long=1, limits=Limits(seconds=1))) as store:
        assert answers.truth(store, QUICK)
        (worker,) = store._pool.processes
        os.kill(worker.pid, signal.SIGSTOP)
        with pytest.raises(errors.QueryTimeout):
            store.query(ENDLESS)
        assert not _begins_long(store, ENDLESS)


def _has_worked(store: EmbeddedStore, before: dict[Process, float]) -> bool:
    """Whether a worker has been at work for a time in which a query becomes a long one."""
    return any(each.work - before.get(each, 0.0) > 2 * LONG for each in store._pool.processes)


def _begins_long(store: EmbeddedStore, query: str) -> bool:
    return Marks(query, WHOLE, store._current().path) in store._overlong


def _niceness(pid: int) -> set[int]:
    found = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has ended meanwhile
            found.add(int((task / "stat").read_text().rpartition(")")[2].split()[16]))
    return found


def test_a_query_cancelled_beforehand_waits_for_no_place(home: Path, threads: ThreadPoolExecutor) -> None:
    with closing(EmbeddedStore(home, workers=1, limits=Limits(seconds=60))) as store:
        worker, cancelled = store._pool.take(60), Cancellation()
        cancelled.cancel()
        second = threads.submit(store.query, ENDLESS, cancellation=cancelled)
        assert isinstance(second.exception(timeout=20), errors.QueryCancelled)
        assert store._pool.waiting == 0
        store._pool.give_back(worker, Fate.DONE)


def test_a_query_is_cancelled_while_it_waits_for_a_place(home: Path, threads: ThreadPoolExecutor) -> None:
    with closing(EmbeddedStore(home, workers=1, limits=Limits(seconds=60))) as store:
        running, waiting = Cancellation(), Cancellation()
        first = threads.submit(store.query, ENDLESS, cancellation=running)
        wait_until(lambda: store._pool.running == 1)
        second = threads.submit(store.query, QUICK, cancellation=waiting)
        wait_until(lambda: store._pool.waiting == 1 and bool(store._pool.processes))
        (worker,) = store._pool.processes
        waiting.cancel()
        assert isinstance(second.exception(timeout=20), errors.QueryCancelled)
        assert store._pool.processes == (worker,)
        assert not first.done()
        running.cancel()
        assert isinstance(first.exception(timeout=20), errors.QueryCancelled)


def test_what_a_query_waits_for_a_place_is_part_of_its_time(home: Path, threads: ThreadPoolExecutor) -> None:
    with closing(EmbeddedStore(home, workers=1, limits=Limits(seconds=6))) as store:
        worker = store._pool.take(60)
        began = time.monotonic()
        asked = threads.submit(store.query, ENDLESS)
        wait_until(lambda: store._pool.waiting == 1)
        time.sleep(5)
        store._pool.give_back(worker, Fate.DONE)
        error = asked.exception(timeout=60)
        assert time.monotonic() - began < 10, "it had its whole time once more"
        assert isinstance(error, errors.QueryTimeout)
        assert 5 < error.waited < 6
        assert "of which it had waited" in str(error)


def test_a_query_whose_time_is_over_before_its_turn_never_ran(home: Path) -> None:
    with closing(EmbeddedStore(home, workers=1, limits=Limits(seconds=0.3))) as store:
        worker = store._pool.take(60)
        with pytest.raises(errors.StoreBusy, match="No worker was free"):
            store.query(QUICK)
        worker.kill()
        store._pool.give_back(worker, Fate.LOST)
        os.kill(store._forks.pid, signal.SIGSTOP)
        try:
            with pytest.raises(errors.StoreBusy, match="No worker was ready"):
                store.query(QUICK)
        finally:
            os.kill(store._forks.pid, signal.SIGCONT)
        wait_until(lambda: store._pool.running == 0)


def test_who_waits_longest_comes_first(home: Path, threads: ThreadPoolExecutor) -> None:
    with closing(EmbeddedStore(home, workers=1)) as store:
        pool, order = store._pool, list[int]()

        def take(place: int) -> None:
            process = pool.take(60)
            order.append(place)
            pool.give_back(process, Fate.DONE)

        first, asking = pool.take(60), []
        for place in range(5):
            asking.append(threads.submit(take, place))
            wait_until(lambda: pool.waiting == len(asking))
        pool.give_back(first, Fate.DONE)
        for taken in asking:
            taken.result(timeout=20)
        assert order == list(range(5))


@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv"])
def test_rows_are_counted_exactly_whatever_is_in_them(home: Path, format: str) -> None:
    query = f"SELECT * {{ {THOUSAND} <t:s> ?p ?text }}"
    accept = formats.by_name(format).media_type
    with closing(EmbeddedStore(home, limits=Limits(result_rows=900))) as store:
        for bounded in (query, f"SELECT * {{ {THOUSAND} }}", f"SELECT ?text {{ {THOUSAND} <t:s> ?p ?text }}"):
            assert store.query(f"{bounded} LIMIT 900", accept).read()
            with pytest.raises(errors.TooManyRows, match="900 rows"):
                store.query(f"{bounded} LIMIT 901", accept).read()
        assert answers.truth(store, QUICK)


def test_rows_of_a_graph_are_bounded_by_bytes_only(home: Path) -> None:
    with closing(EmbeddedStore(home, limits=Limits(result_rows=1))) as store:
        query = f"CONSTRUCT {{ <t:s> <t:p> ?v0 }} WHERE {{ {THOUSAND} }}"
        assert store.query(query, "application/n-triples").read().count(b"\n") == 10


def test_ten_thousand_braces_are_evaluated(home: Path) -> None:
    with closing(EmbeddedStore(home, limits=Limits(seconds=60))) as store:
        deep = "SELECT * " + "{" * 10_000 + " <t:s> ?p ?o " + "}" * 10_000
        assert len(answers.rows(store, deep)) == 1


def test_what_overflows_the_stack_ends_its_worker_only(home: Path) -> None:
    with closing(EmbeddedStore(home, workers=1, limits=Limits(seconds=60))) as store:
        with pytest.raises(errors.QueryTooDeep, match="nested"):
            store.query("SELECT * { FILTER(" + "!" * 900_000 + "true) }")
        assert answers.truth(store, QUICK)
