"""Keep the lexical forms of literals in a store that would normalise them.

Oxigraph stores "01"^^xsd:integer as 1, and "300"^^xsd:byte as the xsd:integer 300. A file is to be judged
as it was written, so
such literals are given a datatype of our own that the store leaves alone, and get their own back in the
report. The
conditions that look at values or datatypes are told (`value_of`, `also_kept`), and so are queries of the
shapes graph (`kept_values`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from conflictgraph.validate.literals import is_within_bounds
from conflictgraph.validate.shapes import Constraint, Shape, Target, TargetNodes
from conflictgraph.validate.terms import XSD_BASE
from conflictgraph.validate.triple_index import Term

_KEPT = "https://w3id.org/conflictgraph/lexical-form#"
_ILL_FORMED = "https://w3id.org/conflictgraph/ill-formed#"
_OBJECT = NamedNode(_KEPT + "object")
OWN_DATATYPE = ("IRI(REPLACE(STR(", f'), "^(?:{_KEPT}|{_ILL_FORMED})", "{XSD_BASE}"))')
"""What to write before and after a call of DATATYPE, so that it gives a kept literal's own."""
_TERM_PARAMETERS = frozenset({"in", "hasValue"})


def normalised(terms: Iterable[Term]) -> Mapping[Term, Term]:
    """Return, for each literal that the store would change, the literal that stands for it unchanged."""
    typed = [
        t for t in dict.fromkeys(terms) if isinstance(t, Literal) and t.datatype.value.startswith(XSD_BASE)
    ]
    store = Store()
    subjects = {NamedNode(f"{_KEPT}{number}"): term for number, term in enumerate(typed)}
    store.extend(Quad(subject, _OBJECT, term, DefaultGraph()) for subject, term in subjects.items())
    stored = ((quad.subject, quad.object) for quad in store)
    return {
        subjects[subject]: _kept(subjects[subject])
        for subject, found in stored
        if isinstance(subject, NamedNode) and found != subjects[subject]
    }


def _kept(literal: Literal) -> Literal:
    """Return the literal that stands for another; one that is beyond the bounds of its datatype has no
    value."""
    name = literal.datatype.value.removeprefix(XSD_BASE)
    base = _KEPT if is_within_bounds(literal) else _ILL_FORMED
    return Literal(literal.value, datatype=NamedNode(base + name))


def restored(term: Term | None) -> Term | None:
    """Return the literal that was kept; any other term as it is."""
    if isinstance(term, Literal):
        for base in (_KEPT, _ILL_FORMED):
            if term.datatype.value.startswith(base):
                return Literal(
                    term.value, datatype=NamedNode(XSD_BASE + term.datatype.value.removeprefix(base))
                )
    return term


def compared_terms(shapes: Iterable[Shape]) -> Iterator[Term]:
    """Yield the terms of shapes that are focus nodes themselves or are compared with value nodes as terms.
    (SHACL 2.1.3.1, 4.8.2, 4.8.3)"""
    for shape in shapes:
        for target in shape.targets:
            yield from target.nodes if isinstance(target, TargetNodes) else ()
        for constraint in shape.constraints:
            for name, terms in constraint.parameters:
                yield from terms if name in _TERM_PARAMETERS else ()


def value_of(expression: str) -> str:
    """Return an expression for the value of a literal, kept or not."""
    datatype = f"STR(DATATYPE({expression}))"
    own = f'STRDT(STR({expression}), IRI(CONCAT("{XSD_BASE}", STRAFTER({datatype}, "{_KEPT}"))))'
    return f'IF(isLiteral({expression}) && STRSTARTS({datatype}, "{_KEPT}"), {own}, {expression})'


def also_kept(condition: str, datatype: NamedNode, value: str) -> str:
    """Widen a condition on the datatype to kept literals, which are well-formed."""
    if not datatype.value.startswith(XSD_BASE):
        return condition
    kept = _KEPT + datatype.value.removeprefix(XSD_BASE)
    return f"({condition} || (isLiteral({value}) && DATATYPE({value}) = <{kept}>))"


def constraint_with_kept(constraint: Constraint) -> Constraint:
    """Return the constraint with those of its terms kept that are compared as terms."""
    if not any(name in _TERM_PARAMETERS for name, _ in constraint.parameters):
        return constraint
    known = normalised(term for _, terms in constraint.parameters for term in terms)
    parameters = tuple((name, tuple(known.get(t, t) for t in terms)) for name, terms in constraint.parameters)
    return Constraint(
        constraint.component, parameters, constraint.shapes, constraint.siblings, constraint.query
    )


def target_with_kept(target: Target) -> Target:
    if not isinstance(target, TargetNodes):
        return target
    known = normalised(target.nodes)
    return TargetNodes(tuple(known.get(node, node) for node in target.nodes))
