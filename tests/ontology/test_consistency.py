"""Ontology and data do not contradict each other, says the reference reasoner too."""

from ontology_files import data, ontology, schemes

from conflictgraph.reason.in_memory import inferred_triples
from conflictgraph.reason.reference import owlrl_closure


def test_neither_reasoner_finds_a_contradiction() -> None:
    """owlrl takes half a minute: this is the one test that asks it about the shipped graph."""
    asserted = (*ontology(), *schemes(), *data())
    assert inferred_triples(asserted)[1] == ()
    assert owlrl_closure(asserted).findings == ()
