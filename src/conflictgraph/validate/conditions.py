"""Whether a node conforms to a shape, as one SPARQL condition, so that a query's rows are only those that do
not.

What cannot be said so (a SPARQL constraint, a count of many) is for the compiler to ask otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pyoxigraph import NamedNode

from conflictgraph.validate.components import BY_IRI
from conflictgraph.validate.kept_literals import also_kept, value_of
from conflictgraph.validate.node_tests import Values
from conflictgraph.validate.paths import Path
from conflictgraph.validate.shapes import Constraint, Shape
from conflictgraph.validate.triple_index import Node
from conflictgraph.validate.value_tests import is_all

_DEEP = 6
"""How many shapes within shapes are written into one condition."""


class NoConditionError(Exception):
    """No condition says this."""


class Conditions:
    """The conditions of one shapes graph. `keeps` is as in `compiled_shapes`."""

    def __init__(self, shapes: Mapping[Node, Shape], *, keeps: bool) -> None:
        self._shapes, self._keeps = shapes, keeps

    def on_value(self, constraint: Constraint, value: str, above: tuple[Node, ...]) -> str | None:
        """Return the constraint as a condition on one value node; None if it takes more than that."""
        try:
            return self._on_value(constraint, value, above)
        except NoConditionError:
            return None

    def on_node(self, constraint: Constraint, path: Path | None, above: tuple[Node, ...]) -> str | None:
        """Return the constraint as a condition on ?this and all its value nodes; None if none says it."""
        try:
            return self._together(constraint, Values("?this", path, len(above), self._read), above)
        except NoConditionError:
            return None

    def qualified(self, constraint: Constraint, value: str, above: tuple[Node, ...]) -> str | None:
        """Return what a value node has to be to count for a qualified constraint; None if none says it."""
        try:
            return self._qualified(constraint, value, above)
        except NoConditionError:
            return None

    @property
    def _read(self) -> Callable[[str], str]:
        return value_of if self._keeps else str

    def _on_value(self, constraint: Constraint, value: str, above: tuple[Node, ...]) -> str:
        component = BY_IRI.get(constraint.component)
        if component is not None and component.value is not None:
            read = value_of if self._keeps and component.by_value else str
            condition = component.value(constraint, read(value))
            datatype = constraint.terms("datatype")
            if self._keeps and datatype and isinstance(datatype[0], NamedNode):
                return also_kept(condition, datatype[0], value)
            return condition
        if component is None or component.logic is None:
            raise NoConditionError
        return component.logic(tuple(self._conforms(node, value, above) for node in constraint.shapes))

    def _conforms(self, node: Node, value: str, above: tuple[Node, ...]) -> str:
        """Say that the node in the variable conforms to a shape."""
        shape = self._shapes[node]
        if shape.deactivated:
            return "true"
        if shape.beyond or node in above or len(above) > _DEEP:
            raise NoConditionError
        above = (*above, node)
        values = Values(value, shape.path, len(above), self._read)
        single = [c for c in shape.constraints if _is_single(c)]
        said = [self._together(c, values, above) for c in shape.constraints if c not in single]
        if single:
            said.append(values.every(lambda v: is_all(tuple(self._on_value(c, v, above) for c in single))))
        return is_all(tuple(said))

    def _together(self, constraint: Constraint, values: Values, above: tuple[Node, ...]) -> str:
        """Say that all value nodes together are right."""
        component = BY_IRI.get(constraint.component)
        said = None
        if component is None:
            raise NoConditionError
        if component.holds is not None:
            said = component.holds(constraint, values)
        elif component.name == "Property":
            said = values.every(lambda v: self._conforms(constraint.shapes[0], v, above))
        elif component.name == "QualifiedMinCount":
            said = values.at_least(
                constraint.number("qualifiedMinCount"), lambda v: self._qualified(constraint, v, above)
            )
        elif component.name == "QualifiedMaxCount":
            said = values.at_most(
                constraint.number("qualifiedMaxCount"), lambda v: self._qualified(constraint, v, above)
            )
        if said is None:
            raise NoConditionError
        return said

    def _qualified(self, constraint: Constraint, value: str, above: tuple[Node, ...]) -> str:
        """SHACL 4.7.3: the value conforms to the qualified shape, and to none of its siblings."""
        others = (f"(!{self._conforms(node, value, above)})" for node in constraint.siblings)
        return is_all((self._conforms(constraint.shapes[0], value, above), *others))


def _is_single(constraint: Constraint) -> bool:
    component = BY_IRI.get(constraint.component)
    return component is not None and (component.value is not None or component.logic is not None)


def known(conditions: Iterable[tuple[Constraint, str | None]]) -> dict[Constraint, str]:
    """Keep the constraints that there is a condition for."""
    return {constraint: condition for constraint, condition in conditions if condition is not None}
