"""The recipes of the documentation: commands with the answers that are shown below them.

Must not know any client. A recipe is a fenced block in `sh` or `python` directly followed by one in a
language of answers; a line `…` in an answer stands for any further lines.
"""

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from conftest import ROOT, environment

PAGE = "docs/clients.md"
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMANDS = ("sh", "python")
_ANSWERS = ("csv", "json", "text", "ttl")


@dataclass(frozen=True)
class Recipe:
    """A command of a page, and what it prints."""

    where: str
    language: str
    command: str
    answer: str

    def check(self, addresses: Mapping[str, str], **variables: str) -> None:
        """Run it with other addresses than the documented ones; AssertionError if it prints anything else."""
        command = self.command
        for documented, actual in addresses.items():
            command = command.replace(documented, actual)
        shell = ["bash", "-euo", "pipefail", "-c"] if self.language == "sh" else [sys.executable, "-c"]
        done = subprocess.run(
            [*shell, command], cwd=ROOT, env=environment(**variables), capture_output=True, timeout=120
        )
        assert done.returncode == 0, f"{self.where}\n{command}\n{done.stderr.decode(errors='replace')}"
        printed = done.stdout.decode().replace("\r\n", "\n").rstrip("\n") + "\n"
        assert re.fullmatch(self._pattern(), printed), f"{self.where} printed:\n{printed}"

    def _pattern(self) -> str:
        lines = self.answer.splitlines(keepends=True)
        return "".join("(?s:.+)" if line == "…\n" else re.escape(line) for line in lines)


def recipes(page: str = PAGE, section: str | None = None) -> list[Recipe]:
    """The recipes of a page, or of one section of it."""
    text = (ROOT / page).read_text(encoding="utf-8")
    if section is not None:
        text = text.split(f"\n## {section}\n", 1)[1].split("\n## ", 1)[0]
    blocks = list(_FENCE.finditer(text))
    return [
        Recipe(f"{page}: {section or ''}: {command[2].splitlines()[0]}", command[1], command[2], answer[2])
        for command, answer in pairwise(blocks)
        if command[1] in _COMMANDS
        and answer[1] in _ANSWERS
        and not text[command.end() : answer.start()].strip()
    ]


def block(section: str, language: str) -> str:
    """The one block in that language of a section of the page of clients."""
    text = (ROOT / PAGE).read_text(encoding="utf-8").split(f"\n## {section}\n", 1)[1].split("\n## ", 1)[0]
    (found,) = [body for name, body in _FENCE.findall(text) if name == language]
    assert isinstance(found, str)
    return found


def commands(page: str) -> list[str]:
    """Everything in `sh` on a page, recipe or not."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [body for language, body in _FENCE.findall(text) if language == "sh"]


def pages() -> list[str]:
    """The pages of the documentation, as paths below the root."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [path.relative_to(ROOT).as_posix() for path in found]
