"""Formats are found by any of their names, and an Accept header chooses as HTTP says."""

import pytest
from pyoxigraph import QueryResultsFormat, RdfFormat

from conflictgraph import formats
from conflictgraph.errors import MalformedRequest, NotAcceptable, UnsupportedMediaType, UsageError
from conflictgraph.formats import (
    CSV,
    JSON,
    JSONLD,
    NTRIPLES,
    RDF_FORMATS,
    RDFXML,
    RESULT_FORMATS,
    TSV,
    TURTLE,
    XML,
    Format,
)


@pytest.mark.parametrize("format", RESULT_FORMATS)
def test_result_formats_agree_with_the_engine(format: Format) -> None:
    engine: QueryResultsFormat = formats.result_engine_format(format.short)
    assert (engine.media_type, engine.file_extension) == (format.content_type, format.extension)


@pytest.mark.parametrize("format", RDF_FORMATS)
def test_rdf_formats_agree_with_the_engine(format: Format) -> None:
    engine: RdfFormat = formats.rdf_engine_format(format.short)
    assert (engine.media_type, engine.file_extension) == (format.content_type, format.extension)


@pytest.mark.parametrize("format", RESULT_FORMATS + RDF_FORMATS)
def test_a_format_is_found_by_each_of_its_own_names(format: Format) -> None:
    for name in (
        format.short,
        format.extension,
        "." + format.extension,
        format.name,
        format.media_type.upper(),
    ):
        assert formats.by_name(name) == format


@pytest.mark.parametrize(
    ("name", "format"),
    [("json", JSON), ("xml", XML), ("owl", RDFXML), ("application/json", JSON), ("turtle", TURTLE)],
)
def test_a_shared_name_means_the_more_usual_format(name: str, format: Format) -> None:
    assert formats.by_name(name) == format


def test_a_name_may_stand_for_a_format_of_rows_and_one_of_triples() -> None:
    assert formats.all_by_name("xml") == (XML, RDFXML)
    assert formats.all_by_name("json") == (JSON, JSONLD)
    assert formats.all_by_name("n3") == (TURTLE,)
    assert formats.all_by_name("rdf+xml") == (RDFXML,)


def test_a_name_is_looked_for_among_the_offered_only() -> None:
    assert formats.by_name("json", RDF_FORMATS) == JSONLD
    with pytest.raises(UsageError, match="json, xml, csv, tsv"):
        formats.by_name("ttl", RESULT_FORMATS)


@pytest.mark.parametrize(
    ("filename", "format"),
    [("a.ttl", TURTLE), ("b/c.NT.GZ", NTRIPLES), ("x.y.owl", RDFXML), ("x.jsonld", JSONLD)],
)
def test_a_files_name_tells_its_format(filename: str, format: Format) -> None:
    assert formats.rdf_by_filename(filename) == format


@pytest.mark.parametrize("filename", ["a.txt", "ttl", "a.csv", "dir.ttl/file", ".gz", ""])
def test_a_name_that_tells_nothing_is_an_error_that_lists_what_would(filename: str) -> None:
    with pytest.raises(UsageError, match=r"\.ttl"):
        formats.rdf_by_filename(filename)


@pytest.mark.parametrize(
    ("content_type", "format"),
    [
        ("text/turtle", TURTLE),
        ("Text/Turtle; charset=UTF-8", TURTLE),
        ("application/ld+json;profile=x", JSONLD),
        ("application/xml", RDFXML),
        ("text/plain", NTRIPLES),
    ],
)
def test_a_content_type_tells_the_format_of_a_body(content_type: str, format: Format) -> None:
    assert formats.rdf_by_content_type(content_type) == format


@pytest.mark.parametrize("content_type", ["text/html", "", "turtle", "application/sparql-query"])
def test_a_body_of_another_type_is_not_read(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaType) as caught:
        formats.rdf_by_content_type(content_type)
    assert "text/turtle" in caught.value.supported


@pytest.mark.parametrize(
    ("accept", "format"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("text/csv", CSV),
        ("TEXT/CSV", CSV),
        ("text/*", CSV),
        ("application/*", JSON),
        ("application/sparql-results+xml", XML),
        ("text/csv;q=0.5, text/tab-separated-values", TSV),
        ("text/csv;q=0.5, text/tab-separated-values;q=0.50", CSV),
        ("text/csv, */*", CSV),
        ("*/*;q=0.1, text/tab-separated-values;q=0.2", TSV),
        ("text/*, text/csv;q=0", TSV),
        ("*/*, application/sparql-results+json;q=0", XML),
        ("application/sparql-results+json;q=0.3, */*;q=0.4", XML),
        ("text/csv; charset=utf-8", CSV),
        ('text/csv; note="a, b; c"', CSV),
        (" , text/csv ,, ", CSV),
        ("text/csv;q=1.000;ext=1", CSV),
        ("text/html, application/xhtml+xml, image/webp, */*;q=0.8", JSON),
        ("image/png, text/csv;q=0.001", CSV),
        ("text/csv,application/sparql-results+xml", XML),
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", JSON),
    ],
)
def test_the_header_chooses(accept: str | None, format: Format) -> None:
    assert formats.negotiate(accept, RESULT_FORMATS) == format


def test_an_answer_goes_by_the_name_it_was_asked_for() -> None:
    chosen = formats.negotiate("application/json", RESULT_FORMATS)
    assert (chosen.short, chosen.content_type) == ("json", "application/json")
    chosen = formats.negotiate("application/json, application/sparql-results+json", RESULT_FORMATS)
    assert chosen.content_type == "application/sparql-results+json"
    assert formats.negotiate("application/xml", RDF_FORMATS).short == "rdf"
    assert formats.negotiate("application/json", RDF_FORMATS).short == "jsonld"


@pytest.mark.parametrize("accept", ["image/png", "text/csv;q=0", "*/*;q=0", "text/html", "text/plain"])
def test_nothing_acceptable_is_an_error_that_lists_the_offer(accept: str) -> None:
    with pytest.raises(NotAcceptable) as caught:
        formats.negotiate(accept, RESULT_FORMATS)
    assert caught.value.offered == tuple(format.media_type for format in RESULT_FORMATS)


@pytest.mark.parametrize(
    "accept",
    [
        "csv",
        "text/",
        "/csv",
        "*/csv",
        "text/csv;q=2",
        "text/csv;q=-1",
        "text/csv;q=0.1234",
        "text/csv;q",
        "text csv/x",
        "text/csv;=1",
        'text/csv;a="open',
        ",",
        ";",
        "text/csv text/html",
        "text/csv;q=viele",
    ],
)
def test_a_header_that_does_not_parse_is_an_error_that_shows_it(accept: str) -> None:
    with pytest.raises(MalformedRequest, match="Accept header"):
        formats.negotiate(accept, RESULT_FORMATS)
