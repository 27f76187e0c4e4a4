"""What the tests of the shapes share, made once: the shapes, the ontology, the shipped graph closed."""

from functools import cache

from pyoxigraph import Triple

from conflictgraph.ingest.seed import SeedGraph, seed_graphs, shape_triples
from conflictgraph.reason.in_memory import inferred_triples
from conflictgraph.validate.report import Report
from conflictgraph.validate.validation import Validator


@cache
def shapes() -> tuple[Triple, ...]:
    """The shipped shapes."""
    return tuple(shape_triples())


@cache
def validator() -> Validator:
    """The shipped shapes, compiled."""
    return Validator(shapes())


@cache
def ontology() -> tuple[Triple, ...]:
    """The ontology and the schemes, as they are written."""
    return _triples(seed_graphs()[:2])


@cache
def closed_seed() -> tuple[Triple, ...]:
    """The shipped graph with everything that follows from it."""
    asserted = _triples(seed_graphs())
    inferred, findings = inferred_triples(asserted)
    assert not findings
    return (*asserted, *inferred)


@cache
def compiled_report() -> Report:
    """The compiled engine's report on the closed graph."""
    return validator().validate_triples(closed_seed()).report


def _triples(graphs: tuple[SeedGraph, ...]) -> tuple[Triple, ...]:
    return tuple(dict.fromkeys(triple for graph in graphs for triple in graph.triples()))
