"""A SPARQL constraint asked for all focus nodes at once finds what it finds with each one's name in it."""

from __future__ import annotations

import random

import pytest
from pyoxigraph import NamedNode, QuerySolutions, Store
from ttl import triples

from conflictgraph.validate.prebinding import for_one
from conflictgraph.validate.validation import Validator

NODES = (":a", ":b", ":c")
PREFIX = "PREFIX : <http://example.org/> "
ROUNDS = 80
KEPT = ':z :r "01"^^xsd:integer .'
"""A literal that is kept as it is written, for which texts are written anew (kept_values)."""


class Author:
    """Writes data, and patterns that look at $this and at what may have no value, in groups within groups."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.assigned = 0

    def data(self) -> str:
        lines = [f"{node} a :Thing ." for node in NODES]
        for _ in range(self.random.randint(1, 5)):
            lines.append(f"{self.of(*NODES)} {self.of(':p', ':q')} {self.of(*NODES, '1')} .")
        return "\n".join(lines)

    def group(self, depth: int) -> str:
        return f"{{ {' '.join(self.part(depth) for _ in range(self.random.randint(1, 3)))} }}"

    def part(self, depth: int) -> str:
        kind = self.random.randrange(9 if depth else 1)
        if kind < 2:
            return f"{self.variable()} {self.of(':p', ':q', '^:p', ':p|:q')} {self.term()} ."
        if kind < 4:
            return f"OPTIONAL {self.group(depth - 1)}"
        if kind == 4:
            return f"{self.group(depth - 1)} UNION {self.group(depth - 1)}"
        if kind == 5:
            return self.group(depth - 1)
        if kind == 6:
            return f"FILTER({self.condition(depth - 1)})"
        if kind == 7:
            self.assigned += 1
            return f"BIND({self.condition(depth - 1)} AS ?is{self.assigned})"
        return f"{{ SELECT $this {self.of('?x', '?y', '')} WHERE {self.group(depth - 1)} }}"

    def condition(self, depth: int) -> str:
        if depth and self.random.random() < 0.4:
            return f"{self.of('', 'NOT ')}EXISTS {self.group(depth - 1)}"
        test = self.of(f"bound({self.variable()})", f"({self.variable()} = {self.term()})")
        return self.of("", "!") + test

    def variable(self) -> str:
        return self.of("$this", "$this", "?x", "?y")

    def term(self) -> str:
        return self.of(self.variable(), self.variable(), ":a", "1")

    def of(self, *choices: str) -> str:
        return self.random.choice(choices)


@pytest.mark.parametrize(("seed", "more"), [*((seed, "") for seed in range(8)), (8, KEPT), (9, KEPT)])
def test_all_focus_nodes_at_once_get_what_each_gets_by_its_name(seed: int, more: str) -> None:
    author = Author(seed)
    for _ in range(ROUNDS):
        data, select = author.data() + more, f"{PREFIX}SELECT $this WHERE {author.group(3)}"
        shape = f':S a sh:NodeShape ; sh:targetClass :Thing ; sh:sparql [ sh:select """{select}""" ] .'
        report = Validator(triples(shape)).validate_triples(triples(data)).report
        found = {str(result.focus_node) for result in report.results}
        assert found == by_name(data, select), f"{select}\n{data}"
        assert report.delegated == ()


def by_name(data: str, select: str) -> set[str]:
    """The nodes for which the query has a solution when they stand in the place of $this."""
    store = Store()
    for triple in triples(data):
        store.update(f"INSERT DATA {{ {triple} }}")
    found = set()
    for node in (NamedNode(f"http://example.org/{name[1:]}") for name in NODES):
        text = for_one(select, node)
        assert text is not None
        solutions = store.query(text)
        assert isinstance(solutions, QuerySolutions)
        if next(iter(solutions), None) is not None:
            found.add(str(node))
    return found
