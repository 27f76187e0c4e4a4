"""Read shapes from a shapes graph, refusing what the specification's syntax rules forbid. (SHACL 2, 4)

It resolves lists, paths and components; it does not know SPARQL or any engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from conflictgraph.validate import parameters
from conflictgraph.validate.components import CORE, Component
from conflictgraph.validate.custom_components import custom_components, custom_constraints
from conflictgraph.validate.faults import ShapesError, placed
from conflictgraph.validate.paths import Path, PathError, Predicate, read_path
from conflictgraph.validate.query_reader import check_texts, sparql_constraints
from conflictgraph.validate.shapes import (
    Constraint,
    Shape,
    Target,
    TargetClass,
    TargetNodes,
    TargetObjectsOf,
    TargetSubjectsOf,
)
from conflictgraph.validate.terms import CLASS, OWL_CLASS, SUBCLASS, TRUE, TYPE, VIOLATION, sh
from conflictgraph.validate.triple_index import Node, Term, TripleIndex

_PATH = sh("path")
_TARGET_NODE, _TARGET_CLASS = sh("targetNode"), sh("targetClass")
_SUBJECTS_OF, _OBJECTS_OF = sh("targetSubjectsOf"), sh("targetObjectsOf")
_TARGETS = (_TARGET_NODE, _TARGET_CLASS, _SUBJECTS_OF, _OBJECTS_OF)
_SHAPE_TYPES = (sh("NodeShape"), sh("PropertyShape"))
_QUALIFIED = frozenset({"QualifiedMinCount", "QualifiedMaxCount"})
_ADVANCED = ("target", "rule", "expression", "js", "values")


def read_shapes(triples: Iterable[Triple]) -> Mapping[Node, Shape]:
    """Return every shape that is typed or has targets, and every shape that one of these refers to.

    Raises ShapesError, with the shape and the reason, for a graph that is not well-formed.
    """
    graph = TripleIndex(triples)
    try:
        return _Reader(graph).read()
    except ShapesError as fault:
        raise placed(fault, graph) from fault


class _Reader:
    def __init__(self, graph: TripleIndex) -> None:
        self.graph = graph
        self.shapes: dict[Node, Shape] = {}
        self._custom = custom_components(graph)
        self._classes = graph.closure((CLASS, OWL_CLASS), SUBCLASS, backwards=True)

    def read(self) -> Mapping[Node, Shape]:
        check_texts(self.graph)
        todo = list(self.roots())
        while todo:
            node = todo.pop()
            if node not in self.shapes:
                shape = self.shapes[node] = self.shape(node)
                todo.extend(nested for c in shape.constraints for nested in (*c.shapes, *c.siblings))
        return self.shapes

    def roots(self) -> dict[Node, None]:
        typed = [node for kind in _SHAPE_TYPES for node in self.graph.subjects(TYPE, kind)]
        targeting = [
            node for predicate in (*_TARGETS, sh("target")) for node, _ in self.graph.pairs(predicate)
        ]
        classes = [node for node in self.graph.nodes() if self._is_class(node)]
        holding = [node for p in _HOLDING for node in classes if self.graph.objects(node, p)]
        return dict.fromkeys((*typed, *targeting, *holding))

    def shape(self, node: Node) -> Shape:
        paths = self.graph.objects(node, _PATH)
        self._check_kind(node, len(paths))
        path = self._path(node, paths[0]) if paths else None
        deactivated = self._is_true(node, "deactivated")
        return Shape(
            node=node,
            path=path,
            targets=tuple(self._targets(node)),
            constraints=() if deactivated else self._constraints(node, path),
            severity=self._severity(node),
            messages=self._messages(node),
            deactivated=deactivated,
            beyond="" if deactivated else self._beyond(node),
        )

    def _check_kind(self, node: Node, paths: int) -> None:
        """SHACL 2.2, 2.3: a property shape has exactly one path, a node shape none."""
        types = self.graph.objects(node, TYPE)
        if paths > 1:
            raise ShapesError(node, f"has {paths} values of sh:path; a property shape has exactly one")
        if paths == 0 and sh("PropertyShape") in types:
            raise ShapesError(node, "is a sh:PropertyShape without sh:path")
        if paths and sh("NodeShape") in types:
            raise ShapesError(node, "is a sh:NodeShape and has sh:path; a node shape has none")

    def _path(self, node: Node, path: Term) -> Path:
        try:
            return read_path(self.graph, path)
        except PathError as fault:
            raise ShapesError(node, f"sh:path is not a property path: {fault}") from fault

    def _severity(self, node: Node) -> Node:
        values = self.graph.objects(node, sh("severity"))
        if len(values) > 1 or any(not isinstance(value, NamedNode) for value in values):
            raise ShapesError(node, f"sh:severity must be one IRI; found {', '.join(map(str, values))}")
        return next((value for value in values if isinstance(value, NamedNode)), VIOLATION)

    def _messages(self, node: Node) -> tuple[Literal, ...]:
        values = self.graph.objects(node, sh("message"))
        if wrong := [value for value in values if not isinstance(value, Literal)]:
            raise ShapesError(node, f"sh:message must be text; found {wrong[0]}")
        return tuple(value for value in values if isinstance(value, Literal))

    def _is_true(self, node: Node, name: str) -> bool:
        values = self.graph.objects(node, sh(name))
        if len(values) > 1 or any(not parameters.is_boolean(value) for value in values):
            raise ShapesError(
                node, f"sh:{name} must be one of true and false; found {', '.join(map(str, values))}"
            )
        return TRUE in values

    def _beyond(self, node: Node) -> str:
        used = [name for name in _ADVANCED if self.graph.objects(node, sh(name))]
        return f"it uses SHACL Advanced Features (sh:{', sh:'.join(used)})" if used else ""

    def _is_class(self, node: Term) -> bool:
        return any(kind in self._classes for kind in self.graph.objects(node, TYPE))

    def _targets(self, node: Node) -> Iterable[Target]:
        """SHACL 2.1.3."""
        nodes = self.graph.objects(node, _TARGET_NODE)
        if wrong := [target for target in nodes if isinstance(target, BlankNode)]:
            raise ShapesError(
                node, f"sh:targetNode must be an IRI or a literal; found the blank node {wrong[0]}"
            )
        if nodes:
            yield TargetNodes(nodes)
        classes = dict.fromkeys(self._iris(node, _TARGET_CLASS))
        if isinstance(node, NamedNode) and self._is_class(node):
            classes[node] = None
        yield from map(TargetClass, classes)
        yield from map(TargetSubjectsOf, self._iris(node, _SUBJECTS_OF))
        yield from map(TargetObjectsOf, self._iris(node, _OBJECTS_OF))

    def _iris(self, node: Node, predicate: NamedNode) -> Iterable[NamedNode]:
        for value in self.graph.objects(node, predicate):
            if not isinstance(value, NamedNode):
                raise ShapesError(node, f"{predicate} must be an IRI; found {value}")
            yield value

    def _constraints(self, node: Node, path: Path | None) -> tuple[Constraint, ...]:
        parameters.check_names(self.graph, node)
        used = frozenset(self.graph.predicates(node))
        there = [component for component, needed in _NEEDED if needed <= used]
        found = [c for component in there for c in self._of_component(component, node, path)]
        found += sparql_constraints(self.graph, node)
        found += custom_constraints(self.graph, self._custom, node, path)
        return tuple(found)

    def _of_component(self, component: Component, node: Node, path: Path | None) -> Iterable[Constraint]:
        if component.only_property_shapes and path is None:
            name = component.parameters[-1][0]
            raise ShapesError(node, f"sh:{name} has no meaning on a node shape: add sh:path, or move it")
        for constraint in parameters.constraints(self.graph, node, component):
            yield self._completed(component, node, constraint)

    def _completed(self, component: Component, node: Node, constraint: Constraint) -> Constraint:
        """Add what a component takes from the shapes around it: the properties listed, the sibling shapes."""
        if component.name == "Closed":
            listed = ("listed", tuple(self._listed(node)))
            return Constraint(constraint.component, (*constraint.parameters, listed))
        if component.name == "Property" and any(not self.graph.objects(s, _PATH) for s in constraint.shapes):
            raise ShapesError(
                node, f"sh:property {constraint.shapes[0]} must be a property shape; it has no sh:path"
            )
        if component.name == "Node" and any(self.graph.objects(s, _PATH) for s in constraint.shapes):
            raise ShapesError(node, f"sh:node {constraint.shapes[0]} must be a node shape; it has sh:path")
        if component.name in _QUALIFIED and TRUE in constraint.terms("qualifiedValueShapesDisjoint"):
            siblings = tuple(self._siblings(node, constraint.shapes[0]))
            return Constraint(constraint.component, constraint.parameters, constraint.shapes, siblings)
        return constraint

    def _listed(self, node: Node) -> Iterable[NamedNode]:
        """SHACL 4.8.1: the IRIs that are sh:path of the shape's property shapes."""
        for property_shape in self.graph.objects(node, sh("property")):
            for path in self.graph.objects(property_shape, _PATH):
                if isinstance(read_path(self.graph, path), Predicate) and isinstance(path, NamedNode):
                    yield path

    def _siblings(self, node: Node, own: Node) -> dict[Node, None]:
        """SHACL 4.7.3: the other qualified value shapes of the shapes that have this one as a property."""
        found: dict[Node, None] = {}
        for parent in self.graph.subjects(sh("property"), node):
            for property_shape in self.graph.objects(parent, sh("property")):
                for shape in self.graph.objects(property_shape, sh("qualifiedValueShape")):
                    if shape != own and not isinstance(shape, Literal):
                        found[shape] = None
        return found


_NEEDED = tuple((component, frozenset(sh(name) for name, _ in component.parameters)) for component in CORE)
_HOLDING = tuple(sh(name) for component in CORE for name, _ in component.parameters)
