"""A published graph as explanations look at it: asked through the port, nothing copied.

Must not know rules. It is closed but for nodes without a name, about which nothing is stored that follows;
and a query cannot ask for such a node, so of what is said about them only the ontology is known.
"""

from functools import lru_cache

from pyoxigraph import BlankNode, NamedNode, Triple

from conflictgraph import graphs, solutions
from conflictgraph.reason import reading, tokens
from conflictgraph.reason.reading import ASSERTING, SCHEMA
from conflictgraph.reason.trivia import Fact
from conflictgraph.reason.workspace import Row
from conflictgraph.store.port import Queryable

_FOLLOWS = (
    f"GRAPH {graphs.INFERRED} {{ {SCHEMA} }} FILTER NOT EXISTS {{ GRAPH ?g {{ ?s ?p ?o }} {ASSERTING} }}"
)


class Published:
    """Keeps the promises of `explain.Closed`."""

    def __init__(self, source: Queryable) -> None:
        self._source = source
        ask = reading.port(source)
        self._inferred = set(reading.stated(ask, _FOLLOWS))
        self._stated = set(reading.stated(ask)) - self._inferred
        self._graphs = lru_cache(maxsize=None)(self._asked_graphs)

    @property
    def is_closed(self) -> bool:
        """Whether anything was inferred."""
        return solutions.truth(self._source, f"ASK {{ GRAPH {graphs.INFERRED} {{ ?s ?p ?o }} }}")

    def rows(self, sparql: str) -> list[Row]:
        """The solutions of a SELECT query, terms in the order of its variables."""
        return solutions.columns(self._source, sparql)

    def holds(self, triple: Triple) -> bool:
        """Whether the merged view has the triple."""
        fact = tokens.fact(triple)
        if fact in self._stated or fact in self._inferred:
            return True
        return not _has_blank_node(triple) and bool(self._graphs(triple))

    def is_inferred(self, triple: Triple) -> bool:
        """Whether the triple is there because it follows."""
        fact = tokens.fact(triple)
        if fact in self._stated or _has_blank_node(triple):
            return False
        return fact in self._inferred or self._graphs(triple) == {graphs.INFERRED}

    def graphs_of(self, triple: Triple) -> tuple[NamedNode, ...]:
        """The named graphs that assert a triple, sorted; none for one with a node without a name."""
        found = () if _has_blank_node(triple) else self._graphs(triple) - {graphs.INFERRED}
        return tuple(sorted(found, key=lambda graph: graph.value))

    def schema(self) -> tuple[set[Fact], set[Fact]]:
        """The triples of the ontology: those that are asserted, and those that follow."""
        return self._stated, self._inferred

    def _asked_graphs(self, triple: Triple) -> frozenset[NamedNode]:
        query = f"SELECT ?g WHERE {{ GRAPH ?g {{ {triple} }} }}"
        found = (row["g"] for row in solutions.rows(self._source, query))
        return frozenset(g for g in found if isinstance(g, NamedNode) and graphs.is_merged(g))


def _has_blank_node(triple: Triple) -> bool:
    return isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode)
