"""Served queries as a Markdown table for people and as JSON for programs.

Must not know how anything was measured.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from conflictgraph.bench.serving import Served
from conflictgraph.bench.table import document

COLUMNS = (
    "query",
    "server",
    "requests /s",
    "ours ×",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "processor ms",
    "ours ×",
    "stolen %",
    "bytes",
    "rounds",
)


def table(rows: Sequence[Served]) -> str:
    """A row for each; `ours ×` says how many times better this project's server was, in requests a second and
    in processor time for a request. `stolen %` is what the host gave to others of this machine's processors:
    a round with much of that tells more of the host than of the server.
    """
    lines = [COLUMNS, tuple("---" for _ in COLUMNS), *(_row(each, rows) for each in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _row(row: Served, rows: Iterable[Served]) -> tuple[str, ...]:
    if row.problem:
        return (row.kind, row.server, *("–" for _ in COLUMNS[2:-2]), row.problem, "0")
    by_rate, by_processor = ratios(row, rows)
    return (
        row.kind,
        row.server,
        f"{row.rate:,.0f}" if row.rate >= 10 else f"{row.rate:.1f}",
        _ratio(by_rate),
        *(f"{1000 * seconds:.2f}" for seconds in (row.p50, row.p95, row.p99)),
        "–" if row.processor is None else f"{1000 * row.processor:.3f}",
        _ratio(by_processor),
        "–" if row.stolen is None else f"{100 * row.stolen:.0f}",
        f"{row.bytes:,}",
        str(row.rounds),
    )


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.2g}" if value < 10 else f"{value:.0f}"


def ratios(row: Served, rows: Iterable[Served]) -> tuple[float | None, float | None]:
    """How many times as much this project's server answers to the same kind, and how many times less
    processor time it takes for one.
    """
    ours = next((r for r in rows if r.kind == row.kind and r.server.startswith("conflictgraph")), None)
    if ours is None or not row.rate or not ours.rate:
        return None, None
    by_processor = row.processor / ours.processor if row.processor and ours.processor else None
    return ours.rate / row.rate, by_processor


def as_json(rows: Sequence[Served], **options: Any) -> str:
    """Everything, with the machine, the versions and the options."""
    told = []
    for row in rows:
        by_rate, by_processor = ratios(row, rows)
        told.append({**asdict(row), "ours": by_rate, "ours_by_processor": by_processor})
    return document(told, options)
