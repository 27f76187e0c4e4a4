"""Write out in a query which classes count as a class, instead of having the engine follow rdfs:subClassOf
for every node.

The classes of the data are few and its nodes many; the answer is the same.
"""

from __future__ import annotations

import re

from pyoxigraph import NamedNode

from conflictgraph.validate.asking import Ask
from conflictgraph.validate.shapes import INSTANCE_OF
from conflictgraph.validate.terms import SUBCLASS, TYPE

_INSTANCE = re.compile(r"(\?\w+) " + re.escape(INSTANCE_OF) + r" (<[^<>\s]*>)")
_MANY = 200


class Subclasses:
    """The subclasses of each class in one state of the data, looked up when first needed."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._known: dict[str, tuple[str, ...] | None] = {}

    def narrowed(self, sparql: str) -> str:
        """Return the query with its classes written out."""
        number = 0

        def replacement(match: re.Match[str]) -> str:
            nonlocal number
            classes = self.of(match.group(2))
            if classes is None:
                return match.group()
            if len(classes) == 1:
                return f"{match.group(1)} {TYPE} {classes[0]}"
            number += 1
            return f"{match.group(1)} {TYPE} ?class{number} . VALUES ?class{number} {{ {' '.join(classes)} }}"

        return _INSTANCE.sub(replacement, sparql)

    def of(self, iri: str) -> tuple[str, ...] | None:
        """Return the class and those subclasses that have instances; None if very many, or blank nodes."""
        if iri not in self._known:
            used = f"FILTER EXISTS {{ ?node {TYPE} ?class }}"
            table = self._ask(f"SELECT DISTINCT ?class WHERE {{ ?class {SUBCLASS}+ {iri} {used} }}")
            found = dict.fromkeys([iri, *(str(row[0]) for row in table.rows)])
            named = all(isinstance(row[0], NamedNode) for row in table.rows)
            self._known[iri] = tuple(found) if named and len(found) <= _MANY else None
        return self._known[iri]
