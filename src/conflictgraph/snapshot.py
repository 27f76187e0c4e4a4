"""One generation of a store, to be asked like a store.

Must not know which adapter answers.
"""

from dataclasses import dataclass

from conflictgraph.store.port import WHOLE, Answer, Dataset, Store


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Keeps the promises of `port.Queryable`; None is whichever generation is the current one."""

    store: Store
    generation: int | None = None

    def query(self, sparql: str, accept: str = "*/*", dataset: Dataset = WHOLE) -> Answer:
        """Evaluate one query on the generation."""
        return self.store.query(sparql, accept, dataset, generation=self.generation)
