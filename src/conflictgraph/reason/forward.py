"""Running a plan to its fixpoint, in the store, semi-naively. Must not know the rule table or the ontology.

Every conclusion is noted. What another step or a check reads also goes to the merged view; what an *earlier*
step must read again goes to a delta graph besides, one for each round. A later round takes each premise in
turn from the delta of the round before, the others from the merged view.
"""

from collections.abc import Iterable, Iterator, Sequence

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Triple

from conflictgraph.reason import sparql
from conflictgraph.reason.patterns import Pattern, bound, triple
from conflictgraph.reason.plan import Plan, Symbol, meet, symbol
from conflictgraph.reason.steps import Step
from conflictgraph.reason.trivia import TYPE
from conflictgraph.reason.workspace import BLANK, MERGED, Notes, Workspace


def delta(number: int) -> NamedNode:
    """The scratch graph of what a round found."""
    return NamedNode(f"{sparql.SCRATCH}delta:{number}")


def mark(work: Workspace, steps: Iterable[Step]) -> None:
    """Make the ontology's blank nodes known to queries."""
    nodes: set[BlankNode] = set().union(*(sparql.blank_nodes(step) for step in steps))
    work.load(sparql.MARKS, sparql.marks(sorted(nodes, key=lambda node: node.value)))


def clear(work: Workspace, rounds: int) -> None:
    """Let go of the scratch graphs."""
    names = [sparql.MARKS, *(delta(number) for number in range(rounds + 2))]
    work.update(" ; ".join(f"DROP SILENT GRAPH {name}" for name in names))


def first_round(work: Workspace, plan: Plan, notes: Notes) -> None:
    """Run every step once on everything, in order; conclusions that were read too early go to delta 1."""
    for number, step in enumerate(plan.derivations):
        path = _is_transitive(step)
        repeated = number in plan.again and not (path and _only_itself(plan, number))
        into = _targets(plan, step, delta(1) if repeated else None)
        assert step.head
        group = sparql.where(step, path=path)
        if work.rows(sparql.any_like(step.head)):
            group += " " + sparql.unknown(step.head)
        conclude(work, step, group, into, notes)


def later_rounds(work: Workspace, plan: Plan, notes: Notes, number: int = 1) -> int:
    """From what the delta graph of that number holds, go on until nothing follows; returns the last, empty
    round.
    """
    while changed := symbols(work, delta(number)):
        for step, premise in affected(plan.derivations, changed):
            into = _targets(plan, step, delta(number + 1))
            assert step.head
            group = f"{sparql.where_changed(step, premise, delta(number))} {sparql.unknown(step.head)}"
            conclude(work, step, group, into, notes)
        number += 1
    return number


def affected(steps: Sequence[Step], changed: Sequence[Symbol]) -> Iterator[tuple[Step, int]]:
    """The premises that a change can fulfil."""
    for step in steps:
        for premise, pattern in enumerate(step.body):
            if any(meet(symbol(pattern), one) for one in changed):
                yield step, premise


def _targets(plan: Plan, step: Step, next_delta: NamedNode | None) -> list[NamedNode | DefaultGraph]:
    assert step.head
    if not plan.is_read(step.head):
        return []
    return [MERGED, next_delta] if next_delta else [MERGED]


def conclude(
    work: Workspace, step: Step, group: str, into: Sequence[NamedNode | DefaultGraph], notes: Notes
) -> None:
    """Note a step's conclusions, and write them into graphs; lines where there are only IRIs, which is
    faster.
    """
    assert step.head
    query, names = sparql.conclusions(step, group)
    rows = work.table(query)
    if not rows:
        return
    if not _has_only_nodes(rows) or len(set(names)) < len(names):
        found = list(dict.fromkeys(_instances(step.head, names, work.rows(query))))
        notes.add(found)
        for graph in into:
            work.load(graph, found)
        return
    lines = sparql.as_lines(step.head, rows)
    notes.add_lines(lines)
    for graph in into:
        work.load_lines(graph, lines)


def _has_only_nodes(rows: bytes) -> bool:
    """Whether every cell is an IRI or a blank node."""
    cells = rows.count(b"\t") + rows.count(b"\n")
    nameless = rows.startswith(BLANK) + rows.count(b"\t" + BLANK) + rows.count(b"\n" + BLANK)
    return b'"' not in rows and rows.count(b"<") + nameless == cells


def _instances(head: Pattern, names: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[Triple]:
    for row in rows:
        terms = {
            n: t for n, t in zip(names, row, strict=False) if isinstance(t, NamedNode | BlankNode | Literal)
        }
        found = triple(bound(head, terms))
        if found is not None:
            yield found


def symbols(work: Workspace, graph: NamedNode) -> list[Symbol]:
    """The predicates, and the classes of rdf:type, that occur in a graph."""
    predicates = work.rows(f"SELECT DISTINCT ?p WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}")
    found: list[Symbol] = [(p, None) for (p,) in predicates if p != TYPE]
    if len(found) < len(predicates):
        classes = work.rows(f"SELECT DISTINCT ?c WHERE {{ GRAPH {graph} {{ ?s {TYPE} ?c }} }}")
        found += [(TYPE, c) for (c,) in classes]
    return found


def _is_transitive(step: Step) -> bool:
    return step.rule.name == "prp-trp" and len(step.body) == 2


def _only_itself(plan: Plan, number: int) -> bool:
    """Whether no other step at or before this place reads what the step writes."""
    head = plan.derivations[number].head
    assert head
    earlier = plan.derivations[:number]
    return not any(meet(symbol(p), symbol(head)) for step in earlier for p in step.body)
