"""Whether a query gives the same bytes each time that it is asked of one generation.

Must not know who wants to keep the answer. Says no where the text is ambiguous, and for what comes from
elsewhere, and for a long text.
"""

import re
from collections.abc import Iterable, Iterator

from conflictgraph.store.tokens import Token, decoded, tokens

_CHANGING = re.compile(r"now|rand|uuid|bnode|service", re.IGNORECASE)
"""Functions of SPARQL 1.1 (17.4) that give another value each time, and the clause that asks elsewhere."""

_WORTH_A_LOOK = re.compile(f"{_CHANGING.pattern}|construct", re.IGNORECASE)
_LONGEST = 1 << 14
"""Characters of a text that is looked at: who asks is not to spend much time on it."""


def is_repeatable(sparql: str) -> bool:
    """Whether nothing in the text is random, tells the time, makes blank nodes or asks another endpoint."""
    if len(sparql) > _LONGEST:
        return False
    text = decoded(sparql)
    if not _WORTH_A_LOOK.search(text):
        return True
    return not any(_changes(tokens(text, comparing=comparing)) for comparing in (False, True))


def _changes(reading: list[Token]) -> bool:
    if any(token.kind in ("word", "broken") and _CHANGING.search(token.text) for token in reading):
        return True
    return any(token.kind == "blank" or token.is_symbol("[", "(") for token in _template(reading))


def _template(reading: Iterable[Token]) -> Iterator[Token]:
    """The tokens of the template of a CONSTRUCT, whose blank nodes get new names each time."""
    depth, constructs = 0, False
    for token in reading:
        constructs = constructs or token.is_word("CONSTRUCT")
        if not constructs:
            continue
        if token.is_symbol("{", "}"):
            depth += 1 if token.text == "{" else -1
            if depth == 0:
                return
        elif depth:
            yield token
