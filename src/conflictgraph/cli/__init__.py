"""The command line: reads flags, calls the part that does the work, tells what came of it.

Exit codes: 0 done, 1 does not conform, 2 wrong use, 3 engine or system fault.
"""

import os
import sys

import click

from conflictgraph import __version__
from conflictgraph.cli.benching import bench
from conflictgraph.cli.checks import validate, verify
from conflictgraph.cli.explaining import explain
from conflictgraph.cli.graph import build, export, query
from conflictgraph.cli.history import diff, history, rollback, tag
from conflictgraph.cli.ingesting import ingest, rejected
from conflictgraph.cli.serving import serve
from conflictgraph.cli.showing import ExitCode, exit_code, failure
from conflictgraph.errors import ConflictGraphError


@click.group(
    epilog="Settings come from flags or from the environment (CONFLICTGRAPH_*): see docs/settings.md."
)
@click.version_option(__version__, prog_name="conflictgraph")
def commands() -> None:
    """A knowledge graph of armed conflict as it is reported: who said what, where, and who disputes it.

    Begin with `conflictgraph serve`.
    """


for command in (
    *(build, serve, query, explain, validate, verify, export),
    *(ingest, rejected, history, diff, rollback, tag),
    bench,
):
    commands.add_command(command)


def main() -> None:
    """Run the command line; every error that the project raises on purpose becomes words and an exit code."""
    try:
        commands.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except ConflictGraphError as error:
        failure(error)
        sys.exit(exit_code(error))
    except BrokenPipeError:
        # Whoever reads our output has gone (`| head`): nothing is left to say, not even while closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.DONE)
