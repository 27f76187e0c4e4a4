"""What is looked for in a document before the parser reads it: what it would fetch, unfold or pass over.

Must not know where a document comes from. Raises SyntaxError as the parser does. RDF/XML: the parser unfolds
entities without a bound, and reads deep nesting in the square of its depth. JSON-LD: the parser passes over
what has an IRI that is none.
"""

import json
import mmap
import re
from pathlib import Path
from typing import Any
from xml.parsers import expat

_DEEPEST = 1_000
_ALIAS = re.compile(rb'"((?:[^"\\]|\\.)+)"\s*:\s*(?:\{\s*"@id"\s*:\s*)?"@(?:id|type)"')
_NO_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`]")


def check(path: Path, short: str) -> None:
    """Raise SyntaxError for what is not taken from a document in the format with that short name."""
    if short == "rdf":
        _check_xml(path)
    elif short == "jsonld" and path.stat().st_size:
        _check_json(path)


def _check_xml(path: Path) -> None:
    parser = expat.ParserCreate()
    depth = 0

    def refuse(message: str) -> None:
        raise _error(message, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)

    def doctype(_name: str, system: str | None, public: str | None, _internal: bool) -> None:
        if system or public:
            refuse("the document type is described elsewhere; nothing is fetched")

    def entity(name: str, _parameter: bool, value: str | None, *_: Any) -> None:
        if value is None:
            refuse(f"the entity {name!r} is outside the document; nothing is fetched")
        elif "&" in value or "%" in value:
            refuse(f"the entity {name!r} refers to other entities; write it out")

    def begin(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            refuse(f"elements are nested more than {_DEEPEST} deep")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler, parser.EntityDeclHandler = doctype, entity
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    try:
        with path.open("rb") as stream:
            parser.ParseFile(stream)
    except expat.ExpatError as error:
        message = expat.errors.messages.get(error.code, str(error))
        raise _error(message, error.lineno, error.offset + 1) from error


def _check_json(path: Path) -> None:
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as text:
        names = {b"@id", b"@type", b"@base", b"@vocab", *(match[1] for match in _ALIAS.finditer(text))}
        keys = b"|".join(re.escape(name) for name in names)
        values = re.compile(rb'"(?:' + keys + rb')"\s*:\s*("(?:[^"\\\n]|\\.)*")')
        for match in values.finditer(text):
            value = _decoded(match[1])
            if _NO_IRI.search(value) and not value.startswith("@"):
                line = text[: match.start(1)].count(b"\n") + 1
                column = match.start(1) - text.rfind(b"\n", 0, match.start(1))
                raise _error(f"{value!r} is no IRI: it holds a character that must be encoded", line, column)


def _decoded(quoted: bytes) -> str:
    try:
        return str(json.loads(quoted))
    except ValueError:  # the parser tells
        return ""


def _error(message: str, line: int, column: int) -> SyntaxError:
    return SyntaxError(message, ("", line, column, None))
