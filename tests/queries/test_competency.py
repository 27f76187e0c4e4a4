"""Every competency query gives what the sources say, here and in rdflib.

Beside `queries/competency/NN-….rq` is what it should give: `.expected.tsv` for SELECT, `.expected.srj` for
ASK, `.expected.nt`, sorted, for CONSTRUCT. To write them anew where the data or a query has changed:

    python tests/queries/test_competency.py            # all
    python tests/queries/test_competency.py 01 27      # those with these numbers

An expected file says what the source says: read every changed row against the source before committing it.
"""

import sys
from collections import Counter
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    serialize,
)
from rdflib.plugins.sparql import prepareQuery
from rdflib.query import ResultRow

from conflictgraph import queries, resources
from conflictgraph.ingest.seed import seed_graphs
from conflictgraph.reason.closure import close

FILES = resources.query_files("competency")
QUERIES = queries.shipped("competency")
ENDINGS = {"SELECT": ".expected.tsv", "ASK": ".expected.srj", "CONSTRUCT": ".expected.nt"}
TOPICS = {
    "casualties",
    "timeline",
    "contested claims",
    "ceasefires",
    "places",
    "damage",
    "reactions",
    "protests",
    "provenance",
    "inference",
}

Cell = str | tuple[str, str, str] | None
Row = tuple[Cell, ...]
"""An IRI, a literal as its text, language and datatype, or nothing."""


def seed() -> Store:
    """The shipped graph in memory, as asserted: every triple in its graph and in the merged view."""
    store = Store()
    for part in seed_graphs():
        for triple in part.triples():
            store.add(Quad(triple.subject, triple.predicate, triple.object, part.graph))
            store.add(Quad(triple.subject, triple.predicate, triple.object, DefaultGraph()))
    return store


def closed_seed() -> Store:
    """The same with what follows from it."""
    store = seed()
    close(store)
    return store


def expected_file(query: queries.Query) -> Path:
    """Where the expected result of a query is."""
    return resources.directory("queries") / f"{query.name}{ENDINGS[query.form]}"


def result(store: Store, query: queries.Query) -> bytes:
    """The answer as it is written to an expected file."""
    found = store.query(query.text)
    if isinstance(found, QueryTriples):
        data = serialize(found, format=RdfFormat.N_TRIPLES) or b""
        return b"".join(sorted(data.splitlines(keepends=True)))
    format = QueryResultsFormat.JSON if isinstance(found, QueryBoolean) else QueryResultsFormat.TSV
    return found.serialize(format=format) or b""


def is_empty(store: Store, query: queries.Query) -> bool:
    """Whether the answer is no, no row, or no triple."""
    found = store.query(query.text)
    return not bool(found) if isinstance(found, QueryBoolean) else next(iter(found), None) is None


@pytest.fixture(scope="session")
def closed() -> Store:
    return closed_seed()


@pytest.fixture(scope="session")
def in_rdflib(closed: Store) -> rdflib.Graph:
    graph = rdflib.Graph()
    data = closed.dump(format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph())
    graph.parse(data=data or b"", format="nt")
    return graph


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_a_query_gives_what_the_sources_say(closed: Store, query: queries.Query) -> None:
    assert result(closed, query).decode() == expected_file(query).read_bytes().decode()


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_a_query_gives_the_same_in_rdflib(
    closed: Store, in_rdflib: rdflib.Graph, query: queries.Query
) -> None:
    ours, theirs = answered_here(closed, query), in_rdflib.query(prepareQuery(query.text))
    if isinstance(ours, bool):
        assert theirs.askAnswer is ours
        return
    names, here = ours
    if names is not None:
        assert [str(name) for name in theirs.vars or ()] == names
        there = Counter(tuple(_there(term) for term in row) for row in theirs if isinstance(row, ResultRow))
        assert there == here
    else:
        assert theirs.graph is not None
        assert Counter(tuple(_there(term) for term in triple) for triple in theirs.graph) == here


def answered_here(store: Store, query: queries.Query) -> bool | tuple[list[str] | None, Counter[Row]]:
    """The truth, the rows under the names of variables, or the triples.

    Nothing of the engine is left: rdflib's parser keeps the frames of its callers until garbage is collected,
    maybe in another thread, and there the engine's objects must not come.
    """
    found = store.query(query.text)
    if isinstance(found, QueryBoolean):
        return bool(found)
    if isinstance(found, QuerySolutions):
        names = [name.value for name in found.variables]
        return names, Counter(tuple(_here(term) for term in row) for row in found)
    return None, Counter(tuple(_here(term) for term in (t.subject, t.predicate, t.object)) for t in found)


@pytest.mark.parametrize(
    "query", [query for query in QUERIES if "inference" in query.headers], ids=lambda query: query.name
)
def test_a_query_of_what_follows_is_empty_without_reasoning(asserted: Store, query: queries.Query) -> None:
    assert is_empty(asserted, query)


@pytest.fixture(scope="session")
def asserted() -> Store:
    return seed()


def test_every_query_has_a_topic_and_an_expected_result() -> None:
    assert {query.keywords[0] for query in QUERIES} <= TOPICS
    assert all(query.title.endswith("?") and query.description.endswith(".") for query in QUERIES)
    expected = set(resources.directory("queries").glob("competency/*.expected.*"))
    assert {expected_file(query) for query in QUERIES} == expected


def test_there_are_enough_queries_and_their_numbers_are_unique() -> None:
    numbers = [path.name.partition("-")[0] for path in FILES]
    assert all(number.isdecimal() and len(number) == 2 for number in numbers)
    assert len(set(numbers)) == len(numbers) >= 40


def _here(term: object) -> Cell:
    match term:
        case None:
            return None
        case Literal():
            return (term.value, (term.language or "").lower(), term.datatype.value)
        case NamedNode() | BlankNode():
            return term.value
    raise TypeError(f"Expected an RDF term, found {term!r}.")


def _there(term: object) -> Cell:
    match term:
        case None:
            return None
        case rdflib.Literal():
            plain = rdflib.RDF.langString if term.language else rdflib.XSD.string
            return (str(term), (term.language or "").lower(), str(term.datatype or plain))
        case rdflib.URIRef() | rdflib.BNode():
            return str(term)
    raise TypeError(f"Expected an RDF term, found {term!r}.")


if __name__ == "__main__":
    graph = closed_seed()
    for each in QUERIES:
        number = each.name.rpartition("/")[2].partition("-")[0]
        if not sys.argv[1:] or number in sys.argv[1:]:
            expected_file(each).write_bytes(result(graph, each))
