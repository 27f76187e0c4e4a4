"""Every test of the W3C SHACL suite that lies beside the repository passes, compiled."""

from __future__ import annotations

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from conflictgraph.validate.asking import ask_in_memory
from conflictgraph.validate.faults import ShapesError
from conflictgraph.validate.validation import Validator
from shacl_suite import SUITE, Case, cases, comparable

pytestmark = pytest.mark.skipif(
    not SUITE.is_dir(),
    reason="NOT TESTED: the W3C SHACL suite is not at ../shared/w3c/shacl beside the checkout",
)
_SHAPES = NamedNode("https://example.org/shapes")


@pytest.mark.parametrize("case", cases() if SUITE.is_dir() else [], ids=str)
def test_the_report_is_the_one_that_the_suite_expects(case: Case) -> None:
    store = Store()
    store.extend([Quad(*triple, DefaultGraph()) for triple in case.data])
    store.extend([Quad(*triple, _SHAPES) for triple in case.shapes])
    if case.expected is None:
        with pytest.raises(ShapesError):
            Validator(case.shapes, _SHAPES).validate(ask_in_memory(store))
        return
    report = Validator(case.shapes, _SHAPES).validate(ask_in_memory(store)).report
    assert comparable(report, case) == comparable(case.expected, case)
    assert report.delegated == ()
