"""Does the text of a source say what the passages claim to span, and how much of it is covered?

Must not know files or terminals: text in, `Verification` out. Offsets are 0-based Unicode code points.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal

from conflictgraph import queries, solutions
from conflictgraph.errors import NotFound
from conflictgraph.solutions import Row
from conflictgraph.store.port import Queryable

_HEADING = re.compile(r"\s*(?P<mark>=+|#+)\s*(?P<title>.*?)\s*=*\s*\Z")
_SENTENCE_END = re.compile(r"[.!?][\"'”’)]*(?=\s+[\"'“(A-Z]|\s*\Z)")
UNCOUNTED = frozenset({"See also", "References"})
"""Sections whose text states nothing."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A passage whose checksum does not hold: `found` is what the text gives between its offsets."""

    passage: str
    start: int
    end: int
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A sentence, or a part of one, that no used passage spans; `reason` is empty where none is given."""

    line: int
    start: int
    end: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of checking one text; characters are counted outside headings, blank lines, `UNCOUNTED`."""

    source: str
    label: str
    passages: int
    broken: tuple[Broken, ...]
    covered: int
    counted: int
    uncovered: tuple[Uncovered, ...]

    @property
    def share(self) -> float:
        """Covered characters as a share of the counted ones, 0 to 1."""
        return self.covered / self.counted if self.counted else 1.0


def verified(graph: Queryable, data: bytes) -> Verification:
    """Recompute every passage of the source document whose checksum the bytes have.

    Raises `NotFound`, naming the checksums that the graph knows, if no source document has it; the text must
    be UTF-8.
    """
    checksum = hashlib.sha256(data).hexdigest()
    query = queries.bound(queries.named("service/passages-of-a-source"), checksum=[Literal(checksum)])
    passages = solutions.rows(graph, query)
    if not passages:
        raise NotFound(_unknown(graph, checksum))
    text = data.decode("utf-8")
    used = [_span(row) for row in passages if solutions.text(row, "used") == "true"]
    reasons = {_span(row): reason for row in passages if (reason := solutions.text(row, "reason"))}
    counted = list(_counted_lines(text))
    total = sum(end - start for _, start, end in counted)
    bare = [gap for line in counted for gap in _gaps(line, used)]
    return Verification(
        source=solutions.text(passages[0], "source"),
        label=solutions.text(passages[0], "sourceLabel"),
        passages=len(passages),
        broken=tuple(_broken(text, passages)),
        covered=total - sum(end - start for _, start, end in bare),
        counted=total,
        uncovered=tuple(_uncovered(text, bare, reasons)),
    )


def _unknown(graph: Queryable, checksum: str) -> str:
    known = solutions.rows(graph, queries.named("service/source-checksums").text)
    listed = "".join(f"\n  {solutions.text(r, 'checksum')}  {solutions.text(r, 'label')}" for r in known)
    return (
        f"No source document in the graph has the SHA-256 {checksum} of this file. It may be another version "
        f"of the text. Known:{listed or ' none'}"
    )


def _span(row: Row) -> tuple[int, int]:
    return int(solutions.text(row, "start")), int(solutions.text(row, "end"))


def _broken(text: str, passages: list[Row]) -> Iterator[Broken]:
    for row in passages:
        start, end = _span(row)
        found = hashlib.sha256(text[start:end].encode()).hexdigest()
        expected = solutions.text(row, "sha256")
        if found != expected or end > len(text):
            yield Broken(solutions.text(row, "passage"), start, end, expected, found)


def _counted_lines(text: str) -> Iterator[tuple[int, int, int]]:
    """Line number, start and end of every line that counts, without the white space around it."""
    position, skipped = 0, False
    for number, line in enumerate(text.split("\n"), start=1):
        heading = _HEADING.match(line)
        if heading and line.strip():
            top = len(heading["mark"]) <= 2
            skipped = heading["title"] in UNCOUNTED if top else skipped
        elif line.strip() and not skipped:
            start = position + len(line) - len(line.lstrip())
            yield number, start, position + len(line.rstrip())
        position += len(line) + 1


def _gaps(line: tuple[int, int, int], spans: list[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    number, position, stop = line
    for start, end in sorted(spans):
        if end <= position or start >= stop:
            continue
        if start > position:
            yield number, position, start
        position = max(position, end)
    if position < stop:
        yield number, position, stop


def _uncovered(
    text: str, gaps: list[tuple[int, int, int]], reasons: dict[tuple[int, int], str]
) -> Iterator[Uncovered]:
    for line, start, end in gaps:
        for first, last in _sentences(text, start, end):
            reason = next((why for (a, b), why in reasons.items() if a <= first and last <= b), "")
            yield Uncovered(line, first, last, text[first:last], reason)


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of a stretch of text; white space and punctuation alone are none."""
    ends = [start + match.end() for match in _SENTENCE_END.finditer(text[start:end])]
    for stop in [*ends, end]:
        piece = text[start:stop]
        if any(character.isalnum() for character in piece):
            yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
        start = max(start, stop)
