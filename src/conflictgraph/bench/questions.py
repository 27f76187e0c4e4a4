"""What servers are asked over HTTP: queries by kind, as paths.

Must not know servers. Every text ends in a comment, so that a number behind it makes another text of the same
meaning: whoever keeps answers by the text has never seen that one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from urllib.parse import quote

from pyoxigraph import NamedNode

_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_LARGE = 40_000
"""Rows of a large result: about 10 MB of JSON."""

_STATEMENTS = "SELECT ?s ?p ?o WHERE { ?s a <https://w3id.org/conflictgraph/ontology#Statement> ; ?p ?o }"

_ANALYTIC = (
    "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p",
    "SELECT ?class (COUNT(?s) AS ?n) WHERE { ?s a ?class } GROUP BY ?class",
    "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }",
    "SELECT ?p (COUNT(DISTINCT ?o) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """Queries that are measured together, in rounds `length` times as long as others.

    `repeated` ones are asked again and again as they are.
    """

    name: str
    texts: tuple[str, ...]
    repeated: bool = False
    length: int = 1

    def paths(self, endpoint: str) -> Iterable[str]:
        """Path and query string of each; a number is to be put behind."""
        return (f"{endpoint}?query={quote(text + ' #', safe='')}" for text in self.texts)


def kinds(things: Iterable[NamedNode], seed: int) -> tuple[Kind, ...]:
    """The kinds. Look-ups ask for one thing after the other, in an order that follows from the seed."""
    shuffled = sorted(things, key=str)
    Random(seed).shuffle(shuffled)
    look_ups = tuple(f"SELECT ?label WHERE {{ {thing} <{_LABEL}> ?label }}" for thing in shuffled)
    rows = "SELECT ?s ?p ?o WHERE {{ ?s ?p ?o }} LIMIT {}"
    return (
        Kind("look-up, repeated", look_ups[:1], repeated=True),
        Kind("100 rows, repeated", (rows.format(100),), repeated=True),
        Kind("analytic, repeated", _ANALYTIC[:1], repeated=True),
        Kind("look-up, first time", look_ups),
        Kind("analytic, first time", _ANALYTIC),
        Kind("large result, first time", (rows.format(_LARGE),), length=3),
        Kind("large result without LIMIT, first time", (_STATEMENTS,), length=3),
    )
