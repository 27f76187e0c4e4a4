"""Terms as text: the N-Triples that pyoxigraph writes, and its tab-separated query results. Knows no store.

Reasoning compares, groups and copies terms; as text that is a fraction of what objects cost. One term has
one text.
"""

import re
from collections.abc import Iterator
from typing import Final, cast

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from conflictgraph.reason.trivia import RDF, XSD, Fact

Term = NamedNode | BlankNode | Literal

_STRING: Final = f"{XSD}string"
_LANGUAGE_STRING: Final = f"{RDF}langString"
_UNUSUAL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_ANYTHING: Final = "<urn:x-conflictgraph:reason:any>"


def fact(triple: Triple) -> Fact:
    """A triple as text."""
    return str(triple.subject), str(triple.predicate), str(triple.object)


def is_variable(slot: str) -> bool:
    """Whether a slot of a pattern is open."""
    return slot[0] == "?"


def is_iri(token: str) -> bool:
    """Whether the term is an IRI."""
    return token[0] == "<"


def is_literal(token: str) -> bool:
    """Whether the term is a literal."""
    return token[0] == '"'


def has_name(token: str) -> bool:
    """Whether the term is not a blank node."""
    return not token.startswith("_")


def datatype(token: str) -> str:
    """The IRI of a literal's datatype."""
    if token.endswith('"'):
        return _STRING
    return token[token.rindex("^^<") + 3 : -1] if token.endswith(">") else _LANGUAGE_STRING


def lexical(token: str) -> str:
    """The text of a literal, without its datatype or language."""
    return token[1 : token.rindex('"')] if "\\" not in token else cast(Literal, term(token)).value


def node(token: str) -> NamedNode:
    """The IRI that a text stands for."""
    return NamedNode(token[1:-1])


def term(token: str) -> Term:
    """The term that a text stands for."""
    return cast(Term, triple((_ANYTHING, _ANYTHING, token)).object)


def triple(fact: Fact) -> Triple:
    """The triple that a text stands for."""
    return next(parsed(f"{' '.join(fact)} .\n"))


def parsed(lines: str | bytes) -> Iterator[Triple]:
    """The triples of lines of N-Triples; blank nodes keep their names."""
    return (quad.triple for quad in parse(lines, format=RdfFormat.N_TRIPLES))


def rows(text: str, width: int) -> Iterator[tuple[str, ...]]:
    """The rows of tab-separated query results of so many columns, without the heading."""
    table = text[text.index("\n") :]
    cells = table[1:].replace("\t", "\n").split("\n")[:-1]
    nodes = table.count("<") + table.count("\n_:") + table.count("\t_:")
    told = iter(cells if nodes == len(cells) else map(_told, cells))
    return zip(*[told] * width, strict=True)


def _told(cell: str) -> str:
    """A term of tab-separated results: numbers and truth values stand there without quotes."""
    if cell.startswith(("<", "_")):
        return cell
    if not cell.startswith('"'):
        return f'"{cell}"^^<{XSD}{_kind(cell)}>'
    return str(term(cell)) if _UNUSUAL.search(cell) else cell


def _kind(cell: str) -> str:
    if cell in ("true", "false"):
        return "boolean"
    return "double" if "e" in cell.lower() else "decimal" if "." in cell else "integer"
