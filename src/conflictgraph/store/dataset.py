"""The dataset that a query runs on, with several default graphs truly merged.

pyoxigraph 0.5 shows a triple that is in two of the given default graphs twice, which makes every COUNT and
SUM wrong (oxigraph issue 1919). Where a query has more than one, they are copied into a store in memory,
which holds each triple once. The merged view of a generation is not affected: it is stored as one graph.
Runs in worker processes only.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Quad, QueryBoolean, QuerySolutions, QueryTriples, Store

from conflictgraph.store.answered import Answered
from conflictgraph.store.blanks import FUNCTIONS
from conflictgraph.store.operations import iri
from conflictgraph.store.tokens import Token, tokens

Results = QuerySolutions | QueryBoolean | QueryTriples


@dataclass(frozen=True, slots=True)
class _Graphs:
    default: tuple[NamedNode, ...]
    named: tuple[NamedNode, ...]


def results(store: Store, request: dict[str, Any]) -> Results:
    """Begin to evaluate the query of a request on the dataset that it asks for."""
    query, given = request["query"], _given(request)
    wanted = given or _from_clauses(query)
    query = Answered(query, request.get("answers", ())).whole
    if wanted is not None and len(set(wanted.default)) > 1:
        merged = _merged(store, wanted)
        return merged.query(
            query,
            default_graph=DefaultGraph(),
            named_graphs=list(wanted.named),
            custom_functions=FUNCTIONS,
        )
    if given is not None:
        return store.query(
            query,
            default_graph=list(given.default),
            named_graphs=list(given.named),
            custom_functions=FUNCTIONS,
        )
    return store.query(query, custom_functions=FUNCTIONS)


def _given(request: dict[str, Any]) -> _Graphs | None:
    if request["default"] is None:
        return None
    return _Graphs(tuple(map(NamedNode, request["default"])), tuple(map(NamedNode, request["named"])))


def _from_clauses(query: str) -> _Graphs | None:
    """The graphs of FROM and FROM NAMED; None if there is none, or one whose IRI only the engine can tell."""
    if "from" not in query.lower():
        return None
    default: list[NamedNode] = []
    named: list[NamedNode] = []
    prefixes: dict[str, str] = {}
    row = tokens(query)
    for place, token in enumerate(row):
        following = row[place + 1 : place + 3]
        if token.is_symbol("{") or len(following) < 2:
            break
        if token.is_word("PREFIX"):
            prefixes[following[0].text.removesuffix(":")] = following[1].text[1:-1]
        elif token.is_word("FROM"):
            is_named = following[0].is_word("NAMED")
            graph = _graph(following[1 if is_named else 0], prefixes)
            if graph is None:
                return None
            (named if is_named else default).append(graph)
    return _Graphs(tuple(default), tuple(named)) if default or named else None


def _graph(token: Token, prefixes: dict[str, str]) -> NamedNode | None:
    value = iri(token, prefixes)
    try:
        return None if value is None else NamedNode(value)
    except ValueError:
        return None


def _merged(store: Store, wanted: _Graphs) -> Store:
    merged = Store()
    for graph in set(wanted.default):
        merged.extend(_copied(store, graph, DefaultGraph()))
    for graph in set(wanted.named):
        merged.extend(_copied(store, graph, graph))
    return merged


def _copied(store: Store, graph: NamedNode, target: NamedNode | DefaultGraph) -> Iterator[Quad]:
    quads: Iterable[Quad] = store.quads_for_pattern(None, None, None, graph)
    return (Quad(quad.subject, quad.predicate, quad.object, target) for quad in quads)
