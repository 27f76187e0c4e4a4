"""How requests ended, and which endings nobody asked for.

A server's fault is excused by a process that was killed while it was asked, each by another one. Must not
know what is asked.
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from conftest import Reply

_OF_A_KILL = {(0, ""), (503, ""), (503, "WorkerFailed"), (503, "DraftClosed")}
"""How a request may end whose process was killed: it breaks off, or its answer, maybe a page, says so."""

_DYING = 0.5
"""Seconds for which a busy machine may show a process that was killed as one that runs."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request from its beginning to its end; without a reply, its connection broke."""

    who: str
    asked: float
    ended: float
    reply: Reply | None

    @property
    def status(self) -> int:
        """The status, 0 if the connection broke."""
        return self.reply.status if self.reply else 0

    @property
    def kind(self) -> str:
        """The kind of error that the answer tells, if any."""
        if (
            not self.reply
            or not self.reply.body
            or self.reply.headers["Content-Type"] != "application/problem+json"
        ):
            return ""
        return str(self.reply.json.get("kind", ""))

    @property
    def words(self) -> str:
        """The ending in short: `200`, `503 QueryTimeout`, `broken`."""
        return f"{self.status} {self.kind}".strip() if self.status else "broken"


@dataclass(frozen=True, slots=True)
class Strike:
    """A process that was killed, and when."""

    what: str
    when: float


@dataclass
class Tally:
    """All endings, by who asked."""

    endings: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    faults: list[str] = field(default_factory=list)
    strikes: list[Strike] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    _unasked: list[Exchange] = field(default_factory=list)

    def note(self, exchange: Exchange, asked_for: Collection[int | str]) -> None:
        """Count an ending; `asked_for` has the statuses and kinds of error that its request asks for."""
        with self.lock:
            self.endings[exchange.who][exchange.words] += 1
            if exchange.status in asked_for or exchange.kind in asked_for:
                return
            if (exchange.status, exchange.kind) in _OF_A_KILL:
                self._unasked.append(exchange)
                return
        self.fault(f"{exchange.who}: {exchange.words}: {exchange.reply and exchange.reply.body[:500]!r}")

    def fault(self, what: str) -> None:
        """Something that must not be."""
        with self.lock:
            self.faults.append(what)

    def strike(self, what: str, when: float) -> None:
        """A process was killed."""
        with self.lock:
            self.strikes.append(Strike(what, when))

    def settle(self) -> Counter[str]:
        """How many strikes of each kind hit a request; faults that none of them excuses are faults."""
        left, hit = sorted(self.strikes, key=lambda strike: strike.when), Counter[str]()
        for exchange in sorted(self._unasked, key=lambda exchange: exchange.ended):
            excuse = next((s for s in left if exchange.asked - _DYING <= s.when <= exchange.ended), None)
            if excuse is None:
                said = exchange.reply.body[:500] if exchange.reply else b""
                took = exchange.ended - exchange.asked
                self.fault(f"{exchange.who}: {exchange.words} after {took:.1f} s: {said!r}")
            else:
                left.remove(excuse)
                hit[excuse.what] += 1
        self._unasked.clear()
        return hit
