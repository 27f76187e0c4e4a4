"""Where rules run: an Oxigraph store in memory, its default graph the merged view. Must not know rules.

The merged view holds what is asserted and what is inferred, the inferred graph the latter once more. While
rules run, conclusions that no rule reads are only written down, as N-Triples, and stored at the end.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
    serialize,
)

from conflictgraph import graphs

Row = Sequence[NamedNode | BlankNode | Literal | None]
INFERRED: Final = graphs.INFERRED
MERGED: Final = DefaultGraph()
BLANK: Final = b"_:"


class Workspace:
    """The few verbs that reasoning needs."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def rows(self, sparql: str) -> list[Row]:
        """The solutions of a SELECT query, terms in the order of its variables."""
        results = self._solutions(sparql)
        width = len(results.variables)
        return [tuple(_term(solution[i]) for i in range(width)) for solution in results]

    def table(self, sparql: str) -> bytes:
        """The solutions of a SELECT query as lines of tab-separated terms, without the heading."""
        text = self._solutions(sparql).serialize(format=QueryResultsFormat.TSV) or b""
        return text[text.index(b"\n") + 1 :]

    def _solutions(self, sparql: str) -> QuerySolutions:
        results = self.store.query(sparql)
        assert isinstance(results, QuerySolutions)
        return results

    def update(self, sparql: str) -> None:
        """Run an update request."""
        self.store.update(sparql)

    def load(self, graph: NamedNode | DefaultGraph, triples: Iterable[Triple]) -> None:
        """Add triples to a graph; blank nodes keep their names."""
        self.store.extend(Quad(t.subject, t.predicate, t.object, graph) for t in triples)

    def load_lines(self, graph: NamedNode | DefaultGraph, lines: bytes) -> None:
        """Add N-Triples to a graph; blank nodes keep their names, for which lines without any are faster."""
        if BLANK in lines:
            self.load(graph, _parsed(lines))
        else:
            self.store.load(lines, format=RdfFormat.N_TRIPLES, to_graph=graph)

    def drop(self, graph: NamedNode | DefaultGraph, triples: Iterable[Triple]) -> None:
        """Take triples out of a graph."""
        for triple in triples:
            self.store.remove(Quad(triple.subject, triple.predicate, triple.object, graph))

    def triples(self, graph: NamedNode) -> tuple[Triple, ...]:
        """The triples of a graph."""
        return tuple(quad.triple for quad in self.store.quads_for_pattern(None, None, None, graph))

    def holds(self, triple: Triple) -> bool:
        """Whether the merged view has the triple."""
        return Quad(triple.subject, triple.predicate, triple.object) in self.store

    def is_inferred(self, triple: Triple) -> bool:
        """Whether the inferred graph has the triple."""
        return Quad(triple.subject, triple.predicate, triple.object, INFERRED) in self.store

    def graphs_of(self, triple: Triple) -> tuple[NamedNode, ...]:
        """The named graphs that assert a triple, sorted."""
        quads = self.store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        names = {quad.graph_name for quad in quads} - {INFERRED}
        return tuple(sorted((n for n in names if isinstance(n, NamedNode)), key=lambda n: n.value))

    def inferred(self) -> Iterator[Triple]:
        """The triples of the inferred graph."""
        return (quad.triple for quad in self.store.quads_for_pattern(None, None, None, INFERRED))


class Notes:
    """The conclusions of a run, each once, as lines of N-Triples."""

    def __init__(self) -> None:
        self._lines: set[bytes] = set()

    def add_lines(self, text: bytes) -> None:
        """Note N-Triples."""
        self._lines.update(text.split(b"\n"))
        self._lines.discard(b"")

    def add(self, triples: Iterable[Triple]) -> None:
        """Note triples."""
        self.add_lines(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Triple]:
        return _parsed(b"\n".join(sorted(self._lines)))

    def store(self, work: Workspace) -> None:
        """Write everything into the merged view and the inferred graph."""
        nameless = sorted(line for line in self._lines if BLANK in line)
        named = sorted(self._lines.difference(nameless))
        for graph in (MERGED, INFERRED):
            work.load_lines(graph, b"\n".join(nameless))
            work.load_lines(graph, b"\n".join(named))


def _parsed(lines: bytes) -> Iterator[Triple]:
    return (quad.triple for quad in parse(lines, format=RdfFormat.N_TRIPLES))


def _term(value: object) -> NamedNode | BlankNode | Literal | None:
    assert value is None or isinstance(value, NamedNode | BlankNode | Literal)
    return value
