"""Let the expressions of a SPARQL text see the values of kept literals. (SHACL 5.2, SPARQL 17)

A kept literal has a datatype of our own (`kept_literals`), which no engine can compare. Triple patterns find
it as the term that it stands for; in expressions its value is put in the place of its variable, except where
the term or its text is meant.
"""

from __future__ import annotations

from dataclasses import dataclass

from conflictgraph.validate.kept_literals import OWN_DATATYPE, value_of
from conflictgraph.validate.sparql_tokens import Token, tokens

_OF_NODES = ("ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "SAMETERM")
_OF_TERMS = frozenset({"BOUND", "STR", "LANG", "DATATYPE", "COUNT", "SAMPLE", "GROUP_CONCAT", *_OF_NODES})
_CLAUSES = ("SELECT", "GROUP", "HAVING", "ORDER")
_NONE = Token("end", "")


@dataclass(frozen=True, slots=True)
class _Bracket:
    """An open bracket: what stands before it, and whether expressions are in it."""

    before: int
    function: str
    is_expression: bool


def with_values(text: str) -> str:
    """Return the text with expressions that see values."""
    return _Writer(tokens(text)).written()


class _Writer:
    def __init__(self, found: tuple[Token, ...]) -> None:
        self._out = [token.text for token in found]
        self._places = [at for at, token in enumerate(found) if token.kind not in ("space", "comment")]
        self._solid = [found[at] for at in self._places]
        self._open: list[_Bracket] = []
        self._in_clause = False

    def written(self) -> str:
        for at, token in enumerate(self._solid):
            if token.kind == "word":
                self._in_clause = token.is_word(*_CLAUSES) or (
                    self._in_clause and not token.is_word("WHERE", "FROM")
                )
            elif token.kind == "mark":
                self._mark(at, token.text)
            elif token.variable and self._in_expression() and not self._means_term(at):
                self._out[self._places[at]] = value_of(token.text)
        return "".join(self._out)

    def _mark(self, at: int, mark: str) -> None:
        if mark in "{}":
            self._in_clause = False
        if mark == "(":
            self._open.append(self._bracket(at))
        elif mark == "{":
            self._open.append(_Bracket(at, "", is_expression=False))
        elif mark in ")}" and self._open:
            closed = self._open.pop()
            if closed.is_expression and closed.function == "DATATYPE":
                before, after = OWN_DATATYPE
                self._out[self._places[closed.before]] = before + "DATATYPE"
                self._out[self._places[at]] = ")" + after

    def _bracket(self, at: int) -> _Bracket:
        before, further = self._token(at - 1), self._token(at - 2)
        is_call = before.kind in ("word", "name", "iri")
        begins = before.is_word("FILTER", "BIND") or (is_call and further.is_word("FILTER"))
        is_expression = begins or self._in_clause or self._in_expression()
        return _Bracket(at - 1, before.text.upper() if is_call else "", is_expression)

    def _in_expression(self) -> bool:
        return bool(self._open) and self._open[-1].is_expression

    def _means_term(self, at: int) -> bool:
        """Say whether a variable in an expression is assigned, or stands for a term and not for a value."""
        before, after = self._token(at - 1), self._token(at + 1)
        if before.is_word("AS") or (before.text == "(" and after.is_word("AS")):
            return True
        is_alone = (before.text in ("(", ",") or before.is_word("DISTINCT")) and after.text in (")", ",", ";")
        return is_alone and self._open[-1].function in _OF_TERMS

    def _token(self, at: int) -> Token:
        return self._solid[at] if 0 <= at < len(self._solid) else _NONE
