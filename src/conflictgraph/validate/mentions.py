"""Which predicates a SPARQL text can read triples of, told from its words alone.

On the safe side: what might be a variable predicate counts as one, and then nothing can be told.
"""

from __future__ import annotations

import re

from pyoxigraph import NamedNode

from conflictgraph.validate.shapes import QueryText
from conflictgraph.validate.sparql_tokens import Token, tokens
from conflictgraph.validate.terms import TYPE

_PREFIX = re.compile(r"PREFIX\s+([^\s:]*):\s*<([^>]*)>", re.IGNORECASE)
_TERMS = frozenset({"variable", "iri", "name", "string", "language"})


def predicates_read(query: QueryText) -> frozenset[NamedNode] | None:
    """Return every IRI in the text, each of which may be a predicate; None if any predicate may be read.

    The predicates of the path that stands for $PATH are not among them (`names_path`).
    """
    solid = [token for token in tokens(query.text) if token.kind not in ("space", "comment")]
    patterns = _patterns_only(solid)
    if any(_may_be_any(patterns, at) for at in range(len(patterns))):
        return None
    prefixes = dict(_PREFIX.findall(query.prefixes + " " + query.text))
    found = {TYPE} if any(token.kind == "word" and token.text == "a" for token in solid) else set()
    for token in solid:
        if token.kind == "iri":
            found.add(NamedNode(token.text[1:-1]))
        elif token.kind == "name" and not token.text.startswith("_:"):
            prefix, _, local = token.text.partition(":")
            if prefix not in prefixes or "\\" in local:
                return None
            found.add(NamedNode(prefixes[prefix] + local.rstrip(".")))
    return frozenset(found)


def names_path(query: QueryText) -> bool:
    """Say whether the text has a path put in, in the place of $PATH."""
    return any(token.is_path for token in tokens(query.text))


def _may_be_any(solid: list[Token], at: int) -> bool:
    """Say whether a variable stands where a predicate may, or a path excludes predicates instead of naming
    them."""
    token = solid[at]
    before = solid[at - 1] if at else Token("mark", "")
    after = solid[at + 1] if at + 1 < len(solid) else Token("mark", "")
    if token.is_path:
        return False
    if token.text == "!":
        return after.text != "=" and (before.kind in _TERMS or before.text in ("/", "|", "^", "(", ";", "a"))
    if token.variable is None or not (before.kind in _TERMS or before.text in ("]", ")", ";")):
        return False
    starts_term = (
        after.text[:1].isdigit() or after.text in ("[", "(", "+", "-") or after.is_word("TRUE", "FALSE")
    )
    return after.kind in _TERMS or starts_term


def _patterns_only(solid: list[Token]) -> list[Token]:
    """Leave out what stands between SELECT and its group: variables in a row there are no patterns."""
    kept, selecting = [], False
    for token in solid:
        selecting = (
            (selecting or token.is_word("SELECT")) and token.text != "{" and not token.is_word("WHERE")
        )
        if not selecting:
            kept.append(token)
    return kept
