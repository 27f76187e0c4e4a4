"""Which focus nodes of a shape a change can affect: worked out from the shape's paths, backwards from the
changed triples.

Whether a node conforms depends on the triples along some paths from it. If one of these was added or
removed, then the way
from the node to the first changed triple is made of triples that are still there, and can be walked back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from conflictgraph.validate.asking import Ask
from conflictgraph.validate.components import BY_IRI
from conflictgraph.validate.mentions import predicates_read
from conflictgraph.validate.paths import (
    Alternative,
    Inverse,
    Path,
    Predicate,
    Repeat,
    Sequence,
    can_be_empty,
    sparql_path,
)
from conflictgraph.validate.shapes import (
    Constraint,
    Shape,
    TargetClass,
    TargetObjectsOf,
    TargetSubjectsOf,
)
from conflictgraph.validate.terms import SUBCLASS, TYPE
from conflictgraph.validate.triple_index import Node, Term

_MANY = 2000
_PAIRED = ("equals", "disjoint", "lessThan", "lessThanOrEquals")


@dataclass(frozen=True, slots=True)
class Read:
    """A shape reads triples with a predicate (None: any) at the node that the steps lead to from its focus
    node."""

    steps: tuple[Path, ...]
    predicate: NamedNode | None
    from_object: bool = False


Place: TypeAlias = tuple[tuple[Path, ...], Term]
"""A node, and the steps that lead to it from focus nodes."""


def affected_nodes(
    shapes: Mapping[Node, Shape],
    shape: Shape,
    changed: Iterable[Triple],
    ask: Ask,
    doubtful: Iterable[Place] = (),
) -> tuple[Term, ...] | None:
    """Return the nodes that have to be looked at again after a change, targeted or not; None for all focus
    nodes.

    `ask` sees the graph as it is after the change. What leads to a `doubtful` node is looked at, too.
    """
    changed = tuple(changed)
    if any(triple.predicate == SUBCLASS for triple in changed):
        return None
    found: dict[Term, None] = {}
    for read in dict.fromkeys(_reads(shapes, shape, frozenset(triple.predicate for triple in changed))):
        if read is None:
            return None
        met = _as_stored(_met(read, changed), ask)
        if any(isinstance(node, BlankNode) for node in met) or len(met) > _MANY:
            return None
        found.update(_origins(read.steps, met, ask))
    by_steps: dict[tuple[Path, ...], dict[Term, None]] = {}
    for steps, node in doubtful:
        by_steps.setdefault(steps, {})[node] = None
    for steps, nodes in by_steps.items():
        found.update(_origins(steps, nodes, ask))
    if any(isinstance(node, BlankNode) for node in found) or len(found) > _MANY:
        return None
    return tuple(found)


def _met(read: Read, changed: tuple[Triple, ...]) -> dict[Term, None]:
    met: dict[Term, None] = {}
    for triple in changed:
        if read.predicate is None or triple.predicate == read.predicate:
            node = triple.object if read.from_object else triple.subject
            if not isinstance(node, Triple):
                met[node] = None
    return met


def _as_stored(nodes: dict[Term, None], ask: Ask) -> dict[Term, None]:
    """Add each literal in the form in which the store holds it: "01"^^xsd:integer may have become 1."""
    literals = [str(node) for node in nodes if isinstance(node, Literal)]
    if not literals:
        return nodes
    table = ask(f"SELECT ?node WHERE {{ VALUES ?node {{ {' '.join(literals)} }} }}")
    return nodes | {row[0]: None for row in table.rows if row[0] is not None}


def _origins(steps: tuple[Path, ...], nodes: dict[Term, None], ask: Ask) -> dict[Term, None]:
    """Walk back from the nodes over the steps."""
    if not nodes or not steps:
        return nodes
    path = Sequence(steps) if len(steps) > 1 else steps[0]
    known = f"VALUES ?node {{ {' '.join(map(str, nodes))} }}"
    table = ask(f"SELECT DISTINCT ?this WHERE {{ {known} ?this {sparql_path(path)} ?node . }}")
    found = dict.fromkeys(row[0] for row in table.rows if row[0] is not None)
    return found | nodes if can_be_empty(path) else found


def _reads(
    shapes: Mapping[Node, Shape], shape: Shape, changed: frozenset[NamedNode]
) -> Iterator[Read | None]:
    """Yield what the shape's targets and constraints read; None for what cannot be told."""
    for target in shape.targets:
        match target:
            case TargetClass():
                yield Read((), TYPE)
            case TargetSubjectsOf(predicate):
                yield Read((), predicate)
            case TargetObjectsOf(predicate):
                yield Read((), predicate, from_object=True)
            case _:
                pass
    yield from _shape_reads(shapes, shape, (), changed)


def _shape_reads(
    shapes: Mapping[Node, Shape], shape: Shape, steps: tuple[Path, ...], changed: frozenset[NamedNode]
) -> Iterator[Read | None]:
    if shape.deactivated:
        return
    values = steps
    if shape.path is not None:
        yield from _path_reads(shape.path, steps, backwards=False)
        values = (*steps, shape.path)
    for constraint in shape.constraints:
        yield from _constraint_reads(constraint, steps, values, changed)
        for nested in (*constraint.shapes, *constraint.siblings):
            yield from _shape_reads(shapes, shapes[nested], values, changed)


def _constraint_reads(
    constraint: Constraint, steps: tuple[Path, ...], values: tuple[Path, ...], changed: frozenset[NamedNode]
) -> Iterator[Read | None]:
    component = BY_IRI.get(constraint.component)
    if component is None:
        read = None if constraint.query is None else predicates_read(constraint.query)
        if read is None or read & changed:
            yield None
    elif component.name == "Class":
        yield Read(values, TYPE)
    elif component.name == "Closed":
        yield Read(values, None)
    for name in _PAIRED:
        yield from (Read(steps, iri) for iri in constraint.terms(name) if isinstance(iri, NamedNode))


def _path_reads(path: Path, steps: tuple[Path, ...], *, backwards: bool) -> Iterator[Read]:
    match path:
        case Predicate(iri):
            yield Read(steps, iri, from_object=backwards)
        case Inverse(inner):
            yield from _path_reads(inner, steps, backwards=not backwards)
        case Alternative(choices):
            for choice in choices:
                yield from _path_reads(choice, steps, backwards=backwards)
        case Repeat(inner, _):
            again = Repeat(Inverse(inner) if backwards else inner, "*")
            yield from _path_reads(inner, (*steps, again), backwards=backwards)
        case Sequence(parts):
            for part in reversed(parts) if backwards else parts:
                yield from _path_reads(part, steps, backwards=backwards)
                steps = (*steps, Inverse(part) if backwards else part)


def parts(shapes: Mapping[Node, Shape]) -> Iterator[Shape]:
    """Split each shape with targets into what reads along paths, and what its SPARQL constraints read
    wherever."""
    for shape in shapes.values():
        wide = tuple(c for c in shape.constraints if _is_wide(shapes, c, frozenset((shape.node,))))
        local = tuple(c for c in shape.constraints if c not in wide)
        if shape.targets or shape.beyond:
            yield from (replace(shape, constraints=part) for part in (local, wide) if part)
            if shape.beyond and not shape.constraints:
                yield shape


def _is_wide(shapes: Mapping[Node, Shape], constraint: Constraint, above: frozenset[Node]) -> bool:
    if constraint.query is not None:
        return True
    nested = [node for node in (*constraint.shapes, *constraint.siblings) if node not in above]
    return any(_is_wide(shapes, c, above | {node}) for node in nested for c in shapes[node].constraints)
