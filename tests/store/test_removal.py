"""What is taken out of a graph leaves the default graph only if no other merged graph has it."""

import random

import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, Triple, serialize

from conflictgraph import graphs
from conflictgraph.store import merge
from conflictgraph.store.journal import Journal
from conflictgraph.store.removal import held, missing, remove

A, B = graphs.source("a"), graphs.source("b")
SAID = NamedNode("http://example.org/said")
AWKWARD: list[NamedNode | BlankNode | Literal] = [
    Literal('two\nlines\tand "quotes" \\ and a brace }'),
    Literal("_: looks like a blank node"),
    Literal("ünï", language="de"),
    Literal("01", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")),
    NamedNode("http://example.org/ü"),
    BlankNode("x"),
]


def ntriples(triples: list[Triple]) -> bytes:
    return serialize(triples, format=RdfFormat.N_TRIPLES) or b""


def filled(content: dict[NamedNode, list[Triple]]) -> Store:
    store = Store()
    for graph, triples in content.items():
        store.load(merge.doubled(ntriples(triples), graph), RdfFormat.N_QUADS)
    return store


def keep_only(store: Store, kept: list[Triple]) -> list[bytes]:
    """Take what is not kept out of the graph A; what is kept and was not there, as lines."""
    stale = held(store, A)
    absent = list(missing(ntriples(kept).splitlines(keepends=True), stale))
    remove(store, A, Journal(""), stale)
    return absent


def default(store: Store) -> set[Triple]:
    return {quad.triple for quad in store.quads_for_pattern(None, None, None, DefaultGraph())}


def merged(store: Store) -> set[Triple]:
    named = (quad for quad in store if isinstance(quad.graph_name, NamedNode))
    return {quad.triple for quad in named if graphs.is_merged(NamedNode(str(quad.graph_name)[1:-1]))}


def triple(number: int) -> Triple:
    return Triple(NamedNode(f"http://example.org/{number}"), SAID, Literal(str(number)))


@pytest.mark.parametrize("graph", [A, graphs.REPORT])
def test_any_kind_of_triple_can_be_taken_out(graph: NamedNode) -> None:
    store = filled({graph: [Triple(SAID, SAID, term) for term in AWKWARD]})
    remove(store, graph, Journal(""))
    assert list(store) == []
    assert list(store.named_graphs()) == []


def test_what_is_kept_stays_and_the_rest_goes() -> None:
    store = filled({A: [triple(number) for number in range(10)]})
    assert keep_only(store, [triple(3), triple(77)]) == [ntriples([triple(77)])]
    assert default(store) == merged(store) == {triple(3)}


def test_a_triple_of_a_graph_outside_the_merge_does_not_hold_it_in_the_default_graph() -> None:
    store = filled({A: [triple(1)], graphs.REPORT: [triple(1)]})
    remove(store, A, Journal(""))
    assert default(store) == set()
    assert len(store) == 1


def test_taking_out_of_a_graph_outside_the_merge_leaves_the_default_graph() -> None:
    store = filled({A: [triple(1)], graphs.REPORT: [triple(1)]})
    remove(store, graphs.REPORT, Journal(""))
    assert default(store) == {triple(1)}


@pytest.mark.parametrize("seed", range(10))
def test_the_default_graph_stays_the_merge(seed: int) -> None:
    chance = random.Random(seed)
    content = {
        graph: [triple(number) for number in chance.sample(range(30), 15)] for graph in (A, B, graphs.REPORT)
    }
    store = filled(content)
    kept = chance.sample(content[A], 5)
    keep_only(store, kept)
    assert default(store) == merged(store)
    assert {quad.triple for quad in _of(store, A)} == set(kept)


def test_more_than_one_batch_is_taken_out() -> None:
    store = filled({A: [triple(number) for number in range(25_000)]})
    keep_only(store, [triple(20_000)])
    assert default(store) == merged(store) == {triple(20_000)}


def _of(store: Store, graph: NamedNode) -> list[Quad]:
    return list(store.quads_for_pattern(None, None, None, graph))
