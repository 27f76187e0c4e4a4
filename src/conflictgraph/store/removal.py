"""Take triples out of a graph of a draft, and out of the default graph unless another merged graph has them.

The work and the memory follow what is taken, in batches: one transaction for a graph of a million triples
would need gigabytes. Hence not all or nothing; whoever calls gives the draft up if it fails. Runs in the
draft's process only.
"""

from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from itertools import islice

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from conflictgraph import graphs
from conflictgraph.store.journal import Journal

_BATCH = 10_000


Held = dict[bytes, Quad | None]
"""Triples of a graph by their digests; not all of them if they are many."""


def held(store: Store, graph: NamedNode) -> Held:
    """What a graph holds."""
    quads = enumerate(store.quads_for_pattern(None, None, None, graph))
    return {digest(_line(quad)): quad if number < _BATCH else None for number, quad in quads}


def missing(lines: Iterable[bytes], there: Held) -> Iterator[bytes]:
    """Those of the engine's lines of N-Triples, ends included, that are not there. What is there is taken
    from `there`, in which is left in the end what is to go.

    Lines with blank nodes are always missing: their names are of one load only. That a triple is written
    otherwise than stored does no harm: it is taken out and comes in again.
    """
    known = _known(there)
    for line in lines:
        found = known(line)
        if found in there and b"_:" not in line:
            del there[found]
        else:
            yield line


def _known(there: Held) -> Callable[[bytes], bytes | None]:
    """What stands for a line in `there`. Few are looked up as they are: a digest takes two microseconds."""
    if None in there.values():
        return lambda line: digest(line.rstrip(b"\n"))
    return {_line(quad) + b"\n": found for found, quad in there.items() if quad is not None}.get


def remove(store: Store, graph: NamedNode, journal: Journal, stale: Held | None = None) -> None:
    """Take these triples out of a graph, or all."""
    quads = store.quads_for_pattern(None, None, None, graph)
    going = quads if stale is None else _found(quads, stale)
    while batch := list(islice(going, _BATCH)):
        journal.note(map(_line, batch), graph)
        _remove(store, batch)
    if next(store.quads_for_pattern(None, None, None, graph), None) is None:
        store.remove_graph(graph)


def _found(quads: Iterable[Quad], stale: Held) -> Iterator[Quad]:
    if None in stale.values():
        return (quad for quad in quads if digest(_line(quad)) in stale)
    return (quad for quad in stale.values() if quad is not None)


def _line(quad: Quad) -> bytes:
    return f"{quad.triple} .".encode()


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
