"""Which queries are look-ups: SELECT with one triple pattern and nothing else, subject or object given.

Must not know engines. The work for a look-up follows the length of its answer: each triple that the engine
touches is a row, since there is nothing by which it could turn one down and nothing to sort or to keep. So
who stops reading has stopped the work. The pattern here takes in a part of SPARQL 1.1's grammar in which no
text can be read in two ways; there are no strings and no backslashes in it, hence no codepoint escapes.
"""

import re
from typing import NamedTuple

_LONGEST = 1 << 12
"""Characters of a text that is looked at."""

_GAP = r"(?:[ \t\r\n]++|\#[^\r\n\\]*+(?=[\r\n]|\Z))*+"
_IRI = r'<[^<>"{}|^`\\\x00-\x20]*+>'
_VARIABLE = r"[?$][A-Za-z_][A-Za-z0-9_]*+"
_PREFIX = r"(?:[A-Za-z](?:[A-Za-z0-9_-]*+))?+:"
_NAME = rf"{_PREFIX}[A-Za-z0-9_](?:[A-Za-z0-9_-]*+)"
_END = r"(?=[\s*<{?$\#])"
"""A word ends here."""

_NAMES = re.compile(r"[?$]([A-Za-z0-9_]+)")
_LOOK_UP = re.compile(
    rf"""
    (?P<prologue>(?:{_GAP}(?:PREFIX{_END}{_GAP}{_PREFIX}{_GAP}{_IRI}|BASE{_END}{_GAP}{_IRI}))*+)
    {_GAP}SELECT{_END}{_GAP}(?P<variables>\*|(?:{_VARIABLE}{_GAP})++){_GAP}
    (?:WHERE{_END}{_GAP})?+
    \{{{_GAP}
        (?P<subject>{_IRI}|{_NAME}|{_VARIABLE}){_GAP}
        (?P<predicate>{_IRI}|{_NAME}|{_VARIABLE}|a{_END}){_GAP}
        (?P<object>{_IRI}|{_NAME}|{_VARIABLE}){_GAP}
        \.?+{_GAP}
    \}}{_GAP}
    (?:LIMIT{_END}{_GAP}(?P<limit>[0-9]{{1,9}}+){_GAP})?+
    """,
    re.VERBOSE | re.IGNORECASE,
)


class LookUp(NamedTuple):
    """The parts of one as they stand there; `variables` are the names of those that are asked for, empty for
    all or where there are comments between them.
    """

    prologue: str
    variables: tuple[str, ...]
    pattern: tuple[str, str, str]
    limit: int | None


def look_up(sparql: str) -> LookUp | None:
    """What the text asks for, if it is a look-up, and SPARQL at all. None where that is not plain to see."""
    found = _LOOK_UP.fullmatch(sparql) if len(sparql) <= _LONGEST else None
    if found is None:
        return None
    prologue, asked, subject, predicate, object, limit = found.group(
        "prologue", "variables", "subject", "predicate", "object", "limit"
    )
    variables = [term[1:] for term in (subject, predicate, object) if term[0] in "?$"]
    given = subject[0] not in "?$" or object[0] not in "?$"
    if not given or len(set(variables)) < len(variables):
        return None
    names = () if asked == "*" or "#" in asked else tuple(_NAMES.findall(asked))
    return LookUp(prologue, names, (subject, predicate, object), int(limit) if limit else None)
