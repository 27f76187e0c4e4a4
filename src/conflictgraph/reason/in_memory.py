"""The OWL 2 RL closure of triples that are in no store. Must not know rules or the port."""

from collections.abc import Iterable

from pyoxigraph import Quad, RdfFormat, Store, Triple

from conflictgraph.reason import reading, tokens
from conflictgraph.reason.closure import conclude
from conflictgraph.reason.findings import Finding
from conflictgraph.reason.relations import lines
from conflictgraph.reason.workspace import MERGED


def inferred_triples(triples: Iterable[Triple]) -> tuple[frozenset[Triple], tuple[Finding, ...]]:
    """What follows from the triples (ontology and data together), and the inconsistencies found.

    They pass through a store, which has one form for each number.
    """
    store = Store()
    store.bulk_extend(Quad(t.subject, t.predicate, t.object, MERGED) for t in triples)
    text = store.dump(format=RdfFormat.N_TRIPLES, from_graph=MERGED) or b""
    known = reading.of_lines(text.decode())
    _, findings = conclude(known)
    return frozenset(tokens.parsed("".join(lines(known.concluded())))), findings
