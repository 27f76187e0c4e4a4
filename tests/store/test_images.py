"""The image of the current generation: the same answers as from disk, made and let go at the right time."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import answers
import pytest
from adapters import EXAMPLE, A, B, fact
from long_queries import GREEDY, LONG
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from conflictgraph import errors, graphs
from conflictgraph.store import embedded, image, images
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.home import Home
from conflictgraph.store.port import Dataset, Limits
from conflictgraph.store.request import query_frame
from processes import IMAGE, WORKER, alive, named, wait_until

XSD = "http://www.w3.org/2001/XMLSchema#"
EVERYTHING = "SELECT ?g ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
ANYTHING = "ASK { ?s ?p ?o }"
GRAPHS = "SELECT ?g { GRAPH ?g { } }"
EMPTY = graphs.source("empty")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_SETTLED", -1.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    limits = Limits(seconds=60, memory_mb=200)
    with closing(EmbeddedStore(tmp_path / "home", workers=2, limits=limits, image_memory_mb=64)) as store:
        publish(store, *odd_terms())
        yield store


def publish(store: EmbeddedStore, *more: Triple) -> None:
    with store.draft() as draft:
        for graph, triples in EXAMPLE.items():
            draft.replace_graph(graph, [*triples, *(more if graph == A else ())])
        draft.update(f"INSERT DATA {{ GRAPH {EMPTY} {{ <a:b> <c:d> <e:f> }} }}")
        draft.update(f"DELETE DATA {{ GRAPH {EMPTY} {{ <a:b> <c:d> <e:f> }} }}")
        draft.publish()


def odd_terms() -> list[Triple]:
    """Terms that a text could change: blank nodes, languages, forms of numbers, what has to be escaped."""
    subject, node = NamedNode("http://example.org/ü/%20"), BlankNode("aNodeOfItsOwn")
    values: list[BlankNode | Literal | Triple] = [
        *(Literal(text) for text in ("", "a\nb\r\t\"'\\", "Հայաստան", "\u0001\u007f\U0001f54a")),
        Literal("Azərbaycan", language="az"),
        Literal("a", language="en-GB"),
        *(Literal(form, datatype=NamedNode(XSD + "integer")) for form in ("01", "-0", "no number", "9" * 40)),
        *(Literal(form, datatype=NamedNode(XSD + "decimal")) for form in ("1.50", "1")),
        *(Literal(form, datatype=NamedNode(XSD + "double")) for form in ("1e0", "INF", "NaN")),
        *(
            Literal(form, datatype=NamedNode(XSD + "date"))
            for form in ("2022-09-13", "2022-09-13Z", "2022-9")
        ),
        Literal("x", datatype=NamedNode("http://example.org/datatype")),
        node,
        Triple(node, NamedNode("http://example.org/p"), Literal("said of a triple")),
    ]
    said = NamedNode("http://example.org/said")
    return [*(Triple(subject, said, value) for value in values), Triple(node, said, node)]


def ask_until(store: EmbeddedStore, true: Callable[[], bool]) -> None:
    """Ask, again and again, until it is so."""
    wait_until(lambda: answers.truth(store, ANYTHING) and true())


def answered_from_memory(store: EmbeddedStore) -> None:
    """Ask until workers are started from an image."""
    ask_until(store, lambda: store.activity.in_memory)


def answered_otherwise(store: EmbeddedStore) -> None:
    """Ask until it is known that the generation gets no image."""
    ask_until(store, lambda: bool(store._images._done))
    assert not store.activity.in_memory


def holding(store: EmbeddedStore) -> set[int]:
    """The processes that hold an image for the store, or make one."""
    return named(store._forks.pid, IMAGE) if store._forks.pid else set()


def rows(store: EmbeddedStore, query: str, dataset: Dataset | None = None) -> list[str]:
    """The lines of an answer, in the order of the alphabet."""
    given = () if dataset is None else (dataset,)
    with store.query(query, "text/tab-separated-values", *given) as answer:
        return sorted(answer.read().decode().split("\n"))


@pytest.mark.parametrize(
    ("query", "dataset"),
    [
        (EVERYTHING, None),
        (GRAPHS, None),
        ("SELECT * { ?s ?p ?o }", Dataset((A,))),
        ("SELECT * { ?s ?p ?o }", Dataset((A, B))),
        (EVERYTHING, Dataset((), (A, EMPTY))),
        ("SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p", None),
    ],
)
def test_it_gives_what_the_generation_on_disk_gives(
    store: EmbeddedStore, query: str, dataset: Dataset | None
) -> None:
    on_disk = rows(store, query, dataset)
    assert not store.activity.in_memory
    assert len(on_disk) > 2
    answered_from_memory(store)
    assert rows(store, query, dataset) == on_disk


def test_an_empty_graph_is_there(store: EmbeddedStore) -> None:
    answered_from_memory(store)
    assert str(EMPTY) in rows(store, GRAPHS)


def test_workers_come_from_it_and_end_with_the_store(store: EmbeddedStore) -> None:
    answered_from_memory(store)
    answers.truth(store, ANYTHING)
    (pid,) = holding(store)
    its = named(pid, WORKER)
    assert its == {process.pid for process in store._pool.processes}
    store.close()
    assert not alive({pid, *its})


def test_none_is_made_where_none_is_wanted_or_publications_follow_each_other(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "_SETTLED", 60.0)
    with closing(EmbeddedStore(store._home.path)) as without:
        for asked in (store, without):
            for _ in range(5):
                answers.truth(asked, ANYTHING)
            assert not holding(asked)


def test_after_a_publication_the_new_generation_is_answered(store: EmbeddedStore) -> None:
    answered_from_memory(store)
    (old,) = holding(store)
    for number in range(3):
        publish(store, fact(f"new-{number}"))
        assert answers.truth(store, f"ASK {{ ?s ?p 'new-{number}' FILTER (ISIRI(?s)) }}")
        assert not store.activity.in_memory
    wait_until(lambda: old not in holding(store))
    answered_from_memory(store)
    assert answers.truth(store, "ASK { ?s ?p 'new-2' FILTER (ISIRI(?s)) }")
    assert not answers.truth(store, "ASK { ?s ?p 'new-1' FILTER (ISIRI(?s)) }")


def test_past_generations_are_answered_from_disk_meanwhile(store: EmbeddedStore) -> None:
    publish(store, fact("second"))
    answered_from_memory(store)
    for generation, found in ((1, False), (2, True), (1, False)):
        with store.query("ASK { ?s ?p 'second' FILTER (ISIRI(?s)) }", generation=generation) as answer:
            assert (b"true" in answer.read()) is found
    assert store.activity.in_memory


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 7",
        "SELECT ?p (SAMPLE(?o) AS ?one) (GROUP_CONCAT(?o) AS ?all) { ?s ?p ?o } GROUP BY ?p",
        "SELECT ?s { ?s ?p ?o } ORDER BY ?p OFFSET 3 LIMIT 9",
    ],
)
def test_what_depends_on_the_order_is_answered_as_before(store: EmbeddedStore, query: str) -> None:
    before = rows(store, query)
    answered_from_memory(store)
    assert rows(store, query) == before


def test_a_generation_that_is_asked_by_its_number_gives_the_same_bytes(store: EmbeddedStore) -> None:
    def by_number() -> bytes:
        with store.query(EVERYTHING, "text/csv", generation=1) as answer:
            return answer.read()

    before = by_number()
    answered_from_memory(store)
    assert by_number() == before
    with store.query(EVERYTHING, "text/csv") as answer:
        assert answer.read() != before, "then this test shows nothing: another order is expected"


def test_a_query_that_was_stopped_is_answered_from_disk_when_it_comes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some take much longer in memory; this may be one."""
    asked: list[bool] = []

    def noting(*given: Any, **kinds: Any) -> bytes:
        asked.append(kinds["on_disk"])
        return query_frame(*given, **kinds)

    monkeypatch.setattr(embedded, "query_frame", noting)
    with closing(EmbeddedStore(tmp_path, limits=Limits(seconds=1), image_memory_mb=64)) as store:
        publish(store)
        answered_from_memory(store)
        for _ in range(2):
            with pytest.raises(errors.QueryTimeout):
                store.query(LONG).read()
        assert asked[-2:] == [False, True]
        assert rows(store, EVERYTHING)
        assert asked[-1] is False


def test_an_answer_that_has_begun_comes_to_its_end_beside_a_publication(store: EmbeddedStore) -> None:
    answered_from_memory(store)
    (old,) = holding(store)
    with store.query(LONG, "text/csv") as answer:
        first = next(answer.chunks)
        publish(store, fact("new"))
        assert answers.truth(store, "ASK { ?s ?p 'new' FILTER (ISIRI(?s)) }")
        answered_from_memory(store)
        assert old in holding(store)
        assert (first + b"".join(answer.chunks)).count(b"\n") == 1_000_001
    wait_until(lambda: old not in holding(store))


def test_one_that_would_take_too_much_memory_is_given_up(store: EmbeddedStore) -> None:
    publish(store, *(fact(f"{number} {'long ' * 200}".replace(" ", "-")) for number in range(3000)))
    with closing(EmbeddedStore(store._home.path, image_memory_mb=1)) as small:
        answered_otherwise(small)
        wait_until(lambda: not holding(small))
        assert answers.truth(small, ANYTHING)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_when_it_dies_answers_go_on(store: EmbeddedStore, number: signal.Signals) -> None:
    answered_from_memory(store)
    (pid,) = holding(store)
    os.kill(pid, number)
    wait_until(lambda: pid not in holding(store))
    for process in store._pool.processes:
        process.kill()
    for _ in range(3):
        assert answers.truth(store, ANYTHING)
    assert not store.activity.in_memory
    publish(store, fact("new"))
    answered_from_memory(store)


def test_when_it_dies_while_it_is_made_answers_go_on(store: EmbeddedStore) -> None:
    ask_until(store, lambda: bool(holding(store)))
    for pid in holding(store):
        os.kill(pid, signal.SIGKILL)
    ask_until(store, lambda: bool(store._images._done))
    assert answers.truth(store, ANYTHING)


def test_what_cannot_be_read_whole_becomes_no_image(store: EmbeddedStore) -> None:
    publish(store, *(fact(f"a{random.Random(n).getrandbits(400)}") for n in range(20_000)))
    for file in Home(store._home.path).generation_path(2).glob("*.sst"):
        data = bytearray(file.read_bytes())
        if len(data) > 1 << 17:
            data[len(data) // 2] ^= 0xFF
        file.unlink()  # the generation before may share it
        file.write_bytes(bytes(data))
    answered_otherwise(store)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (b"1\n<a:g>\n\n<a:s> <a:p> <a:o> .\n", 1),
        (b"0\n\n", 1),
        (b"2\n\n<a:s> <a:p> <a:o> .\n", 0),
        (b"2\n\n<a:s> <a:p> <a:o> .\n<a:s> <a:p> <a:o> .\n", 0),
        (b"2\n\n<a:s> <a:p> <a:o> .\n<a:s> <a:p", 0),
        (b"1\n\n<a:s> <a:p> <no name> .\n", 0),
        (b"1\n<a:g>", 0),
        (b"", 0),
    ],
)
def test_an_image_is_whole_or_there_is_none(text: bytes, count: int) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as file:
        file.write(text)
    before = os.getpriority(os.PRIO_PROCESS, 0)
    with ThreadPoolExecutor(1) as thread:  # which lowers its priority
        assert len(thread.submit(lambda: list(image._filled(reading, 1 << 30))).result()) == count
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


def test_a_query_may_take_as_much_memory_as_without_and_no_more(store: EmbeddedStore) -> None:
    publish(store, *(fact(f"{number}-{'long' * 250}") for number in range(6_000)))
    answered_from_memory(store)
    with pytest.raises(errors.QueryOutOfMemory, match="200 MB"):
        store.query(GREEDY)
    assert answers.truth(store, ANYTHING)
    assert store.activity.in_memory


def test_many_threads_ask_while_it_comes_and_goes(store: EmbeddedStore) -> None:
    stop, wrong = threading.Event(), list[str]()

    def ask() -> None:
        while not stop.is_set():
            try:
                if not answers.truth(store, "ASK { ?s ?p 'a1' FILTER (ISIRI(?s)) }"):
                    wrong.append("false")
            except errors.ConflictGraphError as error:
                wrong.append(str(error))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for number in range(4):
            wait_until(lambda: store.activity.in_memory)
            publish(store, fact(f"new-{number}"))
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not wrong


def test_after_a_fork_the_image_stays_with_the_parent(store: EmbeddedStore) -> None:
    script = (
        "import os, sys, time; from pathlib import Path\n"
        "from conflictgraph.store import images; images._SETTLED = -1.0\n"
        "from conflictgraph.store.embedded import EmbeddedStore\n"
        "store = EmbeddedStore(Path(sys.argv[1]), image_memory_mb=64)\n"
        "ask = lambda: b'true' in store.query('ASK { ?s ?p ?o }').read()\n"
        "while not store.activity.in_memory: assert ask()\n"
        "child = os.fork()\n"
        "good = all(ask() for _ in range(50))\n"
        "if not child:\n"
        "    store._images._done = ''\n"
        "    while not (good and store._images._done): good = ask()\n"
        "    good = good and store.activity.in_memory and ask(); store.close(); sys.exit(0 if good else 1)\n"
        "assert good and os.waitpid(child, 0)[1] == 0\n"
        "assert all(ask() for _ in range(50)) and store.activity.in_memory; store.close(); print('fine')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(store._home.path)], capture_output=True, text=True, check=False
    )
    assert done.stdout == "fine\n", done.stderr


def test_a_directory_made_anew_under_an_image_is_seen_as_it_is(store: EmbeddedStore, tmp_path: Path) -> None:
    answered_from_memory(store)
    with closing(EmbeddedStore(tmp_path / "made")) as other:
        publish(other, fact("anew"))
    shutil.rmtree(tmp_path / "home")
    (tmp_path / "made").rename(tmp_path / "home")
    assert answers.truth(store, "ASK { ?s ?p 'anew' FILTER (ISIRI(?s)) }")
