"""Compiled reports are pySHACL's, on random shapes and data; its known faults are mended (mended_pyshacl).

CONFLICTGRAPH_SHACL_PAIRS=2000 asks for more pairs than the short run's.
"""

from __future__ import annotations

import os
import random
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mended_pyshacl import mended
from pyoxigraph import DefaultGraph, Quad, Store, Triple
from shacl_worlds import random_data, random_shapes

from conflictgraph.validate import questions, screen
from conflictgraph.validate.asking import ask_in_memory
from conflictgraph.validate.reference import reference_report
from conflictgraph.validate.validation import Validator

_PAIRS = int(os.environ.get("CONFLICTGRAPH_SHACL_PAIRS", "150"))
_RUN = settings(
    max_examples=_PAIRS,
    deadline=None,
    derandomize=_PAIRS <= 150,
    suppress_health_check=[HealthCheck.too_slow],
)


@_RUN
@given(seed=st.integers(0, 2**40))
def test_a_file_gets_the_report_that_pyshacl_gives_it(seed: int) -> None:
    rng = random.Random(seed)
    shapes, data = random_shapes(rng), random_data(rng)
    with mended():
        expected = reference_report(data, shapes)
    found = Validator(shapes).validate_triples(data).report
    assert found.delegated == ()
    assert found.counted() == expected.counted()


@_RUN
@given(seed=st.integers(0, 2**40))
def test_a_store_gets_the_report_that_pyshacl_gives_its_triples(seed: int) -> None:
    rng = random.Random(seed)
    shapes, store = list(_stored(random_shapes(rng))), _stored(random_data(rng))
    with mended():
        expected = reference_report([quad.triple for quad in store], [quad.triple for quad in shapes])
    found = Validator(quad.triple for quad in shapes).validate(ask_in_memory(store)).report
    assert found.counted() == expected.counted()


def _stored(triples: list[Triple]) -> Store:
    store = Store()
    store.extend([Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in triples])
    return store


@_RUN
@given(seed=st.integers(0, 2**40))
def test_asked_from_the_predicates_on_the_report_is_the_same(seed: int) -> None:
    rng = random.Random(seed)
    ask, validator = ask_in_memory(_stored(random_data(rng))), Validator(random_shapes(rng))
    expected = validator.validate(ask).report
    large = patch.multiple(questions, _SCAN=10**6, _JOIN=10**6)
    with patch.object(questions, "_FEW", -1), large:
        assert validator.validate(ask).report.counted() == expected.counted()
        with patch.object(screen, "WORTH", 0):
            assert validator.validate(ask).report.counted() == expected.counted()
