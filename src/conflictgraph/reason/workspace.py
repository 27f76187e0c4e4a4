"""A store in memory, its default graph the merged view: what is asserted and what is inferred. Must not know
rules. The inferred graph has the latter once more.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
)

from conflictgraph import graphs
from conflictgraph.reason import reading, tokens
from conflictgraph.reason.reading import ASSERTING
from conflictgraph.reason.trivia import Fact

Row = Sequence[NamedNode | BlankNode | Literal | Triple | None]
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

    def _solutions(self, sparql: str) -> QuerySolutions:
        results = self.store.query(sparql)
        assert isinstance(results, QuerySolutions)
        return results

    def forget(self) -> None:
        """Take the inferred triples out of the merged view and empty their graph; keep what a named graph
        asserts.
        """
        self.store.update(
            f"DELETE {{ ?s ?p ?o }} WHERE {{ GRAPH {INFERRED} {{ ?s ?p ?o }}"
            f" FILTER NOT EXISTS {{ GRAPH ?g {{ ?s ?p ?o }} {ASSERTING} }} }}"
            f" ; DROP SILENT GRAPH {INFERRED}"
        )

    def load_lines(self, graph: NamedNode | DefaultGraph, lines: bytes) -> None:
        """Add N-Triples to a graph; blank nodes keep their names, for which lines without any are faster."""
        if BLANK in lines:
            triples = tokens.parsed(lines)
            self.store.extend(Quad(t.subject, t.predicate, t.object, graph) for t in triples)
        else:
            self.store.load(lines, format=RdfFormat.N_TRIPLES, to_graph=graph)

    def holds(self, triple: Triple) -> bool:
        """Whether the merged view has the triple."""
        return Quad(triple.subject, triple.predicate, triple.object) in self.store

    def is_inferred(self, triple: Triple) -> bool:
        """Whether the inferred graph has the triple."""
        return Quad(triple.subject, triple.predicate, triple.object, INFERRED) in self.store

    def schema(self) -> tuple[set[Fact], set[Fact]]:
        """The triples of the ontology: those that are asserted, and those that follow."""
        stated = set(reading.stated(reading.memory(self.store)))
        inferred = {fact for fact in stated if self.is_inferred(tokens.triple(fact))}
        return stated - inferred, inferred

    def graphs_of(self, triple: Triple) -> tuple[NamedNode, ...]:
        """The named graphs that assert a triple, sorted."""
        quads = self.store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        names = {quad.graph_name for quad in quads} - {INFERRED}
        return tuple(sorted((n for n in names if isinstance(n, NamedNode)), key=lambda n: n.value))

    def inferred(self) -> Iterator[Triple]:
        """The triples of the inferred graph."""
        return (quad.triple for quad in self.store.quads_for_pattern(None, None, None, INFERRED))


def _term(value: object) -> NamedNode | BlankNode | Literal | None:
    assert value is None or isinstance(value, NamedNode | BlankNode | Literal)
    return value
