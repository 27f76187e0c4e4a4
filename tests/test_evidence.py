"""Passages against the text of their source: right, broken, uncovered, unknown."""

import hashlib

import pytest

from conflictgraph.errors import NotFound
from conflictgraph.evidence import verified
from in_memory import InMemory

TEXT = """The first side fired. The other side fired “back”! Nobody counted.

== Heading, which does not count ==
A lone sentence… with dots.

== See also ==
Something else
"""
PREFIXES = """@prefix cg: <https://w3id.org/conflictgraph/ontology#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix : <https://example.org/> .
"""


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def passage(start: int, end: int, used: bool = True, more: str = "", checksum: str = "") -> str:
    name = f":passage-{start}"
    evidence = f":statement-{start} a cg:Statement ; cg:hasEvidence {name} .\n" if used else ""
    checksum = checksum or sha256(TEXT[start:end])
    return (
        f'{name} oa:hasSource :source ; oa:start {start} ; oa:end {end} ; cg:sha256 "{checksum}" {more}.\n'
        + evidence
    )


def graph(*passages: str, text: str = TEXT) -> InMemory:
    source = f':source a cg:SourceDocument ; rdfs:label "Source"@en ; cg:sha256 "{sha256(text)}" .\n'
    return InMemory(PREFIXES + source + "".join(passages))


SENTENCES = [(0, 21), (22, 50), (51, 66), (104, 131)]


def test_the_offsets_of_this_test_are_those_of_its_sentences() -> None:
    assert [TEXT[start:end] for start, end in SENTENCES] == [
        "The first side fired.",
        "The other side fired “back”!",
        "Nobody counted.",
        "A lone sentence… with dots.",
    ]


def test_a_text_whose_every_sentence_is_used_has_nothing_uncovered() -> None:
    found = verified(graph(*(passage(*span) for span in SENTENCES)), TEXT.encode())
    assert (found.passages, found.broken, found.uncovered) == (4, (), ())
    assert found.counted == len(TEXT[0:66]) + len(TEXT[104:131])
    assert found.covered == found.counted - 2  # the blanks between the sentences of the first line


def test_a_passage_from_which_nothing_is_drawn_covers_nothing_and_its_reason_is_told() -> None:
    reason = '; cg:omissionReason "says nothing of the conflict" '
    spans = [passage(*span) for span in SENTENCES[:2]]
    unused = passage(*SENTENCES[2], used=False, more=reason)
    found = verified(graph(*spans, unused), TEXT.encode())
    assert [(piece.line, piece.text, piece.reason) for piece in found.uncovered] == [
        (1, "Nobody counted.", "says nothing of the conflict"),
        (4, "A lone sentence… with dots.", ""),
    ]
    assert 0.4 < found.share < 0.6


def test_a_checksum_that_does_not_hold_is_told_with_what_the_text_gives() -> None:
    found = verified(graph(passage(0, 21, checksum="0" * 64)), TEXT.encode())
    (broken,) = found.broken
    assert (broken.start, broken.end, broken.expected, broken.found) == (0, 21, "0" * 64, sha256(TEXT[0:21]))


def test_a_passage_beyond_the_end_of_the_text_is_broken() -> None:
    found = verified(graph(passage(104, 5000)), TEXT.encode())
    assert len(found.broken) == 1


def test_a_text_that_no_source_document_has_is_not_found_and_the_known_ones_are_named() -> None:
    with pytest.raises(NotFound, match=sha256(TEXT)):
        verified(graph(passage(0, 21)), b"another text")


def test_an_empty_text_that_is_a_source_has_full_coverage() -> None:
    store = graph(passage(0, 0, checksum=sha256("")), text="")
    assert verified(store, b"").share == 1.0
