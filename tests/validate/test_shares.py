"""Several threads that ask at once find what one finds."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Quad, Store
from shacl_worlds import random_data, random_shapes
from ttl import lines, triples

from conflictgraph.validate import screen, shares
from conflictgraph.validate.asking import Ask, Table, ask_in_memory
from conflictgraph.validate.faults import ShapesError
from conflictgraph.validate.validation import Validator

_SHAPES = """
:A a sh:NodeShape ; sh:targetClass :A ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:class :A ] .
:B a sh:NodeShape ; sh:targetClass :B ; sh:property [ sh:path :p ; sh:maxCount 1 ; sh:in ( 1 2 ) ] .
:C a sh:NodeShape ; sh:targetSubjectsOf :q ; sh:class :A .
:D a sh:NodeShape ; sh:targetClass :A , :B ;
    sh:sparql [ sh:select "SELECT $this ?value { $this <http://example.org/q> ?value }" ] .
"""
_DATA = ":a a :A ; :p :b ; :q 1 . :b a :B ; :p 1, 3 ; :q 2 . :c a :A ."


@pytest.fixture(autouse=True)
def _little_is_worth_dividing() -> Iterator[None]:
    with patch.object(shares, "WORTH", 0):
        yield


def _asked(data: str) -> Ask:
    store = Store()
    store.extend(Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in triples(data))
    return ask_in_memory(store)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**40), at_once=st.integers(2, 4), worth=st.sampled_from((0, 20)))
def test_the_report_is_the_same_for_any_number_of_threads(seed: int, at_once: int, worth: int) -> None:
    rng = random.Random(seed)
    validator, store = Validator(random_shapes(rng)), Store()
    store.extend(Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in random_data(rng))
    with patch.object(screen, "WORTH", worth):
        found = validator.validate(ask_in_memory(store), at_once=at_once)
        expected = validator.validate(ask_in_memory(store))
    assert found.report == expected.report
    assert found.found == expected.found


def _meeting(asked: Ask) -> tuple[Ask, dict[int, str]]:
    """The same, but that two threads wait for each other when they first ask about a step; and what each of
    them asked then."""
    meeting, here = threading.Barrier(2, timeout=10), dict[int, str]()

    def ask(sparql: str) -> Table:
        is_step = "SELECT DISTINCT ?this" in sparql
        if is_step and here.setdefault(threading.get_ident(), sparql) is sparql:
            meeting.wait()
        return asked(sparql)

    return ask, here


def test_several_threads_ask() -> None:
    asked = _asked(_DATA)
    ask, _ = _meeting(asked)
    told: list[tuple[int, int]] = []
    found = Validator(triples(_SHAPES)).validate(ask, lambda *number: told.append(number), at_once=2)
    alone = Validator(triples(_SHAPES)).validate(asked)
    assert lines(found.report) == lines(alone.report) != []
    assert told[-1] == (len(told), len(told))
    assert {timing.sparql for timing in found.timings} == {timing.sparql for timing in alone.timings}


def test_who_is_done_helps_the_others() -> None:
    asked = _asked(_DATA)
    ask, here = _meeting(asked)
    validator = Validator(triples(_SHAPES))
    every = range(len(validator.plan.roots))
    alone = validator.validate(asked)
    with patch.object(shares, "_divided", return_value=([every, ()], ())):
        found = validator.validate(ask, at_once=2)
    assert found.report == alone.report
    assert len(here) == len(set(here.values())) == 2


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_of_several_failures_the_first_is_told(at_once: int) -> None:
    wrong = 'sh:targetClass :A ; sh:sparql [ sh:message "bad" ; sh:select "SELECT $this {" ]'
    bad = "".join(f":Bad{number} a sh:NodeShape ; {wrong} . " for number in range(3))
    validator = Validator(triples(_SHAPES + bad))
    first = next(root for root in validator.plan.roots if "Bad" in str(root.shape.node))
    with pytest.raises(ShapesError) as raised:
        validator.validate(_asked(_DATA), at_once=at_once)
    assert str(first.shape.node) in str(raised.value)


def test_little_is_not_divided() -> None:
    with (
        patch.object(shares, "WORTH", 10**6),
        patch.object(shares, "ThreadPoolExecutor", side_effect=AssertionError),
    ):
        found = Validator(triples(_SHAPES)).validate(_asked(_DATA), at_once=2)
    assert found.report.results
