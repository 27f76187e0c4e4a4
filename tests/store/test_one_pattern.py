"""What is read for a look-up without the engine for SPARQL is what the engine writes, byte for byte."""

import io
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, QueryResultsFormat, QuerySolutions, Store

from conflictgraph import vocabulary
from conflictgraph.store.lookup import look_up
from conflictgraph.store.one_pattern import json_rows

EX = "http://example.org/"
PROLOGUE = f"BASE <{EX}>\nPREFIX : <{EX}>\nprefix x-y: <http://example.org/x#>\n"
KINDS = ("string", "integer", "date", "boolean", "gYear")

iris = st.sampled_from([f"{EX}a", f"{EX}b", f"{EX}x#c", f"{EX}%20", "http://Example.ORG:80/?q=1#f"]).map(
    NamedNode
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
literals = st.one_of(
    texts.map(Literal),
    st.builds(lambda text, tag: Literal(text, language=tag), texts, st.sampled_from(["en", "hy", "az-Latn"])),
    st.builds(
        lambda text, kind: Literal(text, datatype=vocabulary.term(f"xsd:{kind}")),
        st.sampled_from(["1", "01", "2022-09-12", "true", "2022", "none"]),
        st.sampled_from(KINDS),
    ),
)
objects = st.one_of(iris, literals)
predicates = st.one_of(iris, st.just(vocabulary.term("rdf:type")))
graphs = st.lists(st.tuples(iris, predicates, objects), max_size=60)
SUBJECTS = (
    "?s",
    f"<{EX}a>",
    ":a",
    "x-y:c",
    f"<{EX}nobody>",
    "<http://Example.ORG:80/?q=1#f>",
    "<a>",
    "<../a>",
)
PREDICATES = ("?p", f"<{EX}b>", "a", "A", ":b", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>")
OBJECTS = ("?o", f"<{EX}b>", ":a", f"<{EX}c/../b>", "<b>")
ASKED = ("?s ?p ?o", "?o?p", "$o", "?o ?none ?p", "?s", "?o ?o", "*", "?p # a comment\n ?o")
queries = st.builds(
    lambda asked, subject, predicate, object, limit: (
        f"{PROLOGUE}SELECT {asked} WHERE {{ {subject} {predicate} {object} }}{limit}"
    ),
    st.sampled_from(ASKED),
    st.sampled_from(SUBJECTS),
    st.sampled_from(PREDICATES),
    st.sampled_from(OBJECTS),
    st.sampled_from(["", " LIMIT 0", " LIMIT 3", " limit 100 # all"]),
)


def stored(triples: list[tuple[NamedNode, NamedNode, NamedNode | Literal]]) -> Store:
    store = Store()
    store.extend(Quad(*triple, DefaultGraph()) for triple in triples)
    return store


def of_engine(store: Store, query: str) -> bytes:
    written = io.BytesIO()
    cast(QuerySolutions, store.query(query)).serialize(cast(Any, written), QueryResultsFormat.JSON)
    return written.getvalue()


def of_ours(store: Store, query: str) -> bytes | None:
    asked = look_up(query)
    return None if asked is None or not asked.variables else json_rows(store, asked)


@given(graphs, queries)
def test_whatever_is_answered_is_what_the_engine_answers(
    triples: list[tuple[NamedNode, NamedNode, NamedNode | Literal]], query: str
) -> None:
    store = stored(triples)
    answer = of_ours(store, query)
    if answer is not None:
        assert answer == of_engine(store, query)


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT ?o {{ <{EX}a> <{EX}b> ?o }}",
        f"{PROLOGUE}SELECT ?s ?none {{ ?s a :a }} LIMIT 2",
        f"{PROLOGUE}SELECT ?p ?o WHERE {{ :a ?p ?o . }} # {EX}",
    ],
)
def test_what_is_plain_is_answered(query: str) -> None:
    kind = vocabulary.term("rdf:type")
    store = stored(
        [
            (NamedNode(EX + "a"), NamedNode(EX + "b"), Literal("x")),
            (NamedNode(EX + "a"), kind, NamedNode(EX + "a")),
        ]
    )
    answer = of_ours(store, query)
    assert answer is not None
    assert answer == of_engine(store, query)
    assert b'"value"' in answer


@pytest.mark.parametrize(
    "query",
    [
        f"BASE <{EX}> SELECT ?o {{ <a> <{EX}b> ?o }}",
        f"PREFIX : <a> SELECT ?o {{ :b <{EX}b> ?o }}",
        f"# PREFIX : <{EX}>\nPREFIX : <{EX}x/> SELECT ?o {{ :b <{EX}b> ?o }}",
        f"SELECT ?o {{ <{EX}x/../a> <{EX}b> ?o }}",
        f"SELECT ?o {{ none:a <{EX}b> ?o }}",
        f"SELECT ?o ?o {{ <{EX}a> <{EX}b> ?o }}",
        "SELECT ?o { <urn:a> <urn:b> ?o }",
    ],
)
def test_what_would_take_more_reading_is_left_to_the_engine(query: str) -> None:
    assert of_ours(Store(), query) is None


def test_many_rows_and_blank_nodes_are_left_to_the_engine() -> None:
    many = stored([(NamedNode(EX + "a"), NamedNode(EX + "b"), Literal(str(n))) for n in range(33)])
    query = f"SELECT ?o {{ <{EX}a> <{EX}b> ?o }}"
    assert of_ours(many, query) is None
    assert of_ours(many, query + " LIMIT 32") == of_engine(many, query + " LIMIT 32")
    blank = Store()
    blank.update(f"INSERT DATA {{ <{EX}a> <{EX}b> [] }}")
    assert of_ours(blank, query) is None
