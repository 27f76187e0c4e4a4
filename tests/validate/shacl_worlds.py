"""Small random shapes graphs and data graphs that make most constraints fail somewhere."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from conflictgraph.validate.terms import LANG_STRING, SUBCLASS, TRUE, TYPE, sh, xsd
from conflictgraph.validate.triple_index import FIRST, NIL, REST, Node, Term

EX = "http://example.org/"


def ex(name: str) -> NamedNode:
    return NamedNode(EX + name)


NODES: tuple[Node, ...] = (*(ex(f"n{i}") for i in range(5)), BlankNode("b1"), BlankNode("b2"))
CLASSES = tuple(ex(f"C{i}") for i in range(3))
PREDICATES = tuple(ex(f"p{i}") for i in range(3))
LITERALS = (
    *(Literal(str(i), datatype=xsd("integer")) for i in (0, 1, 2, 7)),
    Literal("1.5", datatype=xsd("decimal")),
    Literal("seven", datatype=xsd("integer")),
    Literal("2020-02-29", datatype=xsd("date")),
    Literal("2021-02-29", datatype=xsd("date")),
    Literal("2020-01-01T00:00:00Z", datatype=xsd("dateTime")),
    Literal("2020-01-01T00:00:00", datatype=xsd("dateTime")),
    Literal("5", datatype=xsd("byte")),
    Literal("500", datatype=xsd("byte")),
    TRUE,
    Literal("a"),
    Literal("abc"),
    Literal("ABC"),
    Literal("abc", language="en"),
    Literal("xyz", language="en"),
    Literal("abc", language="de-at"),
    Literal("x", datatype=ex("type")),
)
DATATYPES = (
    *(xsd(name) for name in ("integer", "decimal", "string", "date", "dateTime", "boolean", "byte")),
    LANG_STRING,
    ex("type"),
)
PATTERNS = ("^a", "b", "[0-9]+", "C$", "^x.*z$")


def random_data(rng: random.Random) -> list[Triple]:
    """Return up to some forty triples."""
    found = {Triple(CLASSES[1], SUBCLASS, CLASSES[0])} if rng.random() < 0.7 else set()
    for node in NODES:
        if rng.random() < 0.7:
            found.add(Triple(node, TYPE, rng.choice(CLASSES)))
        for _ in range(rng.randint(0, 5)):
            value = rng.choice(NODES) if rng.random() < 0.45 else rng.choice(LITERALS)
            found.add(Triple(node, rng.choice(PREDICATES), value))
    return sorted(found, key=str)


@dataclass
class ShapesWriter:
    """Writes one random shapes graph; nested shapes get a depth of their own, so that nothing is
    recursive."""

    rng: random.Random
    triples: list[Triple] = field(default_factory=list)
    _count: int = 0

    def graph(self) -> list[Triple]:
        for _ in range(self.rng.randint(1, 3)):
            shape = self.node_shape(0) if self.rng.random() < 0.5 else self.property_shape(0)
            for _ in range(self.rng.randint(1, 2)):
                self._target(shape)
        return self.triples

    def _target(self, shape: Node) -> None:
        kind = self.rng.choice(("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf"))
        values: tuple[Term, ...] = {
            "targetNode": (*NODES[:5], *LITERALS[:4], ex("absent")),
            "targetClass": CLASSES,
        }.get(kind, PREDICATES)
        self._add(shape, kind, self.rng.choice(values))

    def _add(self, subject: Node, name: str, value: Term) -> None:
        self.triples.append(Triple(subject, sh(name), value))

    def _new(self) -> Node:
        self._count += 1
        return ex(f"s{self._count}") if self.rng.random() < 0.5 else BlankNode(f"s{self._count}")

    def _list(self, members: list[Term]) -> Node:
        head: Node = NIL
        for member in reversed(members):
            self._count += 1
            cell = BlankNode(f"l{self._count}")
            self.triples += [Triple(cell, FIRST, member), Triple(cell, REST, head)]
            head = cell
        return head

    def node_shape(self, depth: int) -> Node:
        shape = self._new()
        self.triples.append(Triple(shape, TYPE, sh("NodeShape")))
        self._constraints(shape, depth, NODE_CONSTRAINTS)
        return shape

    def property_shape(self, depth: int) -> Node:
        shape = self._new()
        self.triples.append(Triple(shape, TYPE, sh("PropertyShape")))
        self._add(shape, "path", self.path(0))
        self._constraints(shape, depth, (*NODE_CONSTRAINTS, *PROPERTY_CONSTRAINTS))
        return shape

    def _constraints(self, shape: Node, depth: int, choices: tuple[Constrain, ...]) -> None:
        simple = tuple(c for c in choices if c not in NESTING)
        for write in self.rng.sample(choices if depth < 2 else simple, self.rng.randint(1, 3)):
            write(self, shape, depth)
        if self.rng.random() < 0.2:
            self._add(shape, "severity", sh(self.rng.choice(("Warning", "Info"))))
        if self.rng.random() < 0.2:
            self._add(shape, "message", Literal("wrong"))
        if self.rng.random() < 0.04:
            self._add(shape, "deactivated", TRUE)

    def path(self, depth: int) -> Node:
        kind = self.rng.choice(("inverse", "sequence", "alternative", "*", "+", "?"))
        if depth > 1 or self.rng.random() < 0.6:
            return self.rng.choice(PREDICATES)
        if kind == "sequence":
            return self._list([self.path(depth + 1), self.path(depth + 1)])
        self._count += 1
        node = BlankNode(f"p{self._count}")
        names = {"inverse": "inversePath", "*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}
        if kind == "alternative":
            self._add(node, "alternativePath", self._list([self.path(depth + 1), self.path(depth + 1)]))
        else:
            # pySHACL takes the steps of an inverted sequence in the wrong order (test_known_faults)
            inner = self.rng.choice(PREDICATES) if kind == "inverse" else self.path(depth + 1)
            self._add(node, names[kind], inner)
        return node

    def any_shape(self, depth: int) -> Node:
        return self.node_shape(depth) if self.rng.random() < 0.6 else self.property_shape(depth)


Constrain = Callable[[ShapesWriter, Node, int], None]


def _one_of(name: str, values: tuple[Term, ...]) -> Constrain:
    def write(writer: ShapesWriter, shape: Node, _: int) -> None:
        writer._add(shape, name, writer.rng.choice(values))

    return write


def _some_of(name: str, values: tuple[Term, ...]) -> Constrain:
    def write(writer: ShapesWriter, shape: Node, _: int) -> None:
        writer._add(shape, name, writer._list(writer.rng.sample(values, writer.rng.randint(1, 4))))

    return write


def _shapes(name: str) -> Constrain:
    def write(writer: ShapesWriter, shape: Node, depth: int) -> None:
        shapes: list[Term] = [writer.any_shape(depth + 1) for _ in range(writer.rng.randint(1, 3))]
        writer._add(shape, name, writer._list(shapes))

    return write


def _not(writer: ShapesWriter, shape: Node, depth: int) -> None:
    writer._add(shape, "not", writer.any_shape(depth + 1))


def _node(writer: ShapesWriter, shape: Node, depth: int) -> None:
    writer._add(shape, "node", writer.node_shape(depth + 1))


def _property(writer: ShapesWriter, shape: Node, depth: int) -> None:
    writer._add(shape, "property", writer.property_shape(depth + 1))


def _pattern(writer: ShapesWriter, shape: Node, _: int) -> None:
    writer._add(shape, "pattern", Literal(writer.rng.choice(PATTERNS)))
    if writer.rng.random() < 0.4:
        writer._add(shape, "flags", Literal("i"))


def _closed(writer: ShapesWriter, shape: Node, _: int) -> None:
    writer._add(shape, "closed", TRUE)
    if writer.rng.random() < 0.5:
        writer._add(shape, "ignoredProperties", writer._list([TYPE, writer.rng.choice(PREDICATES)]))


def _qualified(writer: ShapesWriter, shape: Node, depth: int) -> None:
    writer._add(shape, "qualifiedValueShape", writer.any_shape(depth + 1))
    kind = writer.rng.choice(("qualifiedMinCount", "qualifiedMaxCount"))
    writer._add(shape, kind, LITERALS[writer.rng.randint(0, 2)])


def _siblings(writer: ShapesWriter, shape: Node, depth: int) -> None:
    path = writer.path(1)
    for _ in range(2):
        property_shape = writer._new()
        writer._add(shape, "property", property_shape)
        writer._add(property_shape, "path", path)
        writer._add(property_shape, "qualifiedValueShapesDisjoint", TRUE)
        _qualified(writer, property_shape, depth + 1)


_BOUNDS = (*LITERALS[:5], LITERALS[6], LITERALS[8], LITERALS[9])
NESTING: tuple[Constrain, ...] = (
    _not,
    _node,
    _property,
    _qualified,
    _siblings,
    *(_shapes(name) for name in ("and", "or", "xone")),
)
NODE_CONSTRAINTS: tuple[Constrain, ...] = (
    _one_of("class", CLASSES),
    _one_of("datatype", DATATYPES),
    _one_of("nodeKind", tuple(map(sh, ("IRI", "Literal", "BlankNode", "BlankNodeOrIRI", "IRIOrLiteral")))),
    *(_one_of(n, _BOUNDS) for n in ("minExclusive", "minInclusive", "maxExclusive", "maxInclusive")),
    *(_one_of(name, LITERALS[1:4]) for name in ("minLength", "maxLength")),
    _pattern,
    _some_of("languageIn", (Literal("en"), Literal("de"), Literal("fr"), Literal("en-gb"))),
    _one_of("equals", PREDICATES),
    _one_of("disjoint", PREDICATES),
    _closed,
    _one_of("hasValue", (*NODES[:5], *LITERALS)),
    _some_of("in", (*NODES[:5], *LITERALS)),
    *(c for c in NESTING if c is not _qualified),
)
PROPERTY_CONSTRAINTS: tuple[Constrain, ...] = (
    _one_of("minCount", LITERALS[:3]),
    _one_of("maxCount", LITERALS[:3]),
    _one_of("uniqueLang", (TRUE,)),
    _one_of("lessThan", PREDICATES),
    _one_of("lessThanOrEquals", PREDICATES),
    _qualified,
)


def random_shapes(rng: random.Random) -> list[Triple]:
    return list(dict.fromkeys(ShapesWriter(rng).graph()))
