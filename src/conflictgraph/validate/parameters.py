"""Check and read the parameters of constraint components on a shape. (SHACL 4, syntax rules)"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from pyoxigraph import BlankNode, Literal, NamedNode

from conflictgraph.validate.components import CORE, Component
from conflictgraph.validate.faults import ShapesError
from conflictgraph.validate.literals import INTEGERS
from conflictgraph.validate.shapes import Constraint
from conflictgraph.validate.terms import SHACL, TRUE, sh, xsd
from conflictgraph.validate.triple_index import Node, Term, TripleIndex
from conflictgraph.validate.value_tests import NODE_KINDS

_OTHER_NAMES = """
    targetNode targetClass targetSubjectsOf targetObjectsOf path name description order group defaultValue
    message severity deactivated sparql prefixes declare select ask construct update describe labelTemplate
    parameter optional nodeValidator propertyValidator validator namespace prefix shapesGraph entailment
    suggestedShapesGraph target rule expression js jsLibrary values condition subject predicate object
    annotationProperty resultAnnotation returnType detail inversePath alternativePath zeroOrMorePath
    oneOrMorePath zeroOrOnePath
"""
KNOWN = frozenset(
    [*_OTHER_NAMES.split(), *(name for c in CORE for name, _ in (*c.parameters, *c.optional))],
)


def check_names(graph: TripleIndex, node: Node) -> None:
    """Refuse a property of the SHACL namespace that SHACL does not have: it would be passed over in
    silence."""
    for predicate in graph.predicates(node):
        name = predicate.value.removeprefix(SHACL)
        if predicate.value.startswith(SHACL) and name not in KNOWN:
            near = difflib.get_close_matches(name, KNOWN, 1)
            hint = f"; did you mean sh:{near[0]}?" if near else ""
            raise ShapesError(node, f"SHACL has no component with a parameter sh:{name}{hint}")


def constraints(graph: TripleIndex, node: Node, component: Component) -> Iterable[Constraint]:
    """Return the component's constraints on the shape: one for each value if it may have many, else one at
    most."""
    first, kind = component.parameters[0]
    values = graph.objects(node, sh(first))
    if len(values) > 1 and not component.many:
        raise ShapesError(node, f"sh:{first} has {len(values)} values; at most one is allowed")
    rest = [_one(graph, node, name, kind) for name, kind in (*component.parameters[1:], *component.optional)]
    for value in values:
        own = (first, _read(graph, node, first, kind, value))
        if kind == "true" and own[1] != (TRUE,):
            continue
        shapes = tuple(s for s in own[1] if not isinstance(s, Literal)) if "shape" in kind else ()
        yield Constraint(component.iri, (own, *rest), shapes)


def _one(graph: TripleIndex, node: Node, name: str, kind: str) -> tuple[str, tuple[Term, ...]]:
    values = graph.objects(node, sh(name))
    if len(values) > 1:
        raise ShapesError(node, f"sh:{name} has {len(values)} values; at most one is allowed")
    return name, _read(graph, node, name, kind, values[0]) if values else ()


def _read(graph: TripleIndex, node: Node, name: str, kind: str, value: Term) -> tuple[Term, ...]:
    if not kind.startswith("list"):
        if not _fits(kind, value, graph):
            raise ShapesError(node, f"sh:{name} must be {_article(kind)}; found {value}")
        return (value,)
    members = graph.members(value)
    if members is None:
        raise ShapesError(
            node, f"sh:{name} must be a {kind}; found {value}, which is no well-formed RDF list"
        )
    member_kind = kind.removeprefix("list").removeprefix(" of ").removesuffix("s") or "term"
    for member in members:
        if not _fits(member_kind, member, graph):
            raise ShapesError(node, f"sh:{name} must be a {kind}; found the member {member}")
    return members


def _fits(kind: str, value: Term, graph: TripleIndex) -> bool:
    if kind == "term":
        return True
    if kind.endswith("shape"):
        return not isinstance(value, Literal) and (
            isinstance(value, BlankNode) or _is_described(graph, value)
        )
    if kind == "IRI":
        return isinstance(value, NamedNode)
    if kind == "node kind":
        return isinstance(value, NamedNode) and value.value in NODE_KINDS
    return isinstance(value, Literal) and _LITERALS[kind](value)


def _is_described(graph: TripleIndex, shape: NamedNode) -> bool:
    return bool(graph.predicates(shape))


def is_boolean(value: Term) -> bool:
    return isinstance(value, Literal) and value.datatype == xsd("boolean") and value.value in _BOOLEANS


def _is_integer(value: Literal) -> bool:
    return value.datatype.value in INTEGERS and re.fullmatch(r"[+-]?[0-9]+", value.value) is not None


def _is_text(value: Literal) -> bool:
    return value.datatype == xsd("string")


_BOOLEANS = ("true", "false", "1", "0")
_LITERALS = {
    "literal": lambda _: True,
    "integer": _is_integer,
    "string": _is_text,
    "boolean": is_boolean,
    "true": is_boolean,
}


def _article(kind: str) -> str:
    shown = {"true": "true or false", "boolean": "true or false"}.get(kind, kind)
    return shown if shown.startswith("true") else f"an {shown}" if shown[0] in "Iio" else f"a {shown}"
