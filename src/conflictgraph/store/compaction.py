"""Merge the tables of a draft, each index into one sorted run, before it is published, where that pays.

The engine puts what comes later into tables of their own, and every reader has to merge them. It merges them
itself in later drafts, when they have grown to a tenth of the rest; but a draft often ends before that is
done, and the next begins it again. So the tables are merged here when those that have come since the last
time hold a tenth of everything. Small publications keep sharing all large files, and over time a byte that
comes costs ten that are written. Must not know RDF, or what a generation is. Runs in the draft's process
only.
"""

import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pyoxigraph import Store

_SHARE = 10
"""The tables are merged when one part in so many is new."""
_SMALL = 1 << 20
"""Bytes of new tables up to which nobody would notice a difference."""


def settled(store: Store, directory: Path, before: Iterable[str]) -> list[str]:
    """Compact an open store if that pays; then the names of the tables that need no merging.

    `before` are those that needed none the last time. If the disk has no room for a second copy, nothing is
    done.
    """
    store.flush()
    tables = _tables(directory)
    known = sorted(tables.keys() & set(before))
    whole = sum(tables.values())
    new = whole - sum(tables[name] for name in known)
    if new < max(_SMALL, whole / _SHARE) or shutil.disk_usage(directory).free < whole:
        return known
    store.optimize()
    return sorted(_tables(directory))


def _tables(directory: Path) -> dict[str, int]:
    """The size of each table by its name. The engine may be removing some meanwhile."""
    found = {}
    for path in directory.glob("*.sst"):
        with suppress(FileNotFoundError):
            found[path.name] = path.stat().st_size
    return found
