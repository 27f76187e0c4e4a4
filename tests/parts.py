"""The parts that some tests need beside Python, and what becomes of a test where one is missing.

Must not know what is tested with them. A missing part skips the tests that need it, and the end of the run
says so loudly. Where EXPECT_PARTS is set, as `.ci/run` does, it fails them.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
COMUNICA_COMMAND = TESTS / "clients/comunica/node_modules/.bin/comunica-sparql"


@cache
def _node() -> int:
    """The major version of Node.js, 0 where there is none."""
    command = shutil.which("node")
    if command is None:
        return 0
    told = subprocess.run([command, "--version"], capture_output=True, text=True, timeout=60, check=False)
    match = re.match(r"v(\d+)\.", told.stdout)
    return int(match[1]) if match else 0


@dataclass(frozen=True)
class Part:
    """Something of the machine: what it is called, where it comes from, whether it is there."""

    name: str
    origin: str
    found: Callable[[], bool]

    @property
    def loss(self) -> str:
        """What is to be said where it is missing."""
        return f"{self.name} is not on this machine ({self.origin})"


CHROMIUM = Part("Chromium", "Debian package chromium", Path("/usr/bin/chromium").exists)
CURL = Part("curl", "Debian package curl", lambda: shutil.which("curl") is not None)
OPENSSL = Part("openssl", "Debian package openssl", lambda: shutil.which("openssl") is not None)
VIRTUOSO = Part(
    "Virtuoso",
    "Debian package virtuoso-opensource-7-bin",
    lambda: shutil.which("virtuoso-t") is not None and shutil.which("isql-vt") is not None,
)
COMUNICA = Part(
    "Comunica",
    "Node.js 18 or later with npm; then `make test` installs it",
    lambda: COMUNICA_COMMAND.exists() and _node() >= 18,
)
WRK = Part("wrk", "Debian package wrk", lambda: shutil.which("wrk") is not None)
ALL = (CHROMIUM, CURL, OPENSSL, VIRTUOSO, COMUNICA, WRK)


def need(part: Part) -> None:
    """Go on if the part is there; otherwise skip, or fail where every part is expected."""
    if part.found():
        return
    if os.environ.get("EXPECT_PARTS"):
        pytest.fail(f"EXPECT_PARTS is set, but {part.loss}")
    pytest.skip(part.loss)


def lost() -> list[str]:
    """What is to be said of each part that is missing."""
    return [part.loss for part in ALL if not part.found()]
