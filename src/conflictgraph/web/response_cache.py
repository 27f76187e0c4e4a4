"""Finished answers in memory, the least recently used going first: bounded in bytes, and in bytes of each.

Must not know HTTP. Any thread may use it. What is kept is never changed.
"""

import threading
from collections import OrderedDict
from typing import NamedTuple

from conflictgraph.web.notes import NOTHING, About

_OVERHEAD = 3_000
"""Bytes that an entry takes beside its body and its key, generously: headers, notes, objects."""


class Kept(NamedTuple):
    """An answer with status 200.

    Without a body it was too long; without an ETag either, it is one that may not be kept.
    """

    etag: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    about: About = NOTHING


_NOTHING = (None, 0)
_TEXTS = (str, bytes)


class Key(NamedTuple):
    """What an answer follows from: the revision of the store, the type and the text of a question that came
    as a body, and what the address and the headers of the request say.
    """

    revision: str
    kind: str | None
    question: bytes
    path: str
    query: str | None
    accept: str | None
    moment: str | None
    coding: str
    host: str | None
    scheme: str | None


class ResponseCache:
    """Answers of one revision; those of another are let go as soon as it is named."""

    def __init__(self, max_bytes: int, entry_max_bytes: int) -> None:
        self.entry_max_bytes = min(entry_max_bytes, max_bytes)
        self._max_bytes = max_bytes
        self._entries: OrderedDict[Key, tuple[Kept, int]] = OrderedDict()
        self._revision = ""
        self._lock = threading.Lock()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Key) -> Kept | None:
        """The answer under a key."""
        try:
            self._entries.move_to_end(key)
            return self._entries[key][0]
        except KeyError:  # it is not there, or another thread has just let it go
            return None

    def put(self, key: Key, kept: Kept) -> None:
        """Keep an answer that is small enough, and let go of others until there is room."""
        size = _size(key, kept)
        if size > self._max_bytes or len(kept.body or b"") > self.entry_max_bytes:
            return
        with self._lock:
            if key.revision != self._revision:
                self._entries.clear()
                self._revision, self.bytes = key.revision, 0
            self._remove(key)
            while self._entries and self.bytes + size > self._max_bytes:
                self._remove(next(iter(self._entries)))
            self._entries[key] = kept, size
            self.bytes += size

    def _remove(self, key: Key) -> None:
        self.bytes -= self._entries.pop(key, _NOTHING)[1]


def _size(key: Key, kept: Kept) -> int:
    """The bytes of an entry, roughly. Notes may repeat what the key has, such as the text of a query."""
    texts = sum([len(part) for part in key if isinstance(part, _TEXTS)])
    return len(kept.body or b"") + 2 * texts + _OVERHEAD
