"""The body of a step as SPARQL. Knows no store."""

from conflictgraph.reason.datatypes import below
from conflictgraph.reason.steps import Step


def where(step: Step) -> str:
    """The group pattern whose solutions fulfil a step; nodes without a name cannot be in it."""
    patterns = [f"{' '.join(map(str, pattern))} ." for pattern in step.body]
    conditions = [
        f"FILTER(isLiteral(?{name}) && datatype(?{name}) IN ({', '.join(sorted(map(str, below(datatype))))}))"
        for name, datatype in step.typed
    ]
    return " ".join((*patterns, *conditions))
