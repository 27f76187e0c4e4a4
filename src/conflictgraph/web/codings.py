"""Which content coding a request takes (RFC 9110, 12.5.3).

Must not know how anything is compressed. A header that makes no sense is as good as none: an answer can
always be read as it is.
"""

from functools import lru_cache
from typing import NamedTuple

OFFERED = ("zstd", "gzip")
"""By preference, where the client has none."""

_LONGEST = 1_000
"""Characters of a header that is read."""


class Coding(NamedTuple):
    """`name` is '' for the answer as it is; `required` if the client refuses that one."""

    name: str = ""
    required: bool = False


@lru_cache(maxsize=256)
def negotiated(accept_encoding: str) -> Coding:
    """The coding that the header prefers among the offered ones."""
    qualities = _qualities(accept_encoding[:_LONGEST])
    anything = qualities.get("*")
    plain = qualities.get("identity", anything)
    required = plain == 0.0
    liked = {name: qualities.get("x-" + name, qualities.get(name, 0.0)) for name in OFFERED}
    if anything and "gzip" not in qualities:
        liked["gzip"] = anything
    best = max(OFFERED, key=lambda name: liked[name])
    if not liked[best] or (plain is not None and liked[best] < plain):
        return Coding()
    return Coding(best, required)


def _qualities(header: str) -> dict[str, float]:
    """Coding to quality; what does not parse is left out."""
    found: dict[str, float] = {}
    for element in header.lower().split(","):
        name, _, weight = element.partition(";")
        key, _, value = weight.partition("=")
        try:
            quality = float(value) if key.strip() == "q" else 1.0
        except ValueError:
            continue
        if name.strip() and 0 <= quality <= 1:
            found.setdefault(name.strip(), quality)
    return found
