"""The tokens of SPARQL text, as far as one can tell them without its grammar.

Must not know what they are looked at for. One thing needs the grammar: `<` may open an IRI or compare two
values (`?a<?b&&?c>?d`). Hence two readings; who must be sure looks at both. Everything else is at least as
fine as the engine's own reading, which, for one, needs no space after a keyword (`SERVICEex:a{}` is a
SERVICE clause).
"""

import re
from dataclasses import dataclass

# Letters; and letters, digits, `_`, `-`. Beyond ASCII all is taken for a letter; what is none fails later.
_LETTER = r"[^\x00-@\[-`{-\x7f]"
_CHAR = r"[^\x00-,./:-@\[-^`{-\x7f]"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = rf"(?:{_LETTER}|[_:0-9]|{_ESCAPED})(?:\.*+(?:{_CHAR}|:|{_ESCAPED})++)*+"
_TOKEN = re.compile(
    rf"""
      (?P<space>[ \t\r\n]++|\#[^\r\n]*+)
    | (?P<iri><[^<>"{{}}|^`\\\x00-\x20]*+>)
    | (?P<string>\"\"\"(?:\"{{0,2}}(?:[^"\\]|\\.))*+\"\"\"|'''(?:'{{0,2}}(?:[^'\\]|\\.))*+'''
        |"(?:[^"\\\r\n]|\\.)*+"|'(?:[^'\\\r\n]|\\.)*+')
    | (?P<broken>["'].*+)
    | (?P<var>[?$](?:(?!-){_CHAR})++)
    | (?P<blank>_:(?!-){_CHAR}(?:\.*+{_CHAR}++)*+)
    | (?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
    | (?P<name>(?:{_LETTER}(?:\.*+{_CHAR}++)*+)?+:(?:{_LOCAL})?+)
    | (?P<word>{_LETTER}(?:\.*+{_CHAR}++)*+)
    | (?P<number>[0-9]++)
    | (?P<symbol>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPERANDS = frozenset(("iri", "string", "var", "name", "number", "language"))
_TERMS = {"iri": "<>", "name": "<>", "string": '""', "broken": '""', "number": "0"}
"""What stands for each kind of term in the form of a query."""
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind (a group of the pattern above), its text, and where the text begins."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the text ends."""
        return self.start + len(self.text)

    def is_word(self, *words: str) -> bool:
        """Whether this is one of the keywords, which are given in capitals."""
        return self.kind == "word" and self.text.upper() in words

    def is_symbol(self, *symbols: str) -> bool:
        """Whether this is one of the signs."""
        return self.kind == "symbol" and self.text in symbols


def tokens(text: str, *, comparing: bool = False) -> list[Token]:
    """The tokens without space and comments; `comparing` reads every `<` that may compare as one that does.

    A quote that does not end makes the rest of the text one token, of kind `broken`.
    """
    found: list[Token] = []
    position = depth = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match is not None  # the last alternative takes any character
        kind = str(match.lastgroup)
        token = Token(kind, match[0], position)
        if comparing and kind == "iri" and depth and found and _ends_operand(found[-1]):
            token = Token("symbol", "<", position)
        position = token.end
        if kind == "space":
            continue
        if token.is_symbol("("):
            depth += 1
        elif token.is_symbol(")"):
            depth -= 1
        found.append(token)
    return found


def form(text: str) -> str:
    """What texts share that differ only in their terms, in the names of their variables, in capitals, space
    and comments. Queries wait for it, and `tokens` would take four times as long.
    """
    names: dict[str, str] = {}
    found: list[str] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "var":
            found.append(names.setdefault(match[0][1:], f"?{len(names)}"))
        elif kind in _TERMS:
            found.append(_TERMS[kind])
        elif kind == "word":
            found.append(match[0].upper())
        elif kind != "space":
            found.append(match[0])
    return " ".join(found)


def decoded(text: str) -> str:
    r"""The text with `\uXXXX` and `\UXXXXXXXX` decoded, which SPARQL 1.1 (19.2) does before anything else."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    digits = match[1] or match[2]
    value = int(digits, 16) if digits else -1
    return chr(value) if 0 <= value < 0x110000 else match[0]


def _ends_operand(token: Token) -> bool:
    return token.kind in _OPERANDS or token.is_symbol(")") or token.is_word("TRUE", "FALSE")
