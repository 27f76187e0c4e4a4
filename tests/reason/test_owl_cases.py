"""The OWL 2 RL test cases of the W3C: consistency, inconsistency, what follows and what does not."""

import pytest
from owl_cases import ABSENT, CASES, Case, cases, entailed
from reasoned import store_of

from conflictgraph.reason.closure import close

BEYOND = dict.fromkeys(
    (
        "DisjointClasses-001",
        "DisjointClasses-003",
        "New-Feature-DisjointDataProperties-002",
        "New-Feature-DisjointObjectProperties-001",
        "New-Feature-DisjointObjectProperties-002",
        "New-Feature-ObjectQCR-002",
        "New-Feature-ReflexiveProperty-001",
        "WebOnt-I4.6-005-Direct",
        "WebOnt-I5.26-010",
        "WebOnt-I5.5-005",
        "WebOnt-I5.8-006",
        "WebOnt-I5.8-008",
        "WebOnt-I5.8-009",
        "WebOnt-differentFrom-001",
        "WebOnt-equivalentClass-008-Direct",
        "WebOnt-imports-011",
        "chain2trans1",
        "owl2-rl-rules-fp-differentFrom",
        "owl2-rl-rules-ifp-differentFrom",
    ),
    "the profile's rules (not its semantics) conclude no such axiom",
)
pytestmark = pytest.mark.skipif(not CASES.exists(), reason=ABSENT)


def _named(kind: str) -> list[object]:
    marks = {name: pytest.mark.xfail(reason=reason, strict=True) for name, reason in BEYOND.items()}
    return [
        pytest.param(
            case, id=case.name, marks=marks.get(case.name, ()) if kind.startswith("Positive") else ()
        )
        for case in cases(kind)
    ]


@pytest.mark.parametrize("case", _named("ConsistencyTest"))
def test_a_consistent_ontology_has_no_finding(case: Case) -> None:
    assert close(store_of(case.premise)).findings == ()


@pytest.mark.parametrize("case", _named("InconsistencyTest"))
def test_an_inconsistent_ontology_has_a_finding(case: Case) -> None:
    assert close(store_of(case.premise)).findings


@pytest.mark.parametrize("case", _named("PositiveEntailmentTest"))
def test_what_follows_is_inferred(case: Case) -> None:
    store = store_of(case.premise)
    close(store)
    assert entailed(store, case.conclusion)


@pytest.mark.parametrize("case", _named("NegativeEntailmentTest"))
def test_what_does_not_follow_is_not_inferred(case: Case) -> None:
    store = store_of(case.premise)
    close(store)
    assert not entailed(store, case.conclusion)


def test_all_cases_are_there() -> None:
    kinds = ("ConsistencyTest", "InconsistencyTest", "PositiveEntailmentTest", "NegativeEntailmentTest")
    assert [len(cases(kind)) for kind in kinds] == [50, 11, 28, 4]
