"""Take triples out of a graph of a draft, and out of the default graph unless another merged graph has them.

The work and the memory follow what is taken, in batches: one transaction for a graph of a million triples
would need gigabytes. Hence not all or nothing; whoever calls gives the draft up if it fails. Runs in the
draft's process only.
"""

from collections.abc import Collection, Iterable, Iterator
from hashlib import blake2b
from itertools import islice

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from conflictgraph import graphs
from conflictgraph.store.journal import Journal

_BATCH = 10_000


def digests(ntriples: bytes) -> Iterator[bytes]:
    """What stands for each line of the engine's own N-Triples in `remove_all_but`. Lines with blank nodes are
    left out: their names are of one load only."""
    return (digest(line) for line in ntriples.splitlines() if b"_:" not in line)


def remove_all_but(store: Store, graph: NamedNode, kept: Collection[bytes], journal: Journal) -> set[bytes]:
    """Take out what is not among the digests, and return the digests of what stays. That a triple is written
    otherwise than stored does no harm: it is taken out, and is missing from what stays."""
    staying: set[bytes] = set()
    stale = _stale(store, graph, kept, staying)
    while batch := list(islice(stale, _BATCH)):
        journal.note((f"{quad.triple} .".encode() for quad in batch), graph)
        _remove(store, batch)
    if not staying:
        store.remove_graph(graph)
    return staying


def _stale(store: Store, graph: NamedNode, kept: Collection[bytes], staying: set[bytes]) -> Iterator[Quad]:
    for quad in store.quads_for_pattern(None, None, None, graph):
        found = digest(f"{quad.triple} .".encode())
        if found in kept:
            staying.add(found)
        else:
            yield quad


def digest(line: bytes) -> bytes:
    """What stands for one line, without its end."""
    return blake2b(line, digest_size=16).digest()


def _remove(store: Store, quads: Iterable[Quad]) -> None:
    named: list[str] = []
    default: list[str] = []
    for quad in quads:
        shown = _is_merged(quad) and not _is_elsewhere(store, quad)
        text = f"{quad.triple} ."
        if "_:" in text:  # perhaps a blank node, which DELETE DATA does not take
            store.remove(quad)
            if shown:
                store.remove(Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()))
            continue
        named.append(f"GRAPH {quad.graph_name} {{ {text} }}")
        if shown:
            default.append(text)
    store.update(f"DELETE DATA {{ {' '.join(default)} {' '.join(named)} }}")


def _is_merged(quad: Quad) -> bool:
    return isinstance(quad.graph_name, NamedNode) and graphs.is_merged(quad.graph_name)


def _is_elsewhere(store: Store, quad: Quad) -> bool:
    return any(
        other.graph_name != quad.graph_name and _is_merged(other)
        for other in store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
    )
