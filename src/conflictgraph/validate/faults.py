"""What is wrong with a shapes graph, said with the shape and the reason."""

from __future__ import annotations

from conflictgraph.errors import DataError
from conflictgraph.validate.triple_index import Node


class ShapesError(DataError):
    """The shapes graph is at fault: `shape` is where (None if not known), `reason` is why, `line` of a
    query's text."""

    def __init__(self, shape: Node | None, reason: str, line: int | None = None) -> None:
        self.shape, self.reason, self.line = shape, reason, line
        place = f"{shape}: " if shape is not None else ""
        super().__init__(f"{place}{reason}" + (f" (line {line} of its query)" if line else ""))
