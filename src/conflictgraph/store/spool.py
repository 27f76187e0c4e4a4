"""Triples on their way into a graph of a draft: taken in whole, then loaded.

Must not know verbs or what is there already. Runs in the draft's process only.
"""

import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store

from conflictgraph import graphs
from conflictgraph.store import merge

_SMALL = 1 << 20
"""Bytes up to which a load is one transaction; a larger one writes files of its own."""
_PART = 40 << 20
"""Bytes that are loaded at a time, which takes up to eight times as much memory. The engine merges everything
anew for every second part or so: the fewer, the better.
"""
_LINES = 1_000


class Spool:
    """The engine's own N-Triples in temporary files. Lines that may have blank nodes are kept apart."""

    def __init__(self, directory: Path, part: int = _PART) -> None:
        """`part` is how many bytes are loaded at a time."""
        self._directory, self._part = directory, part
        self._size = self._nameless_size = 0
        self._named = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115
        self._nameless = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115

    def add(self, lines: bytes) -> None:
        """Take in whole lines."""
        self._size += len(lines)
        if b"_:" not in lines:
            self._named.write(lines)
            return
        for line in lines.splitlines(keepends=True):
            if b"_:" in line:
                self._nameless_size += self._nameless.write(line)
            else:
                self._named.write(line)

    def add_lines(self, lines: Iterator[bytes]) -> None:
        """Take in lines one by one."""
        for batch in iter(lambda: list(islice(lines, _LINES)), []):
            self.add(b"".join(batch))

    def lines(self) -> Iterator[bytes]:
        """Every line with its end. Nothing can be added afterwards."""
        for file in (self._named, self._nameless):
            file.seek(0)
            for line in file:  # noqa: UP028  # `yield from` closes the file if it is left early
                yield line

    def load(self, store: Store, graph: NamedNode) -> None:
        """Put everything into the graph, and into the default graph if it is merged.

        All or nothing only up to a size; whoever calls gives the draft up if it fails.
        """
        if self._size <= _SMALL:
            store.load(merge.doubled(b"".join(self.lines()), graph), RdfFormat.N_QUADS)
            return
        self._named.seek(0)
        while part := self._named.read(self._part) + self._named.readline():
            self._load_named(store, graph, part)
        if self._nameless_size:
            self._load_nameless(store, graph)

    def _load_named(self, store: Store, graph: NamedNode, part: bytes) -> None:
        """Into one graph after the other: both together would take more than twice the memory."""
        for place in (DefaultGraph(), graph) if graphs.is_merged(graph) else (graph,):
            store.bulk_load(part, RdfFormat.N_TRIPLES, to_graph=place, lenient=True)

    def _load_nameless(self, store: Store, graph: NamedNode) -> None:
        """In one document, or nodes would get other names in the default graph."""
        self._nameless.seek(0)
        if self._nameless_size <= _SMALL:
            store.load(merge.doubled(self._nameless.read(), graph), RdfFormat.N_QUADS)
            return
        with tempfile.TemporaryFile(dir=self._directory) as quads:
            while lines := self._nameless.readlines(_SMALL):
                quads.write(merge.doubled(b"".join(lines), graph))
            quads.seek(0)
            store.bulk_load(quads, RdfFormat.N_QUADS, lenient=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._named.close()
        self._nameless.close()
