"""From when on a query is long, beside what the others took."""

import pytest

from conflictgraph.store.child import LONG
from conflictgraph.store.usual import Usual


def after(*works: float) -> float:
    usual = Usual()
    for work in works:
        usual.note(work)
    return usual.long


def test_a_few_queries_are_no_custom() -> None:
    assert after() == after(*7 * [0.4]) == LONG


def test_where_all_are_alike_none_is_long() -> None:
    assert after(*8 * [0.4]) == pytest.approx(0.8)


def test_where_most_are_short_a_longer_one_is_long_soon() -> None:
    assert after(*20 * [0.01], *12 * [5.0]) == LONG


def test_no_query_is_usual_beyond_a_second_of_work() -> None:
    assert after(*32 * [30.0]) == 1.0


def test_what_was_long_ago_does_not_count() -> None:
    assert after(*100 * [0.4], *32 * [0.01]) == LONG


def test_where_one_did_not_come_to_its_end_the_next_is_long_sooner() -> None:
    usual = Usual()
    for _ in range(32):
        usual.note(0.4)
    usual.note(2.0, done=False)
    assert usual.long == LONG / 2
    for _ in range(31):
        usual.note(0.4)
    assert usual.long == LONG / 2
    usual.note(0.4)
    assert usual.long == pytest.approx(0.8)
