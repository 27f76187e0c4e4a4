"""What the tests of the shapes share: the shapes, the ontology, the shipped graph closed once."""

import pytest
from pyoxigraph import Triple

from conflictgraph.ingest.seed import SeedGraph, seed_graphs, shape_triples
from conflictgraph.reason.in_memory import inferred_triples
from conflictgraph.validate.validation import Validator


@pytest.fixture(scope="session")
def shapes() -> list[Triple]:
    """The shipped shapes."""
    return shape_triples()


@pytest.fixture(scope="session")
def validator(shapes: list[Triple]) -> Validator:
    """The shipped shapes, compiled."""
    return Validator(shapes)


@pytest.fixture(scope="session")
def ontology() -> list[Triple]:
    """The ontology and the schemes, as they are written."""
    return _triples(seed_graphs()[:2])


@pytest.fixture(scope="session")
def closed_seed() -> list[Triple]:
    """The shipped graph with everything that follows from it."""
    asserted = _triples(seed_graphs())
    inferred, findings = inferred_triples(asserted)
    assert not findings
    return [*asserted, *inferred]


def _triples(graphs: tuple[SeedGraph, ...]) -> list[Triple]:
    return list(dict.fromkeys(triple for graph in graphs for triple in graph.triples()))
