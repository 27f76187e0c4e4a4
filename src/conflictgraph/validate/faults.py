"""What is wrong with a shapes graph, said with the shape and the reason."""

from __future__ import annotations

from pyoxigraph import BlankNode, NamedNode

from conflictgraph.errors import DataError
from conflictgraph.validate.terms import sh
from conflictgraph.validate.triple_index import FIRST, REST, Node, TripleIndex

_PATH = sh("path")


class ShapesError(DataError):
    """The shapes graph is at fault: `shape` is where (None if not known), `reason` is why, `line` of a
    query's text.

    `place` says where in words; without it, the shape's name does.
    """

    def __init__(self, shape: Node | None, reason: str, line: int | None = None, place: str = "") -> None:
        self.shape, self.reason, self.line = shape, reason, line
        where = place or ("" if shape is None else str(shape))
        told = f"{where}: {reason}" if where else reason
        super().__init__(told + (f" (line {line} of its query)" if line else ""))


def placed(fault: ShapesError, graph: TripleIndex) -> ShapesError:
    """The same, with the way from a shape that has a name if its own has none."""
    if not isinstance(fault.shape, BlankNode):
        return fault
    return ShapesError(fault.shape, fault.reason, fault.line, _way(fault.shape, graph))


def _way(node: Node, graph: TripleIndex) -> str:
    """Like `<S> sh:property [ sh:path <p> ] sh:or [ ]`."""
    steps: list[str] = []
    passed: set[Node] = set()
    while isinstance(node, BlankNode) and node not in passed and (above := graph.above(node)):
        passed.add(node)
        above_node, predicate = above
        if predicate not in (FIRST, REST):
            path = graph.value(node, _PATH)
            within = f" sh:path {path} ]" if isinstance(path, NamedNode) else " ]"
            steps.insert(0, f"sh:{predicate.value.rpartition('#')[2]} [{within}")
        node = above_node
    return " ".join((str(node), *steps))
