"""What differs between two states of the dataset: counted, as RDF Patch, and in words.

Must not know who asks, or what a state is: anything that can be queried. Triples are lines of N-Triples.
Graphs with blank nodes are compared under canonical names (RDFC-1.0).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from conflictgraph import formats, graphs, queries, rdf, solutions, vocabulary
from conflictgraph.solutions import Term
from conflictgraph.store.port import Dataset, Queryable


@dataclass(frozen=True, slots=True)
class Difference:
    """What one named graph gained and lost, sorted."""

    graph: NamedNode
    added: tuple[Triple, ...]
    removed: tuple[Triple, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many triples were added and removed."""

    added: int = 0
    removed: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.added + other.added, self.removed + other.removed)


def names(state: Queryable) -> tuple[NamedNode, ...]:
    """The named graphs, in order."""
    found = solutions.rows(state, queries.named("service/names-of-graphs").text)
    return tuple(NamedNode(solutions.text(row, "graph")) for row in found)


def triples(state: Queryable, graph: NamedNode) -> tuple[Triple, ...]:
    """The triples of one graph, sorted."""
    return _parsed(_lines(state, graph))


def fingerprint(state: Queryable, graph: NamedNode) -> int:
    """A number that is the same for the same triples, within this process."""
    return hash(frozenset(_digests(state, graph)))


def counted(
    before: Queryable | None, after: Queryable, graph: NamedNode, *, only_added: bool = False
) -> Counts:
    """How many triples of one graph are new, and how many are gone.

    Where the graph was not there, is gone, or is known to have lost nothing, its sizes tell; else it keeps 64
    bits of each triple in memory.
    """
    had, has = _size(before, graph), _size(after, graph)
    if only_added or not had or not has:
        return Counts(max(has - had, 0), max(had - has, 0))
    old, new = _digests(before, graph), _digests(after, graph)
    return Counts(len(new - old), len(old - new))


def differences(before: Queryable, after: Queryable) -> Iterator[Difference]:
    """Every named graph that differs, in order. The provenance graph is left out: it always differs."""
    for graph in sorted({*names(before), *names(after)} - {graphs.PROVENANCE}, key=str):
        old, new = _digests(before, graph), _digests(after, graph)
        if old != new:
            added = _parsed(line for line in _lines(after, graph) if hash(line) not in old)
            removed = _parsed(line for line in _lines(before, graph) if hash(line) not in new)
            yield Difference(graph, added, removed)


def as_patch(found: Iterable[Difference]) -> Iterator[str]:
    """The lines of an RDF Patch: applied to the first state, it gives the second."""
    yield "TX ."
    for difference in found:
        for sign, triples in (("D", difference.removed), ("A", difference.added)):
            for triple in triples:
                yield f"{sign} {triple.subject} {triple.predicate} {triple.object} {difference.graph} ."
    yield "TC ."


def in_words(found: Iterable[Difference], labelled: Queryable, limit: int = 20) -> Iterator[str]:
    """The lines of an account for a person: each graph, then what changed, thing by thing, up to a limit."""
    nothing = True
    for difference in found:
        nothing = False
        counts = f"{len(difference.added)} added, {len(difference.removed)} removed"
        yield f"{difference.graph.value.removeprefix(graphs.BASE)}: {counts}"
        yield from _things(difference, labelled, limit)
    if nothing:
        yield "No difference."


def labels(state: Queryable, terms: Iterable[Term]) -> dict[Term, str]:
    """The English labels of those terms that have one."""
    wanted = sorted({term for term in terms if isinstance(term, NamedNode)}, key=str)
    if not wanted:
        return {}
    found = solutions.rows(state, queries.bound(queries.named("service/labels"), thing=wanted))
    return {row["thing"]: solutions.text(row, "label") for row in found if "thing" in row}


def _things(difference: Difference, labelled: Queryable, limit: int) -> Iterator[str]:
    changes = [("-", t) for t in difference.removed] + [("+", t) for t in difference.added]
    changes.sort(key=lambda change: (str(change[1]), change[0]))
    shown = changes[:limit]
    called = labels(labelled, [term for _, t in shown for term in (t.subject, t.predicate, t.object)])
    for subject, group in groupby(shown, key=lambda change: change[1].subject):
        yield f"  {_named(subject, called)}"
        for sign, triple in group:
            yield f"    {sign} {_named(triple.predicate, called)}: {_named(triple.object, called)}"
    if len(shown) < len(changes):
        yield f"  … and {len(changes) - len(shown)} more; --patch has them all"


def _named(term: Term, called: dict[Term, str]) -> str:
    if isinstance(term, NamedNode):
        short = vocabulary.shortened(term.value)
        return f"{called[term]} ({short})" if term in called else short
    return f'"{term.value}"' if isinstance(term, Literal) else str(term)


def _size(state: Queryable | None, graph: NamedNode) -> int:
    if state is None:
        return 0
    (row,) = solutions.rows(state, queries.bound(queries.named("service/size-of-a-graph"), graph=[graph]))
    return int(solutions.text(row, "triples"))


def _digests(state: Queryable | None, graph: NamedNode) -> set[int]:
    return set() if state is None else {hash(line) for line in _lines(state, graph)}


def _parsed(lines: Iterable[bytes]) -> tuple[Triple, ...]:
    return tuple(quad.triple for quad in parse(b"".join(sorted(lines)), format=RdfFormat.N_TRIPLES))


def _lines(state: Queryable, graph: NamedNode) -> Iterator[bytes]:
    """The triples of a graph, each a line, in no order."""
    query = queries.bound(queries.named("service/blank-nodes-of-a-graph"), graph=[graph])
    with_blank_nodes = solutions.truth(state, query)
    text = queries.named("service/merged-view").text
    with state.query(text, formats.NTRIPLES.media_type, Dataset(default_graphs=(graph,))) as answer:
        if with_blank_nodes:
            quads = rdf.canonical(parse(answer.read(), format=RdfFormat.N_TRIPLES))
            yield from rdf.dump(quads).splitlines(keepends=True)
            return
        rest = b""
        for chunk in answer.chunks:
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                yield line + b"\n"
