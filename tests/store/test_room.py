"""Who keeps a place, who goes on in a further one, and who is stopped when others wait."""

import time
from math import inf
from typing import cast

import pytest

from conflictgraph.errors import ConflictGraphError, GaveWay
from conflictgraph.store.child import LONG
from conflictgraph.store.process import Process
from conflictgraph.store.room import Places, Room
from conflictgraph.store.stream import Fate

CLOCK = time.monotonic
ROOM = Room(places=1, long=2, seconds=30)
"""With a share of ten seconds."""


class Worker:
    """Has worked as long as it is told."""

    alive = True

    def __init__(self, work: float = 0.0) -> None:
        self.work = work
        self.reason: ConflictGraphError | None = None

    def kill(self, reason: ConflictGraphError) -> None:
        self.reason = reason


def begun(places: Places, before: float = 0.0) -> Worker:
    """A worker with a query of its own, that had worked before."""
    worker = Worker(before)
    places.reserve()
    places.begin(cast(Process, worker))
    return worker


def long(places: Places, *works: float) -> list[Worker]:
    """Workers in the further places, which have worked so long."""
    workers = []
    for work in works:
        worker = begun(places, before=7.0)
        worker.work += 2 * LONG
        assert places.make() == 0
        worker.work = 7.0 + work
        workers.append(worker)
    return workers


def alike(places: Places, number: int) -> None:
    """So many queries that came to their end after the same work."""
    for _ in range(number):
        worker = begun(places)
        worker.work += 4 * LONG
        places.end(cast(Process, worker), Fate.DONE)


def stopped(*workers: Worker) -> list[bool]:
    return [isinstance(worker.reason, GaveWay) for worker in workers]


def test_who_has_not_worked_for_long_keeps_the_place() -> None:
    places = Places(ROOM)
    worker = begun(places, before=100.0)
    worker.work += LONG / 2
    assert 0 < places.make() <= LONG
    assert (places.free, places.running, worker.reason) == (False, 1, None)


def test_who_has_worked_for_long_goes_on_elsewhere() -> None:
    places = Places(ROOM)
    first, second = long(places, 1.0, 2.0)
    assert (places.free, places.running, stopped(first, second)) == (True, 2, [False, False])
    for worker in (first, second):
        places.end(cast(Process, worker))
    assert (places.free, places.running) == (True, 0)


def test_who_is_known_to_take_long_begins_elsewhere() -> None:
    places = Places(ROOM)
    known = []
    for running in (1, 2):
        assert places.has_further
        places.reserve(long=True)
        known.append(Worker())
        places.begin(cast(Process, known[-1]), long=True)
        assert (places.free, places.running) == (True, running)
    assert not places.has_further
    places.end(cast(Process, known[0]))
    assert (places.free, places.running, places.has_further) == (True, 1, True)


def test_who_is_known_to_take_long_is_stopped_like_the_others() -> None:
    places = Places(ROOM)
    known = Worker()
    places.reserve(long=True)
    places.begin(cast(Process, known), long=True)
    known.work = 11.0
    others = long(places, 0.2, 0.3)
    assert (stopped(known, *others), places.running) == ([True, False, False], 2)


def test_who_is_known_to_take_long_tells_nothing_of_others() -> None:
    places = Places(ROOM)
    alike(places, 32)
    known = Worker()
    places.reserve(long=True)
    places.begin(cast(Process, known), long=True)
    known.work = 20.0
    places.end(cast(Process, known), Fate.LOST)
    other = begun(places)
    other.work += 7 * LONG
    assert (places.make() > 0, places.free) == (True, False)


@pytest.mark.parametrize("works", [(11.0, 30.0), (30.0, 11.0), (0.5, 10.5)])
def test_the_one_that_has_worked_most_is_stopped_if_it_had_its_share(works: tuple[float, float]) -> None:
    places = Places(ROOM)
    old = long(places, *works)
    (new,) = long(places, LONG)
    assert stopped(*old) == [work == max(works) for work in works]
    assert stopped(new) == [False]
    assert f"{max(works):.1f} s" in str(old[works.index(max(works))].reason)
    assert (places.free, places.running) == (True, 2)


def test_as_long_as_none_had_its_share_the_last_is_stopped() -> None:
    places = Places(ROOM)
    old = long(places, 9.9, 0.1)
    (new,) = long(places, LONG)
    assert (stopped(*old), stopped(new)) == ([False, False], [True])
    assert (places.free, places.running) == (True, 2)


def test_a_query_that_was_stopped_gives_its_worker_back_like_any_other() -> None:
    places = Places(ROOM)
    old = long(places, 20.0, 30.0)
    long(places, LONG)
    for worker in old:
        places.end(cast(Process, worker))
    assert (places.taken, places.running) == (0, 1)


def test_without_further_places_nobody_goes() -> None:
    places = Places(Room(places=1))
    worker = begun(places)
    worker.work = 100.0
    assert (places.make(), worker.reason, places.free) == (inf, None, False)


def test_the_share_is_what_the_processors_can_do_for_each() -> None:
    assert ROOM.share == 10
    assert Room(places=2, long=16, seconds=9).share == 1


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr("conflictgraph.store.room.time.monotonic", lambda: CLOCK() + seconds)


def test_a_slow_query_makes_place_while_there_is_much_room(monkeypatch: pytest.MonkeyPatch) -> None:
    places = Places(Room(places=1, long=4))
    slow = begun(places)
    assert places.make() > 0
    later(monkeypatch, 0.3)
    assert (places.make(), places.free, slow.reason) == (0, True, None)


def test_a_slow_query_is_never_stopped_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    places = Places(ROOM)
    old = long(places, 30.0, 20.0)
    slow = begun(places)
    for seconds in range(5):
        later(monkeypatch, seconds * 0.9)
        assert places.make() > 0
        slow.work += LONG / 10
    assert (stopped(*old, slow), places.free) == ([False, False, False], False)


def test_an_answer_that_nobody_reads_makes_place(monkeypatch: pytest.MonkeyPatch) -> None:
    places = Places(ROOM)
    old = long(places, 0.2, 0.3)
    unread = begun(places)
    assert places.make() > 0
    later(monkeypatch, 1.1)
    assert places.make() == 0
    assert (stopped(*old, unread), places.free) == ([False, False, True], True)


def test_where_queries_are_alike_nobody_gives_a_place_to_the_next() -> None:
    """Each of them may work as long as they usually do, and by the clock two and a half times as long."""
    places = Places(Room(places=1, long=16))
    alike(places, 8)
    worker = begun(places)
    worker.work += 7 * LONG
    assert places.make() > 0
    worker.work += 2 * LONG
    assert places.make() == 0


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.UNREAD])
def test_what_was_stopped_does_not_count_as_usual(fate: Fate) -> None:
    places = Places(ROOM)
    for _ in range(20):
        worker = begun(places)
        worker.work += 4 * LONG
        places.end(cast(Process, worker), fate)
    worker = begun(places)
    worker.work += 2 * LONG
    assert places.make() == 0


@pytest.mark.parametrize("fate", Fate)
def test_where_all_are_alike_one_keeps_its_place_until_one_was_stopped(fate: Fate) -> None:
    places = Places(ROOM)
    alike(places, 32)
    places.end(cast(Process, begun(places)), fate)
    worker = begun(places)
    worker.work += 2 * LONG
    assert (places.make() == 0) is (fate is Fate.LOST)


def test_one_that_had_to_give_way_was_stopped_too() -> None:
    places = Places(ROOM)
    long(places, 20.0, 30.0)
    alike(places, 32)
    worker = begun(places)
    worker.work += 9 * LONG
    assert places.make() == 0  # one of the long ones has to go
    places.end(cast(Process, worker), Fate.DONE)
    worker = begun(places)
    worker.work += 2 * LONG
    assert places.make() == 0
