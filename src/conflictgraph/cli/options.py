"""Flags that several commands share, and the settings that come of flags and environment."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from conflictgraph.settings import Settings, from_environment

home = click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="Directory of the store.  [env: CONFLICTGRAPH_HOME; default: .conflictgraph]",
)
generation = click.option("--generation", type=int, help="A past generation instead of the current one.")


def settings(**flags: Any) -> Settings:
    """The settings of the environment, overridden by the flags that were given."""
    return replace(from_environment(), **{name: value for name, value in flags.items() if value is not None})
