"""Write into a store whose disk gets full, at each moment at which that can strike; tell what came of it.

Run as a program on a small file system, with the directory and a moment. Prints a JSON object.
"""

import hashlib
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import graphs
from conflictgraph.errors import ConflictGraphError
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.home import Home

SAID = NamedNode("https://example.org/said")
_NEARLY = 1_000_000
"""Bytes that are enough to publish, and too few to compact what is large."""


def _triples(count: int, text: str) -> Iterator[Triple]:
    return (Triple(NamedNode(f"https://example.org/{n}"), SAID, Literal(f"{text} {n}")) for n in range(count))


def _unlike(count: int) -> Iterator[Triple]:
    """Triples that no compression makes small."""
    for number in range(count):
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        yield Triple(NamedNode(f"https://example.org/{digest}"), SAID, Literal("large"))


@contextmanager
def _full(directory: Path, left: int = 0) -> Iterator[None]:
    """Nothing is free, or no more than so many bytes: a file takes the rest."""
    ballast = directory / "ballast"
    try:
        with ballast.open("wb", buffering=0) as stream, suppress(OSError):
            while shutil.disk_usage(directory).free > left and stream.write(bytes(4096)):
                pass
        yield
    finally:
        ballast.unlink()


def _published(store: EmbeddedStore, text: str) -> None:
    with store.draft() as draft:
        draft.replace_graph(graphs.source("one"), _triples(100, text))
        draft.publish(text)


def _at_the_beginning(store: EmbeddedStore, directory: Path) -> None:
    with _full(directory):
        _published(store, "never")


def _while_loading(store: EmbeddedStore, _: Path) -> None:
    with store.draft() as draft:
        draft.load(graphs.source("many"), _triples(200_000, "x" * 100))
        draft.publish()


def _before_publishing(store: EmbeddedStore, directory: Path) -> None:
    with store.draft() as draft:
        draft.replace_graph(graphs.source("one"), _triples(100, "never"))
        with _full(directory):
            draft.publish()


def _before_compacting(store: EmbeddedStore, directory: Path) -> None:
    with store.draft() as draft:
        draft.replace_graph(graphs.source("one"), _unlike(10_000))
        with _full(directory, _NEARLY):
            draft.publish()


_MOMENTS = (_at_the_beginning, _while_loading, _before_publishing, _before_compacting)
MOMENTS = {each.__name__[1:]: each for each in _MOMENTS}


def _seen(store: EmbeddedStore) -> list[str]:
    query = "SELECT DISTINCT ?said WHERE { ?s ?p ?o BIND(STRBEFORE(?o, ' ') AS ?said) }"
    with store.query(query, "text/csv") as answer:
        return answer.read().decode().split()[1:]


def _files(home: Path) -> int:
    return sum(stat.st_size for stat in {s.st_ino: s for s in (p.lstat() for p in home.rglob("*"))}.values())


def main() -> None:
    """Publish, fail to publish, publish again."""
    directory, moment = Path(sys.argv[1]), sys.argv[2]
    home = directory / "home"
    store = EmbeddedStore(home, workers=1)
    told: dict[str, object] = {}
    try:
        _published(store, "old")
        disk = _files(home)
        try:
            MOMENTS[moment](store, directory)
        except ConflictGraphError as error:
            told["error"], told["message"] = type(error).__name__, str(error)
        told["seen"] = _seen(store)
        told["left"] = _files(home) - disk
        told["settled"] = Home(home).settled(store.generations[-1].number)
        told["generations"] = [generation.number for generation in store.generations]
        _published(store, "new")
        told["seen_later"] = _seen(store)
    finally:
        store.close()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
