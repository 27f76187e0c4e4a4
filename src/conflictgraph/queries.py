"""SPARQL in files: what each asks, and how a parameter is put in its place.

Must not know who runs a query or what comes back. A file begins with comments `# title: …`,
`# description: …`, `# keywords: …`; a parameter is a line `VALUES ?name { … }` that holds a working example.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from conflictgraph import resources
from conflictgraph.errors import UsageError

_HEADER = re.compile(r"#[ \t]*(?P<key>[a-z]+):[ \t]*(?P<value>.*)")
_NOISE = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|<[^<>\"{}|^`\\\s]*>|#[^\n]*")
_FORM = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Query:
    """One `.rq` file: `name` is its path below `queries/` without the ending, `form` is SELECT, ASK, …"""

    name: str
    title: str
    description: str
    keywords: tuple[str, ...]
    form: str
    text: str
    headers: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def body(self) -> str:
        """The text without the headers: what an editor shows under the title."""
        lines = self.text.splitlines(keepends=True)
        return "".join(lines[len(self.headers) :]).lstrip("\n")

    @property
    def folder(self) -> str:
        """The directory below `queries/` in which the file is."""
        return self.name.rpartition("/")[0]


def parsed(name: str, text: str) -> Query:
    """The query with its headers read; `UsageError` if one of the three is missing or the form is unclear."""
    headers: dict[str, str] = {}
    for line in text.splitlines():
        match = _HEADER.match(line)
        if match is None:
            break
        headers[match["key"]] = match["value"].strip()
    missing = [key for key in ("title", "description", "keywords") if not headers.get(key)]
    if missing:
        raise UsageError(
            f"{name}.rq must begin with comments '# title: …', '# description: …', '# keywords: …'; "
            f"missing: {', '.join(missing)}."
        )
    keywords = tuple(word.strip() for word in headers["keywords"].split(",") if word.strip())
    return Query(name, headers["title"], headers["description"], keywords, form(text), text, headers)


def form(text: str) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE: the first of these words outside IRIs, strings and comments.

    Raises `UsageError` where there is none. For files of this project; the engine decides for everybody else.
    """
    match = _FORM.search(_NOISE.sub(" ", text))
    if match is None:
        raise UsageError("Expected a SELECT, ASK, CONSTRUCT or DESCRIBE query, found none of these words.")
    return match[1].upper()


def from_file(path: Path) -> Query:
    """The query in a shipped file."""
    name = path.relative_to(resources.directory("queries")).with_suffix("").as_posix()
    return parsed(name, path.read_text(encoding="utf-8"))


@cache
def shipped(folder: str = "") -> tuple[Query, ...]:
    """Every shipped query, or those of one folder, in the order of their names."""
    return tuple(from_file(path) for path in resources.query_files(folder))


@cache
def named(name: str) -> Query:
    """The shipped query with that name; `MissingFile` if there is none."""
    return from_file(resources.file("queries", f"{name}.rq"))


def bound(query: Query, **values: Iterable[NamedNode | Literal]) -> str:
    """The text with each `VALUES ?name { … }` line replaced by these terms, serialised as N-Triples.

    Raises `UsageError` if the query has no such line. Text never gets in any other way.
    """
    text = query.text
    for name, terms in values.items():
        line = f"VALUES ?{name} {{ {' '.join(str(term) for term in terms)} }}"
        text = _replaced(query.name, text, rf"VALUES \?{name} \{{[^}}]*\}}", line)
    return text


def tabled(
    query: Query, rows: Iterable[tuple[NamedNode | Literal, ...]], **values: Iterable[NamedNode | Literal]
) -> str:
    """The same with the line `VALUES (?name …) { … }` holding these rows as well."""
    (names,) = re.findall(r"VALUES (\([^)]*\)) \{", query.text) or [""]
    line = " ".join(f"({' '.join(str(term) for term in row)})" for row in rows)
    text = bound(query, **values)
    return _replaced(query.name, text, r"VALUES \([^)]*\) \{[^}]*\}", f"VALUES {names} {{ {line} }}")


def _replaced(name: str, text: str, pattern: str, line: str) -> str:
    before, *rest = re.split(pattern, text)
    if len(rest) != 1:
        raise UsageError(f"{name}.rq must have one line like {line[:20]!r}…; found {len(rest)}.")
    return line.join((before, *rest))
