"""Queries in files: their headers, their form, and how a parameter is bound."""

import pytest
from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, Store, serialize

from conflictgraph import queries, resources
from conflictgraph.errors import MissingFile, UsageError
from conflictgraph.ingest.gallery import gallery_triples

HEADERS = "# title: What?\n# description: It asks.\n# keywords: one, two words\n"
BODY = 'SELECT * WHERE {\n  VALUES ?x { <a:b> }\n  ?x ?p "SELECT" # ASK\n}\n'


def test_headers_are_read_and_left_out_of_the_body() -> None:
    query = queries.parsed("folder/name", HEADERS + BODY)
    assert (query.title, query.description, query.keywords) == ("What?", "It asks.", ("one", "two words"))
    assert (query.folder, query.form, query.body) == ("folder", "SELECT", BODY)


@pytest.mark.parametrize("missing", ["title", "description", "keywords"])
def test_a_missing_header_is_named(missing: str) -> None:
    text = "".join(line for line in HEADERS.splitlines(keepends=True) if not line.startswith(f"# {missing}"))
    with pytest.raises(UsageError, match=f"missing: {missing}"):
        queries.parsed("name", text + BODY)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("# SELECT\nASK {}", "ASK"),
        ("PREFIX a: <http://e/SELECT> construct where {}", "CONSTRUCT"),
        ('DESCRIBE ?x WHERE { ?x ?p "ASK" }', "DESCRIBE"),
    ],
)
def test_the_form_is_told_by_words_outside_iris_strings_and_comments(text: str, form: str) -> None:
    assert queries.form(text) == form


def test_a_text_of_no_form_is_an_error() -> None:
    with pytest.raises(UsageError):
        queries.form("CLEAR ALL")


def test_a_bound_parameter_replaces_the_example_whole_and_cannot_break_out() -> None:
    query = queries.parsed("name", HEADERS + BODY)
    hostile = Literal('" } } ; DROP ALL #\n')
    text = queries.bound(query, x=[NamedNode("http://e/1"), hostile])
    assert "<a:b>" not in text
    assert r'VALUES ?x { <http://e/1> "\" } } ; DROP ALL #\n" }' in text
    Store().query(text)


def test_binding_what_is_no_parameter_is_an_error() -> None:
    with pytest.raises(UsageError, match="VALUES"):
        queries.bound(queries.parsed("name", HEADERS + BODY), y=[])


def test_a_query_that_is_not_shipped_is_a_missing_file() -> None:
    with pytest.raises(MissingFile):
        queries.named("service/none-such")


def test_every_shipped_query_parses_in_the_engine() -> None:
    for query in queries.shipped():
        Store().query(query.text)
    assert len(resources.query_files()) == len(queries.shipped())


def test_the_gallery_holds_each_query_as_it_stands() -> None:
    query = queries.parsed("competency/01-x", HEADERS + BODY)
    store = Store()
    triples = serialize(gallery_triples([query]), format=RdfFormat.N_TRIPLES)
    store.load(triples or b"", format=RdfFormat.N_TRIPLES)
    asked = store.query(
        "PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX schema: <https://schema.org/>"
        "SELECT ?text ?word { ?q a sh:SPARQLSelectExecutable ; sh:select ?text ; schema:keywords ?word }"
        "ORDER BY ?word"
    )
    assert isinstance(asked, QuerySolutions)
    found = [tuple(term.value for term in row if isinstance(term, Literal)) for row in asked]
    assert found == [(query.text, "one"), (query.text, "two words")]
