"""What came of a mixed load: what was wrong, what has grown, and a report.

Must not know how the load was made.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from samples import Sample, growth, thirds

WORKERS, KEPT, REJECTED = 2, 10, 20
"""Query workers, generations and refused inputs that the server keeps."""


_MORE = {"anonymous kB": 25_000, "descriptors": 8, "threads": 24, "processes": 4, "generations": 2}
"""How much more of each there may be late than early: what is done differs, and 24 threads wait for bodies.

Of some ten thousand requests and a hundred publications, each that leaves 2.5 kB, or 250 kB, is found.
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`idle` has the numbers at rest, before the load and after it; `hits` what was killed at work."""

    seed: int
    seconds: float
    endings: dict[str, Counter[str]]
    hits: Counter[str]
    samples: list[Sample]
    idle: tuple[Sample, Sample]
    generations: int
    faults: list[str]

    def left_over(self) -> Iterator[str]:
        """What is more at rest than it may be."""
        before, after = self.idle
        spare = 2 * WORKERS  # those of long queries stay as spare ones
        bounds = {
            "processes": 4 + spare,  # first and web process, fork server, what multiprocessing keeps
            "generations": KEPT + spare,  # a worker holds the generation that it read last
            "incoming": 0,
            "rejected": REJECTED,
            "temporary files": 0,
        }
        for name, most in bounds.items():
            if after[name] > most:
                yield f"{name}: {after[name]:g} at rest, at most {most} expected; {before[name]:g} before"

    def grown(self) -> Iterator[str]:
        """What goes on growing after a warm-up, from the first third of the load to the last."""
        for name, most in _MORE.items():
            first, last, slope = growth(self.samples, name)
            if last > first + most:
                yield f"{name}: {first:g} in the first third, {last:g} in the last, {slope:+g} a minute"
        first, last = (max(each["disk kB"] for each in part) for part in thirds(self.samples))
        if last > 2 * first:
            yield f"disk: at most {first:g} kB in the first third, {last:g} kB in the last"

    def report(self) -> str:
        """Two tables: how requests ended, and what the server took."""
        lines = [
            f"{self.seconds:g} s, seed {self.seed}: {self.generations} generations, "
            f"{sum(each.total() for each in self.endings.values())} requests",
            f"Killed at work: {dict(self.hits)}",
            "",
            "| who | how it ended |",
            "|---|---|",
        ]
        for who, endings in sorted(self.endings.items()):
            told = ", ".join(f"{count:,} × {words}" for words, count in endings.most_common())
            lines.append(f"| {who} | {told} |")
        lines += [
            "",
            "| | at rest before, after | first third | last third | a minute |",
            "|---|---|---|---|---|",
        ]
        for name in self.idle[0]:
            before, after = (each[name] for each in self.idle)
            first, last, slope = growth(self.samples, name)
            lines.append(
                f"| {name} | {before:,.0f}, {after:,.0f} | {first:,.0f} | {last:,.0f} | {slope:+,.2f} |"
            )
        return "\n".join(lines)
