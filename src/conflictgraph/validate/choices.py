"""Write out in a query which predicates an alternative path chooses between, without those that the data has
no triples of.

Along a path an engine may remember all pairs that it found; along predicates it just reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from conflictgraph.validate.sparql_tokens import tokens

_PREDICATE = r"\^?<[^<>\s]*>"
_CHOICE = re.compile(rf"(\?\w+) \(({_PREDICATE}(?:\|{_PREDICATE})+)\) (\?\w+) \.")


def with_present_choices(sparql: str, is_present: Callable[[str], bool]) -> str:
    """Return the query with those choices that lead anywhere; `is_present` tells whether a pattern has
    solutions. A pair may be bound once for each choice that leads to it."""
    number = 0

    def replacement(match: re.Match[str]) -> str:
        nonlocal number
        start, path, end = match.groups()
        choices = path.split("|")
        present = [choice for choice in choices if is_present(f"{start} {choice} {end} .")] or choices[:1]
        if len(present) == 1:
            return f"{start} {present[0]} {end} ."
        if any(choice.startswith("^") for choice in present):
            return f"{start} ({'|'.join(present)}) {end} ."
        number += 1
        return f"{start} ?choice{number} {end} . VALUES ?choice{number} {{ {' '.join(present)} }}"

    is_quoted = _CHOICE.search(sparql) and any(
        token.kind == "string" and _CHOICE.search(token.text) for token in tokens(sparql)
    )
    return sparql if is_quoted else _CHOICE.sub(replacement, sparql)
