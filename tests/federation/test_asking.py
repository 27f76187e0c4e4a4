"""SERVICE in the text of a query: found however it is written, asked as it should be, answered in place."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, QuerySolutions, Store
from pyoxigraph import parse_query_results as parsed

from conflictgraph import hosts
from conflictgraph.errors import QueryRefused, RemoteFailed
from conflictgraph.federation.asking import MOST_CLAUSES, answered
from conflictgraph.federation.clauses import Clause, clauses
from conflictgraph.federation.exchange import Bounds
from conflictgraph.federation.inlay import inlay
from conflictgraph.store import guard
from conflictgraph.store.blanks import FUNCTIONS
from conflictgraph.store.operations import operations
from conflictgraph.store.tokens import decoded, tokens

BOUNDS = Bounds(hosts.allowed("a.example, b.example"), 1, 1)
A = "http://a.example/sparql"


def endpoints(text: str) -> list[str]:
    return [clause.endpoint for clause in clauses(decoded(text))]


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ SERVICE <{A}> {{ ?s ?p ?o }} }}",
        f"select*{{service<{A}>{{}}}}",
        f"SELECT * {{ SeRvIcE SILENT <{A}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICE # of {{ whom\n\t<{A}>\r\n# well\n{{ ?s ?p ?o }} }}",
        "PREFIX a: <http://a.example/> SELECT * { SERVICE a:sparql { ?s ?p ?o } }",
        "PREFIX : <http://a.example/> SELECT * { SERVICE :sparql { ?s ?p ?o } }",
        rf"SELECT * {{ SERV\u0049CE <{A}> {{ ?s ?p ?o }} }}",
        r"SELECT * { \U00000053ERVICE <http://a\u002eexample/sparql> {} }",
        f"SELECT * {{ FILTER EXISTS {{ SERVICE <{A}> {{ ?s ?p '}}' }} }} }}",
        f"SELECT * {{ {{ SELECT * {{ OPTIONAL {{ SERVICE <{A}> {{ {{ ?s ?p ?o }} UNION {{}} }} }} }} }} }}",
        f"INSERT {{ GRAPH <g:g> {{ ?s ?p ?o }} }} WHERE {{ SERVICE <{A}> {{ ?s ?p ?o }} }}",
        f"CLEAR GRAPH <g:g> ; INSERT {{ GRAPH <g:g> {{ ?s ?p 1 }} }} WHERE {{ SERVICE <{A}> {{ ?s ?p 1 }} }}",
    ],
)
def test_a_clause_is_found_however_it_is_written(text: str) -> None:
    assert endpoints(text) == [A]
    told = answered(decoded(text), BOUNDS, lambda _: "VALUES ?told { 1 }")
    assert "VALUES ?told { 1 }" in told.whole
    assert "told" not in told.text
    for each in (told.text, told.whole):
        assert guard.found(each) is None
        assert each.count("\n") == decoded(text).count("\n")


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ ?s ?p 'SERVICE <{A}> {{ }}' }}",
        f'SELECT * {{ ?s ?p """\nSERVICE <{A}> {{ }}""" }}',
        f"SELECT * {{ ?s ?p ?o }} # SERVICE <{A}> {{ }}",
        "SELECT * { ?s <http://x/SERVICE> ?service }",
        "PREFIX service: <s:> SELECT * { ?s service:of service:x }",
    ],
)
def test_the_word_in_strings_iris_names_and_comments_is_no_clause(text: str) -> None:
    assert endpoints(text) == []
    assert answered(text, BOUNDS, lambda _: "no").whole == text


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE ?where {} }",
        "SELECT * { VALUES ?where { <http://a.example/> } SERVICE SILENT $where {} }",
        "BASE <http://a.example/> SELECT * { SERVICE <sparql> {} }",
        "PREFIX : <http://a.example/> SELECT * { SERVICE:sparql {} }",
        "PREFIX a: <http://a.example/> SELECT * { SERVICEa:sparql {} }",
        "PREFIX a: <http://a.example/> SELECT * { SERVICE SILENTa:sparql {} }",
        f"SELECT * {{ SERVICE <{A}> {{ SERVICE <{A}> {{}} }} }}",
        f"SELECT * {{ SERVICE <{A}> {{ ?s ?p ?o }} SERVICE SILENT <http://c.example/> {{}} }}",
        "SELECT * { SERVICE <http://127.0.0.1/> {} }",
        "SELECT * { SERVICE <http://[::1]/> {} }",
        "SELECT * { SERVICE <http://0x7f.1/> {} }",
        "SELECT * { SERVICE <http://localhost./> {} }",
        "SELECT * { SERVICE <http://a.example./> {} }",
        "SELECT * { SERVICE <http://a.example@c.example/> {} }",
        "SELECT * { SERVICE <file:///etc/passwd> {} }",
        r"SELECT * { SERVICE <http://a.example\u0040c.example/> {} }",
        f"SELECT * {{ FILTER(?a<?b)SERVICE#>\n<{A}>{{}} }}",
        "SELECT * { " + f"SERVICE <{A}> {{ ?s ?p ?o }} " * (MOST_CLAUSES + 1) + "}",
        f"SELECT * {{ SERVICE <{A}> {{ ?s ?p '\ud800' }} }}",
    ],
)
def test_what_may_not_be_asked_is_refused_before_anybody_is_asked(text: str) -> None:
    def ask(clause: Clause) -> str:
        raise AssertionError(f"{clause.endpoint} was asked")

    with pytest.raises(QueryRefused):
        answered(decoded(text), BOUNDS, ask)


def test_the_endpoint_gets_the_prologue_and_the_pattern() -> None:
    text = (
        "BASE <http://x/>\nPREFIX e: <http://e/>\nSELECT ?s { ?s e:p ?o "
        f"SERVICE <{A}> {{ ?s e:q <y> # a brace }}\n FILTER(?s < 3) }} }}"
    )
    (clause,) = clauses(text)
    assert clause.query == (
        "BASE <http://x/>\nPREFIX e: <http://e/>\nSELECT * WHERE { ?s e:q <y> # a brace }\n FILTER(?s < 3) }"
    )


def test_later_operations_know_the_prefixes_of_earlier_ones() -> None:
    text = (
        "PREFIX a: <http://a.example/> CLEAR GRAPH <g:g> ;\n"
        "PREFIX b: <http://b.example/> INSERT { GRAPH <g:g> { ?s a:p 1 } } WHERE { SERVICE b:x { ?s a:p 1 } }"
    )
    (clause,) = clauses(text)
    assert clause.endpoint == "http://b.example/x"
    assert clause.query.startswith("PREFIX a: <http://a.example/>\nPREFIX b: <http://b.example/>\nSELECT")


def test_a_failure_counts_as_one_empty_solution_only_if_it_is_silent() -> None:
    def fail(_: Clause) -> str:
        raise RemoteFailed("away")

    silent = f"SELECT ?x ?s {{ BIND(1 AS ?x) SERVICE SILENT <{A}> {{ ?s ?p ?o }} }}"
    assert [row["s"] for row in list_of(answered(silent, BOUNDS, fail).whole)] == [None]
    with pytest.raises(RemoteFailed, match="away"):
        answered(f"SELECT * {{ SERVICE <{A}> {{ ?s ?p ?o }} }}", BOUNDS, fail)


def list_of(query: str) -> list[dict[str, object]]:
    found = Store().query(query, custom_functions=FUNCTIONS)
    assert isinstance(found, QuerySolutions)
    names = [variable.value for variable in found.variables]
    return [{name: row[name] for name in names} for row in found]


IRIS = st.sampled_from(
    [
        "http://x/service#load",
        "http://x/?service&x:y",
        "http://x/it's",
        "http://x/VALUES?a#",
        "urn:SERVICE:x",
        "http://x/é",
    ]
).map(lambda value: {"type": "uri", "value": value})
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["' SERVICE <http://x/> {", '"""', "\\u0027", "} } LOAD <http://x/>", "\n#"]
)
LITERALS = TEXTS.map(lambda value: {"type": "literal", "value": value})
TAGGED = TEXTS.map(lambda value: {"type": "literal", "value": value, "xml:lang": "en"})
TYPED = TEXTS.map(
    lambda value: {"type": "literal", "value": value, "datatype": "http://www.w3.org/2001/XMLSchema#integer"}
)
BLANKS = st.sampled_from(["a", "b", "c.d", "0"]).map(lambda value: {"type": "bnode", "value": value})
NAMES = st.sampled_from(["x", "x0", "x1", "service", "load", "é"])
ANSWERS = st.lists(NAMES, unique=True, max_size=4).flatmap(
    lambda names: st.lists(
        st.fixed_dictionaries({}, optional=dict.fromkeys(names, IRIS | LITERALS | TAGGED | TYPED | BLANKS)),
        max_size=5,
    ).map(lambda rows: {"head": {"vars": names}, "results": {"bindings": rows}})
)


@settings(deadline=None, max_examples=150)
@given(ANSWERS)
def test_any_answer_stands_in_the_query_as_what_it_is(answer: dict[str, object]) -> None:
    data = json.dumps(answer).encode()
    given_rows = solutions(data)
    pattern = inlay(given_rows)
    query = f"SELECT * WHERE {{ {pattern}\n }}"
    within_parentheses = f"ASK {{ FILTER(EXISTS {{ {pattern}\n }}) }}"
    update = f"INSERT {{ GRAPH <g:g> {{ <a:a> <a:b> 1 }} }} WHERE {{ {pattern}\n }}"
    for text in (query, within_parentheses, update):
        guard.refuse_fetching(text)
        assert tokens(text) == tokens(text, comparing=True)
    assert len(operations(update) or ()) == 1
    names = [variable.value for variable in given_rows.variables]
    rows = [{name: row[name] for name in names} for row in solutions(data)]
    assert shapes(list_of(query), names) == shapes(rows, names)


def solutions(data: bytes) -> QuerySolutions:
    found = parsed(data, format=QueryResultsFormat.JSON)
    assert isinstance(found, QuerySolutions)
    return found


def shapes(rows: list[dict[str, object]], names: list[str]) -> list[list[object]]:
    """The rows in order, each blank node as the number of its first appearance."""
    seen: dict[object, int] = {}
    return [
        [
            seen.setdefault(row[name], len(seen)) if isinstance(row[name], BlankNode) else row[name]
            for name in names
        ]
        for row in rows
    ]


def test_blank_nodes_of_two_answers_are_different() -> None:
    data = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"bnode","value":"a"}}]}}'
    first, second = (list_of(f"SELECT * {{ {inlay(solutions(data))} }}")[0]["x"] for _ in range(2))
    assert isinstance(first, BlankNode)
    assert first != second


def test_the_function_for_blank_nodes_takes_nothing_but_labels() -> None:
    (function,) = FUNCTIONS.values()
    assert [function(term) for term in (NamedNode("a:a"), Literal("a b"), Literal(""), Literal("é"))] == [
        None
    ] * 4
    assert function() is None
