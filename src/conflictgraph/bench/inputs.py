"""The files that engines are measured on: an invented graph as N-Triples, and shapes as Turtle.

Must not know engines.
"""

from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

from pyoxigraph import RdfFormat, Triple, parse, serialize

from conflictgraph import graphs, vocabulary
from conflictgraph.bench.world import World
from conflictgraph.ingest.seed import seed_graphs, shape_triples

SHAPES = ("ten", "core", "shipped")
"""Ten ordinary constraints; the shipped shapes without their SPARQL constraints; all shipped shapes."""

_SPARQL = vocabulary.term("sh:sparql")
_CONSTRAINT = vocabulary.term("sh:SPARQLConstraint")
_SCHEMA = (graphs.ONTOLOGY, graphs.VOCABULARY)


def write_data(path: Path, world: World, *, with_schema: bool) -> int:
    """Write a world, with the ontology and the schemes or without; the number of triples."""
    count = _Count()
    triples = _joined(_schema(), world.triples()) if with_schema else world.triples()
    serialize(count.passing(triples), output=str(path), format=RdfFormat.N_TRIPLES)
    return count.number


def write_shapes(path: Path, name: str) -> None:
    """Write one of the `SHAPES`."""
    path.write_bytes(serialize(shapes(name), format=RdfFormat.TURTLE) or b"")


def shapes(name: str) -> list[Triple]:
    """The triples of one of the `SHAPES`."""
    if name == "ten":
        text = files("conflictgraph.bench").joinpath("ten.ttl").read_bytes()
        return [quad.triple for quad in parse(text, format=RdfFormat.TURTLE)]
    triples = shape_triples()
    return triples if name == "shipped" else _without_sparql(triples)


def _without_sparql(triples: Iterable[Triple]) -> list[Triple]:
    kept = [t for t in triples if t.predicate != _SPARQL]
    constraints = {t.subject for t in kept if t.object == _CONSTRAINT}
    return [t for t in kept if t.subject not in constraints]


def _schema() -> Iterator[Triple]:
    return (triple for seed in seed_graphs() if seed.graph in _SCHEMA for triple in seed.triples())


def _joined(*parts: Iterable[Triple]) -> Iterator[Triple]:
    for part in parts:
        yield from part


class _Count:
    def __init__(self) -> None:
        self.number = 0

    def passing(self, triples: Iterable[Triple]) -> Iterator[Triple]:
        for triple in triples:
            self.number += 1
            yield triple
