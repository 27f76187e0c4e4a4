"""Just enough of SPARQL's lexical grammar to tell words and variables from strings, IRIs and comments.
(SPARQL 19.8)"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n]*)
    | (?P<string>'''(?:\\.|[^\\])*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")
    | (?P<iri><[^<>"{}|^`\\\s]*>)
    | (?P<variable>[?$]\w+)
    | (?P<name>(?:[^\W\d_][\w.-]*)?:[\w:.%\\-]*|_:\w+)
    | (?P<language>@[A-Za-z0-9-]+)
    | (?P<word>[^\W\d]\w*)
    | (?P<space>\s+)
    | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.text.upper() in words

    @property
    def variable(self) -> str | None:
        """The name of a variable, without its mark."""
        return self.text[1:] if self.kind == "variable" else None

    @property
    def is_path(self) -> bool:
        """Whether it is the variable in whose place the path of a property shape is put, $PATH or ?PATH.
        (SHACL 5.2)"""
        return self.variable == "PATH"


def tokens(text: str) -> tuple[Token, ...]:
    return tuple(Token(match.lastgroup or "mark", match.group()) for match in _TOKEN.finditer(text))


@dataclass(frozen=True, slots=True)
class Group:
    """One `{...}`: the positions of its braces, what stands before it, and whether it holds a sub-select."""

    start: int
    end: int
    leader: str
    parent: int | None
    is_subselect: bool

    def holds(self, position: int) -> bool:
        return self.start < position < self.end


def groups(found: tuple[Token, ...]) -> tuple[Group, ...]:
    """Return the groups in the order in which they open; unbalanced braces are left to the engine to
    report."""
    open_: list[tuple[int, str, int | None]] = []
    closed: dict[int, Group] = {}
    for position, token in enumerate(found):
        if token.text == "{" and token.kind == "mark":
            open_.append((position, _leader(found, position), open_[-1][0] if open_ else None))
        elif token.text == "}" and token.kind == "mark" and open_:
            start, leader, parent = open_.pop()
            closed[start] = Group(start, position, leader, parent, _starts_select(found, start))
    return tuple(closed[start] for start in sorted(closed))


def own_positions(group: Group, every: tuple[Group, ...]) -> Iterator[int]:
    """Yield the positions inside the group but in no group inside it."""
    inner = {g.start: g for g in every if g.parent == group.start}
    position = group.start + 1
    while position < group.end:
        if position in inner:
            position = inner[position].end
        else:
            yield position
        position += 1


def _leader(found: tuple[Token, ...], position: int) -> str:
    """Return the keyword before the brace, in capitals; for GRAPH the one before its name."""
    words = [t for t in found[:position] if t.kind not in ("space", "comment")][-2:]
    if words and words[-1].kind == "word":
        return words[-1].text.upper()
    if len(words) == 2 and words[0].is_word("GRAPH", "SERVICE"):
        return words[0].text.upper()
    return ""


def _starts_select(found: tuple[Token, ...], start: int) -> bool:
    for token in found[start + 1 :]:
        if token.kind not in ("space", "comment"):
            return token.is_word("SELECT")
    return False
