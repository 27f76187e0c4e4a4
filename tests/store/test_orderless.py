"""What is answered from memory gives the rows that the disk gives, whatever the order."""

import pytest

from conflictgraph.store.orderless import is_orderless


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p ?o } LIMIT 10",
        "SELECT * { ?s ?p ?o } ORDER BY ?s limit 10",
        "SELECT * { ?s ?p ?o }\tOFFSET\n5",
        "SELECT * { ?s ?p ?o }LIMIT(10)",
        "SELECT * { ?s ?p ?o }\\u004CIMIT 10",
        "SELECT * { ?s ?p ?o } L\\U00000049MIT 10",
        "SELECT * { { SELECT ?s { ?s ?p ?o } Limit 1 } ?s ?q ?r }",
        "SELECT REDUCED ?s { ?s ?p ?o }",
        "SELECT (SAMPLE(?o) AS ?one) { ?s ?p ?o }",
        "SELECT (group_concat(?o) AS ?all) { ?s ?p ?o }",
        f"SELECT * {{ ?s ?p '{'long ' * 20_000}' }}",
        *(f"SELECT ({name}(?o) AS ?of) {{ ?s ?p ?o }}" for name in ("SUM", "avg", "Min", "MAX")),
    ],
)
def test_what_depends_on_the_order_is_told(query: str) -> None:
    assert not is_orderless(query)


@pytest.mark.parametrize(
    "query",
    [
        "ASK { ?s ?p ?o }",
        "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p HAVING (?n > 2) ORDER BY ?n",
        "SELECT DISTINCT ?s { ?s ?p ?o FILTER NOT EXISTS { ?o ?p+ ?s } } ORDER BY DESC(?s)",
        "CONSTRUCT WHERE { ?s ?p ?o }",
        "SELECT ?summary ?minute ?limits { ?summary ?minute ?limits }",
    ],
)
def test_what_does_not_is_told(query: str) -> None:
    assert is_orderless(query)
