"""What the mixed load asks about its things, and how the answers are read, whatever their format.

Must not know who asks.
"""

import csv
import io
from collections.abc import Iterable, Iterator

from chronicle import SIDES, THING, Row
from pyoxigraph import Quad, QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results

from conflictgraph import formats, graphs
from conflictgraph import vocabulary as v
from conftest import Reply

THINGS = [THING + name for name in ("put-1", "put-2", "update", "command", "last")]
SLUGS = {thing: "mixed-" + thing.rpartition("/")[2] for thing in THINGS}
"""The source that tells of each thing; an update writes into two others."""

_NEWEST = f"SELECT (MAX(?n) AS ?generation) {{ GRAPH {graphs.PROVENANCE} {{ ?g {v.GENERATION_NUMBER} ?n }} }}"
EVERYTHING = f"""SELECT ?generation ?thing ?side ?number WHERE {{
  {{ {_NEWEST} }}
  OPTIONAL {{
    VALUES ?thing {{ {" ".join(f"<{thing}>" for thing in THINGS)} }}
    VALUES ?side {{ {" ".join(f"<{side}>" for side in SIDES)} }}
    ?thing ?side ?number
  }}
}}"""


def values(reply: Reply) -> list[list[str]]:
    """The rows of an answer as text, whatever its format; empty where nothing is bound."""
    if reply.media_type == formats.CSV.media_type:
        return list(csv.reader(io.StringIO(reply.plain.decode())))[1:]
    format = QueryResultsFormat.from_media_type(reply.media_type)
    solutions = parse_query_results(reply.plain, format)
    assert isinstance(solutions, QuerySolutions)
    return [["" if term is None else str(getattr(term, "value", term)) for term in row] for row in solutions]


def triples(reply: Reply) -> Iterator[list[str]]:
    """Those of a document that are about the things of the load, as text."""
    return terms(parse(reply.plain, RdfFormat.from_media_type(reply.media_type)))


def terms(quads: Iterable[Quad]) -> Iterator[list[str]]:
    """The statements about the things of the load, as text."""
    for quad in quads:
        if str(quad.subject).startswith(f"<{THING}"):
            yield [str(getattr(each, "value", each)) for each in (quad.subject, quad.predicate, quad.object)]


def rows(found: Iterable[list[str]]) -> frozenset[Row]:
    """As the chronicle has them."""
    return frozenset((thing, side, int(number)) for thing, side, number in found if side in SIDES)


def everything(reply: Reply) -> tuple[int, frozenset[Row]]:
    """The generation that an answer to `EVERYTHING` tells, and the rows."""
    found = values(reply)
    (generation,) = {int(row[0]) for row in found}
    return generation, rows(row[1:] for row in found if row[1])
