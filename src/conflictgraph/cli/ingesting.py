"""Commands that take documents in, and show those that were refused."""

import sys
from pathlib import Path

import click

from conflictgraph import compose, formats, graphs
from conflictgraph.cli import options
from conflictgraph.cli.graph import opened
from conflictgraph.cli.showing import progress
from conflictgraph.errors import DoesNotConform, UsageError
from conflictgraph.gate import changes
from conflictgraph.gate.changes import Mode
from conflictgraph.gate.publishing import Gate, Published, publish
from conflictgraph.gate.quarantine import Rejected
from conflictgraph.gate.reports import FORMS, report_as
from conflictgraph.gate.wording import names
from conflictgraph.ingest.documents import Document, Input, from_path, from_stream, gathered
from conflictgraph.ingest.workplace import workplace


@click.command(epilog="Example: conflictgraph ingest interviews.ttl places.ttl.gz --source interviews")
@click.argument("files", nargs=-1, required=True)
@click.option("--source", "slug", required=True, metavar="SLUG", help="The source that the files belong to.")
@click.option("--replace", "mode", flag_value=Mode.REPLACE.value, help="Instead of what the source says now.")
@click.option("--add", "mode", flag_value=Mode.ADD.value, help="In addition to what the source says now.")
@click.option("--dry-run", is_flag=True, help="Do everything but publish; keep nothing.")
@click.option("--format", "name", help="Format of standard input: ttl, nt, nq, trig, rdf or jsonld.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"Write the report into a file as well: .{', .'.join(FORMS)}.",
)
@options.home
def ingest(
    files: tuple[str, ...],
    slug: str,
    mode: str | None,
    dry_run: bool,
    name: str | None,
    report: Path | None,
    home: Path | None,
) -> None:
    """Take RDF files in as one source: parse all, reason, validate, publish as a new generation, or refuse.

    FILES end in .ttl, .trig, .nt, .nq, .rdf or .jsonld, each also .gz; '-' is standard input. A source that
    is there already needs --add or --replace. Exit code 1: a syntax error or a violation; then nothing is
    changed.
    """
    if report and report.suffix[1:] not in FORMS:
        raise UsageError(f"--report must end in .{', .'.join(FORMS)}; found {report.name}.")
    inputs = [_input(file, name) for file in files]
    settings = options.settings(home=home)
    bounds = compose.bounds(settings)
    with workplace(bounds.directory) as directory, opened(settings) as store:
        with progress() as step:
            step("Parsing")
            documents = gathered(inputs, directory, bounds)
        change = changes.ingestion(graphs.source(slug), documents, Mode(mode or Mode.NEW.value))
        done = _put_through(compose.gate(store, settings), change, documents, dry_run, report)
    counts = f"{done.counts.added} triple(s) added, {done.counts.removed} removed"
    lesser = f"{len(done.report.results)} warning(s) on record"
    if done.generation is None:
        click.echo(f"Would be published: {counts}; {lesser}. Nothing was changed.")
    else:
        click.echo(f"Published generation {done.generation.number}: {counts}; {lesser}.")


def _put_through(
    gate: Gate, change: changes.Change, documents: tuple[Document, ...], dry_run: bool, report: Path | None
) -> Published:
    try:
        with progress() as step:
            done = publish(gate, change, step, rehearsal=dry_run)
    except DoesNotConform as error:
        click.echo("\n" + error.words, err=True)
        if error.rejected is not None:
            click.echo(f"Kept for mending: conflictgraph rejected {error.rejected}", err=True)
        if report:
            report.write_bytes(report_as(report.suffix[1:], error.report, names(documents)))
        raise
    if report:
        report.write_bytes(report_as(report.suffix[1:], done.report, names(documents)))
    return done


def _input(file: str, name: str | None) -> Input:
    if file != "-":
        return from_path(Path(file), formats.by_name(name, formats.RDF_FORMATS) if name else None)
    if not name:
        raise UsageError("Say the format of standard input: --format ttl, nt, nq, trig, rdf or jsonld.")
    return from_stream(sys.stdin.buffer, formats.by_name(name, formats.RDF_FORMATS))


@click.command(epilog="Example: conflictgraph rejected 3")
@click.argument("number", type=int, required=False)
@options.home
def rejected(number: int | None, home: Path | None) -> None:
    """List what was refused, or show one refusal: its report, and where its input is kept."""
    settings = options.settings(home=home)
    quarantine = compose.quarantine(settings)
    if number is None:
        for entry in quarantine.entries():
            click.echo(_line(entry))
        return
    entry = quarantine.entry(number)
    click.echo(_line(entry))
    for item in entry.inputs:
        where = entry.path / item["file"] if "file" in item else "too large to be kept"
        click.echo(f"  {item['name']} (SHA-256 {item['sha256']}): {where}")
    click.echo(f"\n{entry.words}", nl=False)


def _line(entry: Rejected) -> str:
    when = entry.refused.strftime("%Y-%m-%d %H:%M:%S")
    return f"{entry.number:>4}  {when} UTC  {entry.violations} violation(s)  {entry.note}"
