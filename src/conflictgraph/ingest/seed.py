"""The shipped ontology, schemes and data as named graphs.

Must not know stores. The first directory below `data/` names the source: `data/places/…` is `source/places`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from conflictgraph import graphs, rdf, resources
from conflictgraph.errors import UsageError


@dataclass(frozen=True, slots=True)
class SeedGraph:
    """One named graph and the files that it is made of."""

    graph: NamedNode
    files: tuple[Path, ...]

    def triples(self) -> Iterator[Triple]:
        """The triples of all files, in their order. Raises `DataSyntaxError`."""
        for path in self.files:
            for quad in rdf.quads_from_file(path):
                yield quad.triple


def seed_graphs() -> tuple[SeedGraph, ...]:
    """Ontology, vocabulary and every source that is shipped, in a stable order."""
    ontology: list[Path] = []
    schemes: list[Path] = []
    for path in resources.ontology_files():
        (schemes if path.parent.name == "schemes" else ontology).append(path)
    return (
        SeedGraph(graphs.ONTOLOGY, tuple(ontology)),
        SeedGraph(graphs.VOCABULARY, tuple(schemes)),
        *_sources(),
    )


def shape_triples() -> list[Triple]:
    """The shipped shapes as one graph, its blank nodes under names that stay the same."""
    quads = [quad for path in resources.shape_files() for quad in rdf.quads_from_file(path)]
    return [quad.triple for quad in sorted(rdf.canonical(quads), key=str)]


def _sources() -> Iterator[SeedGraph]:
    root = resources.directory("data")
    files: dict[str, list[Path]] = {}
    for path in resources.data_files():
        slug, *rest = path.relative_to(root).parts
        if not rest:
            raise UsageError(f"{path} must be in a directory below data/ that names its source.")
        files.setdefault(slug, []).append(path)
    return (SeedGraph(graphs.source(slug), tuple(files[slug])) for slug in sorted(files))
