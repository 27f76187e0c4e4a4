"""Which queries are known to take long."""

import pytest
from pyoxigraph import NamedNode

from conflictgraph.store.overlong import Marks, Overlong
from conflictgraph.store.port import WHOLE, Dataset

QUERY = "SELECT * {\n  ?s ?p '#one' ; <urn:x#y> ?o }"
ONE = Marks(QUERY, WHOLE, "/1")
LIKE_ONE = Marks(QUERY.replace("?o", "?other"), WHOLE, "/1")
ALSO_LIKE_ONE = Marks(QUERY.replace("#one", "#three"), WHOLE, "/1")


@pytest.mark.parametrize(
    "text",
    [f"{QUERY}\n# 17", f"# who\n  # asks\n{QUERY}", QUERY.replace("\n", "\n\t# or\n"), f" {QUERY}\r\n"],
)
def test_comments_in_lines_of_their_own_are_no_matter(text: str) -> None:
    same = Marks(text, WHOLE, "/1")
    assert (same.text, same.form) == (ONE.text, ONE.form)


@pytest.mark.parametrize(
    "text",
    [
        QUERY.replace("#one", "#two" * 20),
        QUERY.replace("#y", "#z"),
        QUERY.replace("<urn:x#y>", "ex:y"),
        QUERY.replace("?o", "?q"),
        QUERY.replace("?s", "$subject"),
        QUERY.replace("SELECT", "select"),
        QUERY.replace("?o }", " ?o} # 17"),
    ],
)
def test_another_text_may_be_of_the_same_form(text: str) -> None:
    other = Marks(text, WHOLE, "/1")
    assert other.text != ONE.text
    assert other.form == ONE.form


@pytest.mark.parametrize(
    "text",
    [
        QUERY.replace("?p", "?s"),
        QUERY.replace("?p", "<urn:p>"),
        QUERY.replace("*", "?p"),
        QUERY.replace("SELECT", "DESCRIBE"),
        QUERY + " ORDER BY ?o",
        QUERY + " LIMIT 10",
        "'unfinished",
        "\ud800",
        "",
    ],
)
def test_another_question_is_of_another_form(text: str) -> None:
    other = Marks(text, WHOLE, "/1")
    assert other.text != ONE.text
    assert other.form != ONE.form


@pytest.mark.parametrize("much", ["{", "'", "<a:b>,", "?x ", "'\"'\"'\""])
def test_the_form_shows_in_the_beginning_of_a_huge_text(much: str) -> None:
    one, other = Marks(much * 2_000_000, WHOLE, "/1"), Marks(much * 2_000_000 + ".", WHOLE, "/1")
    assert one.text != other.text
    assert one.form == other.form


def test_another_generation_or_dataset_makes_another_query() -> None:
    given = Dataset(default_graphs=(NamedNode("urn:g"),))
    queries = [ONE, Marks(QUERY, WHOLE, "/2"), Marks(QUERY, given, "/1")]
    assert len({query.text for query in queries}) == len({query.form for query in queries}) == 3


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


def test_that_a_query_was_stopped_is_known_of_that_very_one_also_when_another_came_to_its_end() -> None:
    known = Overlong()
    assert not known.was_stopped(ONE)
    known.stopped(ONE)
    known.done(ONE)
    assert known.was_stopped(ONE)
    assert not known.was_stopped(LIKE_ONE)


def test_those_of_one_form_are_taken_for_overlong_together_until_one_comes_to_its_end() -> None:
    known = Overlong()
    known.stopped(ONE)
    assert LIKE_ONE in known
    known.done(LIKE_ONE)
    assert LIKE_ONE not in known
    assert ONE in known
    known.stopped(ALSO_LIKE_ONE)
    assert ALSO_LIKE_ONE in known
    assert LIKE_ONE not in known


@pytest.mark.parametrize("kind", ["stopped", "done"])
def test_only_the_last_are_remembered(kind: str) -> None:
    known = Overlong()
    names = [Marks("{" * number, WHOLE, "/1") for number in range(513)]
    for name in (*names[:512], names[0], names[-1]):
        getattr(known, kind)(name)
    if kind == "done":
        for name in names:
            known.stopped(name)
        assert [name for name in names if name in known] == [names[1]]
    else:
        assert [name for name in names if name not in known] == [names[1]]
