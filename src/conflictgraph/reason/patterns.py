"""Triple patterns: read from the rule table, bound, unified, renamed. Knows no store and no rule.

Terms are texts (`tokens`); a variable begins with a question mark.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final

from conflictgraph.reason.tokens import is_literal, is_variable, lexical
from conflictgraph.reason.trivia import OWL, RDF, RDFS, TYPE, XSD, Fact

Pattern = tuple[str, str, str]
Binding = Mapping[str, str]
"""The term that each variable stands for."""

LIST: Final = "urn:x-conflictgraph:list:"
"""Namespace of the relations that a list stands for: `list:member`, `list:cell`, `list:later`."""

_PREFIXES: Final = {"rdf": RDF, "rdfs": RDFS, "owl": OWL, "list": LIST}
_DOT: Final = re.compile(r"\s+\.(?:\s+|$)")


@cache
def patterns(text: str) -> tuple[Pattern, ...]:
    """Read a basic graph pattern in the notation of the rule table (`?x a ?c . ?c rdfs:subClassOf ?d`)."""
    return tuple(_pattern(part) for part in _DOT.split(text.strip()) if part)


def _pattern(text: str) -> Pattern:
    subject, predicate, object_ = (_slot(word) for word in text.split())
    return subject, predicate, object_


def _slot(word: str) -> str:
    if is_variable(word):
        return word
    if word == "a":
        return TYPE
    if word.isdigit():
        return f'"{word}"^^<{XSD}integer>'
    prefix, _, local = word.partition(":")
    return f"<{_PREFIXES[prefix]}{local}>"


def variables(slots: Iterable[str]) -> Iterator[str]:
    """The variables among slots, in order, with repetitions."""
    return filter(is_variable, slots)


def bound(pattern: Pattern, binding: Binding) -> Pattern:
    """Put terms in the place of the variables that the binding knows."""
    s, p, o = pattern
    return binding.get(s, s), binding.get(p, p), binding.get(o, o)


def stored(pattern: Pattern) -> Fact | None:
    """The triple that a pattern without variables is; none where RDF 1.1 has no such triple."""
    subject, predicate, object_ = pattern
    is_storable = subject[0] in "<_" and predicate[0] == "<" and not is_variable(object_)
    return pattern if is_storable else None


def unified(pattern: Pattern, known: Fact, binding: Binding) -> dict[str, str] | None:
    """Extend a binding so that the pattern equals the fact; none if it cannot."""
    result = dict(binding)
    for slot, term in zip(pattern, known, strict=True):
        if is_variable(slot):
            if result.setdefault(slot, term) != term:
                return None
        elif not agree(slot, term):
            return None
    return result


def agree(slot: str, term: str) -> bool:
    """Tell whether two terms are the same, or whole numbers of the same value."""
    if slot == term:
        return True
    if not is_literal(slot) or not is_literal(term):
        return False
    one, other = lexical(slot), lexical(term)
    return one.isdigit() and other.isdigit() and int(one) == int(other)
