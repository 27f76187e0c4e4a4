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
    """List the publications: generation, when, by whom, what was added and removed, why, from what."""
    settings = options.settings(home=home)
    tags = compose.tags(settings).all()
    with closing(compose.store(settings)) as store:
        kept = {generation.number: generation for generation in store.generations}
        told = {made.number: made for made in provenance.publications(Snapshot(store))}
    for number in sorted({*kept, *told}):
        names = [name for name, tagged in tags.items() if tagged == number]
        _tell(number, kept.get(number), told.get(number), names)


def _tell(number: int, kept: Generation | None, made: Publication | None, tags: list[str]) -> None:
    when = made.ended if made else kept.published if kept else None
    by = f"  by {made.agent}" if made else ""
    gone = "" if kept else "  (no longer kept)"
    tagged = f"  [{', '.join(tags)}]" if tags else ""
    click.echo(f"{number:>4}  {when:%Y-%m-%d %H:%M:%S} UTC{by}{gone}{tagged}")
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


@click.command(epilog="Example: conflictgraph tag 3 paper-2026")
@click.argument("number", type=int)
@click.argument("name")
@click.option("--remove", is_flag=True, help="Take the tag off instead.")
@options.home
def tag(number: int, name: str, remove: bool, home: Path | None) -> None:
    """Give a generation a NAME, so that it is kept however many are published later."""
    tags = compose.tags(options.settings(home=home))
    if remove:
        tags.remove(name, number)
        click.echo(f"Generation {number} is no longer tagged {name}.")
    else:
        tags.put(name, number)
        click.echo(f"Generation {number} is tagged {name}, and kept.")
