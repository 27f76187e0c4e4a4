"""Graphs as documents, sorted: the same graph gives the same bytes in N-Quads and N-Triples.

Must not know where the bytes go.
"""

from collections.abc import Iterator

from pyoxigraph import DefaultGraph, NamedNode, Quad

from conflictgraph import formats, graphs, queries, rdf, solutions, vocabulary
from conflictgraph.errors import NotFound
from conflictgraph.formats import Format
from conflictgraph.store.port import Dataset, Queryable

_TRIPLES = "service/merged-view"


def exported(graph: Queryable, format: Format, name: NamedNode | None = None) -> bytes:
    """Every named graph as one document, or the triples of one; `NotFound` if that one is not there.

    The default graph is left out: it is the merged view of the others; so is the provenance graph, unless it
    is asked for by name: it tells of publications, and is different after each. Blank nodes get canonical
    names (RDF Dataset Canonicalization, RDFC-1.0).
    """
    names = [NamedNode(solutions.text(row, "graph")) for row in _sizes(graph)]
    if name is None:
        quads = [quad for each in names if each != graphs.PROVENANCE for quad in _quads(graph, each, each)]
    elif name in names:
        quads = list(_quads(graph, name, None))
    else:
        known = ", ".join(each.value for each in names)
        raise NotFound(f"There is no graph {name.value}. There are: {known}.")
    quads = rdf.canonical(quads)
    if format in (formats.NQUADS, formats.NTRIPLES):
        return rdf.dump(quads)
    return rdf.to_bytes(quads, format, vocabulary.PREFIXES)


def _sizes(graph: Queryable) -> list[solutions.Row]:
    return solutions.rows(graph, queries.named("service/sizes-of-graphs").text)


def _quads(graph: Queryable, source: NamedNode, target: NamedNode | None) -> Iterator[Quad]:
    dataset = Dataset(default_graphs=(source,))
    for triple in solutions.triples(graph, queries.named(_TRIPLES).text, dataset):
        yield Quad(triple.subject, triple.predicate, triple.object, target or DefaultGraph())
