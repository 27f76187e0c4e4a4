"""The operations of a SPARQL update request, and which graphs the templates of each write into.

Must not know engines, or which graphs matter. Text that does not follow the grammar gives whatever it
gives: the engine has the last word on syntax.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from conflictgraph.store.tokens import Token, tokens

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True, slots=True)
class Block:
    """Triples within a template. `graph` is an IRI, "" for no GRAPH around them, None if it is not told."""

    graph: str | None
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """What stands between `opens` and `closes`, the braces after INSERT, DELETE, DATA or WHERE."""

    opens: Token
    closes: Token
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its tokens, the prologue before it, and the prefixes known in it."""

    prologue: tuple[Token, ...]
    tokens: tuple[Token, ...]
    prefixes: dict[str, str]

    def begins(self, *words: str) -> bool:
        """Whether the first tokens are these keywords."""
        return len(self.tokens) >= len(words) and all(
            token.is_word(word) for token, word in zip(self.tokens, words, strict=False)
        )

    def template(self, *words: str) -> Template | None:
        """The template after the first place outside braces where these keywords stand in a row."""
        depth = 0
        for place, token in enumerate(self.tokens):
            if token.is_symbol("{"):
                depth += 1
            elif token.is_symbol("}"):
                depth -= 1
            row = self.tokens[place : place + len(words) + 1]
            if depth or len(row) <= len(words) or not row[-1].is_symbol("{"):
                continue
            if all(token.is_word(word) for token, word in zip(row, words, strict=False)):
                return self._template(place + len(words))
        return None

    def _template(self, place: int) -> Template | None:
        end = closing(self.tokens, place)
        if end is None:
            return None
        inner = self.tokens[place + 1 : end]
        return Template(self.tokens[place], self.tokens[end], tuple(self._blocks(inner)))

    def _blocks(self, inner: Sequence[Token]) -> Iterator[Block]:
        bare: list[Token] = []
        place = 0
        while place < len(inner):
            end = None
            if inner[place].is_word("GRAPH") and place + 2 < len(inner) and inner[place + 2].is_symbol("{"):
                end = closing(inner, place + 2)
            if end is None:
                if not (inner[place].is_symbol(".") and not bare):
                    bare.append(inner[place])
                place += 1
                continue
            yield Block(iri(inner[place + 1], self.prefixes), tuple(inner[place + 3 : end]))
            place = end + 1
        if bare:
            yield Block("", tuple(bare))


def iri(token: Token, prefixes: Mapping[str, str]) -> str | None:
    """The IRI that a token stands for, if that can be said without a base and without decoding."""
    if "\\" in token.text:
        return None
    if token.kind == "iri":
        value = token.text[1:-1]
        return value if _SCHEME.match(value) else None
    prefix, colon, local = token.text.partition(":")
    return prefixes[prefix] + local if token.kind == "name" and colon and prefix in prefixes else None


def operations(text: str) -> list[Operation] | None:
    """The operations in order; None if the text can be read in two ways."""
    found = tokens(text)
    if found != tokens(text, comparing=True):
        return None
    prefixes: dict[str, str] = {}
    result: list[Operation] = []
    for part in _parts(found):
        length = _prologue(part, prefixes)
        if length < len(part):
            result.append(Operation(tuple(part[:length]), tuple(part[length:]), dict(prefixes)))
    return result


def _parts(found: Sequence[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    depth = 0
    for token in found:
        if token.is_symbol("{", "}"):
            depth += 1 if token.text == "{" else -1
        if depth == 0 and token.is_symbol(";"):
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _prologue(part: Sequence[Token], prefixes: dict[str, str]) -> int:
    """How many tokens the prologue has; what it declares goes into `prefixes`."""
    place = 0
    while place + 1 < len(part):
        if part[place].is_word("BASE", "VERSION"):
            place += 2
        elif part[place].is_word("PREFIX") and place + 2 < len(part):
            namespace = part[place + 2].text[1:-1]
            name = part[place + 1].text.removesuffix(":")
            if _SCHEME.match(namespace) and "\\" not in namespace:
                prefixes[name] = namespace
            else:
                prefixes.pop(name, None)
            place += 3
        else:
            break
    return place


def closing(row: Sequence[Token], opening: int) -> int | None:
    """Where the brace that opens at a place is closed; None if it is not."""
    depth = 0
    for place in range(opening, len(row)):
        if row[place].is_symbol("{"):
            depth += 1
        elif row[place].is_symbol("}"):
            depth -= 1
            if depth == 0:
                return place
    return None
