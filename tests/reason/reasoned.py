"""Stores in memory from triples, and what reasoning left in them."""

from collections.abc import Iterable

from pyoxigraph import DefaultGraph, Quad, Store, Triple

from conflictgraph.reason.workspace import INFERRED, Workspace


def store_of(triples: Iterable[Triple]) -> Store:
    """A store that has the triples in its default graph, the merged view."""
    store = Store()
    store.extend(Quad(t.subject, t.predicate, t.object) for t in triples)
    return store


def inferred(store: Store) -> frozenset[Triple]:
    """The triples of the inferred graph."""
    return frozenset(Workspace(store).inferred())


def merged(store: Store) -> frozenset[Triple]:
    """The triples of the merged view."""
    return frozenset(quad.triple for quad in store.quads_for_pattern(None, None, None, DefaultGraph()))


def scratch(store: Store) -> set[str]:
    """The graphs with triples that reasoning should have let go of."""
    return {str(quad.graph_name) for quad in store if quad.graph_name not in (DefaultGraph(), INFERRED)}
