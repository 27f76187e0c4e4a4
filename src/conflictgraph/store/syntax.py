"""The engine's complaint about SPARQL syntax, in words and with its place.

Must not know SPARQL: it only sorts what the engine says. The engine tells the farthest place that it could
make sense of, which may be a word behind the mistake, and lists whatever would have done there, classes of
characters and all.
"""

import re

from conflictgraph.errors import QuerySyntaxError

_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_CLASS = re.compile(r"\[(?:'[^']*'|[^\]'])*\]")
_SENTENCE = re.compile(r"(?:^|, |one of |expected )([A-Z][a-z]+(?: [^,\[]+)+)")
_SIGN = re.compile(r'"((?:[^"\\]|\\.)+)"')
_MOST_SIGNS = 8
_AROUND = 20


def syntax_error(text: str, complaint: str) -> QuerySyntaxError:
    """The error for what the engine said about the text."""
    place = _PLACE.match(complaint)
    if place is None:
        return QuerySyntaxError(0, 0, complaint)
    line, column = int(place[1]), int(place[2])
    lines = text.splitlines() or [""]
    return QuerySyntaxError(line, column, f"{_reason(place[3])}{_excerpt(lines[line - 1 : line], column)}")


def _reason(expectation: str) -> str:
    rest = _CLASS.sub("", expectation)
    sentences = _SENTENCE.findall(rest)
    if sentences:
        return f"{'; '.join(sentences)},"
    signs = _SIGN.findall(rest)
    if signs and len(signs) <= _MOST_SIGNS:
        return f"expected {' or '.join(signs)}"
    return "this does not parse"


def _excerpt(line: list[str], column: int) -> str:
    if not line or not line[0].strip():
        return ""
    before, behind = line[0][: column - 1][-_AROUND:].lstrip(), line[0][column - 1 :][:_AROUND].rstrip()
    return f" behind '{before}'" if not behind else f" at '{before}' >> '{behind}'"
