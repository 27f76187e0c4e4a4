"""Which queries were stopped at a limit of late: one that comes again, or one like it, begins as a long one,
which has no place that others wait for.

Must not know processes or places.
"""

import re
import threading
from hashlib import blake2b

from conflictgraph.latest import Latest
from conflictgraph.store import tokens
from conflictgraph.store.port import Dataset

_MOST = 1_024
"""Texts and forms together that are remembered, of what was stopped and of what came to its end."""
_COMMENT = re.compile(r"\n[ \t]*#[^\n]*")
_HEAD = 4_096
"""Characters in which the form of a query shows."""


class Marks:
    """What a query is known by when it is asked of a dataset and generation: its text, and its form, which
    others may share.

    The text counts but for the lines that are comments. Two that differ only in a line of a long string that
    begins like a comment are taken for the same, which at worst costs one of them its place. The form is what
    `tokens.form` leaves; of a longer text, of its beginning, with the length, as a power of two.
    """

    __slots__ = ("_asked", "_sparql", "text")

    def __init__(self, sparql: str, dataset: Dataset, generation: str) -> None:
        self._sparql = (_COMMENT.sub("", f"\n{sparql}") if "#" in sparql else sparql).strip()
        self._asked = repr((generation, dataset))
        self.text = _digest(self._asked, self._sparql)

    @property
    def form(self) -> bytes:
        """Reckoned each time, as it is seldom needed."""
        length = len(self._sparql).bit_length() if len(self._sparql) > _HEAD else 0
        return _digest(self._asked, str(length), tokens.form(self._sparql[:_HEAD]))


def _digest(*parts: str) -> bytes:
    told = blake2b(digest_size=16)
    for part in parts:
        told.update(part.encode(errors="surrogatepass"))
    return told.digest()


class Overlong:
    """Knows the latest queries that were stopped, and of those that came to their end after some work.

    The same query on the same generation makes the same work. So one that once came to its end is not
    overlong, whatever stopped it later: the others were in its way. Those of one form may make more work or
    less; they are taken for overlong together only as long as none of them came to its end.
    """

    def __init__(self) -> None:
        self._stopped, self._done = Latest[bytes, None](_MOST), Latest[bytes, None](_MOST)
        self._ever = Latest[bytes, None](_MOST)
        self._lock = threading.Lock()

    def __contains__(self, query: Marks) -> bool:
        stopped = self._stopped
        return query.text in stopped or (bool(stopped) and query.form in stopped)

    def was_stopped(self, query: Marks) -> bool:
        """Whether that very query was ever stopped, also if it came to its end since."""
        return query.text in self._ever

    def stopped(self, query: Marks) -> None:
        """Such a query was stopped at a limit."""
        with self._lock:
            self._ever.keep(query.text, None)
            for mark in (query.text, query.form):
                if mark not in self._done:
                    self._stopped.keep(mark, None)

    def done(self, query: Marks) -> None:
        """Such a query came to its end within all limits."""
        with self._lock:
            for mark in (query.text, query.form):
                self._stopped.pop(mark, None)
                self._done.keep(mark, None)
