"""The tree of errors is as it is drawn, and each says what it should."""

import inspect
import re

import pytest

from conflictgraph import errors

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.ConflictGraphError) and kind.__module__ == errors.__name__
]


def drawn() -> dict[str, str]:
    """Each class in the drawing, with the class above it."""
    above = ["ConflictGraphError"]
    found: dict[str, str] = {}
    for branches, name in re.findall(
        r"^([ │├└─]*[├└]── )([A-Z]\w+)", inspect.getdoc(errors) or "", re.MULTILINE
    ):
        depth = len(branches) // 4 - 2  # the drawing is indented by one step
        found[name] = above[depth]
        above[depth + 1 :] = [name]
    return found


def test_the_drawing_is_the_tree() -> None:
    root = errors.ConflictGraphError
    assert drawn() == {kind.__name__: kind.__mro__[1].__name__ for kind in KINDS if kind is not root}


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_says_what_it_means(kind: type[errors.ConflictGraphError]) -> None:
    assert kind.__doc__
    assert kind.__doc__ != kind.__mro__[1].__doc__


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (errors.QuerySyntaxError(2, 5, "no verb"), "line 2, column 5: no verb"),
        (errors.QuerySyntaxError(0, 0, "no verb"), "no verb"),
        (errors.DataSyntaxError("a.ttl", 3, 1, "no dot"), "a.ttl:3:1: no dot"),
        (errors.DataSyntaxError("a.ttl", 0, 0, "no dot"), "a.ttl: no dot"),
        (errors.NotAcceptable("image/png", ["text/csv"]), "Cannot answer as 'image/png'. Offered: text/csv."),
        (errors.QueryTooLarge(11, 10), "The request has 11 bytes, the limit is 10."),
        (errors.SettingError("X", "a number", "one"), "X must be a number; found 'one'."),
    ],
)
def test_messages_say_what_was_found_and_where(error: errors.ConflictGraphError, text: str) -> None:
    assert str(error) == text


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (errors.QueryTimeout(30), "30 s.*LIMIT"),
        (errors.QueryOutOfMemory(100), "100 MB"),
        (errors.ResultTooLarge(5), "LIMIT"),
        (errors.PortTaken("127.0.0.1", 8000), "choose another port"),
        (errors.UnsupportedMediaType("image/png", ["text/turtle"]), "text/turtle"),
    ],
)
def test_messages_say_what_to_do(error: errors.ConflictGraphError, advice: str) -> None:
    assert re.search(advice, str(error))


def test_a_report_travels_with_its_error() -> None:
    report = object()
    assert errors.DoesNotConform(report).report is report
