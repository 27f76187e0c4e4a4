"""The body of a step as SPARQL. Knows no store."""

from conflictgraph.reason.datatypes import below
from conflictgraph.reason.steps import Step
from conflictgraph.reason.tokens import node


def where(step: Step) -> str:
    """The group pattern whose solutions fulfil a step; nodes without a name cannot be in it."""
    patterns = [f"{' '.join(pattern)} ." for pattern in step.body]
    conditions = [f"FILTER({_of_datatype(name, datatype)})" for name, datatype in step.typed]
    return " ".join((*patterns, *conditions))


def _of_datatype(name: str, datatype: str) -> str:
    kinds = ", ".join(sorted(map(str, below(node(datatype)))))
    return f"isLiteral({name}) && datatype({name}) IN ({kinds})"
