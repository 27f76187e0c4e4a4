"""The shipped graph, from files to a published generation, through the gate.

Must not know terminals or HTTP.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from conflictgraph import __version__, graphs, queries, solutions
from conflictgraph.gate.changes import Change
from conflictgraph.gate.publishing import Gate, publish
from conflictgraph.gate.publishing import Progress as Progress
from conflictgraph.ingest.gallery import gallery_triples
from conflictgraph.ingest.seed import seed_graphs
from conflictgraph.snapshot import Snapshot
from conflictgraph.store.port import Draft, Generation, Store
from conflictgraph.validate.report import Report


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did. `sizes` are triples of each named graph."""

    generation: Generation
    sizes: dict[str, int]
    report: Report


def built(
    store: Store, progress: Progress = lambda _: None, *, gate: Gate | None = None, reasoning: bool = True
) -> Built:
    """Build the shipped graph in a draft and publish it.

    The seed's graphs are replaced, other sources stay. Raises `DataSyntaxError` and `DoesNotConform` (the
    report has the violations; an inconsistency of the ontology counts as one); then nothing is changed.
    """
    progress("Parsing ontology and data")
    loaded: list[tuple[NamedNode, Iterable[Triple]]] = [(s.graph, list(s.triples())) for s in seed_graphs()]
    loaded.append((graphs.EXAMPLES, list(gallery_triples(queries.shipped("competency")))))

    def apply(draft: Draft) -> None:
        for graph, triples in loaded:
            draft.replace_graph(graph, triples)

    note = f"Build of the shipped graph, conflictgraph {__version__}"
    change = Change(note, apply, tuple(graph for graph, _ in loaded))
    done = publish(gate or Gate(store), change, progress, reasoning=reasoning)
    assert done.generation is not None
    return Built(done.generation, _sizes(Snapshot(store, done.generation.number)), done.report)


def _sizes(state: Snapshot) -> dict[str, int]:
    found = solutions.rows(state, queries.named("service/sizes-of-graphs").text)
    return {solutions.text(row, "graph"): int(solutions.text(row, "triples")) for row in found}
