"""Which triples a path or a query can read, seen from the node that it starts at.

It knows no change and asks nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias

from pyoxigraph import NamedNode

from conflictgraph.validate.mentions import names_path, predicates_read
from conflictgraph.validate.paths import Alternative, Inverse, Path, Predicate, Repeat, Sequence
from conflictgraph.validate.shapes import QueryText
from conflictgraph.validate.sparql_patterns import Block, Pattern, UnreadableError, blocks_of

Starts: TypeAlias = Mapping[str, tuple[Path, ...]]
"""Variables, and the steps that lead from the start to what they stand for."""


@dataclass(frozen=True, slots=True)
class Read:
    """Triples with a predicate (None: any) are read whose subject, object or predicate is a node that the
    steps lead to from the start (None: wherever they are)."""

    steps: tuple[Path, ...] | None
    predicate: NamedNode | None
    at: OneOf["subject", "object", "predicate"] = "subject"


def path_reads(path: Path, steps: tuple[Path, ...], *, backwards: bool = False) -> Iterator[Read]:
    """Yield what is read on the way over a path, or backwards over it."""
    match path:
        case Predicate(iri):
            yield Read(steps, iri, "object" if backwards else "subject")
        case Inverse(inner):
            yield from path_reads(inner, steps, backwards=not backwards)
        case Alternative(choices):
            for choice in choices:
                yield from path_reads(choice, steps, backwards=backwards)
        case Repeat(inner, _):
            again = Repeat(Inverse(inner) if backwards else inner, "*")
            yield from path_reads(inner, (*steps, again), backwards=backwards)
        case Sequence(parts):
            for part in reversed(parts) if backwards else parts:
                yield from path_reads(part, steps, backwards=backwards)
                steps = (*steps, Inverse(part) if backwards else part)


def query_reads(query: QueryText, starts: Starts, path: Path | None) -> Iterator[Read]:
    """Yield what a query reads, from the nodes that some variables stand for; `path` is what stands for
    $PATH."""
    try:
        block = blocks_of(query.text, query.prefixes, path)
    except UnreadableError:
        read = predicates_read(query)
        yield from [Read(None, None)] if read is None else (Read(None, iri) for iri in read)
        if path is not None and names_path(query):
            yield from (Read(None, one.predicate) for one in path_reads(path, ()))
    else:
        yield from _block_reads(block, starts, ())


def is_sure_to_bind(query: QueryText, name: str) -> bool:
    """Say whether each of the query's solutions has the variable from a triple."""
    try:
        return name in blocks_of(query.text, query.prefixes, None).bound()
    except UnreadableError:
        return False


def _block_reads(block: Block, starts: Starts, outer: tuple[Pattern, ...]) -> Iterator[Read]:
    around = (*outer, *block.patterns)
    for pattern in block.patterns:
        yield from _pattern_reads(pattern, starts, tuple(p for p in around if p is not pattern))
    for _, blocks in block.inner:
        for inner in blocks:
            yield from _block_reads(inner, starts, around)


def _pattern_reads(pattern: Pattern, starts: Starts, around: tuple[Pattern, ...]) -> Iterator[Read]:
    """A solution has triples for the pattern and for all around it: these lead from a start to it."""
    ways = _ways(starts, around)
    path, backwards = pattern.path, pattern.subject not in ways
    steps = ways.get(pattern.object if backwards else pattern.subject)
    if isinstance(path, str) and steps is None and starts.get(path) == ():
        yield Read((), None, "predicate")
    elif isinstance(path, str):
        yield Read(steps, None, "object" if backwards else "subject")
    elif steps is None:
        yield from (Read(None, read.predicate) for read in path_reads(path, ()))
    else:
        yield from path_reads(path, steps, backwards=backwards)


def _ways(starts: Starts, around: tuple[Pattern, ...]) -> dict[str | None, tuple[Path, ...]]:
    """Return the shortest steps from the starts to each variable that patterns lead to."""
    found: dict[str | None, tuple[Path, ...]] = dict(starts.items())
    edge = list(starts)
    while edge:
        at = edge.pop(0)
        for pattern in around:
            if isinstance(pattern.path, str):
                continue
            there = ((pattern.subject, pattern.object, pattern.path),)
            back = ((pattern.object, pattern.subject, Inverse(pattern.path)),)
            for near, far, step in (*there, *back):
                if near == at and far is not None and far not in found:
                    found[far] = (*found[at], step)
                    edge.append(far)
    return found
