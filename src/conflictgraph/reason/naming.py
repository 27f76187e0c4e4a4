"""What the rules are called, so that a later process can tell that a graph was closed under the same ones."""

from base64 import urlsafe_b64encode
from functools import cache
from hashlib import sha256

from pyoxigraph import NamedNode

from conflictgraph import __version__
from conflictgraph.reason.rules import RULES


@cache
def rules_name() -> NamedNode:
    """The name of the rule table as this version applies it: a checksum (RFC 6920)."""
    digest = sha256("\n".join((__version__, *map(repr, RULES))).encode()).digest()
    return NamedNode("ni:///sha-256;" + urlsafe_b64encode(digest).decode().rstrip("="))
