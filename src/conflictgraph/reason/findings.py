"""What an inconsistency looks like. Knows no engine: every engine reports with these values."""

from dataclasses import dataclass

from pyoxigraph import Triple


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One inconsistency: the OWL 2 RL rule that derives *false*, in words, and the triples that it needs.

    `rule` is the name in the profile's tables (`cax-dw`), or `owlrl` where the reference names none.
    `triples` are the premises, schema first; the reference gives none.
    """

    rule: str
    message: str
    triples: tuple[Triple, ...] = ()
