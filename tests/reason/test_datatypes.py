"""Values, datatypes and their differences."""

import pytest
from pyoxigraph import Literal, NamedNode

from conflictgraph.reason.datatypes import below, differ, form_test, value_test
from conflictgraph.reason.trivia import RDFS, XSD


def typed(text: str, name: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + name))


GOOD = [
    ("5", "integer"),
    ("-5.50", "decimal"),
    ("127", "byte"),
    ("1e6", "double"),
    ("NaN", "float"),
    ("true", "boolean"),
    ("2022-09-12", "date"),
    ("2022-09-12T24:00:00Z", "dateTimeStamp"),
    ("de-CH", "language"),
    ("cafe", "hexBinary"),
    ("anything", "anyURI"),
]
BAD = [
    ("five", "integer"),
    ("1e6", "decimal"),
    ("128", "byte"),
    ("-1", "nonNegativeInteger"),
    ("yes", "boolean"),
    ("2022-13-01", "date"),
    ("2022-09-12T10:00:00", "dateTimeStamp"),
    ("caf", "hexBinary"),
    ("a b", "NCName"),
]


@pytest.mark.parametrize(("text", "name"), GOOD)
def test_a_good_form_is_well_formed(text: str, name: str) -> None:
    assert form_test(NamedNode(XSD + name))(text)


@pytest.mark.parametrize(("text", "name"), BAD)
def test_a_bad_form_is_not(text: str, name: str) -> None:
    assert not form_test(NamedNode(XSD + name))(text)


@pytest.mark.parametrize(
    ("literal", "name", "expected"),
    [
        (typed("5", "integer"), "decimal", True),
        (typed("5", "integer"), "positiveInteger", True),
        (typed("-5", "integer"), "positiveInteger", False),
        (typed("5.0", "decimal"), "integer", True),
        (typed("5.5", "decimal"), "integer", False),
        (typed("5", "double"), "integer", False),
        (typed("5", "integer"), "string", False),
        (Literal("a b"), "token", True),
        (Literal(" a"), "token", False),
        (Literal("a", language="en"), "string", False),
        (typed("x", "unheardOf"), "integer", True),
    ],
)
def test_a_value_belongs_to_a_datatype_or_not(literal: Literal, name: str, expected: bool) -> None:
    assert value_test(literal.datatype, NamedNode(XSD + name))(literal.value) is expected


def test_every_datatype_is_below_the_literals() -> None:
    assert below(NamedNode(XSD + "integer")) < below(NamedNode(RDFS + "Literal"))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (typed("5", "integer"), typed("5.0", "decimal"), False),
        (typed("5", "integer"), typed("6", "int"), True),
        (typed("5", "integer"), typed("5", "double"), True),
        (typed("1", "boolean"), typed("true", "boolean"), False),
        (Literal("a"), typed("a", "token"), False),
        (Literal("a", language="en"), Literal("a", language="de"), True),
        (typed("INF", "double"), typed("+INF", "double"), False),
    ],
)
def test_literals_differ_by_value(one: Literal, other: Literal, expected: bool) -> None:
    assert differ(one, other) is expected
