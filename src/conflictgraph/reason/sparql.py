"""Steps as SPARQL. The one place of `reason` where query text is put together. Knows no store.

Ontology nodes without a name are found by the marks that `marks` puts on them in a scratch graph.
"""

from collections.abc import Iterable
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple, Variable

from conflictgraph.reason.datatypes import ALWAYS_WELL_FORMED, below
from conflictgraph.reason.patterns import Pattern, Slot, variables
from conflictgraph.reason.steps import Step, only_objects
from conflictgraph.reason.trivia import REFLEXIVE, TYPE, UNIVERSAL

SCRATCH: Final = "urn:x-conflictgraph:reason:"
MARKS: Final = NamedNode(SCRATCH + "marks")
MARK: Final = NamedNode(SCRATCH + "mark")


def marks(nodes: Iterable[BlankNode]) -> list[Triple]:
    """What the scratch graph must say so that queries can find blank nodes."""
    return [Triple(node, MARK, Literal(node.value)) for node in nodes]


def blank_nodes(step: Step) -> set[BlankNode]:
    """The nodes that need a mark before a step can run."""
    every = (*step.body, *([step.head] if step.head else []))
    return {slot for pattern in every for slot in pattern if isinstance(slot, BlankNode)}


def slot_text(slot: Slot) -> str:
    """A term or variable in a query; a blank node as the variable that its mark binds."""
    return f"?node_{slot.value.encode().hex()}" if isinstance(slot, BlankNode) else str(slot)


def pattern_text(pattern: Pattern) -> str:
    """A triple pattern in a query."""
    return " ".join(map(slot_text, pattern))


def where(step: Step, changed: int | None = None, delta: NamedNode | None = None, path: bool = False) -> str:
    """The group pattern of a step. With `changed`, that premise is read from the delta graph, and first.

    `path` reads the two links of a transitive property as one path of any length.
    """
    order = list(range(len(step.body)))
    if changed is not None:
        order.sort(key=lambda i: i != changed)
    parts = [
        f"GRAPH {MARKS} {{ {slot_text(n)} {MARK} {Literal(n.value)} }}" for n in _sorted(blank_nodes(step))
    ]
    if path:
        s, p, o = step.body[0][0], step.body[0][1], step.body[1][2]
        parts.append(f"{slot_text(s)} {slot_text(p)}+ {slot_text(o)} .")
    else:
        for i in order:
            text = pattern_text(step.body[i]) + " ."
            parts.append(f"GRAPH {delta} {{ {text} }}" if i == changed else text)
    parts += [f"FILTER({condition})" for condition in conditions(step)]
    return " ".join(parts)


def unknown(head: Pattern, graph: NamedNode | None = None) -> str:
    """The condition that a conclusion is not in the merged view, or not in a graph, yet."""
    text = pattern_text(head)
    return (
        f"FILTER NOT EXISTS {{ GRAPH {graph} {{ {text} }} }}" if graph else f"FILTER NOT EXISTS {{ {text} }}"
    )


def any_like(head: Pattern) -> str:
    """The query that has a row if the merged view has any triple of a conclusion's predicate, and class."""
    opened = [str(Variable(name)) for name in "spo"]
    fixed = [
        str(slot) if isinstance(slot, NamedNode) else name for slot, name in zip(head, opened, strict=True)
    ]
    if head[1] != TYPE:
        fixed[2] = opened[2]
    return f"SELECT (true AS ?some) WHERE {{ {opened[0]} {fixed[1]} {fixed[2]} }} LIMIT 1"


def among(head: Pattern, graph: NamedNode) -> str:
    """The pattern that a conclusion is in a graph."""
    return f"GRAPH {graph} {{ {pattern_text(head)} }}"


def _sorted(nodes: Iterable[BlankNode]) -> list[BlankNode]:
    return sorted(nodes, key=lambda node: node.value)


def conditions(step: Step) -> list[str]:
    """What solutions of a step must fulfil besides matching: datatypes, and a conclusion that may be
    stored.
    """
    found = [
        f"isLiteral(?{name}) && datatype(?{name}) IN ({', '.join(sorted(map(str, below(datatype))))})"
        for name, datatype in step.typed
    ]
    if step.untyped:
        name, datatype = step.untyped
        safe = ", ".join(sorted(map(str, below(datatype) & ALWAYS_WELL_FORMED)))
        found.append(f"isLiteral(?{name})" + (f" && datatype(?{name}) NOT IN ({safe})" if safe else ""))
    if step.unequal:
        one, other = step.unequal
        found.append(f"isLiteral(?{one}) && isLiteral(?{other}) && STR(?{one}) <= STR(?{other})")
        found.append(f"!sameTerm(?{one}, ?{other})")
    return found + (_storable(step, step.head) if step.head else [])


def _storable(step: Step, head: Pattern) -> list[str]:
    s, p, o = head
    found = []
    if isinstance(s, Variable) and s.value in only_objects(step.body):
        found.append(f"!isLiteral({s})")
    if isinstance(p, Variable):
        found.append(f"isIRI({p})")
        reflexive = ", ".join(sorted(map(str, REFLEXIVE)))
        found.append(f"!({p} IN ({reflexive}) && sameTerm({slot_text(s)}, {slot_text(o)}))")
        universal = ", ".join(sorted(map(str, UNIVERSAL)))
        found.append(f"!({p} = {TYPE} && {slot_text(o)} IN ({universal}))")
    elif p in REFLEXIVE:
        found.append(f"!sameTerm({slot_text(s)}, {slot_text(o)})")
    return found


def conclusions(step: Step, group: str) -> tuple[str, tuple[str, ...]]:
    """The query for a step's conclusions, and the variables of its head in their order."""
    assert step.head
    names = tuple(variables(step.head))
    projected = " ".join(f"?{name}" for name in dict.fromkeys(names)) or "(true AS ?holds)"
    return f"SELECT {projected} WHERE {{ {group} }}", names


def as_lines(head: Pattern, rows: bytes) -> bytes:
    """N-Triples from tab-separated rows of IRIs, one column for each variable of the head, in order."""
    parts = [b""]
    for slot in head:
        if isinstance(slot, Variable):
            parts.append(b"")
        else:
            parts[-1] += slot_text(slot).encode()
        parts[-1] += b" "
    parts[-1] += b"."
    first, last = parts[0], parts[-1]
    text = rows.replace(b"\t", parts[1]).replace(b"\n", last + b"\n" + first)
    return first + text.removesuffix(first)


def selection(step: Step, group: str, limit: int) -> tuple[str, tuple[str, ...]]:
    """The query for a check's solutions, and the variables that its rows bind."""
    names = tuple(dict.fromkeys(variables(slot for pattern in step.body for slot in pattern)))
    projected = " ".join(f"?{name}" for name in names) or "(1 AS ?holds)"
    return f"SELECT DISTINCT {projected} WHERE {{ {group} }} LIMIT {limit}", names
