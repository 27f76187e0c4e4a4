"""The ontology inside a dataset: the triples that rules are compiled from, wherever they are stated."""

from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import Triple

from conflictgraph.reason import forward, tokens
from conflictgraph.reason.facts import CLASSES, FIRST, PREDICATES, REST, SCHEMA_RULES, Facts
from conflictgraph.reason.join import Join
from conflictgraph.reason.patterns import LIST, terms
from conflictgraph.reason.relations import Key, Pair, Relations, lines
from conflictgraph.reason.steps import Step
from conflictgraph.reason.trivia import TYPE, is_trivial

KEYS: Final[tuple[Key, ...]] = (
    *((str(predicate), "") for predicate in sorted(PREDICATES, key=str)),
    *((str(TYPE), str(class_)) for class_ in sorted(CLASSES, key=str)),
)
"""The relations that an ontology consists of."""


_MEMBER: Final = f"<{LIST}member>"
_SCHEMA: Final = forward.readers(
    Join(Step(rule, (), premises, conclusion), keeps_trivia=True)
    for rule, premises, conclusion in SCHEMA_RULES
)


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


def closed(stated: Iterable[Triple]) -> Facts:
    """The same without remembering derivations, which takes a fraction of the time."""
    given = list(stated)
    known = Relations()
    for fact in given:
        known.give_pairs(str(fact.predicate), [(str(fact.subject), str(fact.object))])
    known.give_pairs(_MEMBER, _members(Facts(given)))
    forward.run(known, _SCHEMA)
    parts = (rows for rows in known.everything() if rows and rows.key[0] != _MEMBER)
    return Facts(tokens.parsed("".join(lines(parts))))


def _members(given: Facts) -> Iterator[Pair]:
    for fact in given:
        if fact.predicate not in (FIRST, REST):
            _, _, head = terms(fact)
            yield from ((str(head), str(item)) for item in given.items(head))


def stated(known: Relations) -> list[Triple]:
    """The ontology's triples among relations."""
    parts = (known.rows(key) for key in KEYS)
    return list(tokens.parsed("".join(lines(parts))))


def conclusions(found: Facts) -> list[Triple]:
    """What is stated and what the schema rules added, without trivia."""
    return [fact for fact in found if not is_trivial(fact)]
