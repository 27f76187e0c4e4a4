"""Read SPARQL-based constraints from a shapes graph. (SHACL 5)

It finds the text, its prefixes and messages; what the text may hold is for `prebinding` to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal

from conflictgraph.validate.components import SPARQL_COMPONENT
from conflictgraph.validate.faults import ShapesError
from conflictgraph.validate.prebinding import check
from conflictgraph.validate.shapes import Constraint, QueryText
from conflictgraph.validate.terms import OWL_IMPORTS, TRUE, sh, xsd
from conflictgraph.validate.triple_index import Node, Term, TripleIndex

_DEFAULT_PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "sh": "http://www.w3.org/ns/shacl#",
}


def sparql_constraints(graph: TripleIndex, shape: Node) -> Iterator[Constraint]:
    """SHACL 5.1: one constraint for each value of sh:sparql that is not deactivated."""
    for node in graph.objects(shape, sh("sparql")):
        if isinstance(node, Literal):
            raise ShapesError(shape, f"sh:sparql must be an IRI or a blank node; found {node}")
        if not _is_deactivated(graph, shape, node):
            yield Constraint(SPARQL_COMPONENT, query=query_text(graph, shape, node, is_ask=False))


def check_texts(graph: TripleIndex) -> None:
    """Refuse a SPARQL constraint with a text that none may have, also one that is not asked: deactivated, or
    of such a shape. (SHACL A)"""
    for shape, node in graph.pairs(sh("sparql")):
        check_text(graph, shape, node, is_ask=False, has_path=bool(graph.objects(shape, sh("path"))))


def check_text(
    graph: TripleIndex,
    owner: Node,
    node: Term,
    *,
    is_ask: bool,
    has_path: bool,
    parameters: Iterable[str] = (),
) -> None:
    """Refuse a text that is forbidden (`prebinding.check`). Raises ShapesError with its shape or
    component."""
    texts = graph.objects(node, sh("ask" if is_ask else "select"))
    for text in (one for one in texts if isinstance(one, Literal)):
        reason = check(text.value, is_ask=is_ask, has_path=has_path, parameters=parameters)
        if reason:
            what = "validator" if parameters else "SPARQL constraint"
            raise ShapesError(owner, f"its {what} {node} {reason}")


def query_text(
    graph: TripleIndex,
    shape: Node,
    node: Node,
    *,
    is_ask: bool,
    parameters: tuple[tuple[str, Term], ...] = (),
    optional: tuple[str, ...] = (),
    messages: tuple[Literal, ...] = (),
) -> QueryText:
    """Return the query of a constraint or validator, its text checked before; `messages` are those of its
    component, for one that has none. Raises ShapesError."""
    name = "ask" if is_ask else "select"
    texts = graph.objects(node, sh(name))
    if len(texts) != 1 or not isinstance(texts[0], Literal) or texts[0].datatype != xsd("string"):
        raise ShapesError(shape, f"its SPARQL constraint {node} must have one sh:{name} of type xsd:string")
    return QueryText(
        node=node,
        is_ask=is_ask,
        text=texts[0].value,
        prefixes=_prefixes(graph, shape, node),
        messages=messages_of(graph, shape, node) or messages,
        parameters=parameters,
        optional=optional,
    )


def messages_of(graph: TripleIndex, owner: Node, node: Node) -> tuple[Literal, ...]:
    """SHACL 5.2, 6.2: the values of sh:message are text."""
    values = graph.objects(node, sh("message"))
    if wrong := [value for value in values if not isinstance(value, Literal)]:
        raise ShapesError(owner, f"sh:message of {node} must be text; found {wrong[0]}")
    return tuple(value for value in values if isinstance(value, Literal))


def _is_deactivated(graph: TripleIndex, shape: Node, node: Node) -> bool:
    """SHACL 5.2: at most one value of sh:deactivated."""
    values = graph.objects(node, sh("deactivated"))
    if len(values) > 1:
        raise ShapesError(shape, f"sh:deactivated of {node} has {len(values)} values; at most one is allowed")
    return TRUE in values


def _prefixes(graph: TripleIndex, shape: Node, node: Node) -> str:
    """SHACL 5.2.1: what sh:prefixes/owl:imports*/sh:declare declares, on one line."""
    found: dict[str, str] = {}
    for holder in graph.closure(graph.objects(node, sh("prefixes")), OWL_IMPORTS):
        for declaration in graph.objects(holder, sh("declare")):
            pair = [*graph.objects(declaration, sh("prefix")), *graph.objects(declaration, sh("namespace"))]
            if len(pair) != 2 or not all(isinstance(term, Literal) for term in pair):
                raise ShapesError(
                    shape, f"{holder} has a sh:declare without one literal sh:prefix and sh:namespace each"
                )
            prefix, namespace = (term.value for term in pair)
            if found.setdefault(prefix, namespace) != namespace:
                raise ShapesError(shape, f"the prefix {prefix}: is declared for two namespaces")
    every = {**_DEFAULT_PREFIXES, **found}
    return " ".join(f"PREFIX {prefix}: <{namespace}>" for prefix, namespace in every.items())
