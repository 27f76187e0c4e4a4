"""A generation that is new in large part is compacted when it is published; a small one shares its files."""

import hashlib
import json
import os
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import answers
import pytest
from adapters import A, B, fact
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Triple

from conflictgraph import errors
from conflictgraph.store import compaction
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.home import RECORD, Home
from processes import wait_until, writers

MANY = 30_000
"""Triples that take some megabytes."""
SMALL = 4096
"""Bytes of a table that does not count: tables with a few keys are merged by the engine when it likes."""


def triples(count: int, word: str) -> Iterator[Triple]:
    """Triples that no compression makes small."""
    for number in range(count):
        digest = hashlib.sha256(f"{word} {number}".encode()).hexdigest()
        yield Triple(
            NamedNode(f"https://example.org/{digest}"), NamedNode("https://example.org/said"), Literal(word)
        )


def publish(store: EmbeddedStore, graph: NamedNode, count: int, *words: str) -> int:
    """Publish so many triples for each word, which come one after the other."""
    with store.draft() as draft:
        for word in words:
            draft.load(graph, triples(count, word))
        return draft.publish(words[0]).number


def sizes(directory: Path) -> dict[str, int]:
    """The size of each table that counts, by its name."""
    found = {path.name: path.stat().st_size for path in directory.glob("*.sst")}
    return {name: size for name, size in found.items() if size > SMALL}


def tables(home: Path, number: int) -> dict[str, int]:
    """The size of each table of a generation that counts, by its name."""
    return sizes(Home(home).generation_path(number))


def names(directory: Path) -> set[str]:
    return {path.name for path in directory.glob("*.sst")}


def is_compact(home: Path, number: int) -> bool:
    """Whether the engine finds nothing to merge in a copy of the generation."""
    copy = home / "copy"
    Store.read_only(str(Home(home).generation_path(number))).backup(str(copy))
    Store(str(copy)).optimize()
    left = sizes(copy)
    shutil.rmtree(copy)
    return left == tables(home, number)


def settled(home: Path, number: int) -> set[str]:
    """The tables of a generation that count and need no merging."""
    record = json.loads((Home(home).generation_path(number) / RECORD).read_bytes())
    return set(record["settled"]) & tables(home, number).keys()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore(tmp_path, workers=1)
    yield store
    store.close()


def test_a_large_generation_is_compact_and_small_ones_after_it_share_its_files(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    first = publish(store, A, MANY, "one", "two", "three")
    compact = tables(tmp_path, first)
    assert is_compact(tmp_path, first)
    assert settled(tmp_path, first) == set(compact)
    for number in range(3):
        last = publish(store, B, 1, f"news {number}")
    assert settled(tmp_path, last) == set(compact)
    for name in compact:
        files = (Home(tmp_path).generation_path(number) / name for number in (first, last))
        assert len({path.stat().st_ino for path in files}) == 1
    assert sum(tables(tmp_path, last).values()) - sum(compact.values()) < 100_000


def test_a_generation_of_which_a_tenth_is_new_is_compact_again(store: EmbeddedStore, tmp_path: Path) -> None:
    first = publish(store, A, MANY, "first")
    second = publish(store, B, MANY // 2, "second")
    compact = tables(tmp_path, second)
    assert is_compact(tmp_path, second)
    assert settled(tmp_path, second) == set(compact)
    assert len(set(compact) - set(tables(tmp_path, first))) > 2
    counted = answers.rows(store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert [str(row["n"]).split('"')[1] for row in counted] == [str(MANY + MANY // 2)]


def test_small_additions_are_merged_once_they_are_a_tenth_together(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    first = publish(store, A, 2 * MANY, "first")
    compact = settled(tmp_path, first)
    numbers = [publish(store, B, MANY // 12, f"part {part}") for part in range(6)]
    again = [number for number in numbers if settled(tmp_path, number) - compact]
    assert again
    assert numbers[0] not in again
    assert settled(tmp_path, again[0]) == set(tables(tmp_path, again[0]))


def test_what_is_read_as_a_whole_is_compacted_before_and_not_again_to_be_published(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    with store.draft() as draft:
        for word in ("one", "two", "three"):
            draft.load(A, triples(MANY, word))
        with draft.shared(1) as state:
            newest = max(names(Home(tmp_path).draft_path))
            assert answers.truth(state, 'ASK { ?s ?p "three" }')
        draft.load(B, triples(1, "last"))
        number = draft.publish("compact").number
    assert max(tables(tmp_path, number)) <= newest
    assert settled(tmp_path, number) == set(tables(tmp_path, number))


def test_a_generation_of_an_earlier_version_counts_as_new(store: EmbeddedStore, tmp_path: Path) -> None:
    first = publish(store, A, MANY, "first")
    path = Home(tmp_path).generation_path(first) / RECORD
    record = json.loads(path.read_bytes())
    del record["settled"]
    path.write_text(json.dumps(record))
    second = publish(store, B, 1, "second")
    assert settled(tmp_path, second) == set(tables(tmp_path, second))


def test_what_is_small_is_left_as_it_is(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    store.load(f"{fact('one')} .", RdfFormat.N_TRIPLES, to_graph=A)
    assert compaction.settled(store, tmp_path, []) == []
    assert [*tmp_path.glob("*.sst")]


def test_only_names_of_tables_that_are_still_there_are_kept(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    store.load(f"{fact('one')} .", RdfFormat.N_TRIPLES, to_graph=A)
    store.flush()
    there = sorted(path.name for path in tmp_path.glob("*.sst"))
    assert compaction.settled(store, tmp_path, ["gone.sst", *there]) == there


def test_a_draft_that_is_killed_while_it_is_compacted_leaves_everything_as_it_was(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    publish(store, A, MANY, "first")
    before, place = tables(tmp_path, 1), Home(tmp_path)
    draft = store.draft()
    draft.load(B, triples(4 * MANY, "second"))
    loaded = names(place.draft_path)
    with ThreadPoolExecutor(1) as threads:
        published = threads.submit(draft.publish)
        wait_until(lambda: len(names(place.draft_path) - loaded) > 1)
        assert not place.checkpoint_path.exists()
        for pid in writers(os.getpid()):
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(errors.WorkerFailed):
            published.result()
    assert [generation.number for generation in store.generations] == [1]
    assert tables(tmp_path, 1) == before
    assert not place.draft_path.exists()
    assert publish(store, B, 1, "third") == 2
    assert answers.truth(store, 'ASK { ?s ?p "first" }')
    assert not answers.truth(store, 'ASK { ?s ?p "second" }')
