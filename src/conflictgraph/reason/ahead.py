"""What follows when documents have come into a draft, found out while they are loaded.

Must not know rules, or how anything is loaded. What the draft has already is read before, what comes is read
from the documents, in a thread.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from conflictgraph.reason import collecting, reading
from conflictgraph.reason.closure import SCHEMA, conclude, reader_of, rules
from conflictgraph.reason.findings import Finding
from conflictgraph.reason.incoming import Pieces, give
from conflictgraph.reason.relations import Key, Relations
from conflictgraph.store.port import Queryable


@dataclass(frozen=True, slots=True)
class Conclusions:
    """Relations with all that follows, the rounds it took, the inconsistencies; and whether anything was
    inferred before."""

    known: Relations
    rounds: int
    findings: tuple[Finding, ...]
    has_inferred: bool


def conclusions(source: Queryable) -> Conclusions:
    """What follows from what the merged view of a store or draft asserts."""
    reader = reader_of(reading.port(source))
    rounds, findings = conclude(reader.known, reader.read)
    return Conclusions(reader.known, rounds, findings, reader.has_inferred)


class Ahead:
    """Begins with the draft as it is; the documents may be loaded from then on."""

    def __init__(self, draft: Queryable, lines: Pieces) -> None:
        """`lines` are those of the documents, all of which come into graphs that are merged."""
        self._lines = lines
        self._found: Conclusions | None = None
        self._failed: BaseException | None = None
        reader = self._reader = reader_of(reading.port(draft))
        with collecting.paused():
            give(reader.known, lines, SCHEMA)
            self._keys = set(rules(reader.known).plan.keys())
            reader.read(self._keys)
        self._thread = threading.Thread(target=self._conclude, daemon=True)
        self._thread.start()

    def conclusions(self) -> Conclusions | None:
        """Wait for what was found. None if the conclusions change the ontology so that more must be read.

        Then the draft is to be asked.
        """
        self._thread.join()
        if self._failed is not None:
            raise self._failed
        return self._found

    def _conclude(self) -> None:
        known = self._reader.known
        try:
            with collecting.paused():
                give(known, self._lines, self._keys.difference(SCHEMA))
                rounds, findings = conclude(known, self._require)
            self._found = Conclusions(known, rounds, findings, self._reader.has_inferred)
        except _MoreIsReadError:
            pass
        except BaseException as error:  # noqa: BLE001  # raised to whoever asks for the conclusions
            self._failed = error

    def _require(self, keys: Iterable[Key]) -> None:
        if ("", "") not in self._keys and not self._keys.issuperset(keys):
            raise _MoreIsReadError


class _MoreIsReadError(Exception):
    """A rule reads what was not read before the documents were loaded."""
