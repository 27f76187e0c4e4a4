"""The description of the dataset at its well-known address (VoID, section 7.2).

Must not know what is counted, or how. The numbers of the last few generations asked for are kept.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, request
from pyoxigraph import Triple

from conflictgraph import graphs, queries, rdf, solutions
from conflictgraph.errors import StoreEmpty
from conflictgraph.latest import Latest
from conflictgraph.snapshot import Snapshot
from conflictgraph.solutions import Row
from conflictgraph.store.port import Generation, Store
from conflictgraph.void import numbers
from conflictgraph.void.dataset import PREFIXES, Addresses, description
from conflictgraph.void.numbers import Numbers
from conflictgraph.void.partitions import partitions, told
from conflictgraph.web import memento
from conflictgraph.web.negotiation import rdf_format

PATH = "/.well-known/void"
_KEPT = 4
"""Generations whose numbers are kept."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is in a generation, published at `modified`; `sizes` are rows of a graph and its triples."""

    modified: datetime
    numbers: Numbers
    sizes: tuple[Row, ...]

    def merged_view(self) -> int:
        """The triples of the default graph; the numbers leave out those of the graph `void`."""
        void = (row for row in self.sizes if row["graph"] == graphs.VOID)
        return self.numbers["triples",] + sum(int(solutions.text(row, "triples")) for row in void)


def counted(store: Store) -> Callable[[Generation | None], Counts]:
    """Gives the numbers of a generation (None: the current one), looked up once while they are kept."""
    known = Latest[Generation, Counts](_KEPT)
    lock = threading.Lock()

    def counts(generation: Generation | None) -> Counts:
        asked = generation or _current(store)
        with lock:
            found = known.get(asked) or _counts(Snapshot(store, asked.number), asked.published)
            known.keep(asked, found)
            return found

    return counts


def described(counts: Counts, at: Addresses) -> Iterator[Triple]:
    """The dataset with its partitions."""
    yield from description(counts.modified, at)
    yield from partitions(counts.numbers)


def blueprint(store: Store, counts: Callable[[Generation | None], Counts]) -> Blueprint:
    """The route `/.well-known/void`."""
    part = Blueprint("void", __name__)

    @part.get(PATH)
    def well_known() -> Response:
        """What is in the graph, by numbers."""
        format = rdf_format()
        moment = memento.asked(store)
        triples = described(counts(moment), Addresses(request.url_root))
        body = rdf.to_bytes(triples, format, PREFIXES)
        response = Response(body, content_type=format.content_type)
        response.headers.add("Link", '</sparql>; rel="service-desc"')
        return memento.marked(response, moment)

    return part


def _counts(state: Snapshot, modified: datetime) -> Counts:
    """As the generation tells them, or counted for one that was published without them."""
    sizes = tuple(solutions.rows(state, queries.named("service/sizes-of-graphs").text))
    return Counts(modified, told(state) or numbers.counted(state), sizes)


def _current(store: Store) -> Generation:
    kept = store.generations
    if not kept:
        raise StoreEmpty("Nothing is published yet.")
    return kept[-1]
