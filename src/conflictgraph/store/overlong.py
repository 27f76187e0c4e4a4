"""Which queries were stopped at a limit of late: one that comes again begins as a long one, which has no
place that others wait for.

Must not know processes or places.
"""

import re
import threading
from collections import OrderedDict
from hashlib import blake2b

from conflictgraph.store.port import Dataset

_MOST = 1_024
"""Queries of either kind that are remembered."""
_COMMENT = re.compile(r"\n[ \t]*#[^\n]*")


def fingerprint(sparql: str, dataset: Dataset, generation: str) -> bytes:
    """What tells a query from others: its text but for the lines that are comments, what it is asked of.

    Two that differ only in a line of a long string that begins like a comment are taken for the same, which
    at worst costs one of them its place.
    """
    text = _COMMENT.sub("", f"\n{sparql}") if "#" in sparql else sparql
    told = blake2b(repr((generation, dataset)).encode(), digest_size=16)
    told.update(text.strip().encode(errors="surrogatepass"))
    return told.digest()


class Overlong:
    """Knows the latest queries that were stopped, and of those that came to their end after some work.

    The same query on the same generation makes the same work. So one that once came to its end is not
    overlong, whatever stopped it later: the others were in its way.
    """

    def __init__(self) -> None:
        self._stopped, self._done = _Latest(), _Latest()
        self._lock = threading.Lock()

    def __contains__(self, fingerprint: bytes) -> bool:
        return fingerprint in self._stopped

    def stopped(self, fingerprint: bytes) -> None:
        """Such a query was stopped at a limit."""
        with self._lock:
            if fingerprint not in self._done:
                self._stopped.add(fingerprint)

    def done(self, fingerprint: bytes) -> None:
        """Such a query came to its end within all limits."""
        with self._lock:
            self._stopped.pop(fingerprint, None)
            self._done.add(fingerprint)


class _Latest(OrderedDict[bytes, None]):
    def add(self, fingerprint: bytes) -> None:
        self[fingerprint] = None
        self.move_to_end(fingerprint)
        if len(self) > _MOST:
            self.popitem(last=False)
