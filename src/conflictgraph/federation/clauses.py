"""The SERVICE clauses of a query or an update, and the query that each one puts to its endpoint.

Must not know who may be asked. Clauses that it cannot make out it leaves where they are: `store.guard`
refuses them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conflictgraph.errors import QueryRefused
from conflictgraph.store import guard
from conflictgraph.store.operations import closing, iri
from conflictgraph.store.tokens import Token, tokens


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: where its text starts and ends, the endpoint's IRI, and the whole query for it.

    `silent` says that an endpoint that fails counts as one that gives a single solution without bindings
    (SPARQL 1.1 Federated Query, section 2.3).
    """

    start: int
    end: int
    silent: bool
    endpoint: str
    query: str


def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses in order, none within another. The text has no codepoint escapes any more.

    Raises `QueryRefused` for a clause without a fixed endpoint, for one within another, and for text that
    can be read in two ways.
    """
    first, second = (tuple(_clauses(text, tokens(text, comparing=way))) for way in (False, True))
    if first != second:
        raise QueryRefused(
            "The text can be read in two ways, with and without a SERVICE clause. Put spaces around <."
        )
    return first


def _clauses(text: str, row: Sequence[Token]) -> Iterator[Clause]:
    prologue: list[str] = []
    prefixes: dict[str, str] = {}
    place = depth = 0
    while place < len(row):
        token = row[place]
        if token.is_symbol("{", "}"):
            depth += 1 if token.text == "{" else -1
        elif depth == 0 and (length := _declaration(row, place, prefixes)):
            prologue.append(text[token.start : row[place + length - 1].end])
            place += length
            continue
        elif depth and token.is_word("SERVICE"):
            found = _clause(text, row, place, prefixes, "\n".join(prologue))
            if found is not None:
                clause, place = found
                yield clause
                continue
        place += 1


def _declaration(row: Sequence[Token], place: int, prefixes: dict[str, str]) -> int:
    """How many tokens a PREFIX or BASE has that begins here; what it declares goes into `prefixes`."""
    following = row[place + 1 : place + 3]
    if row[place].is_word("BASE") and following and following[0].kind == "iri":
        return 2
    if not row[place].is_word("PREFIX") or [token.kind for token in following] != ["name", "iri"]:
        return 0
    name, namespace = following
    prefixes.pop(name.text.removesuffix(":"), None)
    value = iri(namespace, {})
    if value is not None:
        prefixes[name.text.removesuffix(":")] = value
    return 3


def _clause(
    text: str, row: Sequence[Token], place: int, prefixes: dict[str, str], prologue: str
) -> tuple[Clause, int] | None:
    """The clause whose keyword stands here, and the place behind it."""
    start = row[place].start
    silent = place + 1 < len(row) and row[place + 1].is_word("SILENT")
    named = place + (2 if silent else 1)
    if named + 1 >= len(row) or not row[named + 1].is_symbol("{"):
        return None
    end = closing(row, named + 1)
    if end is None:
        return None
    endpoint = iri(row[named], prefixes)
    if endpoint is None:
        raise QueryRefused(
            f"SERVICE {row[named].text} is not done: write the whole IRI of the endpoint, "
            f"not a variable and not a relative IRI (line {text.count(chr(10), 0, start) + 1})."
        )
    pattern = text[row[named + 1].start : row[end].end]
    query = f"{prologue}\nSELECT * WHERE {pattern}"
    if guard.found(query) is not None:
        raise QueryRefused(
            "SERVICE within SERVICE is not done. Ask the inner endpoint here, beside the outer."
        )
    return Clause(start, row[end].end, silent, endpoint, query), end + 1
