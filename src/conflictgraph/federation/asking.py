"""Ask the endpoints that a text names in SERVICE, and put their answers in its place.

SERVICE stands for the solutions of its pattern at the endpoint (SPARQL 1.1 Federated Query, section 4), so
asking beforehand gives what asking meanwhile would, and the engine needs no connection. Must not know
processes or engines.
"""

import io
from collections.abc import Callable

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from conflictgraph import formats, hosts
from conflictgraph.errors import QueryRefused, RemoteFailed
from conflictgraph.federation import exchange
from conflictgraph.federation.clauses import Clause, clauses
from conflictgraph.federation.exchange import Bounds
from conflictgraph.federation.inlay import inlay
from conflictgraph.store import guard
from conflictgraph.store.answered import GAP, Answered

MOST_CLAUSES = 8
"""SERVICE clauses in one request: each is a request to somebody else's machine."""

Ask = Callable[[Clause], str]
"""Gives the pattern for the answer to a clause; `RemoteFailed` if there is none."""

_FORMATS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "application/xml": QueryResultsFormat.XML,
}
_ACCEPT = "application/sparql-results+json, application/sparql-results+xml;q=0.9"


def answered(text: str, bounds: Bounds, ask: Ask) -> Answered:
    """The text, which has no codepoint escapes any more, with the answer in the place of each clause.

    Before the first endpoint is asked, all are looked up in the list.
    Raises `QueryRefused`, `RemoteFailed`.
    """
    _refuse_halves(text)
    found = clauses(text)
    if len(found) > MOST_CLAUSES:
        raise QueryRefused(f"The request has {len(found)} SERVICE clauses; the limit is {MOST_CLAUSES}.")
    for clause in found:
        hosts.target(clause.endpoint, bounds.allow)
    with_gaps, places = _with_gaps(text, found)
    _refuse_the_rest(with_gaps)
    known: dict[tuple[str, str], str] = {}

    def once(clause: Clause) -> str:
        key = clause.endpoint, clause.query
        if key not in known:
            known[key] = _answer(clause, ask)
        return known[key]

    return Answered(with_gaps, tuple(zip(places, map(once, found), strict=True)))


def ask(clause: Clause, bounds: Bounds) -> str:
    """Put the query to the endpoint and read its solutions."""
    body = io.BytesIO()
    reply = exchange.fetch(clause.endpoint, _ACCEPT, body, bounds, {"query": clause.query})
    media_type = reply.content_type.partition(";")[0].strip().lower()
    if media_type not in _FORMATS:
        raise RemoteFailed(
            f"<{clause.endpoint}> answered in {media_type or 'no stated format'}; expected "
            f"{formats.JSON.media_type} or {formats.XML.media_type}."
        )
    try:
        solutions = parse_query_results(body.getvalue(), format=_FORMATS[media_type])
        if isinstance(solutions, QuerySolutions):
            return inlay(solutions)
    except (SyntaxError, ValueError) as error:
        raise RemoteFailed(f"<{clause.endpoint}> sent what is not {media_type}: {error}.") from error
    raise RemoteFailed(f"<{clause.endpoint}> answered with true or false; expected rows.")


def _answer(clause: Clause, ask: Ask) -> str:
    try:
        return ask(clause)
    except RemoteFailed:
        if clause.silent:
            return GAP
        raise


def _with_gaps(text: str, found: tuple[Clause, ...]) -> tuple[str, list[int]]:
    """The text with a gap for each clause, and where these are. Line breaks stay where they are."""
    done, position = "", 0
    places: list[int] = []
    for clause in found:
        done += text[position : clause.start]
        places.append(len(done))
        done += GAP + "\n" * text.count("\n", clause.start, clause.end)
        position = clause.end
    return done + text[position:], places


def _refuse_the_rest(text: str) -> None:
    """What would fetch besides the clauses that were made out; LOAD is for others to find."""
    rest = guard.found(text)
    if rest is not None and rest.what == "SERVICE":
        raise QueryRefused(
            f"The SERVICE in line {rest.line} cannot be made out. Write it as SERVICE <IRI> {{ … }}, "
            "with a space after the word."
        )


def _refuse_halves(text: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise QueryRefused("The text has an escape for half a character (U+D800 to U+DFFF).")
