"""The ontology inside a dataset: the triples that rules are compiled from, wherever they are stated."""

from collections.abc import Iterable, Iterator
from typing import Final

from conflictgraph.reason import forward
from conflictgraph.reason.facts import CLASSES, FIRST, PREDICATES, REST, SCHEMA_RULES, Facts
from conflictgraph.reason.join import Join
from conflictgraph.reason.patterns import LIST
from conflictgraph.reason.relations import Key, Pair, Relations
from conflictgraph.reason.steps import Step
from conflictgraph.reason.trivia import TYPE, Fact, is_trivial

KEYS: Final[tuple[Key, ...]] = (
    *((predicate, "") for predicate in sorted(PREDICATES)),
    *((TYPE, class_) for class_ in sorted(CLASSES)),
)
"""The relations that an ontology consists of."""


_MEMBER: Final = f"<{LIST}member>"
_SCHEMA: Final = forward.readers(
    Join(Step(rule, (), premises, conclusion), keeps_trivia=True)
    for rule, premises, conclusion in SCHEMA_RULES
)


def facts(asserted: Iterable[Fact], inferred: Iterable[Fact] = ()) -> Facts:
    """An ontology closed under the schema rules.

    What is asserted comes first, so that what the schema rules conclude has a derivation even where an
    earlier closure has stored it. Sorted, so that the same ontology gives the same derivations.
    """
    found = Facts(sorted(asserted))
    found.close()
    found.add(sorted(inferred))
    found.close()
    return found


def closed(stated: Iterable[Fact]) -> Facts:
    """The same without remembering derivations, which takes a fraction of the time."""
    given = list(stated)
    known = Relations()
    for subject, predicate, object_ in given:
        known.give_pairs(predicate, [(subject, object_)])
    known.give_pairs(_MEMBER, _members(given))
    forward.run(known, _SCHEMA)
    parts = (rows for rows in known.everything() if rows.key[0] != _MEMBER)
    return Facts(fact for rows in parts for fact in rows.triples())


def _members(given: Iterable[Fact]) -> Iterator[Pair]:
    cells = Facts(fact for fact in given if fact[1] in (FIRST, REST))
    for head in {object_ for _, predicate, object_ in given if predicate not in (FIRST, REST)}:
        yield from ((head, item) for item in cells.items(head))


def stated(known: Relations) -> list[Fact]:
    """The ontology's triples among relations."""
    return [fact for key in KEYS for fact in known.rows(key).triples()]


def conclusions(found: Facts) -> list[Fact]:
    """What is stated and what the schema rules added, without trivia."""
    return [fact for fact in found if not is_trivial(fact)]
