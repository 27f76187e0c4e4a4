"""Read the constraint components that a shapes graph declares, and the constraints that shapes have by them.
(SHACL 6)

It knows parameters and which validator is whose; the text of a validator is for `query_reader`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from conflictgraph.validate.components import BY_IRI, SPARQL_COMPONENT
from conflictgraph.validate.faults import ShapesError
from conflictgraph.validate.parameter_names import is_variable_name, parameter_name
from conflictgraph.validate.paths import Path
from conflictgraph.validate.query_reader import check_text, messages_of, query_text
from conflictgraph.validate.shapes import Constraint
from conflictgraph.validate.terms import SUBCLASS, TRUE, TYPE, sh
from conflictgraph.validate.triple_index import Node, Term, TripleIndex

_COMPONENT_CLASS = sh("ConstraintComponent")
_SPARQL_VALIDATORS = frozenset({sh("SPARQLAskValidator"), sh("SPARQLSelectValidator")})
_RESERVED = frozenset({"this", "shapesGraph", "currentShape", "path", "PATH", "value"})


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    iri: NamedNode
    is_optional: bool


@dataclass(frozen=True, slots=True)
class CustomComponent:
    iri: NamedNode
    parameters: tuple[Parameter, ...]
    messages: tuple[Literal, ...]


def custom_components(graph: TripleIndex) -> tuple[CustomComponent, ...]:
    """Return every component that is declared, used or not.

    Raises ShapesError; also for a text that no validator may have, as the shapes graph contains it (SHACL A).
    """
    kinds = graph.closure((_COMPONENT_CLASS,), SUBCLASS, backwards=True)
    nodes = dict.fromkeys(node for kind in kinds for node in graph.subjects(TYPE, kind))
    return tuple(
        _component(graph, node)
        for node in nodes
        if isinstance(node, NamedNode) and node not in BY_IRI and node != SPARQL_COMPONENT
    )


def custom_constraints(
    graph: TripleIndex, components: tuple[CustomComponent, ...], shape: Node, path: Path | None
) -> Iterator[Constraint]:
    """SHACL 6: the constraints of every component all of whose mandatory parameters the shape has."""
    for component in components:
        if all(graph.objects(shape, p.iri) for p in component.parameters if not p.is_optional):
            yield from _of_component(graph, component, shape, path)


def _component(graph: TripleIndex, iri: NamedNode) -> CustomComponent:
    parameters = _parameters(graph, iri)
    names = [parameter.name for parameter in parameters]
    for name in ("nodeValidator", "propertyValidator", "validator"):
        for node in graph.objects(iri, sh(name)):
            has_path = name != "nodeValidator"
            for is_ask in (True, False):
                check_text(graph, iri, node, is_ask=is_ask, has_path=has_path, parameters=names)
    return CustomComponent(iri, parameters, messages_of(graph, iri, iri))


def _parameters(graph: TripleIndex, component: NamedNode) -> tuple[Parameter, ...]:
    """SHACL 6.2.1: those that are optional come last."""
    found: dict[str, Parameter] = {}
    for node in graph.objects(component, sh("parameter")):
        paths = graph.objects(node, sh("path"))
        if len(paths) != 1 or not isinstance(paths[0], NamedNode):
            raise ShapesError(component, "each sh:parameter needs exactly one IRI as sh:path")
        name = parameter_name(paths[0].value)
        if name in _RESERVED:
            raise ShapesError(component, f"a parameter must not be called {name}")
        if not is_variable_name(name):
            what = f'the parameter {paths[0]} is called "{name}"'
            raise ShapesError(component, f"{what}, which is no name of a SPARQL variable")
        if name in found:
            raise ShapesError(
                component, f"{found[name].iri} and {paths[0]} are parameters of one name, {name}"
            )
        found[name] = Parameter(name, paths[0], TRUE in graph.objects(node, sh("optional")))
    if all(parameter.is_optional for parameter in found.values()):
        raise ShapesError(
            component, "a constraint component needs at least one parameter that is not optional"
        )
    return tuple(sorted(found.values(), key=lambda parameter: parameter.is_optional))


def _validator(graph: TripleIndex, component: NamedNode, name: str) -> Node | None:
    """SHACL 6.2.3: the first value that is suitable, which is one in SPARQL; it must be of the form for its
    place."""
    due, other = ("ask", "select") if name == "validator" else ("select", "ask")
    suitable = []
    for node in graph.objects(component, sh(name)):
        if isinstance(node, Literal):
            raise ShapesError(component, f"sh:{name} must be an IRI or a blank node; found {node}")
        if not _is_sparql(graph, node):
            continue
        if graph.objects(node, sh(other)) and not graph.objects(node, sh(due)):
            raise ShapesError(
                component, f"sh:{name} must be a validator with sh:{due}; found {node} with sh:{other}"
            )
        suitable.append(node)
    return suitable[0] if suitable else None


def _is_sparql(graph: TripleIndex, validator: Node) -> bool:
    """Say whether a validator is in SPARQL, if only by what it says that it is."""
    types = graph.objects(validator, TYPE)
    asked = graph.objects(validator, sh("ask")) or graph.objects(validator, sh("select"))
    return bool(asked) or not types or not _SPARQL_VALIDATORS.isdisjoint(types)


def _of_component(
    graph: TripleIndex, component: CustomComponent, shape: Node, path: Path | None
) -> Iterator[Constraint]:
    """SHACL 6.2.3: by the validator for this kind of shape, else by the general one; else there is none."""
    special = _validator(graph, component.iri, "nodeValidator" if path is None else "propertyValidator")
    node = special or _validator(graph, component.iri, "validator")
    if node is None:
        return
    is_ask, names = special is None, [parameter.name for parameter in component.parameters]
    check_text(graph, shape, node, is_ask=is_ask, has_path=path is not None, parameters=names)
    for values in _bindings(graph, shape, component.parameters):
        query = query_text(
            graph,
            shape,
            node,
            is_ask=is_ask,
            parameters=values,
            optional=tuple(p.name for p in component.parameters if p.is_optional),
            messages=component.messages,
        )
        yield Constraint(component.iri, tuple((name, (term,)) for name, term in values), query=query)


def _bindings(
    graph: TripleIndex, shape: Node, parameters: tuple[Parameter, ...]
) -> Iterator[tuple[tuple[str, Term], ...]]:
    """SHACL 6.2.1: one constraint for each value of a sole parameter; several parameters have one value
    each."""
    if len(parameters) == 1:
        for value in graph.objects(shape, parameters[0].iri):
            yield ((parameters[0].name, value),)
        return
    for parameter in parameters:
        if len(graph.objects(shape, parameter.iri)) > 1:
            raise ShapesError(
                shape, f"{parameter.iri} has several values, and its component several parameters"
            )
    bound = [(parameter.name, graph.value(shape, parameter.iri)) for parameter in parameters]
    yield tuple((name, value) for name, value in bound if value is not None)
