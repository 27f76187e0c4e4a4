"""In which file, on which line, a node is described: for reports that maintainers act on.

Reads Turtle as text, line by line: a subject is a CURIE or an IRI at the beginning of a line, as the layout
of `data/` has it. Must not know stores or reports.
"""

import re
from collections.abc import Iterable
from pathlib import Path

_PREFIX = re.compile(r"(?:@prefix|PREFIX)\s+(?P<prefix>[\w-]*):\s*<(?P<namespace>[^>]*)>", re.IGNORECASE)
_SUBJECT = re.compile(r"(?:<(?P<iri>[^>\s]+)>|(?P<prefix>[\w-]+):(?P<local>[^\s;,.]+))\s")


def described_in(files: Iterable[Path]) -> dict[str, tuple[Path, int]]:
    """IRI to the file and line (from 1) of its first description in N-Triples or Turtle files.

    Files that cannot be read as text are passed over: the parser has told of them before.
    """
    found: dict[str, tuple[Path, int]] = {}
    for path in files:
        if path.suffix in (".ttl", ".nt"):
            for iri, line in _subjects(path):
                found.setdefault(iri, (path, line))
    return found


def _subjects(path: Path) -> Iterable[tuple[str, int]]:
    prefixes: dict[str, str] = {}
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if declared := _PREFIX.match(line):
                prefixes[declared["prefix"]] = declared["namespace"]
            elif subject := _SUBJECT.match(line):
                if subject["iri"]:
                    yield subject["iri"], number
                elif subject["prefix"] in prefixes:
                    yield prefixes[subject["prefix"]] + subject["local"], number
