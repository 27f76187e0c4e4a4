"""Answers as Python values, on any dataset."""

from collections.abc import Mapping

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from conflictgraph.formats import JSON, NTRIPLES, TSV
from conflictgraph.store.port import WHOLE, Dataset, Queryable

Term = NamedNode | BlankNode | Literal | Triple
Row = Mapping[str, Term]


def rows(source: Queryable, sparql: str, dataset: Dataset = WHOLE) -> list[Row]:
    """The solutions of a SELECT query, by variable; what is unbound is left out."""
    results = parse_query_results(
        source.query(sparql, TSV.media_type, dataset).read(), format=QueryResultsFormat.TSV
    )
    assert isinstance(results, QuerySolutions)
    names = [variable.value for variable in results.variables]
    return [_row(names, tuple(solution)) for solution in results]


def truth(source: Queryable, sparql: str, dataset: Dataset = WHOLE) -> bool:
    """The answer to an ASK query."""
    results = parse_query_results(
        source.query(sparql, JSON.media_type, dataset).read(), format=QueryResultsFormat.JSON
    )
    assert isinstance(results, QueryBoolean)
    return bool(results)


def triples(source: Queryable, sparql: str, dataset: Dataset = WHOLE) -> list[Triple]:
    """The triples of a CONSTRUCT or DESCRIBE query."""
    data = source.query(sparql, NTRIPLES.media_type, dataset).read()
    return [quad.triple for quad in parse(data, format=RdfFormat.N_TRIPLES)]


def _row(names: list[str], terms: tuple[Term | None, ...]) -> Row:
    return {name: term for name, term in zip(names, terms, strict=True) if term is not None}
