"""Commands on the graph as a whole: build it, ask it, take it away."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
from pyoxigraph import NamedNode

from conflictgraph import build as building
from conflictgraph import compose, exports, formats, graphs
from conflictgraph.build import Built
from conflictgraph.cli import options
from conflictgraph.cli.showing import progress
from conflictgraph.errors import DoesNotConform, MissingFile, StoreEmpty, UsageError
from conflictgraph.gate.publishing import Gate
from conflictgraph.settings import Settings
from conflictgraph.snapshot import Snapshot
from conflictgraph.store.port import Store


@click.command(epilog="Example: conflictgraph build --home /tmp/graph")
@options.home
@click.option(
    "--reasoning/--no-reasoning", default=True, help="Derive what the ontology implies.", show_default=True
)
def build(home: Path | None, reasoning: bool) -> None:
    """Build the shipped graph: load, reason, validate, publish as a new generation."""
    settings = options.settings(home=home)
    with closing(compose.store(settings)) as store:
        done = run_build(compose.gate(store, settings), reasoning=reasoning)
    for graph, size in done.sizes.items():
        click.echo(f"{size:>8}  {graph}")
    lesser = len(done.report.results)
    click.echo(f"Published generation {done.generation.number}: conforms, {lesser} warning(s) on record.")


def run_build(gate: Gate, *, reasoning: bool = True) -> Built:
    """Build with progress on standard error; a report that does not conform goes there in words."""
    with progress() as step:
        try:
            return building.built(gate.store, step, gate=gate, reasoning=reasoning)
        except DoesNotConform as error:
            click.echo("\n" + error.words, err=True)
            raise


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The store, built if nothing was published yet, closed at the end."""
    with closing(compose.store(settings)) as store:
        ensure_built(compose.gate(store, settings))
        yield store


def ensure_built(gate: Gate) -> None:
    """Build if nothing was published yet."""
    try:
        if gate.store.generations:
            return
    except StoreEmpty:
        pass
    click.echo("Nothing built yet: building the shipped graph.", err=True)
    run_build(gate)


@click.command(
    epilog="Example: conflictgraph query 'SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }' --format csv"
)
@click.argument("query")
@options.home
@click.option(
    "--format", "name", help="json, xml, csv, tsv for rows; ttl, nt, nq, trig, rdf, jsonld for triples."
)
@options.generation
def query(query: str, home: Path | None, name: str | None, generation: int | None) -> None:
    """Ask the graph a SPARQL query: a FILE, '-' for standard input, or the TEXT itself.

    Rows come as TSV, triples as Turtle, unless --format says otherwise.
    """
    text = _query_text(query)
    accept = formats.by_name(name).media_type if name else "text/tab-separated-values, text/turtle;q=0.9"
    with (
        opened(options.settings(home=home)) as store,
        store.query(text, accept, generation=generation) as answer,
    ):
        for chunk in answer.chunks:
            sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


def _query_text(argument: str) -> str:
    if argument == "-":
        return sys.stdin.read()
    looks_like_query = any(mark in argument for mark in "{\n ")
    if looks_like_query and not Path(argument).is_file():
        return argument
    try:
        return Path(argument).read_text(encoding="utf-8")
    except OSError as error:
        raise MissingFile(
            f"Cannot read the query file {argument}: {error.strerror}. Give a file, '-' or a query."
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{argument} is not UTF-8 text (byte {error.start}).") from error


@click.command(epilog="Example: conflictgraph export --format ttl --graph inferred > inferred.ttl")
@options.home
@click.option("--format", "name", default="nq", show_default=True, help="nq, nt, ttl, trig, rdf or jsonld.")
@click.option("--graph", help="One named graph, by IRI or by what follows …/graph/; default: all.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of standard output."
)
@options.generation
def export(
    home: Path | None, name: str, graph: str | None, output: Path | None, generation: int | None
) -> None:
    """Write the graph out, sorted: the same graph gives the same bytes in nq and nt."""
    format = formats.by_name(name, formats.RDF_FORMATS)
    if graph is None and format not in (formats.NQUADS, formats.TRIG):
        raise UsageError(f"{format.name} holds one graph: give --graph, or use nq or trig.")
    with opened(options.settings(home=home)) as store:
        data = exports.exported(Snapshot(store, generation), format, _graph(graph))
    if output:
        output.write_bytes(data)
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def _graph(name: str | None) -> NamedNode | None:
    if name is None:
        return None
    try:
        return NamedNode(name if "://" in name else graphs.BASE + name)
    except ValueError as error:
        raise UsageError(f"{name!r} is no IRI and no name of a graph.") from error
