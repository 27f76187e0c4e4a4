"""The answer to a question as terms in memory: rows, a truth value, triples.

For small answers that the program itself needs; what goes to people is streamed. Must not know who answers.
"""

from collections.abc import Iterator, Mapping, Sequence

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from conflictgraph import formats
from conflictgraph.store.port import WHOLE, Dataset, Queryable

Term = NamedNode | BlankNode | Literal | Triple
Row = Mapping[str, Term]


def rows(graph: Queryable, sparql: str, dataset: Dataset = WHOLE) -> list[Row]:
    """The solutions of a SELECT query, each with the variables that are bound in it."""
    parsed = _solutions(graph, sparql, dataset)
    names = [variable.value for variable in parsed.variables]
    return [{name: term for name in names if (term := row[name]) is not None} for row in parsed]


def columns(graph: Queryable, sparql: str) -> list[Sequence[Term | None]]:
    """The solutions of a SELECT query, each a term or None for every variable in order."""
    return [tuple(row) for row in _solutions(graph, sparql)]


def _solutions(graph: Queryable, sparql: str, dataset: Dataset = WHOLE) -> QuerySolutions:
    with graph.query(sparql, formats.JSON.media_type, dataset) as answer:
        parsed = parse_query_results(answer.read(), format=formats.result_engine_format("json"))
    assert isinstance(parsed, QuerySolutions)
    return parsed


def truth(graph: Queryable, sparql: str, dataset: Dataset = WHOLE) -> bool:
    """The answer to an ASK query."""
    with graph.query(sparql, formats.JSON.media_type, dataset) as answer:
        parsed = parse_query_results(answer.read(), format=formats.result_engine_format("json"))
    assert isinstance(parsed, QueryBoolean)
    return bool(parsed)


def triples(graph: Queryable, sparql: str, dataset: Dataset = WHOLE) -> Iterator[Triple]:
    """The triples of a CONSTRUCT or DESCRIBE query."""
    with graph.query(sparql, formats.NTRIPLES.media_type, dataset) as answer:
        for quad in parse(answer.read(), format=RdfFormat.N_TRIPLES):
            yield quad.triple


def text(row: Row, name: str, default: str = "") -> str:
    """The IRI or the lexical form that a variable is bound to; the default where it is not bound."""
    term = row.get(name)
    return default if term is None or isinstance(term, Triple) else term.value
