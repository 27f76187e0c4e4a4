"""Refused inputs with their reports, kept for whoever has to mend them: within bounds, oldest out first.

    <home>/rejected/000012/record.json, report.txt, report.ttl, and the documents as they were parsed

Must not know stores or shapes.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conflictgraph.errors import NotFound, StoreUnavailable
from conflictgraph.ingest.documents import Document

_NUMBER = re.compile(r"\d{6,}\Z")
_RECORD, _WORDS, _REPORT = "record.json", "report.txt", "report.ttl"


@dataclass(frozen=True, slots=True)
class Rejected:
    """One refused change: what it was, its inputs (file names in `path`), and how many violations it had."""

    number: int
    refused: datetime
    note: str
    violations: int
    inputs: tuple[dict[str, str], ...]
    path: Path

    @property
    def words(self) -> str:
        """The report for a person."""
        return (self.path / _WORDS).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The directory, and its bounds: how many entries, and how many bytes all of them together."""

    path: Path
    keep: int = 20
    max_bytes: int = 500_000_000

    def put(
        self, note: str, documents: Sequence[Document], words: str, report: bytes, violations: int
    ) -> int:
        """Keep a refused change and return its number. An input that is too large is kept by name only."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            made = Path(tempfile.mkdtemp(prefix=".new-", dir=self.path))
            number = max((entry.number for entry in self.entries()), default=0) + 1
            inputs = [self._input(made, document) for document in documents]
            record = {
                "number": number,
                "refused": datetime.now(UTC).isoformat(),
                "note": note,
                "violations": violations,
                "inputs": inputs,
            }
            (made / _WORDS).write_text(words, encoding="utf-8")
            (made / _REPORT).write_bytes(report)
            (made / _RECORD).write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
            made.chmod(0o755)
            made.rename(self.path / f"{number:06d}")
            self._prune(number)
        except OSError as error:
            raise StoreUnavailable(
                f"Cannot keep what was refused in {self.path}: {error.strerror}."
            ) from error
        return number

    def entries(self) -> tuple[Rejected, ...]:
        """What is kept, oldest first."""
        found = sorted(path for path in self.path.glob("*") if _NUMBER.match(path.name))
        return tuple(_rejected(path) for path in found if (path / _RECORD).is_file())

    def entry(self, number: int) -> Rejected:
        """One entry; `NotFound` if it is not kept."""
        for each in self.entries():
            if each.number == number:
                return each
        raise NotFound(
            f"There is no rejected input {number}. 'conflictgraph rejected' lists those that are kept."
        )

    def _input(self, into: Path, document: Document) -> dict[str, str]:
        known = {"name": document.name, "sha256": document.sha256}
        if document.path.stat().st_size * 2 > self.max_bytes:
            return known
        shutil.copyfile(document.path, into / document.path.name)
        return {**known, "file": document.path.name}

    def _prune(self, newest: int) -> None:
        entries = [entry for entry in self.entries() if entry.number != newest]
        room = self.max_bytes - _size(self.path / f"{newest:06d}")
        kept = 1
        for entry in reversed(entries):
            room -= _size(entry.path)
            if kept >= self.keep or room < 0:
                shutil.rmtree(entry.path)
            kept += 1
        for left in self.path.glob(".new-*"):
            shutil.rmtree(left)


def _rejected(path: Path) -> Rejected:
    record: dict[str, Any] = json.loads((path / _RECORD).read_bytes())
    refused = datetime.fromisoformat(record["refused"])
    return Rejected(
        record["number"], refused, record["note"], record["violations"], tuple(record["inputs"]), path
    )


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.iterdir())
