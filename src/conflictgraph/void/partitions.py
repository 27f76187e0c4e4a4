"""The numbers as the triples of the graph `void`, and back (VoID, sections 4.3 and 4.4).

Must not know how anything is counted. A node is named after what it is about, below the graph's own name, so
that the shapes take it for a description of the graph and every copy gives it the same name.
"""

from collections.abc import Iterator
from functools import lru_cache, partial
from urllib.parse import quote, unquote

from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import graphs, queries, solutions, vocabulary
from conflictgraph.store.port import Queryable
from conflictgraph.void.numbers import Numbers

VOID = "http://rdfs.org/ns/void#"
_WORDS = {
    "triples": "triples",
    "subjects": "distinctSubjects",
    "objects": "distinctObjects",
    "entities": "entities",
}
_NAMES = {NamedNode(VOID + word): name for name, word in _WORDS.items()}
_quoted = lru_cache(4_096)(partial(quote, safe=""))
_unquoted = lru_cache(4_096)(unquote)
"""Each class and property is in the names of many nodes."""


def node(*parts: str) -> NamedNode:
    """Something in the description, named after what it is about."""
    return NamedNode(f"{graphs.VOID.value}#{'/'.join(map(_quoted, parts))}")


DATASET = node("dataset")
"""The merged view."""


def partitions(numbers: Numbers) -> Iterator[Triple]:
    """The dataset with a partition for each class, each property, and each property within a class."""
    yield Triple(DATASET, vocabulary.A, void("Dataset"))
    classes = properties = 0
    for key, number in numbers.items():
        match key:
            case ("entities", kind):
                classes += 1
                yield Triple(DATASET, void("classPartition"), _node(key))
                yield Triple(_node(key), void("class"), NamedNode(kind))
            case ("triples", name):
                properties += 1
                yield Triple(DATASET, void("propertyPartition"), _node(key))
                yield Triple(_node(key), void("property"), NamedNode(name))
            case ("triples", kind, name):
                yield Triple(_node(("entities", kind)), void("propertyPartition"), _node(key))
                yield Triple(_node(key), void("property"), NamedNode(name))
        yield Triple(_node(key), void(_WORDS[key[0]]), integer(number))
    yield Triple(DATASET, void("classes"), integer(classes))
    yield Triple(DATASET, void("properties"), integer(properties))


def told(state: Queryable) -> Numbers | None:
    """The numbers that the graph `void` tells; None if there is no such graph."""
    rows = solutions.rows(state, queries.named("service/void-told").text)
    numbers = Numbers()
    for row in rows:
        measure = _NAMES.get(NamedNode(solutions.text(row, "measure")))
        if measure:
            numbers[measure, *_about(solutions.text(row, "node"))] = int(solutions.text(row, "number"))
    return numbers or None


def void(name: str) -> NamedNode:
    """A term of VoID."""
    return NamedNode(VOID + name)


def integer(value: int | str) -> Literal:
    """A number as a term."""
    return Literal(str(value), datatype=vocabulary.XSD_INTEGER)


def _node(key: tuple[str, ...]) -> NamedNode:
    match key:
        case (_,):
            return DATASET
        case ("entities", kind):
            return node("class", kind)
        case (_, name):
            return node("property", name)
        case _:
            return node("class", *key[1:])


def _about(name: str) -> tuple[str, ...]:
    """What a node is named after."""
    return tuple(map(_unquoted, name.rpartition("#")[2].split("/")[1:]))
