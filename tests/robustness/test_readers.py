"""Fifty readers of one server see, at any moment, all of one publication and nothing of another."""

import hashlib
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import graphs
from conflictgraph.store.embedded import EmbeddedStore
from conftest import Server, serving

READERS, PUBLICATIONS, SIZE = 50, 20, 200
MARK = NamedNode("https://example.org/mark")
SOURCES = (graphs.source("even"), graphs.source("odd"))

EVERY_ROW = f"SELECT ?s ?m WHERE {{ ?s {MARK} ?m }}"
SUMMED = f"""
SELECT (MAX(?m) AS ?mark) (COUNT(*) AS ?n) (SHA1(GROUP_CONCAT(?line ; separator="")) AS ?sum) WHERE {{
  {{ SELECT ?m (CONCAT(STR(?s), STR(?m)) AS ?line) WHERE {{ ?s {MARK} ?m }} ORDER BY ?s ?m }}
}}
"""
BY_GRAPH = f"SELECT ?g ?m (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ ?s {MARK} ?m }} }} GROUP BY ?g ?m"


def test_fifty_readers_beside_twenty_publications_see_whole_ones_only(tmp_path: Path) -> None:
    with closing(EmbeddedStore(tmp_path, keep=3)) as store:
        _publish(store, 1)
        published, asked = threading.Event(), [0] * READERS
        with serving(tmp_path) as server, ThreadPoolExecutor(READERS) as threads:
            reads = [threads.submit(_read, server, published, asked, place) for place in range(READERS)]
            try:
                for mark in range(2, PUBLICATIONS + 2):
                    _publish(store, mark)
            finally:
                published.set()
            seen = [future.result(timeout=60) for future in reads]
    for marks in seen:
        assert marks == sorted(marks), "a reader went back to an older publication"
        assert marks[-1] == PUBLICATIONS + 1
    assert len({mark for marks in seen for mark in marks}) > PUBLICATIONS / 2
    print(f"{sum(asked)} queries, each of one whole publication")


def _marked(mark: int) -> Iterator[tuple[str, int]]:
    """What publication `mark` consists of: the same things, each with the number of the publication."""
    return ((f"https://example.org/{place:04d}", mark) for place in range(SIZE))


def _publish(store: EmbeddedStore, mark: int) -> None:
    """Replace everything, in two steps that a reader must not tell apart."""
    triples = [Triple(NamedNode(name), MARK, Literal(value)) for name, value in _marked(mark)]
    with store.draft() as draft:
        for offset, graph in enumerate(SOURCES):
            draft.replace_graph(graph, triples[offset::2])
        draft.publish(str(mark))


def _read(server: Server, published: threading.Event, asked: list[int], place: int) -> list[int]:
    """Ask until everything is published and once more; the publications that were seen, in order."""
    chance, marks = random.Random(place), list[int]()
    while True:
        last = published.is_set()
        marks.append(chance.choice((_every_row, _summed, _by_graph))(server))
        asked[place] += 1
        if last:
            return marks
        published.wait(chance.uniform(0, 0.8))


def _rows(server: Server, query: str) -> list[list[str]]:
    reply = server.query(query, "text/csv")
    assert reply.status == 200, reply.text
    return [line.split(",") for line in reply.text.splitlines()[1:]]


def _every_row(server: Server) -> int:
    rows = _rows(server, EVERY_ROW)
    (mark,) = {int(value) for _, value in rows}
    assert sorted((name, int(value)) for name, value in rows) == list(_marked(mark))
    return mark


def _summed(server: Server) -> int:
    ((mark, count, digest),) = _rows(server, SUMMED)
    text = "".join(f"{name}{value}" for name, value in _marked(int(mark)))
    assert (int(count), digest) == (SIZE, hashlib.sha1(text.encode()).hexdigest())
    return int(mark)


def _by_graph(server: Server) -> int:
    rows = _rows(server, BY_GRAPH)
    (mark,) = {int(value) for _, value, _ in rows}
    assert sorted((name, int(count)) for name, _, count in rows) == [(g.value, SIZE // 2) for g in SOURCES]
    return mark
