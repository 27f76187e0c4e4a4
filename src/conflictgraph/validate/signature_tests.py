"""Constraints as far as signatures decide them: True for a node that is right for sure, False for one that is
wrong for sure, None where the store has to be asked.
"""

from __future__ import annotations

from collections.abc import Callable

from pyoxigraph import BlankNode, NamedNode

from conflictgraph.validate.knowledge import Bounds, Told, Verdict, whatever
from conflictgraph.validate.paths import Predicate
from conflictgraph.validate.shapes import Constraint
from conflictgraph.validate.signatures import Common, Count, Fitting, Has, Is, Signature

Rule = Callable[[tuple[bool, ...]], bool]


def has_class(constraint: Constraint, told: Told) -> Verdict:
    """SHACL 4.1.1: the values are SHACL instances of the class."""
    class_ = constraint.term("class")
    if not isinstance(class_, NamedNode):
        return None
    return told.every(constraint, lambda signature: told.knowledge.is_instance(signature, class_))


def has_enough(constraint: Constraint, told: Told) -> Verdict:
    """SHACL 4.2.1: $minCount value nodes or more."""
    return _reaches(told.bounds(), constraint.number("minCount"))


def has_no_more(constraint: Constraint, told: Told) -> Verdict:
    """SHACL 4.2.2: $maxCount value nodes or fewer."""
    return _not(_reaches(told.bounds(), constraint.number("maxCount") + 1))


def has_equals(constraint: Constraint, told: Told) -> Verdict:
    """SHACL 4.5.1: the value nodes are those of $equals."""
    other = constraint.term("equals")
    if not isinstance(told.path, Predicate) or not isinstance(other, NamedNode):
        return None
    numbers = {told.number(Count(told.path.iri)), told.number(Count(other))}
    return numbers == {told.number(Common(told.path.iri, other))}


def follows(rule: Rule) -> Callable[[Constraint, Told], Verdict]:
    """SHACL 4.6, 4.7.1: a rule on which of some shapes a value node conforms to."""

    def holds(constraint: Constraint, told: Told) -> Verdict:
        def is_right(signature: Signature) -> Verdict:
            return whatever(rule, [told.conforms(node, signature) for node in constraint.shapes])

        return told.every(constraint, is_right)

    return holds


def has_conforming_enough(constraint: Constraint, told: Told) -> Verdict:
    """SHACL 4.7.3: $qualifiedMinCount values or more conform to the shape."""
    return _reaches(_conforming(constraint, told), constraint.number("qualifiedMinCount"))


def has_conforming_no_more(constraint: Constraint, told: Told) -> Verdict:
    """SHACL 4.7.3: $qualifiedMaxCount values or fewer conform to the shape."""
    return _not(_reaches(_conforming(constraint, told), constraint.number("qualifiedMaxCount") + 1))


def has(constraint: Constraint, told: Told) -> Verdict:
    """SHACL 4.8.2: $hasValue is among the value nodes."""
    wanted = constraint.term("hasValue")
    if not isinstance(told.path, Predicate) or isinstance(wanted, BlankNode):
        return None
    return told.number(Has(told.path.iri, wanted)) > 0


def is_member(constraint: Constraint, told: Told) -> Verdict:
    """SHACL 4.8.3: the values are members of $in."""
    listed = [term for term in constraint.terms("in") if isinstance(term, NamedNode)]
    if len(listed) < len(constraint.terms("in")):
        return None
    if isinstance(told.path, Predicate):
        return sum([told.number(Has(told.path.iri, term)) for term in set(listed)]) == told.number(
            Count(told.path.iri)
        )
    return told.every(constraint, lambda s: sum(told.knowledge.number(s, Is(term)) for term in listed) > 0)


def _conforming(constraint: Constraint, told: Told) -> Bounds:
    """Return how many values conform to the qualified shape, at least and at most."""
    shape = told.knowledge.shapes[constraint.shapes[0]]
    simple = shape.path is None and not (shape.deactivated or shape.beyond or constraint.siblings)
    if not simple or not isinstance(told.path, Predicate):
        return 0, told.bounds()[1]
    if len(shape.constraints) == 1:
        listed = shape.constraints[0].terms("in")
        if listed and all(isinstance(term, NamedNode) for term in listed):
            number = sum([told.number(Has(told.path.iri, term)) for term in set(listed)])
            return number, number
    condition = told.knowledge.condition(shape)
    if condition:
        number = told.number(Fitting(told.path.iri, condition))
        return number, number
    reached = told.knowledge.reached(told.path)
    verdicts = {told.conforms(shape.node, signature) for signature in reached}
    least, most = told.bounds()
    return least if verdicts <= {True} else 0, 0 if verdicts <= {False} else most


def _reaches(bounds: Bounds, number: int) -> Verdict:
    return True if bounds[0] >= number else False if bounds[1] < number else None


def _not(verdict: Verdict) -> Verdict:
    return None if verdict is None else not verdict
