"""The OWL 2 RL closure of triples that are in no store. Must not know rules or the port."""

from collections.abc import Iterable

from pyoxigraph import DefaultGraph, Quad, Store, Triple

from conflictgraph.reason.closure import conclusions
from conflictgraph.reason.findings import Finding
from conflictgraph.reason.workspace import Workspace


def inferred_triples(triples: Iterable[Triple]) -> tuple[frozenset[Triple], tuple[Finding, ...]]:
    """What follows from the triples (ontology and data together), and the inconsistencies found."""
    store = Store()
    store.bulk_extend(Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in triples)
    notes, _, findings = conclusions(Workspace(store))
    return frozenset(notes), findings
