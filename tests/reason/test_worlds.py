"""The compiled rules and owlrl on random ontologies with data."""

import pytest
from reasoned import inferred, merged, scratch, store_of
from worlds import world

from conflictgraph.reason.change import extend, retract
from conflictgraph.reason.closure import close
from conflictgraph.reason.ontology import is_ontology
from conflictgraph.reason.reference import owlrl_closure

FORGETFUL = {"eq-diff2", "eq-diff3", "prp-adp"}
"""Findings that owlrl may miss: it forgets the last member of a list."""


@pytest.mark.parametrize("seed", range(100))
def test_the_inferred_triples_and_the_verdict_are_those_of_owlrl(seed: int) -> None:
    given = world(seed)
    store = store_of(given)
    result, reference = close(store), owlrl_closure(given)
    assert inferred(store) == reference.inferred
    assert result.findings or not reference.findings
    assert reference.findings or {finding.rule for finding in result.findings} <= FORGETFUL
    assert scratch(store) == set()


@pytest.mark.parametrize("seed", range(40))
def test_adding_then_removing_statements_equals_closing_anew(seed: int) -> None:
    given = world(seed)
    part = [triple for triple in given if not is_ontology(triple)][: 1 + seed % 9]
    rest = [triple for triple in given if triple not in set(part)]
    whole, less = store_of(given), store_of(rest)
    everything, before = close(whole), close(less)

    store = store_of(rest)
    close(store)
    store.extend(quad for quad in store_of(part))
    brought = extend(store, part)
    assert (inferred(store), merged(store)) == (inferred(whole), merged(whole))
    new = set(everything.findings) - set(before.findings)
    assert new <= set(brought.findings) <= set(everything.findings)

    for quad in store_of(part):
        store.remove(quad)
    retract(store, part)
    assert (inferred(store), merged(store)) == (inferred(less), merged(less))
    assert scratch(store) == set()
