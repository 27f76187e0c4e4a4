"""Heads of requests that came before but for the address: no need to read their fields again.

Must not know HTTP: a server puts in what it has read as one whole GET, and takes out what it would have made
of it. Bounded, the least recently used going first. For one thread.
"""

from collections.abc import Mapping
from string import ascii_letters, digits

from conflictgraph.latest import Latest

_MOST = 256
_LONGEST = 1 << 12
"""Bytes behind the address that are kept: 1 MB in all."""

_BEGINNING = b"GET /"
_AT = len(b"GET ")
_OF_ADDRESSES = (ascii_letters + digits + "-._~:/?@!$&'()*+,;=%").encode()
"""What RFC 3986 allows in one, without a fragment: no space, so that an address ends at the first."""

Fields = Mapping[str, str]
"""What `front.fields` makes of headers."""


class Heads:
    """What is known of the bytes behind an address."""

    def __init__(self) -> None:
        self._known = Latest[bytes, Fields](_MOST)

    def remember(self, request: bytes, fields: Fields) -> None:
        """Keep what was read in a request that is nothing but one head."""
        end = request.find(b" ", _AT)
        if end > 0 and request.startswith(_BEGINNING) and len(request) - end <= _LONGEST:
            self._known.keep(request[end:], fields)

    def read(self, request: bytes) -> tuple[bytes, Fields] | None:
        """The address, and what the fields are known to say; None if the request is to be read."""
        end = request.find(b" ", _AT)
        behind = request[end : end + _LONGEST + 1]
        fields = self._known.get(behind)
        if fields is None or not request.startswith(_BEGINNING):
            return None
        target = request[_AT:end]
        if target.translate(None, _OF_ADDRESSES):
            return None
        self._known.move_to_end(behind)
        return target, fields
