"""What is wrong with a shapes graph, said with the shape and the reason."""

from __future__ import annotations

from conflictgraph.validate.triple_index import Node


class ShapesError(ValueError):
    """The shapes graph is at fault: `shape` is where (None if it is not known), `reason` is why."""

    def __init__(self, shape: Node | None, reason: str) -> None:
        self.shape = shape
        self.reason = reason
        super().__init__(f"{shape}: {reason}" if shape is not None else reason)
