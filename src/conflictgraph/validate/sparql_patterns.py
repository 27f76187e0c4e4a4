"""The triple patterns of a SPARQL query, as a tree of the groups that hold them.

It reads what constraints are made of (patterns with paths, FILTER, BIND, OPTIONAL, UNION, EXISTS,
sub-selects) and refuses the rest. It knows no engine and evaluates nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Literal as OneOf

from pyoxigraph import NamedNode

from conflictgraph.validate.paths import Alternative, Inverse, Path, Predicate, Repeat, Sequence
from conflictgraph.validate.sparql_tokens import Token, tokens
from conflictgraph.validate.terms import TYPE

_PREFIX = re.compile(r"PREFIX\s+([^\s:]*):\s*<([^>]*)>", re.IGNORECASE)
_TRIPLE_ENDS = frozenset({".", "}", "{"})


class UnreadableError(Exception):
    """The text has something that is not read here."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern: the variables of its subject and object (None: a term), and its path, or the
    variable in the place of one."""

    subject: str | None
    path: Path | str
    object: str | None


@dataclass
class Block:
    """One group: its own patterns, and the groups in it by what they are to it.

    Variables that a sub-select does not return have names of their own.
    """

    patterns: list[Pattern] = field(default_factory=list)
    inner: list[tuple[OneOf["joined", "optional", "exists", "union"], tuple[Block, ...]]] = field(
        default_factory=list
    )

    def bound(self) -> frozenset[str]:
        """Return the variables that every solution is sure to bind by a triple."""
        found = {v for p in self.patterns for v in (p.subject, p.object) if v is not None}
        found |= {p.path for p in self.patterns if isinstance(p.path, str)}
        for kind, blocks in self.inner:
            if kind in ("joined", "union"):
                found |= frozenset.intersection(*(block.bound() for block in blocks))
        return frozenset(found)


@cache
def blocks_of(text: str, prefixes: str, path: Path | None) -> Block:
    """Read a query's outermost group; `path` is what stands for $PATH. Raises UnreadableError."""
    reader = _Reader(text, dict(_PREFIX.findall(prefixes + " " + text)), path)
    return reader.query()


class _Reader:
    def __init__(self, text: str, prefixes: dict[str, str], path: Path | None) -> None:
        self._tokens: list[Token] = []
        for token in tokens(text):
            if token.kind in ("space", "comment"):
                continue
            if token.kind == "name" and token.text.endswith("."):
                stripped = token.text.rstrip(".")
                self._tokens.append(Token("name", stripped))
                self._tokens.append(Token("mark", "."))
            else:
                self._tokens.append(token)
        self._prefixes, self._path = prefixes, path
        self._at, self._selects = 0, 0

    def query(self) -> Block:
        while not self._sees("{"):
            self._outside(self._next())
        self._next()
        block = self._group({}, "")
        while self._token().kind != "end":
            self._outside(self._next())
        return block

    def _outside(self, token: Token) -> None:
        if token.is_word("EXISTS", "VALUES", "FROM"):
            raise UnreadableError(token.text)

    def _token(self, ahead: int = 0) -> Token:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else Token("end", "")

    def _next(self) -> Token:
        token = self._token()
        if token.kind == "end":
            raise UnreadableError("the text ends too soon")
        self._at += 1
        return token

    def _sees(self, *marks: str) -> bool:
        return self._token().kind == "mark" and self._token().text in marks

    def _sees_word(self, *words: str) -> bool:
        return self._token().is_word(*words)

    def _group(self, known: dict[str, str], local: str) -> Block:
        """Read up to the closing brace. `local` is added to the names of variables not in `known`."""
        block = Block()
        while not self._sees("}"):
            self._element(block, known, local)
        self._next()
        return block

    def _element(self, block: Block, known: dict[str, str], local: str) -> None:
        if self._sees("{"):
            branches = [self._braced(known, local)]
            while self._sees_word("UNION"):
                self._next()
                branches.append(self._braced(known, local))
            block.inner.append(("union" if len(branches) > 1 else "joined", tuple(branches)))
        elif self._sees_word("OPTIONAL"):
            self._next()
            block.inner.append(("optional", (self._braced(known, local),)))
        elif self._sees_word("FILTER", "BIND"):
            self._next()
            self._expression(block, known, local)
        elif self._sees("."):
            self._next()
        elif self._token().kind == "word" and not self._sees_word("TRUE", "FALSE"):
            raise UnreadableError(self._token().text)
        else:
            self._triples(block, known, local)

    def _braced(self, known: dict[str, str], local: str) -> Block:
        if not self._sees("{"):
            raise UnreadableError(self._token().text)
        self._next()
        if not self._sees_word("SELECT"):
            return self._group(known, local)
        return self._subselect(known, local)

    def _subselect(self, known: dict[str, str], local: str) -> Block:
        self._next()
        self._selects += 1
        returned: dict[str, str] = {}
        depth = 0
        while not self._sees("{"):
            token = self._next()
            depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "mark" else 0
            if token.text == "*" and depth == 0:
                raise UnreadableError("SELECT *")
            if token.variable and depth == 0:
                returned[token.variable] = known.get(token.variable, token.variable + local)
        self._next()
        block = self._group(returned, f"@{self._selects}")
        while not self._sees("}"):
            self._outside(self._next())
        self._next()
        return block

    def _expression(self, block: Block, known: dict[str, str], local: str) -> None:
        """Pass over one constraint or call; the groups of EXISTS in it are read."""
        while self._sees_word("NOT", "EXISTS") or self._token().kind in ("word", "iri", "name"):
            if self._next().is_word("EXISTS"):
                block.inner.append(("exists", (self._braced(known, local),)))
                return
        if not self._sees("("):
            raise UnreadableError(self._token().text)
        depth = 0
        while True:
            if self._sees_word("EXISTS"):
                self._next()
                block.inner.append(("exists", (self._braced(known, local),)))
                continue
            token = self._next()
            depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "mark" else 0
            if depth == 0:
                return

    def _triples(self, block: Block, known: dict[str, str], local: str) -> None:
        subject = self._term(known, local)
        while True:
            path = self._verb(known, local)
            block.patterns.append(Pattern(subject, path, self._term(known, local)))
            while self._sees(","):
                self._next()
                block.patterns.append(Pattern(subject, path, self._term(known, local)))
            while self._sees(";"):
                self._next()
            if self._token().kind == "mark" and self._token().text in _TRIPLE_ENDS:
                return
            if self._sees_word("FILTER", "OPTIONAL", "BIND"):
                return

    def _term(self, known: dict[str, str], local: str) -> str | None:
        """Read a term; the name of a variable, or None."""
        token = self._next()
        if token.variable:
            return known.get(token.variable, token.variable + local)
        if token.kind in ("iri", "name") and not token.text.startswith("_:"):
            return None
        if token.kind == "string":
            if self._token().kind == "language":
                self._next()
            elif self._sees("^"):
                self._at += 3
            return None
        if token.is_word("TRUE", "FALSE"):
            return None
        if token.text.isdigit() or token.text in "+-":
            while self._token().text.isdigit() or (self._sees(".") and self._token(1).text.isdigit()):
                self._next()
            return None
        raise UnreadableError(token.text)

    def _verb(self, known: dict[str, str], local: str) -> Path | str:
        if self._token().is_path:
            self._next()
            if self._path is None:
                raise UnreadableError("$PATH")
            return self._path
        name = self._token().variable
        if name:
            self._next()
            return known.get(name, name + local)
        return self._alternative()

    def _alternative(self) -> Path:
        choices = [self._sequence()]
        while self._sees("|"):
            self._next()
            choices.append(self._sequence())
        return Alternative(tuple(choices)) if len(choices) > 1 else choices[0]

    def _sequence(self) -> Path:
        steps = [self._step()]
        while self._sees("/"):
            self._next()
            steps.append(self._step())
        return Sequence(tuple(steps)) if len(steps) > 1 else steps[0]

    def _step(self) -> Path:
        if self._sees("^"):
            self._next()
            return Inverse(self._step())
        path = self._primary()
        return Repeat(path, self._next().text) if self._sees("*", "+", "?") else path

    def _primary(self) -> Path:
        token = self._next()
        if token.text == "(":
            path = self._alternative()
            if not self._sees(")"):
                raise UnreadableError(self._token().text)
            self._next()
            return path
        if token.kind == "word" and token.text == "a":
            return Predicate(TYPE)
        if token.kind == "iri" and "\\" not in token.text:
            return Predicate(NamedNode(token.text[1:-1]))
        prefix, _, name = token.text.partition(":")
        if token.kind == "name" and prefix in self._prefixes and "\\" not in name:
            return Predicate(NamedNode(self._prefixes[prefix] + name))
        raise UnreadableError(token.text)
