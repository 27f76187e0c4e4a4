"""Commands that check: files against the shapes, passages against the text of their source."""

import sys
from pathlib import Path

import click

from conflictgraph import check
from conflictgraph.cli import options
from conflictgraph.cli.graph import opened
from conflictgraph.cli.reporting import FORMS, report_in
from conflictgraph.cli.showing import ExitCode, progress
from conflictgraph.errors import MissingFile
from conflictgraph.evidence import Verification, verified
from conflictgraph.validate.questions import timing_text

LEAST_SHARE = 0.97
"""The share of a source text that passages must cover, 0 to 1."""


@click.command(epilog="Example: conflictgraph validate my-source.ttl --format sarif > report.sarif")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True)
@click.option("--alone", is_flag=True, help="Without the shipped data: only ontology, schemes and the files.")
@click.option("--explain", is_flag=True, help="Instead of the report, each query with its time and rows.")
def validate(files: tuple[Path, ...], form: str, alone: bool, explain: bool) -> None:
    """Check RDF files against the shapes, together with the shipped graph. Nothing is stored.

    Exit code 0: conforms (there may be warnings); 1: a violation or a syntax error; 2: wrong use.
    """
    with progress() as step:
        checked = check.checked(files, step, alone=alone)
    if explain:
        click.echo(timing_text(checked.timings), nl=False)
        for one in checked.report.delegated:
            click.echo(f"# {one.shape} goes to pySHACL: {one.reason}")
    else:
        click.echo(report_in(form, checked.report, files), nl=form != "text")
    for finding in checked.findings:
        click.echo(f"Contradicts the ontology ({finding.rule}): {finding.message}", err=True)
    sys.exit(ExitCode.DONE if checked.conforms else ExitCode.DOES_NOT_CONFORM)


@click.command(epilog="Example: conflictgraph verify --text 2022-armenia-azerbaijan-clashes.txt")
@click.option(
    "--text", "path", required=True, type=click.Path(path_type=Path), help="The source text, as it was read."
)
@options.home
def verify(path: Path, home: Path | None) -> None:
    """Check every passage of a source against its text, and list what no passage covers.

    The text is recognised by its checksum. Exit code 1: a checksum fails, or too little is covered.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MissingFile(f"Cannot read the text {path}: {error.strerror}.") from error
    with opened(options.settings(home=home)) as store:
        found = verified(store, data)
    _show(found)
    holds = not found.broken and found.share >= LEAST_SHARE
    sys.exit(ExitCode.DONE if holds else ExitCode.DOES_NOT_CONFORM)


def _show(found: Verification) -> None:
    click.echo(f"{found.label} <{found.source}>")
    click.echo(f"Checksums: {found.passages - len(found.broken)} of {found.passages} passages hold.")
    for broken in found.broken:
        click.echo(f"  <{broken.passage}> characters {broken.start}–{broken.end}: ")
        click.echo(f"    expected {broken.expected}, the text gives {broken.found}")
    click.echo(f"Coverage:  {found.covered} of {found.counted} characters ({found.share:.2%}),")
    click.echo("           not counting headings, blank lines and the sections See also and References.")
    if found.uncovered:
        click.echo("Not covered:")
    for piece in found.uncovered:
        reason = piece.reason or "no reason given"
        click.echo(f"  line {piece.line}, {piece.start}–{piece.end} ({reason}): {piece.text}")
