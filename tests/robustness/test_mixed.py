"""Readers, publications, kills and hostile requests at a time: every answer right, nothing left over.

`LOAD_SECONDS` says for how long (`make load`: ten minutes, with a minute before to warm up), `LOAD_SEED`
repeats what is done, though not when.
"""

import os
import random
import shutil
from contextlib import nullcontext
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path

import pytest
from chronicle import THING, Chronicle, Seen, replaced, rows
from mixed import load
from tally import Exchange, Tally

from conflictgraph.provenance import Publication, Used
from conftest import Reply

SECONDS = float(os.environ.get("LOAD_SECONDS", "20"))
SEED = int(os.environ.get("LOAD_SEED", "0")) or random.randrange(1, 1_000_000)
LONG = SECONDS >= 120
"""In the short form there is no warm-up, so that growth cannot be told."""


def test_under_mixed_load_each_answer_is_right_and_nothing_is_left_over(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(home, tmp_path / "home", symlinks=True)
    outcome = load(copy, SECONDS, 60 if LONG else 0, SEED)
    with capsys.disabled() if LONG else nullcontext():
        print("\n" + outcome.report())
    assert [fault[:1000] for fault in outcome.faults[:20]] == []
    assert list(outcome.left_over()) == []
    assert not LONG or list(outcome.grown()) == []
    assert outcome.endings["numbers"]["200"] > SECONDS / 4
    assert outcome.generations > 5
    assert outcome.endings["kill"].total()


ONE, TWO = (THING, 1), (THING, 2)


def published(*keys: str) -> list[Publication]:
    """A history: one publication for each checksum, the first by nobody of the load."""
    now = datetime.now(UTC)
    return [
        Publication(number, number - 1, now, now, "", "", "", 0, 0, 0, (Used("", key),))
        for number, key in enumerate(("", *keys), 1)
    ]


@pytest.fixture
def two() -> Chronicle:
    """Two publications, whose second nobody was told of."""
    chronicle = Chronicle()
    first = chronicle.begin("one", replaced(*ONE), 10)
    first.ended, first.generation = 11, 2
    chronicle.begin("two", replaced(*TWO), 20)
    return chronicle


def test_a_publication_whose_publisher_died_is_found_in_history(two: Chronicle) -> None:
    two.see(Seen("reader", 21, 22, rows(frozenset([TWO]))))
    assert two.faults(published("one", "two"), first=1) == []


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (Seen("reader", 21, 22, frozenset([*rows(frozenset([TWO]))][:1])), "saw"),
        (Seen("reader", 21, 22, frozenset([*rows(frozenset([ONE]))][:1]) | rows(frozenset([TWO]))), "saw"),
        (Seen("reader", 12, 13, rows(frozenset())), "saw"),
        (Seen("reader", 12, 13, rows(frozenset([TWO]))), "saw"),
        (Seen("reader", 12, 13, rows(frozenset([TWO])), generation=3), "2 to 2 were current"),
        (Seen("reader", 21, 22, rows(frozenset([TWO])), generation=2, past=True), "saw"),
    ],
)
def test_an_answer_that_was_right_for_no_generation_of_its_time_is_found(
    two: Chronicle, seen: Seen, words: str
) -> None:
    two.see(seen)
    (fault, *_) = two.faults(published("one", "two"), first=1)
    assert words in fault


def test_what_was_lost_or_refused_and_published_is_found(two: Chronicle) -> None:
    assert "is lost" in two.faults(published(), first=1)[0]
    assert "was refused" in two.faults(published("one", "three"), first=1)[0]
    two.attempts[1].refused = True
    assert "was refused" in two.faults(published("one", "two"), first=1)[0]


def test_each_fault_of_the_server_needs_a_kill_of_its_own() -> None:
    tally = Tally()
    for who in ("a", "b"):
        tally.note(Exchange(who, 10, 12, Reply(503, Message(), b"")), (200,))
    tally.strike("worker", 11)
    assert tally.settle()["worker"] == 1
    assert len(tally.faults) == 1
    tally.strike("worker", 30)
    tally.note(Exchange("c", 20, 21, None), ("QueryTimeout",))
    tally.note(Exchange("d", 20, 40, Reply(500, Message(), b"")), (200,))
    tally.settle()
    assert len(tally.faults) == 3
