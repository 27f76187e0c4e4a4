"""The ontology inside a dataset: the triples that rules are compiled from, wherever they are stated."""

from collections.abc import Iterable
from typing import Final

from pyoxigraph import Triple

from conflictgraph.reason import tokens
from conflictgraph.reason.facts import CLASSES, PREDICATES, Facts
from conflictgraph.reason.relations import Key, Relations, lines
from conflictgraph.reason.trivia import TYPE, is_trivial

KEYS: Final[tuple[Key, ...]] = (
    *((str(predicate), "") for predicate in sorted(PREDICATES, key=str)),
    *((str(TYPE), str(class_)) for class_ in sorted(CLASSES, key=str)),
)
"""The relations that an ontology consists of."""


def is_ontology(triple: Triple) -> bool:
    """Tell whether a triple is one that the rules' ontology part can match."""
    return triple.predicate in PREDICATES or (triple.predicate == TYPE and triple.object in CLASSES)


def facts(asserted: Iterable[Triple], inferred: Iterable[Triple] = ()) -> Facts:
    """An ontology closed under the schema rules.

    What is asserted comes first, so that what the schema rules conclude has a derivation even where an
    earlier closure has stored it. Sorted, so that the same ontology gives the same derivations.
    """
    found = Facts(sorted(asserted, key=str))
    found.close()
    found.add(sorted(inferred, key=str))
    found.close()
    return found


def stated(known: Relations) -> list[Triple]:
    """The ontology's triples among relations."""
    parts = (known.rows(key) for key in KEYS)
    return list(tokens.parsed("".join(lines(parts))))


def conclusions(found: Facts) -> list[Triple]:
    """What the schema rules added, without trivia."""
    return [fact for fact in found.derivations if not is_trivial(fact)]
