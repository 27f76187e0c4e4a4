"""Find what a request would fetch from elsewhere, before it is evaluated.

Must not know engines. Errs on the side of refusing where the text is ambiguous; the words in strings, IRIs,
comments and names are no matter. Worker processes cannot open connections either (see `offline`), so this
is for the clear message as much as for safety.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from conflictgraph.errors import QueryRefused
from conflictgraph.store.tokens import Token, decoded, tokens

_WORTH_A_LOOK = ("service", "load", "\\u")
_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH")
_PROLOGUE = ("PREFIX", "BASE", "VERSION")
_WITHIN_PROLOGUE = ("name", "iri", "string")
_NAMING = ("var", "iri", "name")


@dataclass(frozen=True, slots=True)
class Found:
    """What would fetch, SERVICE or LOAD, and the line where it stands."""

    what: str
    line: int


def may_fetch(sparql: str) -> bool:
    """A quick look: False if no clause that fetches can be in it."""
    text = sparql.lower()  # a pattern that ignores case takes fifteen times as long
    return any(word in text for word in _WORTH_A_LOOK)


def found(sparql: str) -> Found | None:
    """The first SERVICE clause or LOAD that a query or an update may contain."""
    if may_fetch(sparql):
        for reading in _readings(sparql):
            for what, token in (("SERVICE", _service(reading)), ("LOAD", _load(reading))):
                if token is not None:
                    return Found(what, decoded(sparql).count("\n", 0, token.start) + 1)
    return None


def refuse_fetching(sparql: str) -> None:
    """Raise `QueryRefused` if a query or an update contains a SERVICE clause or a LOAD."""
    fetching = found(sparql)
    if fetching is not None:
        raise QueryRefused(
            f"{fetching.what} is off: nothing is fetched from elsewhere (found in line {fetching.line}). "
            "Ask the other endpoint yourself, or use a client that federates."
        )


def is_update(sparql: str) -> bool:
    """Whether the first word after the prologue is one that only update requests begin with."""
    for token in tokens(decoded(sparql)):
        if token.kind in _WITHIN_PROLOGUE or token.is_word(*_PROLOGUE):
            continue
        return token.is_word(*_UPDATES)
    return False


def _readings(sparql: str) -> Iterator[list[Token]]:
    for text in dict.fromkeys((sparql, decoded(sparql))):
        yield tokens(text)
        yield tokens(text, comparing=True)


def _service(reading: list[Token]) -> Token | None:
    # The engine wants no space around a keyword, so the clause may hide in a longer word or in a prefix.
    for place, token in enumerate(reading):
        if "service" not in token.text.lower():
            continue
        following = reading[place + 1] if place + 1 < len(reading) else None
        if token.kind == "broken":
            return token
        if following is None:
            continue
        if token.kind == "word" and (following.kind in _NAMING or following.is_word("SILENT")):
            return token
        if token.kind == "name" and "service" in token.text.partition(":")[0].lower():
            names_graph = place > 0 and reading[place - 1].is_word("GRAPH")
            if following.is_symbol("{") and not names_graph:
                return token
    return None


def _load(reading: list[Token]) -> Token | None:
    before: Token | None = None
    depth = 0
    for token in reading:
        if token.is_symbol("{", "}"):
            depth += 1 if token.text == "{" else -1
        begins = depth == 0 and (before is None or before.is_symbol(";") or before.kind == "iri")
        if begins and token.kind in ("word", "name") and token.text.lower().startswith("load"):
            return token
        if token.kind == "broken" and "load" in token.text.lower():
            return token
        before = token
    return None
