"""The way back to the client of one request, beyond what ASGI has: what `wire` tells `asgi`, and does for it.

Lies in the state of the ASGI scope. Must not know what is answered.
"""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from conflictgraph.web.front import Whole

_KEY = "conflictgraph.way"


@dataclass(slots=True)  # not frozen: one is made for each request, at a third of the cost
class Way:
    """`send` sends an answer that is there in one piece, if nothing stands against it, and says whether it
    did. `hang_up` closes the connection. `known` is what was found out about the request before, for the
    environment of the application.
    """

    send: Callable[[Whole], bool]
    hang_up: Callable[[], None]
    known: dict[str, Any]
    when_lost: list[Callable[[], None]] = field(default_factory=list)
    """Called when the connection is lost."""


def of(scope: MutableMapping[str, Any]) -> Way:
    """The way back for the request of this scope."""
    way: Way = scope["state"][_KEY]
    return way


def put(scope: MutableMapping[str, Any], way: Way) -> None:
    """For servers: tell the application which way it is."""
    scope["state"][_KEY] = way
