"""Which queries are known to take long."""

import pytest
from pyoxigraph import NamedNode

from conflictgraph.store.overlong import Overlong, fingerprint
from conflictgraph.store.port import WHOLE, Dataset

QUERY = "SELECT * {\n  ?s ?p '#one' ; <urn:x#y> ?o }"
ONE = fingerprint(QUERY, WHOLE, "/1")


@pytest.mark.parametrize(
    "text",
    [f"{QUERY}\n# 17", f"# who\n  # asks\n{QUERY}", QUERY.replace("\n", "\n\t# or\n"), f" {QUERY}\r\n"],
)
def test_comments_in_lines_of_their_own_are_no_matter(text: str) -> None:
    assert fingerprint(text, WHOLE, "/1") == ONE


@pytest.mark.parametrize(
    "text",
    [QUERY.replace("#one", "#two"), QUERY.replace("#y", "#z"), QUERY.replace("?o", "?q"), "\ud800", ""],
)
def test_another_text_is_another_query(text: str) -> None:
    assert fingerprint(text, WHOLE, "/1") != ONE


def test_another_generation_or_dataset_makes_another_query() -> None:
    given = Dataset(default_graphs=(NamedNode("urn:g"),))
    assert len({ONE, fingerprint(QUERY, WHOLE, "/2"), fingerprint(QUERY, given, "/1")}) == 3


def test_known_until_one_comes_to_its_end() -> None:
    known = Overlong()
    known.stopped(ONE)
    known.stopped(ONE)
    assert ONE in known
    known.done(ONE)
    assert ONE not in known


def test_what_once_came_to_its_end_is_not_overlong_whatever_stops_it() -> None:
    known = Overlong()
    known.done(ONE)
    known.stopped(ONE)
    assert ONE not in known


@pytest.mark.parametrize("kind", ["stopped", "done"])
def test_only_the_last_are_remembered(kind: str) -> None:
    known = Overlong()
    names = [bytes([*divmod(number, 256)]) for number in range(1_025)]
    for name in (*names[:1_024], names[0], names[-1]):
        getattr(known, kind)(name)
    if kind == "done":
        for name in names:
            known.stopped(name)
        assert [name for name in names if name in known] == [names[1]]
    else:
        assert [name for name in names if name not in known] == [names[1]]
