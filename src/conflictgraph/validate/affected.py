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
from conflictgraph.validate.paths import Path, Sequence, can_be_empty, sparql_path
from conflictgraph.validate.prebinding import can_be_asked_of
from conflictgraph.validate.reads import Read, is_sure_to_bind, path_reads, query_reads
from conflictgraph.validate.shapes import (
    Constraint,
    Shape,
    TargetClass,
    TargetNodes,
    TargetObjectsOf,
    TargetSubjectsOf,
)
from conflictgraph.validate.terms import SUBCLASS, TYPE
from conflictgraph.validate.triple_index import Node, Term

_MANY = 2000
_PAIRED = ("equals", "disjoint", "lessThan", "lessThanOrEquals")


Place: TypeAlias = tuple[tuple[Path, ...], Term]
"""A node, and the steps that lead to it from focus nodes."""


@dataclass(frozen=True, slots=True)
class Affected:
    """The focus nodes to look at again, targeted or not; or, if `are_values`, the sh:value of the results to
    look for again, under whatever focus node."""

    nodes: tuple[Term, ...]
    are_values: bool = False


def affected(
    shapes: Mapping[Node, Shape],
    shape: Shape,
    changed: Iterable[Triple],
    ask: Ask,
    doubtful: Iterable[Place] = (),
) -> Affected | None:
    """Return what a change can affect in a part of the shapes; None if everything has to be looked at.

    `ask` sees the graph as it is after the change. What leads to a `doubtful` node is looked at, too.
    """
    changed, doubtful = tuple(changed), tuple(doubtful)
    if any(triple.predicate == SUBCLASS for triple in changed):
        return None
    targets = tuple(_target_reads(shape))
    nodes = _nodes((*targets, *_shape_reads(shapes, shape, ())), doubtful, changed, ask)
    if nodes is not None:
        return Affected((*nodes, *_targets_held_as(nodes, shape, ask)))
    if doubtful or not _is_by_value(shape) or _nodes(targets, (), changed, ask) != ():
        return None
    query = shape.constraints[0].query
    values = None if query is None else _nodes(query_reads(query, {"value": ()}, None), (), changed, ask)
    return None if values is None else Affected(values, are_values=True)


def _is_by_value(shape: Shape) -> bool:
    """Say whether the part's one query, asked for some values of ?value only, gives all its rows with
    these."""
    query = shape.constraints[0].query if len(shape.constraints) == 1 else None
    if query is None or query.is_ask or query.parameters:
        return False
    return is_sure_to_bind(query, "value") and can_be_asked_of(query.text, "value")


def _nodes(
    reads: Iterable[Read], doubtful: Iterable[Place], changed: tuple[Triple, ...], ask: Ask
) -> tuple[Term, ...] | None:
    led: dict[tuple[Path, ...], dict[Term, None]] = {}
    for read in dict.fromkeys(reads):
        met = _met(read, changed)
        if met and read.steps is None:
            return None
        if any(isinstance(node, BlankNode) for node in met) or len(met) > _MANY:
            return None
        led.setdefault(read.steps or (), {}).update(met)
    for steps, node in doubtful:
        led.setdefault(steps, {})[node] = None
    found = _starts(led, ask)
    if any(isinstance(node, BlankNode) for node in found) or len(found) > _MANY:
        return None
    return tuple(found)


def _met(read: Read, changed: tuple[Triple, ...]) -> dict[Term, None]:
    met: dict[Term, None] = {}
    for triple in changed:
        if read.predicate is None or triple.predicate == read.predicate:
            node: Term | Triple = getattr(triple, read.at)
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


def _targets_held_as(nodes: tuple[Term, ...], shape: Shape, ask: Ask) -> Iterator[Term]:
    """Yield each target literal that the store would hold as one of the nodes, where that is another form."""
    held = {node for node in nodes if isinstance(node, Literal)}
    targets = (node for one in shape.targets if isinstance(one, TargetNodes) for node in one.nodes)
    literals = [node for node in targets if isinstance(node, Literal) and node not in held]
    if not held or not literals:
        return
    rows = " ".join(f"({number} {literal})" for number, literal in enumerate(literals))
    for number, node in ask(f"SELECT ?number ?node WHERE {{ VALUES (?number ?node) {{ {rows} }} }}").rows:
        if number is not None and node in held:
            yield literals[int(number.value)]


def _starts(led: Mapping[tuple[Path, ...], dict[Term, None]], ask: Ask) -> dict[Term, None]:
    """Walk back from the nodes that each of some steps lead to."""
    found: dict[Term, None] = {}
    groups = []
    for steps, met in led.items():
        nodes = _as_stored(met, ask)
        if not nodes:
            continue
        path = Sequence(steps) if len(steps) > 1 else steps[0] if steps else None
        if path is None or can_be_empty(path):
            found.update(nodes)
        if path is not None:
            known = f"VALUES ?node {{ {' '.join(map(str, nodes))} }}"
            groups.append(f"{{ {known} ?this {sparql_path(path)} ?node . }}")
    if groups:
        table = ask(f"SELECT DISTINCT ?this WHERE {{ {' UNION '.join(groups)} }}")
        found.update(dict.fromkeys(row[0] for row in table.rows if row[0] is not None))
    return found


def _target_reads(shape: Shape) -> Iterator[Read]:
    for target in shape.targets:
        match target:
            case TargetClass():
                yield Read((), TYPE)
            case TargetSubjectsOf(predicate):
                yield Read((), predicate)
            case TargetObjectsOf(predicate):
                yield Read((), predicate, "object")
            case _:
                pass


def _shape_reads(shapes: Mapping[Node, Shape], shape: Shape, steps: tuple[Path, ...]) -> Iterator[Read]:
    if shape.deactivated:
        return
    values = steps
    if shape.path is not None:
        yield from path_reads(shape.path, steps)
        values = (*steps, shape.path)
    for constraint in shape.constraints:
        yield from _constraint_reads(constraint, shape.path, steps, values)
        for nested in (*constraint.shapes, *constraint.siblings):
            yield from _shape_reads(shapes, shapes[nested], values)


def _constraint_reads(
    constraint: Constraint, path: Path | None, steps: tuple[Path, ...], values: tuple[Path, ...]
) -> Iterator[Read]:
    component = BY_IRI.get(constraint.component)
    if component is None:
        query = constraint.query
        starts = {"this": steps, "value": values} if query and query.is_ask else {"this": steps}
        yield from [Read(None, None)] if query is None else query_reads(query, starts, path)
    elif component.name == "Class":
        yield Read(values, TYPE)
    elif component.name == "Closed":
        yield Read(values, None)
    for name in _PAIRED:
        yield from (Read(steps, iri) for iri in constraint.terms(name) if isinstance(iri, NamedNode))


def parts(shapes: Mapping[Node, Shape]) -> Iterator[Shape]:
    """Split each shape with targets into what reads along paths, and each constraint that reads what a
    SPARQL query does."""
    for shape in shapes.values():
        wide = tuple(c for c in shape.constraints if _is_wide(shapes, c, frozenset((shape.node,))))
        local = tuple(c for c in shape.constraints if c not in wide)
        if shape.targets or shape.beyond:
            each = (local, *((constraint,) for constraint in wide))
            yield from (replace(shape, constraints=part) for part in each if part)
            if shape.beyond and not shape.constraints:
                yield shape


def _is_wide(shapes: Mapping[Node, Shape], constraint: Constraint, above: frozenset[Node]) -> bool:
    if constraint.query is not None:
        return True
    nested = [node for node in (*constraint.shapes, *constraint.siblings) if node not in above]
    return any(_is_wide(shapes, c, above | {node}) for node in nested for c in shapes[node].constraints)
