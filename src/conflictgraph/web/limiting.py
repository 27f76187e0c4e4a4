"""How much one client may ask: so many requests a minute, and so many at a time.

Must not know what is asked. Answers that a cache keeps do not come here and do not count, nor do programs on
this machine, monitoring, and what ends a query.
"""

import math
import threading
import time
from collections import Counter
from functools import partial

from flask import Flask, Response, g, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from conflictgraph.errors import TooManyRequests
from conflictgraph.settings import Settings
from conflictgraph.web.clients import client

_FREE = frozenset({"static", "health.health", "health.ready", "sparql.cancelling.cancel"})
"""The endpoints that are never refused."""
_MINUTE = 60


class Turns:
    """How many requests of each client are being answered."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    def begin(self, client: str) -> bool:
        """Count one more, unless there are as many as may be."""
        with self._lock:
            free = self._taken[client] < self._most
            self._taken[client] += free
            return free

    def end(self, client: str) -> None:
        """Count one less."""
        with self._lock:
            self._taken[client] -= 1
            if not self._taken[client]:
                del self._taken[client]


class Rates:
    """How many requests of each client came within a minute."""

    def __init__(self, most: int) -> None:
        self._most, self._rate = most, RateLimitItemPerMinute(most)
        self._rates = SlidingWindowCounterRateLimiter(MemoryStorage())

    def hit(self, client: str) -> None:
        """Count one more. Raises `TooManyRequests`."""
        if not self._rates.hit(self._rate, client):
            left = max(
                1, math.ceil(self._rates.get_window_stats(self._rate, client).reset_time - time.time())
            )
            raise TooManyRequests(f"More than {self._most} requests in a minute. Wait {left} s.", left)

    def standing(self, client: str) -> tuple[tuple[str, str], ...]:
        """The headers that tell a client where it stands."""
        stats = self._rates.get_window_stats(self._rate, client)
        left = max(0, math.ceil(stats.reset_time - time.time()))
        return (
            ("RateLimit-Policy", f'"client";q={self._most};w={_MINUTE}'),
            ("RateLimit", f'"client";r={stats.remaining};t={left}'),
        )


def register(app: Flask, settings: Settings, rates: Rates) -> None:
    """Refuse what passes the limits, before anything is done for it; tell clients where they stand."""
    turns = Turns(settings.client_queries)

    @app.before_request
    def count() -> None:
        asking = None if request.endpoint in _FREE else client(request.environ, settings.trusted_proxies)
        g.client, g.turn = asking, None
        if asking is None:
            return
        rates.hit(asking)
        if not turns.begin(asking):
            raise TooManyRequests(
                f"{settings.client_queries} of your requests are being answered. Wait until one is done.", 1
            )
        g.turn = partial(turns.end, asking)

    @app.after_request
    def tell(response: Response) -> Response:
        if turn := g.pop("turn", None):
            response.call_on_close(turn)
        if asking := g.get("client"):
            response.headers.update(rates.standing(asking))
        return response

    @app.teardown_request
    def let_go(_: BaseException | None) -> None:
        if turn := g.pop("turn", None):  # no response came of it
            turn()
