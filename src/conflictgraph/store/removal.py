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

_BATCH = 10_000


def digests(ntriples: bytes) -> Iterator[bytes]:
    """What stands for each line of the engine's own N-Triples in `remove_all_but`."""
    return map(_digest, ntriples.splitlines())


def remove_all_but(store: Store, graph: NamedNode, kept: Collection[bytes]) -> None:
    """Take out what is not among the digests. That a triple is written otherwise than stored does no harm: it
    is taken out, and comes back when what is kept is loaded."""
    quads = store.quads_for_pattern(None, None, None, graph)
    stale = (quad for quad in quads if _digest(f"{quad.triple} .".encode()) not in kept)
    while batch := list(islice(stale, _BATCH)):
        _remove(store, batch)
    if not kept:
        store.remove_graph(graph)


def _digest(line: bytes) -> bytes:
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
