"""Measure each step of publishing one new statement into a large graph; see docs/robustness.md.

    python tests/robustness/steps.py [--triples 1300000] [--repeat 5] [--without 5]

The graph is invented (`conflictgraph.bench.world`), in the real ontology. It is loaded, reasoned over and
published once, then one statement is added, again and again, each time with every step of the gate. What
is on disk is counted after each step: a file with many names once, and only what is there afterwards.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import graphs, patch
from conflictgraph.bench.world import World, events_for
from conflictgraph.ingest.seed import seed_graphs, shape_triples
from conflictgraph.reason.drafts import infer
from conflictgraph.snapshot import Snapshot
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.port import Draft, Limits
from conflictgraph.validate.asking import ask_port
from conflictgraph.validate.report_rdf import report_triples
from conflictgraph.validate.validation import Validator

LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
WORLD, NEWS = graphs.source("world"), graphs.source("news")
T = TypeVar("T")


class Clock:
    """Seconds by the names of steps."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)

    def __call__(self, step: str, work: Callable[[], T]) -> T:
        began = time.perf_counter()
        done = work()
        self.seconds[step].append(time.perf_counter() - began)
        print(f"{step}: {self.seconds[step][-1]:.3f} s", file=sys.stderr, flush=True)
        return done

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


def build(store: EmbeddedStore, triples: int, clock: Clock) -> None:
    """The first generation: the ontology, the schemes, the world, and what follows."""

    def load(draft: Draft) -> None:
        for seed in seed_graphs()[:2]:
            draft.load(seed.graph, seed.triples())
        draft.load(WORLD, World(events_for(triples)).triples())

    with store.draft() as draft:
        clock("load the world", lambda: load(draft))
        clock("reason over the world", lambda: infer(draft))
        clock("publish the world", lambda: draft.publish("The world"))


def add(store: EmbeddedStore, number: int, validator: Validator | None, clock: Clock) -> None:
    """One statement, by every step of the gate; without a validator, without reasoning and validation."""
    new = Triple(NamedNode(f"https://example.org/{number}"), LABEL, Literal(f"News {number}"))
    told = Triple(NamedNode(f"https://example.org/publication/{number}"), LABEL, Literal(str(number)))
    draft = clock("open a draft", store.draft)
    with draft:
        clock("load one statement", lambda: draft.load(NEWS, [new]))
        clock("count what changed", lambda: patch.size(draft, NEWS))
        if validator is not None:
            clock("reason", lambda: infer(draft))
            report = clock("validate", lambda: validator.validate(ask_port(draft)).report)
            assert report.conforms, report.results[:3]
            triples = list(report_triples(report, graphs.REPORT.value + "#"))
            clock("write the report", lambda: draft.replace_graph(graphs.REPORT, triples))
        clock("write the provenance", lambda: draft.load(graphs.PROVENANCE, [told]))
        clock("publish", lambda: draft.publish(f"News {number}"))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--triples", type=int, default=1_300_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument(
        "--without", type=int, default=5, help="ones before them that leave out reasoning and validation"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="conflictgraph-steps-") as directory:
        home, building, adding = Path(directory), Clock(), Clock()
        limits = Limits(seconds=3600, total_seconds=0, memory_mb=16_384)
        with closing(EmbeddedStore(home, workers=1, draft_limits=limits)) as store:
            build(store, asked.triples, building)
            now = Snapshot(store)
            sizes = {name.value.rpartition("/graph/")[2]: patch.size(now, name) for name in patch.names(now)}
            print(f"{sum(sizes.values()):,} triples: {sizes}\n\n{building.table()}\n", flush=True)
            validator, grown = Validator(shape_triples()), [disk(home)]
            for number in range(asked.repeat + asked.without):
                add(store, number, validator if number >= asked.without else None, adding)
                grown.append(disk(home))
                print(f"{number + 1}: {grown[-1] - grown[-2]:,} bytes", file=sys.stderr, flush=True)
            print(adding.table())
            print(f"\nOn disk {grown[0]:,} bytes at first; growth with each publication:", end=" ")
            print(", ".join(f"{b - a:,}" for a, b in pairwise(grown)), "bytes")


if __name__ == "__main__":
    main()
