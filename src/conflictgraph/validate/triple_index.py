"""An immutable look-up over a handful of triples: a shapes graph, a report. It knows nothing of SHACL.

Terms are kept exactly as they were parsed ("1"^^xsd:boolean stays what it is), which a store does not
promise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

Term: TypeAlias = NamedNode | BlankNode | Literal
Node: TypeAlias = NamedNode | BlankNode

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
FIRST, REST, NIL = NamedNode(_RDF + "first"), NamedNode(_RDF + "rest"), NamedNode(_RDF + "nil")


class TripleIndex:
    """Triples by subject and by object; answers keep the order in which the triples came."""

    __slots__ = ("_by_object", "_by_subject")

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._by_subject: dict[Term, dict[NamedNode, dict[Term, None]]] = {}
        self._by_object: dict[Term, dict[NamedNode, dict[Node, None]]] = {}
        for triple in triples:
            subject, predicate, value = triple.subject, triple.predicate, triple.object
            if isinstance(value, Triple) or isinstance(subject, Triple):
                continue
            self._by_subject.setdefault(subject, {}).setdefault(predicate, {})[value] = None
            self._by_object.setdefault(value, {}).setdefault(predicate, {})[subject] = None

    def objects(self, subject: Term, predicate: NamedNode) -> tuple[Term, ...]:
        return tuple(self._by_subject.get(subject, {}).get(predicate, ()))

    def subjects(self, predicate: NamedNode, value: Term) -> tuple[Node, ...]:
        return tuple(self._by_object.get(value, {}).get(predicate, ()))

    def predicates(self, subject: Term) -> tuple[NamedNode, ...]:
        return tuple(self._by_subject.get(subject, ()))

    def nodes(self) -> Iterator[Node]:
        """Every node that is a subject."""
        return (node for node in self._by_subject if not isinstance(node, Literal))

    def pairs(self, predicate: NamedNode) -> Iterator[tuple[Node, Term]]:
        """Every (subject, object) of one predicate."""
        for subject, properties in self._by_subject.items():
            for value in properties.get(predicate, ()):
                if not isinstance(subject, Literal):
                    yield subject, value

    def above(self, value: Term) -> tuple[Node, NamedNode] | None:
        """Return the first subject that has it as an object, and the predicate."""
        found = self._by_object.get(value, {}).items()
        return next(((subject, predicate) for predicate, subjects in found for subject in subjects), None)

    def value(self, subject: Term, predicate: NamedNode) -> Term | None:
        """Return the first object, or None."""
        return next(iter(self._by_subject.get(subject, {}).get(predicate, ())), None)

    def members(self, head: Term) -> tuple[Term, ...] | None:
        """Return the members of a SHACL list (SHACL 2.0 terminology: well-formed, finite), or None if it
        is not one."""
        found: list[Term] = []
        seen: set[Term] = set()
        while head != NIL:
            first, rest = self.objects(head, FIRST), self.objects(head, REST)
            if head in seen or len(first) != 1 or len(rest) != 1:
                return None
            seen.add(head)
            found.append(first[0])
            head = rest[0]
        return tuple(found)

    def closure(self, starts: Iterable[Term], predicate: NamedNode, *, backwards: bool = False) -> set[Term]:
        """Return the starts and all that is reached from them over one predicate, or against it."""
        reached: set[Term] = set(starts)
        todo = list(reached)
        while todo:
            term = todo.pop()
            step = self.subjects(predicate, term) if backwards else self.objects(term, predicate)
            fresh = [node for node in step if node not in reached]
            reached.update(fresh)
            todo.extend(fresh)
        return reached

    def triples(self) -> Iterator[Triple]:
        for subject, properties in self._by_subject.items():
            for predicate, values in properties.items():
                for value in values:
                    if not isinstance(subject, Literal):
                        yield Triple(subject, predicate, value)
