"""The compiled rules and owlrl on random ontologies with data."""

import pytest
from reasoned import inferred, scratch, store_of
from worlds import world

from conflictgraph.reason.closure import close
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
