"""Measure each step of publishing one new statement into a large graph; see docs/robustness.md.

    python tests/robustness/steps.py [--triples 1300000] [--repeat 10] [--home DIRECTORY]

The graph is invented (`conflictgraph.bench.world`), in the real ontology. It goes through the gate once, then
one statement is added, again and again, by the whole gate each time. What is on disk is counted after each
publication: a file with many names once. With --home, a store that an earlier run made there is gone on with.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import closing
from itertools import pairwise
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import graphs
from conflictgraph.bench.world import World, events_for
from conflictgraph.gate.changes import Change
from conflictgraph.gate.publishing import Gate, publish
from conflictgraph.ingest.seed import seed_graphs
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.port import Draft, Limits

LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
WORLD, NEWS = graphs.source("world"), graphs.source("news")


class Clock:
    """Seconds by the names of steps; calling it ends one step and begins the next."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self._step, self._began = "", 0.0

    def __call__(self, step: str) -> None:
        now = time.perf_counter()
        if self._step:
            self.seconds[self._step].append(now - self._began)
        self._step, self._began = step, now

    def table(self) -> str:
        """The median of each step, the least and the most."""
        lines = ["| step | median | least | most |", "|---|---|---|---|"]
        for step, seconds in self.seconds.items():
            told = (statistics.median(seconds), min(seconds), max(seconds))
            lines.append(f"| {step} | " + " | ".join(f"{value * 1000:,.0f} ms" for value in told) + " |")
        return "\n".join(lines)


def disk(home: Path) -> int:
    """Bytes below the home, a file with many names once."""
    stats = [path.lstat() for path in home.rglob("*") if path.is_file()]
    return sum({stat.st_ino: stat.st_size for stat in stats}.values())


def put(gate: Gate, change: Change, clock: Clock) -> None:
    """Put a change through the gate."""
    began = time.perf_counter()
    clock("open a draft")
    publish(gate, change, lambda step: clock(step.lower()))
    clock("")
    clock.seconds["all together"].append(time.perf_counter() - began)


def world(triples: int) -> Change:
    """The ontology, the schemes and the invented graph."""

    def load(draft: Draft) -> None:
        for seed in seed_graphs()[:2]:
            draft.load(seed.graph, seed.triples())
        draft.load(WORLD, World(events_for(triples)).triples())

    return Change("The world", load, (graphs.ONTOLOGY, graphs.VOCABULARY, WORLD))


def news(number: float) -> Change:
    """One statement about something that is not described yet."""
    new = Triple(NamedNode(f"https://example.org/{number}"), LABEL, Literal(f"News {number}"))
    return Change("News", lambda draft: draft.load(NEWS, [new]), (NEWS,))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--triples", type=int, default=1_300_000)
    parser.add_argument("--repeat", type=int, default=10)
    parser.add_argument("--home", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="conflictgraph-steps-") as directory:
        home = asked.home or Path(directory)
        limits = Limits(seconds=3600, total_seconds=0, memory_mb=16_384)
        with closing(EmbeddedStore(home, workers=1, limits=limits, draft_limits=limits)) as store:
            gate = Gate(store)
            if not store.generations:
                building = Clock()
                put(gate, world(asked.triples), building)
                print(f"{building.table()}\n", flush=True)
            adding, grown = Clock(), [disk(home)]
            for _ in range(asked.repeat):
                put(gate, news(time.time()), adding)
                grown.append(disk(home))
                print(f"{grown[-1] - grown[-2]:,} bytes", file=sys.stderr, flush=True)
            print(adding.table())
            print(f"\nOn disk {grown[0]:,} bytes at first; growth with each publication:", end=" ")
            print(", ".join(f"{b - a:,}" for a, b in pairwise(grown)), "bytes")


if __name__ == "__main__":
    main()
