"""Reasoning for the store port: a copy of the merged view is closed in memory, the result goes into the
draft.

Must not know rules. Nodes without a name keep their identity in a store but not their names, so what is
inferred about them (memberships in anonymous classes) stays in the copy.
"""

from collections.abc import Iterable
from typing import Final

from pyoxigraph import RdfFormat, Store, Triple

from conflictgraph.rdf import NTriples
from conflictgraph.reason import change, collecting
from conflictgraph.reason.ahead import Ahead, conclusions
from conflictgraph.reason.closure import InferredResult, close
from conflictgraph.reason.explain import Explanation, explain, explained
from conflictgraph.reason.published import Published
from conflictgraph.reason.reading import ASSERTING
from conflictgraph.reason.relations import count, lines, without_blank_nodes
from conflictgraph.reason.workspace import INFERRED
from conflictgraph.store.port import Draft, Queryable

_TRIPLES: Final = "application/n-triples"


def infer(draft: Draft, ahead: Ahead | None = None) -> InferredResult:
    """Replace a draft's inferred graph with the OWL 2 RL closure of what its merged view asserts.

    `ahead` may know it already: it began with this draft, and nothing else came since than its documents.
    """
    found = (ahead and ahead.conclusions()) or conclusions(draft)
    with collecting.paused():
        concluded = list(without_blank_nodes(found.known.concluded()))
        store = draft.replace_graph if found.has_inferred else draft.load
        store(INFERRED, NTriples(text.encode() for text in lines(concluded)))
    return InferredResult(count(concluded), found.findings, found.rounds)


def extend(draft: Draft, added: Iterable[Triple]) -> InferredResult:
    """Infer what follows from triples that a draft's merged view gained since its inferred graph was right.

    The triples are in the draft already. The findings are those that the addition takes part in.
    """
    try:
        return change.extend(draft, added)
    except change.Rebuild:
        return infer(draft)


def retract(draft: Draft, removed: Iterable[Triple]) -> InferredResult:
    """Take back what no longer follows after a draft's merged view lost triples that it asserted.

    A removed triple that follows from others comes back as an inferred one. After a change that does both,
    call this before `extend`.
    """
    try:
        return change.retract(draft, removed)
    except change.Rebuild:
        return infer(draft)


def explanation(source: Queryable, triple: Triple) -> Explanation | None:
    """Explain a triple of a store or draft; none if it neither is asserted nor follows.

    A copy is closed for it where nothing was inferred, or a derivation goes by way of nodes without a name.
    """
    published = Published(source)
    found = explained(published, triple)
    if found or (published.is_closed and not published.holds(triple)):
        return found
    store = asserted(source)
    close(store)
    found = explain(store, triple)
    return found and _with_graphs(published, found)


def asserted(source: Queryable) -> Store:
    """A copy, in memory, of what the merged view asserts."""
    inferred = f"FILTER NOT EXISTS {{ GRAPH {INFERRED} {{ ?s ?p ?o }} }}"
    known = f"FILTER EXISTS {{ GRAPH ?g {{ ?s ?p ?o }} {ASSERTING} }}"
    store = Store()
    text = b""
    for condition in (inferred, f"GRAPH {INFERRED} {{ ?s ?p ?o }} {known}"):
        text += source.query(
            f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o {condition} }}", accept=_TRIPLES
        ).read()
    store.bulk_load(text, format=RdfFormat.N_TRIPLES)
    return store


def _with_graphs(published: Published, found: Explanation) -> Explanation:
    premises = tuple(_with_graphs(published, premise) for premise in found.premises)
    graphs = () if found.premises else published.graphs_of(found.triple)
    return Explanation(found.triple, found.rule, graphs, premises)
