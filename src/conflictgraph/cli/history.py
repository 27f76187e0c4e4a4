"""Commands on generations: what was published, what differs, and the way back."""

from contextlib import closing
from pathlib import Path

import click

from conflictgraph import compose, patch, provenance
from conflictgraph.cli import options
from conflictgraph.gate.publishing import restore
from conflictgraph.provenance import Publication
from conflictgraph.snapshot import Snapshot
from conflictgraph.store.port import Generation


@click.command(epilog="Example: conflictgraph history --home /srv/graph")
@options.home
def history(home: Path | None) -> None:
    """List the publications: generation, when, by whom, what was added and removed, why, and from what."""
    with closing(compose.store(options.settings(home=home))) as store:
        kept = {generation.number: generation for generation in store.generations}
        told = {made.number: made for made in provenance.publications(Snapshot(store))}
    for number in sorted({*kept, *told}):
        _tell(number, kept.get(number), told.get(number))


def _tell(number: int, kept: Generation | None, made: Publication | None) -> None:
    when = made.ended if made else kept.published if kept else None
    by = f"  by {made.agent}" if made else ""
    gone = "" if kept else "  (no longer kept)"
    click.echo(f"{number:>4}  {when:%Y-%m-%d %H:%M:%S} UTC{by}{gone}")
    click.echo(f"      {made.note if made else kept.note if kept else ''}")
    if made:
        base = f", from generation {made.base}" if made.base else ""
        click.echo(f"      {made.added} added, {made.removed} removed, {made.warnings} warning(s){base}")
        for used in made.inputs:
            click.echo(f"      {used.sha256}  {used.name}")


@click.command(epilog="Example: conflictgraph diff 3 4 --patch > changes.rdfp")
@click.argument("before", type=int)
@click.argument("after", type=int)
@click.option("--patch", "as_patch", is_flag=True, help="As RDF Patch, which makes one from the other.")
@click.option("--limit", type=int, default=20, show_default=True, help="Changes told for each graph.")
@options.home
def diff(before: int, after: int, as_patch: bool, limit: int, home: Path | None) -> None:
    """Tell what differs between two generations: in words, or as RDF Patch."""
    with closing(compose.store(options.settings(home=home))) as store:
        old, new = Snapshot(store, before), Snapshot(store, after)
        found = patch.differences(old, new)
        for line in patch.as_patch(found) if as_patch else patch.in_words(found, new, limit):
            click.echo(line)


@click.command(epilog="Example: conflictgraph rollback 3")
@click.argument("number", type=int)
@options.home
def rollback(number: int, home: Path | None) -> None:
    """Publish a new generation that is equal to an earlier one. Nothing that was published is lost."""
    settings = options.settings(home=home)
    with closing(compose.store(settings)) as store:
        done = restore(compose.gate(store, settings), number)
    assert done.generation is not None
    counts = f"{done.counts.added} triple(s) added, {done.counts.removed} removed"
    click.echo(f"Published generation {done.generation.number}, equal to {number}: {counts}.")
