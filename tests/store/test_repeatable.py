"""Which queries give the same bytes each time."""

import pytest

from conflictgraph.store.repeatable import is_repeatable


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s { ?s ?p ?o }",
        "SELECT ?now ?rand { ?now <http://e/uuid> 'NOW()' } # RAND()",
        "PREFIX now: <http://e/> SELECT * { ?s now:rand now:service }",
        "SELECT * { ?s ?p [] . [] ?p (1 2) }",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p [] }",
        "CONSTRUCT { ?s ?p ?o . } WHERE { ?s ?p ?o { SELECT ?s { ?s ?q [ ?r 1 ] } } }",
        "DESCRIBE <http://e/now>",
        "ASK { GRAPH ?g { _:b ?p ?o } }",
    ],
)
def test_what_follows_from_the_graph_alone_is_repeatable(query: str) -> None:
    assert is_repeatable(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (NOW() AS ?x) {}",
        "SELECT ?s { ?s ?p ?o } ORDER BY RAND()",
        "SELECT ?s { ?s ?p ?o } ORDER BYRAND()",
        "SELECT ?s { ?s ?p ?o FILTER(?o<NOW()&&?o>1) }",
        "SELECT (sTrUuId( ) AS ?x) {}",
        r"SELECT (\u004eOW() AS ?x) {}",
        "SELECT * { BIND(BNODE('a') AS ?x) }",
        "SELECT * { SERVICE <http://e/> { ?s ?p ?o } }",
        "SELECT * { service silent ?e { ?s ?p ?o } }",
        "CONSTRUCT { [] ?p ?o } WHERE { ?s ?p ?o }",
        "CONSTRUCT { _:x ?p ?o } WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p (1 2) } WHERE { ?s ?p ?o }",
        "CONSTRUCT WHERE { ?s ?p [] }",
    ],
)
def test_what_is_random_tells_the_time_or_comes_from_elsewhere_is_not(query: str) -> None:
    assert not is_repeatable(query)
