"""Steps as SPARQL. The one place of `reason` where query text is put together. Knows no store.

Ontology nodes without a name are found by the marks that `marks` puts on them in a scratch graph.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple, Variable

from conflictgraph import graphs
from conflictgraph.reason.datatypes import ALWAYS_WELL_FORMED, below
from conflictgraph.reason.patterns import Pattern, Slot, variables
from conflictgraph.reason.steps import Step, only_objects
from conflictgraph.reason.trivia import REFLEXIVE, TYPE, UNIVERSAL

SCRATCH: Final = "urn:x-conflictgraph:reason:"
MARKS: Final = NamedNode(SCRATCH + "marks")
MARK: Final = NamedNode(SCRATCH + "mark")
ASSERTING: Final = (
    f"FILTER(?g IN ({', '.join(str(graph) for graph in graphs.MERGED if graph != graphs.INFERRED)})"
    f' || STRSTARTS(STR(?g), "{graphs.SOURCE_PREFIX}"))'
)
"""The condition that a graph is one whose triples the merged view asserts."""


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


def where(step: Step, path: bool = False) -> str:
    """The group pattern of a step, read from the merged view.

    `path` reads the two links of a transitive property as one path of any length.
    """
    if path:
        s, p, o = step.body[0][0], step.body[0][1], step.body[1][2]
        patterns = [f"{slot_text(s)} {slot_text(p)}+ {slot_text(o)} ."]
    else:
        patterns = [f"{pattern_text(pattern)} ." for pattern in step.body]
    return " ".join((*_marked(step), *patterns, *_filters(step)))


def where_changed(step: Step, premise: int, delta: NamedNode) -> str:
    """The group pattern of a step where one premise is read from a delta graph."""
    rest = (*step.body[:premise], *step.body[premise + 1 :])
    return " ".join((*_marked(step), *_outwards(step.body[premise], delta, rest), *_filters(step)))


def where_concluded(step: Step, head: Pattern, graph: NamedNode) -> str:
    """The group pattern of a step whose conclusion is in a graph."""
    return " ".join((*_marked(step), *_outwards(head, graph, step.body), *_filters(step)))


def _outwards(start: Pattern, graph: NamedNode, rest: Iterable[Pattern]) -> Iterator[str]:
    """From the few triples of a graph outwards.

    What has nothing left to bind is asked for each one: as a pattern, the engine might read all triples
    like it.
    """
    yield f"GRAPH {graph} {{ {pattern_text(start)} }}"
    bound, left = set(variables(start)), list(rest)
    while left:
        left.sort(key=lambda pattern: _distance(pattern, bound))
        pattern = left.pop(0)
        text = pattern_text(pattern)
        yield f"{text} ." if _distance(pattern, bound)[0] else f"FILTER EXISTS {{ {text} }}"
        bound |= set(variables(pattern))


def _distance(pattern: Pattern, bound: set[str]) -> tuple[int, int]:
    """How many variables are left to bind, and how few are bound."""
    names = set(variables(pattern))
    return len(names - bound), -len(names & bound)


def _marked(step: Step) -> list[str]:
    nodes = sorted(blank_nodes(step), key=lambda node: node.value)
    return [f"GRAPH {MARKS} {{ {slot_text(node)} {MARK} {Literal(node.value)} }}" for node in nodes]


def _filters(step: Step) -> list[str]:
    return [f"FILTER({condition})" for condition in conditions(step)]


def unknown(head: Pattern, graph: NamedNode | None = None) -> str:
    """The condition that a conclusion is not in the merged view, or not in a graph, yet."""
    text = pattern_text(head)
    return (
        f"FILTER NOT EXISTS {{ GRAPH {graph} {{ {text} }} }}" if graph else f"FILTER NOT EXISTS {{ {text} }}"
    )


def any_like(head: Pattern) -> str:
    """The query that has a row if the merged view has any triple of a conclusion's predicate, and class."""
    _, predicate, object_ = head
    p = str(predicate) if isinstance(predicate, NamedNode) else "?p"
    o = str(object_) if predicate == TYPE and isinstance(object_, NamedNode) else "?o"
    return f"SELECT (true AS ?some) WHERE {{ ?s {p} {o} }} LIMIT 1"


def known(head: Pattern, graph: NamedNode) -> str:
    """The condition that a conclusion is in a graph."""
    return f"FILTER EXISTS {{ GRAPH {graph} {{ {pattern_text(head)} }} }}"


def conditions(step: Step) -> list[str]:
    """What solutions must fulfil besides matching: datatypes, and a conclusion that may be stored."""
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
    """N-Triples from tab-separated rows of nodes, one column for each variable of the head, in order."""
    parts = [b""]
    for slot in head:
        if isinstance(slot, Variable):
            parts.append(b"")
        else:
            parts[-1] += str(slot).encode()
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
