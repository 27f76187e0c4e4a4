"""What the rules are called, so that a later process can tell that a graph was closed under the same ones."""

from functools import cache

from pyoxigraph import NamedNode

from conflictgraph import __version__, rdf
from conflictgraph.reason.rules import RULES


@cache
def rules_name() -> NamedNode:
    """The name of the rule table as this version applies it: a checksum (RFC 6920)."""
    return rdf.named_by_content("\n".join((__version__, *map(repr, RULES))))
