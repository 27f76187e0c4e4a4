"""Commands that measure: validation, reasoning, ingestion and serving, beside other engines.

Must not know how it is measured.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from conflictgraph.bench import benches, serving_table
from conflictgraph.bench.benches import Scope
from conflictgraph.bench.inputs import SHAPES
from conflictgraph.bench.runs import Run, results
from conflictgraph.bench.serving import Plan, served
from conflictgraph.bench.table import as_json, table
from conflictgraph.bench.world import World
from conflictgraph.bench.wrk import Load

Command = TypeVar("Command", bound=Callable[..., Any])

_COUNT = click.IntRange(min=1)
_EVENTS = click.option("--events", type=_COUNT, default=2700, show_default=True, help="51 triples each.")
_SEED = click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another graph.")
_PEERS = click.option("--peers/--no-peers", default=True, show_default=True, help="Other engines, too.")
_JSON = click.option(
    "--json", "file", type=click.Path(path_type=Path, dir_okay=False), help="The results, as JSON."
)
_FLAGS = (
    _EVENTS,
    _SEED,
    click.option("--repeat", type=_COUNT, default=3, show_default=True, help="Runs; the median counts."),
    _PEERS,
    click.option(
        "--peer-triples", type=_COUNT, default=142_000, show_default=True, help="At most this many for peers."
    ),
    click.option("--timeout", type=float, default=1800, show_default=True, help="Seconds for one run."),
    _JSON,
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


@bench.command(epilog="Example: conflictgraph bench serve --rounds 3 --seconds 2 --json serve.json")
@_EVENTS
@_SEED
@click.option(
    "--rounds", type=_COUNT, default=5, show_default=True, help="Of each server, in turn; the median counts."
)
@click.option("--seconds", type=_COUNT, default=5, show_default=True, help="How long a round is.")
@click.option("--connections", type=_COUNT, default=8, show_default=True, help="Requests at the same time.")
@_PEERS
@_JSON
def serve(events: int, seed: int, rounds: int, peers: bool, file: Path | None, **load: int) -> None:
    """Answers over HTTP, beside `oxigraph serve` and rdflib-endpoint. Needs wrk (Debian package wrk)."""
    plan = Plan(World(events, seed), rounds, Load(**load), peers)
    with tempfile.TemporaryDirectory(prefix="conflictgraph-bench-") as directory:
        rows = served(Path(directory), plan, _say)
    click.echo(serving_table.table(rows))
    if file:
        options = {"events": events, "seed": seed, "rounds": rounds, "peers": peers, **load}
        file.write_text(serving_table.as_json(rows, **options) + "\n", encoding="utf-8")


def _bench(runs: Callable[[Path, Scope], list[Run]], **flags: Any) -> None:
    scope = Scope(flags["events"], flags["seed"], flags["peer_triples"], flags["peers"])
    with tempfile.TemporaryDirectory(prefix="conflictgraph-bench-") as directory:
        _say("Making the graph")
        planned = runs(Path(directory), scope)
        found = results(planned, flags["repeat"], flags["timeout"], _say)
    click.echo(table(found))
    if file := flags.pop("file"):
        file.write_text(as_json(found, **flags) + "\n", encoding="utf-8")


def _say(words: str) -> None:
    click.echo(words, err=True)
