"""Triple patterns: read from the rule table, bound, unified, renamed. Knows no store and no rule."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple, Variable

from conflictgraph.reason.trivia import OWL, RDF, RDFS, TYPE

Term = NamedNode | BlankNode | Literal
Slot = NamedNode | BlankNode | Literal | Variable
Pattern = tuple[Slot, Slot, Slot]
Binding = Mapping[str, Term]

LIST: Final = "urn:x-conflictgraph:list:"
"""Namespace of the relations that a list stands for: `list:member`, `list:cell`, `list:later`."""

_PREFIXES: Final = {"rdf": RDF, "rdfs": RDFS, "owl": OWL, "list": LIST}
_DOT: Final = re.compile(r"\s+\.(?:\s+|$)")


def patterns(text: str) -> tuple[Pattern, ...]:
    """Read a basic graph pattern in the notation of the rule table (`?x a ?c . ?c rdfs:subClassOf ?d`)."""
    return tuple(_pattern(part) for part in _DOT.split(text.strip()) if part)


def _pattern(text: str) -> Pattern:
    subject, predicate, object_ = (_slot(word) for word in text.split())
    return subject, predicate, object_


def _slot(word: str) -> Slot:
    if word.startswith("?"):
        return Variable(word[1:])
    if word == "a":
        return TYPE
    if word.isdigit():
        return Literal(int(word))
    prefix, _, local = word.partition(":")
    return NamedNode(_PREFIXES[prefix] + local)


def variables(slots: Iterable[Slot]) -> Iterator[str]:
    """The names of the variables among slots, in order, with repetitions."""
    return (slot.value for slot in slots if isinstance(slot, Variable))


def bound(pattern: Pattern, binding: Binding) -> Pattern:
    """Put terms in the place of the variables that the binding knows."""
    s, p, o = (binding.get(t.value, t) if isinstance(t, Variable) else t for t in pattern)
    return s, p, o


def triple(pattern: Pattern) -> Triple | None:
    """The triple that a pattern without variables is; none where RDF 1.1 has no such triple."""
    subject, predicate, object_ = pattern
    if not isinstance(subject, NamedNode | BlankNode) or not isinstance(predicate, NamedNode):
        return None
    return None if isinstance(object_, Variable) else Triple(subject, predicate, object_)


def unified(pattern: Pattern, fact: Iterable[Term], binding: Binding) -> dict[str, Term] | None:
    """Extend a binding so that the pattern equals the fact; none if it cannot."""
    result = dict(binding)
    for slot, term in zip(pattern, fact, strict=True):
        if isinstance(slot, Variable):
            if result.setdefault(slot.value, term) != term:
                return None
        elif not agree(slot, term):
            return None
    return result


def agree(slot: Slot, term: Term) -> bool:
    """Tell whether two terms are the same, or whole numbers of the same value."""
    if slot == term:
        return True
    if not isinstance(slot, Literal) or not isinstance(term, Literal):
        return False
    return slot.value.isdigit() and term.value.isdigit() and int(slot.value) == int(term.value)


def terms(fact: Triple) -> tuple[Term, Term, Term]:
    """The three terms of an RDF 1.1 triple."""
    object_ = fact.object
    assert not isinstance(object_, Triple)
    subject = fact.subject
    assert not isinstance(subject, Triple)
    return subject, fact.predicate, object_
