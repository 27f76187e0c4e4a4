"""What those who take part in a mixed load share: the server, what is noted, and when it is over.

Must not know who takes part.
"""

import http.client
import random
import threading
import time
import traceback
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from chronicle import Chronicle
from tally import Exchange, Tally

from conftest import Reply, Server

TOKEN = "open-sesame"


@dataclass
class Scene:
    """A running server over a home of its own."""

    server: Server
    home: Path
    chronicle: Chronicle = field(default_factory=Chronicle)
    tally: Tally = field(default_factory=Tally)
    over: threading.Event = field(default_factory=threading.Event)
    endless: set[str] = field(default_factory=set)
    """The ids of queries that somebody has to cancel when it is over."""

    def ask(
        self,
        who: str,
        path: str,
        method: str = "GET",
        body: bytes | None = None,
        asked_for: Collection[int | str] = (200,),
        **headers: str,
    ) -> Exchange:
        """One request over HTTP, noted; `asked_for` are the endings that are in order."""
        began = time.monotonic()
        reply: Reply | None = None
        with suppress(OSError, http.client.HTTPException):
            reply = self.server.request(path, method, body, False, **headers)
        exchange = Exchange(who, began, time.monotonic(), reply)
        self.tally.note(exchange, asked_for)
        return exchange


Act = Callable[[Scene, random.Random], None]
"""Something that is done again and again."""


def repeat(scene: Scene, act: Act, pause: float, chance: random.Random) -> None:
    """Act until it is over, with pauses of so many seconds on average."""
    while not scene.over.wait(chance.uniform(0, 2 * pause)):
        try:
            act(scene, chance)
        except Exception:  # noqa: BLE001  # whatever it is, the test shows it
            scene.tally.fault(traceback.format_exc())
