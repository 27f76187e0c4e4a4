"""A graph in memory behind the asking half of the Store port: for tests of what only asks."""

from collections.abc import Iterator
from typing import cast

from pyoxigraph import DefaultGraph, Quad, QuerySolutions, QueryTriples, RdfFormat, Store, parse, serialize

from conflictgraph import formats
from conflictgraph.store.port import WHOLE, Answer, Dataset


class _Chunks:
    def __init__(self, data: bytes) -> None:
        self._left = [data]

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if not self._left:
            raise StopIteration
        return self._left.pop()

    def whole(self) -> bytes:
        return next(self, b"")

    def close(self) -> None:
        self._left.clear()


class InMemory:
    """Turtle in, answers out."""

    def __init__(self, turtle: str) -> None:
        self._store = Store()
        for quad in parse(turtle, format=RdfFormat.TURTLE):
            self._store.add(Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()))

    def query(self, sparql: str, accept: str = "*/*", dataset: Dataset = WHOLE) -> Answer:
        """As in the port; `accept` is one media type, and the dataset is the default graph."""
        assert not dataset.is_given
        found = self._store.query(sparql)
        format = formats.by_name(accept)
        if isinstance(found, QueryTriples):
            data = serialize(found, format=formats.rdf_engine_format(format.short))
        else:
            data = cast(QuerySolutions, found).serialize(format=formats.result_engine_format(format.short))
        return Answer(format, 0, _Chunks(data or b""))
