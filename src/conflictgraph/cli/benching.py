"""Commands that measure: validation, reasoning and ingestion, beside other engines.

Must not know how it is measured.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from conflictgraph.bench import benches
from conflictgraph.bench.benches import Scope
from conflictgraph.bench.inputs import SHAPES
from conflictgraph.bench.runs import Run, results
from conflictgraph.bench.table import as_json, table

Command = TypeVar("Command", bound=Callable[..., Any])

_COUNT = click.IntRange(min=1)
_FLAGS = (
    click.option("--events", type=_COUNT, default=2700, show_default=True, help="51 triples each."),
    click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another graph."),
    click.option("--repeat", type=_COUNT, default=3, show_default=True, help="Runs; the median counts."),
    click.option("--peers/--no-peers", default=True, show_default=True, help="Other engines, too."),
    click.option(
        "--peer-triples", type=_COUNT, default=142_000, show_default=True, help="At most this many for peers."
    ),
    click.option("--timeout", type=float, default=1800, show_default=True, help="Seconds for one run."),
    click.option(
        "--json", "file", type=click.Path(path_type=Path, dir_okay=False), help="The results, as JSON."
    ),
)  # fmt: skip


def _flags(command: Command) -> Command:
    for flag in reversed(_FLAGS):
        command = flag(command)
    return command


@click.group(epilog="Example: conflictgraph bench validate --events 2700 --json validate.json")
def bench() -> None:
    """Measure on an invented graph of any size, beside other engines (dependency group `bench`)."""


@bench.command(epilog="Example: conflictgraph bench validate --events 25000 --repeat 5")
@_flags
@click.option(
    "--shapes", multiple=True, type=click.Choice(SHAPES), default=("ten", "core"), show_default=True,
    help="Ten ordinary constraints; the shipped ones without SPARQL constraints; all shipped ones.",
)  # fmt: skip
def validate(shapes: tuple[str, ...], **flags: Any) -> None:
    """Validation, beside pySHACL and pyrudof."""
    _bench(lambda directory, scope: benches.validation(directory, scope, shapes), **flags, shapes=shapes)


@bench.command(epilog="Example: conflictgraph bench reason --peer-triples 30000")
@_flags
def reason(**flags: Any) -> None:
    """Reasoning, beside owlrl and reasonable."""
    _bench(benches.reasoning, **flags)


@bench.command(epilog="Example: conflictgraph bench ingest --events 25000")
@_flags
def ingest(**flags: Any) -> None:
    """The whole way into the store, beside `oxigraph load`."""
    _bench(benches.ingestion, **flags)


def _bench(runs: Callable[[Path, Scope], list[Run]], **flags: Any) -> None:
    scope = Scope(flags["events"], flags["seed"], flags["peer_triples"], flags["peers"])
    with tempfile.TemporaryDirectory(prefix="conflictgraph-bench-") as directory:
        click.echo("Making the graph", err=True)
        planned = runs(Path(directory), scope)
        found = results(planned, flags["repeat"], flags["timeout"], lambda words: click.echo(words, err=True))
    click.echo(table(found))
    if file := flags.pop("file"):
        file.write_text(as_json(found, **flags) + "\n", encoding="utf-8")
