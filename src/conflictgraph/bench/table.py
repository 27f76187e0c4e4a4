"""Results for people, as a table in Markdown, and for programs, as JSON.

Must not know how they came about.
"""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from conflictgraph import __version__
from conflictgraph.bench.runs import Result

COLUMNS = (
    "what",
    "engine",
    "triples",
    "load s",
    "work s",
    "processor s",
    "× ours",
    "peak MB",
    "runs",
    "found",
)
_PACKAGES = (
    "pyoxigraph",
    "pyshacl",
    "pyrudof",
    "owlrl",
    "reasonable",
    "oxigraph",
    "rdflib",
    "rdflib-endpoint",
    "uvicorn",
)
_COLUMN = ("load", "work", "processor")


def table(results: Sequence[Result]) -> str:
    """A row for each result; `× ours` is its work divided by that of this project's first row of the kind."""
    rows = [COLUMNS, tuple("---" for _ in COLUMNS), *(_row(each, results) for each in results)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(result: Result, results: Iterable[Result]) -> tuple[str, ...]:
    head = (result.what, result.task, f"{result.triples:,}")
    if result.seconds is None or result.found is None:
        return (*head, *("–" for _ in range(5)), "0", result.problem)
    ours = ratio(result, results)
    found = [f"{count:,} {name}" for name, count in result.found.items()]
    found += [f"{name} {_seconds(s)} s" for name, s in result.seconds.items() if name not in _COLUMN]
    return (
        *head,
        *(_seconds(result.seconds.get(name)) for name in _COLUMN),
        "–" if ours is None else f"{ours:.2g}" if ours < 10 else f"{ours:.0f}",
        f"{result.memory_mb:.0f}",
        str(result.runs),
        ", ".join(found),
    )


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}" if value < 1 else f"{value:.1f}"


def ratio(result: Result, results: Iterable[Result]) -> float | None:
    """Its work divided by that of this project's first result of the same kind and size."""
    same = (r for r in results if (r.what, r.triples) == (result.what, result.triples))
    ours = next((r.work for r in same if r.task.startswith("conflictgraph")), None)
    return result.work / ours if ours and result.work is not None else None


def as_json(results: Sequence[Result], **options: Any) -> str:
    """Everything, with the machine, the versions and the options."""
    return document([{**asdict(each), "ratio": ratio(each, results)} for each in results], options)


def document(rows: Sequence[dict[str, Any]], options: dict[str, Any]) -> str:
    """Rows as JSON, with the machine, the versions and the options."""
    machine = {
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "versions": {"conflictgraph": __version__, **_versions()},
    }
    return json.dumps({"machine": machine, "options": options, "results": rows}, indent=2)


def _versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
