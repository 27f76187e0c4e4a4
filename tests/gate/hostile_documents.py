"""Documents that would unfold, fetch, crash or hide, each with its format and a word of why it is refused."""

import gzip

from guarded import GOOD

from conflictgraph import formats
from conflictgraph.formats import Format

RDF = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
SUBJECT = b"<http://e/a> <http://e/b> "


def xml(doctype: bytes, value: bytes, about: bytes = b"http://e/a") -> bytes:
    start = b'<?xml version="1.0"?>' + doctype + RDF + b'<rdf:Description rdf:about="' + about + b'">'
    return start + b"<e:p>" + value + b"</e:p></rdf:Description></rdf:RDF>"


def bomb(levels: int) -> bytes:
    entities = [b'<!ENTITY a0 "aaaaaaaaaa">']
    entities += [b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, levels)]
    return xml(b"<!DOCTYPE rdf:RDF [" + b"".join(entities) + b"]>", b"&a%d;" % (levels - 1))


HOSTILE: dict[str, tuple[Format, bytes, str]] = {
    "an entity bomb": (formats.RDFXML, bomb(12), "entit"),
    "an entity that is long and often used": (
        formats.RDFXML,
        xml(b'<!DOCTYPE rdf:RDF [<!ENTITY a "%s">]>' % (b"x" * 50_000), b"&a;" * 20_000),
        "amplification|memory|characters",
    ),
    "an external entity": (
        formats.RDFXML,
        xml(b'<!DOCTYPE rdf:RDF [<!ENTITY x SYSTEM "file:///etc/hostname">]>', b"&x;"),
        "outside the document",
    ),
    "an external parameter entity": (
        formats.RDFXML,
        xml(b'<!DOCTYPE rdf:RDF [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>', b"x"),
        "outside the document",
    ),
    "an external document type": (
        formats.RDFXML,
        xml(b'<!DOCTYPE rdf:RDF SYSTEM "http://127.0.0.1:9/x.dtd">', b"x"),
        "nothing is fetched",
    ),
    "deep elements": (
        formats.RDFXML,
        RDF + b"<e:a><e:p>" * 100_000 + b"</e:p></e:a>" * 100_000 + b"</rdf:RDF>",
        "nested",
    ),
    "deep triple terms": (
        formats.TURTLE,
        SUBJECT + (b"<<( " + SUBJECT) * 60_000 + b"<http://e/c> " + b")>>" * 60_000 + b" .",
        "nested|triple term|expected|memory",
    ),
    "deep objects of JSON-LD": (formats.JSONLD, b'{"http://e/p":' * 100_000 + b"1" + b"}" * 100_000, "."),
    "deep lists of JSON-LD": (formats.JSONLD, b"[" * 500_000 + b"]" * 500_000, "."),
    "a literal of many megabytes in RDF/XML": (formats.RDFXML, xml(b"", b"x" * 9_000_000), "characters"),
    "a line that is too long": (formats.NTRIPLES, SUBJECT + b'"' + b"x" * 17_000_000 + b'" .', "too long"),
    "Latin-1": (formats.TURTLE, SUBJECT + '"é" .'.encode("latin-1"), "UTF-8"),
    "UTF-16": (formats.TURTLE, (SUBJECT + b'"a" .').decode().encode("utf-16"), "UTF-8"),
    "UTF-8, then Latin-1": (
        formats.NTRIPLES, SUBJECT + '"é" .\n'.encode() + SUBJECT + '"é" .\n'.encode("latin-1"), "UTF-8",
    ),
    "half a surrogate": (formats.TURTLE, SUBJECT + rb'"\uD800" .', "unicode"),
    "a control character in an IRI": (formats.NTRIPLES, SUBJECT + b"<http://e/\\u0001> .", "IRI"),
    "a line feed in an IRI": (formats.TURTLE, SUBJECT + b"<http://e/\\u000A> .", "IRI"),
    "a control character in an IRI of RDF/XML": (formats.RDFXML, xml(b"", b"x", b"http://e/&#10;"), "IRI"),
    "a control character in an IRI of JSON-LD": (
        formats.JSONLD, b'{"@id": "http://e/a\\u0001", "http://e/b": "x"}', "IRI",
    ),
    "a space in an IRI of JSON-LD under another name": (
        formats.JSONLD,
        b'{"@context": {"id": "@id", "b": "http://e/b"},\n "id": "http://e/a b", "b": "x"}',
        "IRI",
    ),
    "nothing": (formats.TURTLE, b"# nothing\n", "no statement"),
    "a truncated gzip file": (formats.TURTLE, gzip.compress(GOOD)[:-20], "gzip"),
}  # fmt: skip
