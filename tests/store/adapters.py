"""The adapters that the contract is checked on, and the small graph it is checked with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import graphs
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.port import Limits, Store

Opener = Callable[[Path, Limits], Store]


def embedded(path: Path, limits: Limits) -> Store:
    return EmbeddedStore(path / "home", workers=2, limits=limits, draft_limits=limits)


ADAPTERS: dict[str, Opener] = {"embedded": embedded}

A, B = graphs.source("a"), graphs.source("b")
UNMERGED = graphs.REPORT
ELSEWHERE = NamedNode("http://example.org/graph")


def fact(subject: str, predicate: str = "said", object: str | None = None) -> Triple:
    """A triple of the example world; its object is a literal of its own unless given."""
    value = Literal(subject) if object is None else NamedNode(f"http://example.org/{object}")
    return Triple(
        NamedNode(f"http://example.org/{subject}"), NamedNode(f"http://example.org/{predicate}"), value
    )


SHARED = fact("shared")

EXAMPLE = {
    graphs.ONTOLOGY: [fact("class", "is", "term")],
    A: [fact("a1"), fact("a2"), SHARED],
    B: [fact("b1"), SHARED],
    graphs.INFERRED: [fact("a1", "thus", "b1")],
    UNMERGED: [fact("hidden")],
}


@contextmanager
def filled(opener: Opener, path: Path, limits: Limits) -> Iterator[Store]:
    """A store with the example graphs as its first generation."""
    store = opener(path, limits)
    try:
        with store.draft() as draft:
            for graph, triples in EXAMPLE.items():
                draft.load(graph, triples)
            draft.publish("the example")
        yield store
    finally:
        store.close()
