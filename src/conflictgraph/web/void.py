"""The description of the dataset at its well-known address (VoID, section 7.2).

Must not know what is counted, or how. The numbers of the last few generations asked for are kept.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable

from flask import Blueprint, Response, request

from conflictgraph import rdf, void
from conflictgraph.errors import StoreEmpty
from conflictgraph.snapshot import Snapshot
from conflictgraph.store.port import Generation, Store
from conflictgraph.void import Addresses, Counts
from conflictgraph.web import memento
from conflictgraph.web.negotiation import rdf_format

PATH = "/.well-known/void"
_KEPT = 4
"""Generations whose numbers are kept."""


def counted(store: Store) -> Callable[[Generation | None], Counts]:
    """Gives the numbers of a generation (None: the current one), counted at most once while they are kept."""
    known: OrderedDict[Generation, Counts] = OrderedDict()
    lock = threading.Lock()

    def numbers(generation: Generation | None) -> Counts:
        asked = generation or _current(store)
        with lock:
            found = known.pop(asked, None) or void.counts(Snapshot(store, asked.number), asked.published)
            known[asked] = found
            while len(known) > _KEPT:
                known.popitem(last=False)
            return found

    return numbers


def blueprint(store: Store, numbers: Callable[[Generation | None], Counts]) -> Blueprint:
    """The route `/.well-known/void`."""
    part = Blueprint("void", __name__)

    @part.get(PATH)
    def well_known() -> Response:
        """What is in the graph, by numbers."""
        format = rdf_format()
        moment = memento.asked(store)
        triples = void.description(numbers(moment), Addresses(request.url_root))
        body = rdf.to_bytes(triples, format, void.PREFIXES)
        response = Response(body, content_type=format.content_type)
        response.headers.add("Link", '</sparql>; rel="service-desc"')
        return memento.marked(response, moment)

    return part


def _current(store: Store) -> Generation:
    kept = store.generations
    if not kept:
        raise StoreEmpty("Nothing is published yet.")
    return kept[-1]
