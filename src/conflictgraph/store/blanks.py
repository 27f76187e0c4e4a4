"""The one function that the engine is given besides SPARQL's own: from a label to a blank node.

A query has no other way to hold the blank nodes that another endpoint gave. Must not know where labels come
from. Runs in worker processes only.
"""

from collections.abc import Callable

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

BLANK = NamedNode("urn:x-conflictgraph:blank")


def _blank(*arguments: object) -> BlankNode | None:
    match arguments:
        case (Literal() as label,) if label.value.isascii() and label.value.isalnum():
            return BlankNode(label.value)
    return None


FUNCTIONS: dict[NamedNode, Callable[..., NamedNode | BlankNode | Literal | Triple | None]] = {BLANK: _blank}
"""As the engine takes them. The same label gives the same node."""
