"""Every test of the W3C SHACL suite that lies beside the repository passes, compiled."""

from __future__ import annotations

import pytest
from shacl_suite import SUITE, Case, cases, comparable

from conflictgraph.validate.faults import ShapesError
from conflictgraph.validate.validation import Validator

pytestmark = pytest.mark.skipif(
    not SUITE.is_dir(),
    reason="NOT TESTED: the W3C SHACL suite is not at ../shared/w3c/shacl beside the checkout",
)


@pytest.mark.parametrize("case", cases() if SUITE.is_dir() else [], ids=str)
def test_the_report_is_the_one_that_the_suite_expects(case: Case) -> None:
    if case.expected is None:
        with pytest.raises(ShapesError):
            Validator(case.shapes).validate_triples(case.data)
        return
    report = Validator(case.shapes).validate_triples(case.data).report
    assert comparable(report, case) == comparable(case.expected, case)
    assert report.delegated == ()
