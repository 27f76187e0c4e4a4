"""The ontology inside a dataset: the triples that rules are compiled from, wherever they are stated."""

from collections.abc import Iterable
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Triple

from conflictgraph.reason.facts import CLASSES, PREDICATES, Facts
from conflictgraph.reason.plan import Symbol
from conflictgraph.reason.trivia import TYPE, is_trivial
from conflictgraph.reason.workspace import Workspace

SYMBOLS: Final[tuple[Symbol, ...]] = (
    *((predicate, None) for predicate in sorted(PREDICATES, key=str)),
    *((TYPE, class_) for class_ in sorted(CLASSES, key=str) if isinstance(class_, NamedNode)),
)
"""What compiling reads of the merged view."""


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


def stated(work: Workspace) -> list[Triple]:
    """The ontology's triples in the merged view."""
    given = [triple for predicate in sorted(PREDICATES, key=str) for triple in _with(work, predicate)]
    for class_ in sorted(CLASSES, key=str):
        given += _with(work, TYPE, class_)
    return given


def _with(work: Workspace, predicate: NamedNode, object_: object = None) -> list[Triple]:
    target = str(object_) if object_ else "?o"
    found = []
    for row in work.rows(f"SELECT ?s ?o WHERE {{ ?s {predicate} {target} }}"):
        subject, value = row[0], object_ or row[1]
        assert isinstance(subject, NamedNode | BlankNode)
        found.append(Triple(subject, predicate, value))  # type: ignore[arg-type]
    return found


def conclusions(found: Facts, work: Workspace) -> list[Triple]:
    """What the schema rules added, without trivia and without what is asserted."""
    return [fact for fact in found.derivations if not is_trivial(fact) and not work.holds(fact)]
