"""Read SPARQL-based constraints and constraint components from a shapes graph. (SHACL 5, 6)

It finds the text, its prefixes, messages and parameters; what the text may hold is for `prebinding` to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode

from conflictgraph.validate.components import BY_IRI, SPARQL_COMPONENT
from conflictgraph.validate.faults import ShapesError
from conflictgraph.validate.paths import Path, sparql_path
from conflictgraph.validate.prebinding import check
from conflictgraph.validate.shapes import Constraint, QueryText
from conflictgraph.validate.terms import OWL_IMPORTS, SUBCLASS, TRUE, TYPE, local_name, sh, xsd
from conflictgraph.validate.triple_index import Node, Term, TripleIndex

_COMPONENT_CLASS = sh("ConstraintComponent")
_DEFAULT_PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "sh": "http://www.w3.org/ns/shacl#",
}
_RESERVED = frozenset({"this", "shapesGraph", "currentShape", "path", "PATH", "value"})


def sparql_constraints(graph: TripleIndex, shape: Node, path: Path | None) -> Iterator[Constraint]:
    """SHACL 5.1: one constraint for each value of sh:sparql that is not deactivated."""
    for node in graph.objects(shape, sh("sparql")):
        if isinstance(node, Literal):
            raise ShapesError(shape, f"sh:sparql must be an IRI or a blank node; found {node}")
        if TRUE in graph.objects(node, sh("deactivated")):
            continue
        query = _query(graph, shape, node, path, is_ask=False)
        yield Constraint(SPARQL_COMPONENT, query=query)


def custom_constraints(graph: TripleIndex, shape: Node, path: Path | None) -> Iterator[Constraint]:
    """SHACL 6: the constraints of every component all of whose mandatory parameters the shape has."""
    kinds = graph.closure((_COMPONENT_CLASS,), SUBCLASS, backwards=True)
    components = dict.fromkeys(node for kind in kinds for node in graph.subjects(TYPE, kind))
    for component in components:
        if component in BY_IRI or component == SPARQL_COMPONENT:
            continue
        mandatory, optional = _parameters(graph, component)
        if mandatory and all(graph.objects(shape, p) for p in mandatory):
            yield from _of_component(graph, shape, path, component, (mandatory, optional))


def _parameters(graph: TripleIndex, component: Node) -> tuple[list[NamedNode], list[NamedNode]]:
    """SHACL 6.2.1: the properties that are mandatory, and those that are optional."""
    found: tuple[list[NamedNode], list[NamedNode]] = ([], [])
    for parameter in graph.objects(component, sh("parameter")):
        paths = graph.objects(parameter, sh("path"))
        if len(paths) != 1 or not isinstance(paths[0], NamedNode):
            raise ShapesError(component, "each sh:parameter needs exactly one IRI as sh:path")
        if local_name(paths[0].value) in _RESERVED:
            raise ShapesError(component, f"a parameter must not be called {local_name(paths[0].value)}")
        found[TRUE in graph.objects(parameter, sh("optional"))].append(paths[0])
    if not found[0]:
        raise ShapesError(
            component, "a constraint component needs at least one parameter that is not optional"
        )
    return found


def _of_component(
    graph: TripleIndex,
    shape: Node,
    path: Path | None,
    component: Node,
    parameters: tuple[list[NamedNode], list[NamedNode]],
) -> Iterator[Constraint]:
    validator = _validator(graph, component, path)
    if validator is None or not isinstance(component, NamedNode):
        return
    node, is_ask = validator
    mandatory, optional = parameters
    for values in _bindings(graph, shape, mandatory, optional):
        query = _query(graph, shape, node, path, is_ask=is_ask, parameters=values, optional=optional)
        yield Constraint(component, tuple((name, (term,)) for name, term in values), query=query)


def _bindings(
    graph: TripleIndex, shape: Node, mandatory: list[NamedNode], optional: list[NamedNode]
) -> Iterator[tuple[tuple[str, Term], ...]]:
    """SHACL 6.2.1: one constraint for each value of a sole parameter; several parameters have one value
    each."""
    every = [*mandatory, *optional]
    if len(every) == 1:
        for value in graph.objects(shape, every[0]):
            yield ((local_name(every[0].value), value),)
        return
    for parameter in every:
        if len(graph.objects(shape, parameter)) > 1:
            raise ShapesError(shape, f"{parameter} has several values, and its component several parameters")
    bound = [(local_name(p.value), graph.value(shape, p)) for p in every]
    yield tuple((name, value) for name, value in bound if value is not None)


def _validator(graph: TripleIndex, component: Node, path: Path | None) -> tuple[Node, bool] | None:
    """SHACL 6.2.3: the validator for this kind of shape, else the general one; and whether it asks."""
    special = sh("nodeValidator") if path is None else sh("propertyValidator")
    for predicate in (special, sh("validator")):
        for node in graph.objects(component, predicate):
            if not isinstance(node, Literal):
                return node, bool(graph.objects(node, sh("ask")))
    return None


def _query(
    graph: TripleIndex,
    shape: Node,
    node: Node,
    path: Path | None,
    *,
    is_ask: bool,
    parameters: tuple[tuple[str, Term], ...] = (),
    optional: Iterable[NamedNode] = (),
) -> QueryText:
    name = "ask" if is_ask else "select"
    texts = graph.objects(node, sh(name))
    if len(texts) != 1 or not isinstance(texts[0], Literal) or texts[0].datatype != xsd("string"):
        raise ShapesError(shape, f"its SPARQL constraint {node} must have one sh:{name} of type xsd:string")
    query = QueryText(
        node=node,
        is_ask=is_ask,
        text=texts[0].value,
        prefixes=_prefixes(graph, shape, node),
        messages=tuple(m for m in graph.objects(node, sh("message")) if isinstance(m, Literal)),
        parameters=parameters,
        optional=tuple(local_name(iri.value) for iri in optional),
    )
    reason = check(query, None if path is None else sparql_path(path))
    if reason:
        raise ShapesError(shape, f"its SPARQL constraint {node} {reason}")
    return query


def _prefixes(graph: TripleIndex, shape: Node, node: Node) -> str:
    """SHACL 5.2.1: what sh:prefixes/owl:imports*/sh:declare declares, on one line."""
    found: dict[str, str] = {}
    for holder in graph.closure(graph.objects(node, sh("prefixes")), OWL_IMPORTS):
        for declaration in graph.objects(holder, sh("declare")):
            prefix, namespace = (
                graph.value(declaration, sh("prefix")),
                graph.value(declaration, sh("namespace")),
            )
            if not isinstance(prefix, Literal) or not isinstance(namespace, Literal):
                raise ShapesError(
                    shape, f"{holder} has a sh:declare without literal sh:prefix and sh:namespace"
                )
            if found.setdefault(prefix.value, namespace.value) != namespace.value:
                raise ShapesError(shape, f"the prefix {prefix.value}: is declared for two namespaces")
    every = {**_DEFAULT_PREFIXES, **found}
    return " ".join(f"PREFIX {prefix}: <{namespace}>" for prefix, namespace in every.items())
