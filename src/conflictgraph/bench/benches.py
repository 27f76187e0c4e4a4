"""Which engines are asked which question at which sizes.

Must not know how runs are made or shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conflictgraph.bench import peers
from conflictgraph.bench.inputs import write_data, write_shapes
from conflictgraph.bench.runs import Run
from conflictgraph.bench.world import TRIPLES_PER_EVENT, World

FAULTS = 100
"""In what is validated, one of so many events has a fault, so that the reports have something to agree on."""

_SCHEMA = 3_000
_PEERS = {"validate": ("pySHACL", "pyrudof"), "reason": ("owlrl", "reasonable"), "ingest": ("oxigraph load",)}


@dataclass(frozen=True, slots=True)
class Scope:
    """`events` for this project; peers run on at most `peer_triples` triples, and with `peers` only."""

    events: int
    seed: int = 1
    peer_triples: int = 142_000
    peers: bool = True

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of events: what peers can bear first, if that is less."""
        bearable = max(1, (self.peer_triples - _SCHEMA) // TRIPLES_PER_EVENT)
        return (bearable, self.events) if self.peers and bearable < self.events else (self.events,)

    def peers_of(self, bench: str, events: int) -> tuple[str, ...]:
        """The peers that are asked at this size."""
        assert all(peer in peers.TASKS for peer in _PEERS[bench])
        return _PEERS[bench] if self.peers and events == self.sizes[0] else ()


def validation(directory: Path, scope: Scope, shapes: Sequence[str]) -> list[Run]:
    """Reports on a graph with faults, by each set of shapes."""
    runs = []
    files = {name: directory / f"{name}.ttl" for name in shapes}
    for name, path in files.items():
        write_shapes(path, name)
    for events in scope.sizes:
        data = directory / f"validate-{events}.nt"
        size = write_data(data, World(events, scope.seed, FAULTS), with_schema=True)
        for name, path in files.items():
            tasks = ("conflictgraph validate", "conflictgraph validate on disk")
            for task in (*tasks, *scope.peers_of("validate", events)):
                runs.append(Run(f"validate, {name} shapes", task, size, data, path))
    return runs


def reasoning(directory: Path, scope: Scope) -> list[Run]:
    """What follows from the graph and its ontology."""
    runs = []
    for events in scope.sizes:
        data = directory / f"reason-{events}.nt"
        size = write_data(data, World(events, scope.seed), with_schema=True)
        tasks = ("conflictgraph reason", "conflictgraph reason and store")
        for task in (*tasks, *scope.peers_of("reason", events)):
            runs.append(Run("reason", task, size, data))
    return runs


def ingestion(directory: Path, scope: Scope) -> list[Run]:
    """A file into a store: the whole gate, and loading alone. Loading is fast: it runs at the full size."""
    data = directory / f"ingest-{scope.events}.nt"
    size = write_data(data, World(scope.events, scope.seed), with_schema=False)
    tasks = ("conflictgraph gate", *(_PEERS["ingest"] if scope.peers else ()))
    return [Run("ingest", task, size, data) for task in tasks]
