"""RDF is read with the place of each mistake, and written the same way each time."""

import gzip
import io
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from conflictgraph import formats, rdf
from conflictgraph.errors import DataSyntaxError, MissingFile, UsageError
from conflictgraph.formats import Format

S, P, THING, G = (NamedNode(f"http://example.org/{name}") for name in "spog")
TRIPLE = Triple(S, P, THING)

DOCUMENTS = {
    formats.TURTLE: "@prefix e: <http://example.org/> .\ne:s e:p e:o .",
    formats.NTRIPLES: "<http://example.org/s> <http://example.org/p> <http://example.org/o> .",
    formats.NQUADS: "<http://example.org/s> <http://example.org/p> <http://example.org/o> .",
    formats.TRIG: "@prefix e: <http://example.org/> .\n{ e:s e:p e:o . }",
    formats.RDFXML: '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">'
    '<r:Description r:about="http://example.org/s"><e:p r:resource="http://example.org/o"/></r:Description></r:RDF>',
    formats.JSONLD: '{"@id": "http://example.org/s", "http://example.org/p": {"@id": "http://example.org/o"}}',
}


@pytest.mark.parametrize("format", formats.RDF_FORMATS, ids=lambda format: str(format.short))
@pytest.mark.parametrize("packed", [False, True])
def test_every_format_is_read_from_a_file_packed_or_not(format: Format, packed: bool, tmp_path: Path) -> None:
    data = DOCUMENTS[format].encode()
    path = tmp_path / f"file.{format.extension}{'.gz' if packed else ''}"
    path.write_bytes(gzip.compress(data) if packed else data)
    assert [quad.triple for quad in rdf.quads_from_file(path)] == [TRIPLE]


@pytest.mark.parametrize("format", formats.RDF_FORMATS, ids=lambda format: str(format.short))
def test_what_is_written_is_read_again(format: Format) -> None:
    data = rdf.to_bytes([TRIPLE], format, {"e": "http://example.org/"})
    assert [quad.triple for quad in rdf.quads_from_bytes(data, format)] == [TRIPLE]


def test_a_stream_is_read_as_it_comes() -> None:
    stream = io.BytesIO(b"<a:s> <a:p> 1 .\n<a:s> <a:p> 2 .\n")
    assert len(list(rdf.quads_from_stream(stream, formats.TURTLE))) == 2


@pytest.mark.parametrize(
    ("format", "text", "line", "column"),
    [
        (formats.TURTLE, "<a:s> <a:p> <a:o> .\n<a:s> <a:p> .", 2, 13),
        (formats.TURTLE, "<a:s>\n  e:p 1 .", 2, 3),
        (formats.TURTLE, "<s> <a:p> 1 .", 1, 1),
        (formats.NTRIPLES, "<a:s> <a:p> <a:o> .\n\n<a:s> <a:p> 'o' .", 3, 13),
        (formats.JSONLD, '{\n"@id":', 2, 7),
        (formats.RDFXML, "<rdf:RDF>", 0, 0),
    ],
)
def test_a_mistake_is_told_with_file_line_and_column(
    format: Format, text: str, line: int, column: int
) -> None:
    with pytest.raises(DataSyntaxError) as caught:
        list(rdf.quads_from_bytes(text.encode(), format, name="some.file"))
    error = caught.value
    assert (error.file, error.line, error.column) == ("some.file", line, column)
    assert "line" not in error.message


def test_what_comes_before_a_mistake_is_given_first(tmp_path: Path) -> None:
    path = tmp_path / "a.nt"
    path.write_text("<a:s> <a:p> <a:o> .\nnonsense\n")
    quads = rdf.quads_from_file(path)
    assert next(quads).subject == NamedNode("a:s")
    with pytest.raises(DataSyntaxError, match=r"a\.nt:2:1"):
        next(quads)


def test_bytes_that_are_no_text_are_a_mistake_with_its_place() -> None:
    with pytest.raises(DataSyntaxError, match="input:1:"):
        list(rdf.quads_from_bytes(b'<a:s> <a:p> "\xff" .', formats.TURTLE))


@pytest.mark.parametrize(
    "data", [gzip.compress(DOCUMENTS[formats.TURTLE].encode() * 50)[:-20], b"not gzip at all", b""]
)
def test_a_broken_archive_is_a_mistake_of_the_data(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.ttl.gz"
    path.write_bytes(data)
    if data:
        with pytest.raises(DataSyntaxError, match=r"a\.ttl\.gz: not a whole gzip file"):
            list(rdf.quads_from_file(path))
    else:
        assert list(rdf.quads_from_file(path)) == []


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match=r"none\.ttl: No such file"):
        list(rdf.quads_from_file(tmp_path / "none.ttl"))
    with pytest.raises(MissingFile, match="Is a directory"):
        list(rdf.quads_from_file(tmp_path, formats.TURTLE))


def test_a_file_of_no_known_ending_needs_its_format_said(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("<a:s> <a:p> <a:o> .")
    with pytest.raises(UsageError):
        list(rdf.quads_from_file(path))
    assert len(list(rdf.quads_from_file(path, formats.TURTLE))) == 1


def test_relative_iris_are_taken_from_the_base_that_is_given() -> None:
    (quad,) = rdf.quads_from_bytes(b"<s> <a:p> <o> .", formats.TURTLE, base_iri="http://example.org/")
    assert (quad.subject, quad.object) == (S, THING)


def test_blank_nodes_of_two_documents_are_never_the_same() -> None:
    first, second = (list(rdf.quads_from_bytes(b"_:x <a:p> _:x .", formats.TURTLE)) for _ in range(2))
    assert first[0].subject == first[0].object
    assert first[0].subject != second[0].subject


def test_quads_can_be_put_into_one_graph() -> None:
    assert list(rdf.in_graph([Quad(S, P, THING, THING), Quad(S, P, THING)], G)) == [Quad(S, P, THING, G)] * 2


def test_a_dump_is_sorted_and_has_each_statement_once() -> None:
    one, two = Quad(S, P, Literal("1"), G), Quad(S, P, Literal("2"), G)
    assert rdf.dump([two, one, two]) == rdf.dump([one, two])
    assert rdf.dump([two, one, two]).count(b"\n") == 2
    assert rdf.dump([]) == b""


def test_a_dump_of_the_default_graph_is_n_triples() -> None:
    line = b"<http://example.org/s> <http://example.org/p> <http://example.org/o> .\n"
    assert rdf.dump([TRIPLE]) == rdf.dump([Quad(S, P, THING, DefaultGraph())]) == line


def test_a_dump_keeps_the_names_of_blank_nodes() -> None:
    assert rdf.dump([Triple(BlankNode("x"), P, THING)]).startswith(b"_:x ")


def test_a_document_is_the_same_whatever_the_order() -> None:
    triples = [Triple(S, P, Literal(str(number))) for number in range(20)]
    prefixes = {"e": "http://example.org/"}
    document = rdf.to_bytes(triples, formats.TURTLE, prefixes)
    assert document == rdf.to_bytes(reversed(triples), formats.TURTLE, prefixes)
    assert b"e:s e:p" in document


@pytest.mark.parametrize(
    ("iri", "short"),
    [
        ("http://example.org/a/b", "ea:b"),
        ("http://example.org/b", "e:b"),
        ("http://other.org/b", "<http://other.org/b>"),
    ],
)
def test_the_longest_namespace_shortens_an_iri(iri: str, short: str) -> None:
    assert rdf.curie(iri, {"e": "http://example.org/", "ea": "http://example.org/a/"}) == short
