"""A query in which other endpoints have answered their parts.

The answers are kept apart from the text, which is looked through for what it would fetch, and they may be
long. Must not know who asked.
"""

from dataclasses import dataclass

GAP = "VALUES () { () }"
"""Stands in the text for an answer: one solution without bindings, which changes nothing."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A text with gaps, and the answers, each a pattern with the place of its gap, in order."""

    text: str
    answers: tuple[tuple[int, str], ...] = ()

    @property
    def whole(self) -> str:
        """What is to be evaluated."""
        pieces: list[str] = []
        position = 0
        for place, pattern in self.answers:
            pieces += (self.text[position:place], pattern)
            position = place + len(GAP)
        return "".join((*pieces, self.text[position:]))
