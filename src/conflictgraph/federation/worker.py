"""The process that asks other hosts: the only one of the program that opens connections to them.

Started by a fork server with the arguments of `child.Child`. It holds no graph. Must not know who wants the
answers, or the deadline of the whole: whoever started it kills it.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from conflictgraph.errors import ConflictGraphError, RemoteFailed
from conflictgraph.federation import asking, exchange
from conflictgraph.federation.clauses import Clause
from conflictgraph.federation.exchange import Bounds
from conflictgraph.hosts import Allowed
from conflictgraph.store.child import Child
from conflictgraph.store.frames import END, failure_frame, json_frame, parsed


def main(arguments: list[str]) -> None:
    """Do what is asked until the parent hangs up, in the one thread that a signal interrupts."""
    signal.signal(signal.SIGALRM, _late)
    child = Child(arguments, online=True)
    child.say_ready()
    while True:
        _, payload = child.channel.receive()
        try:
            told = json_frame(END, _done(parsed(payload)))
        except ConflictGraphError as error:
            told = failure_frame(error)
        child.channel.send(told)


def _done(request: dict[str, Any]) -> dict[str, object]:
    """Either the `text` of the request with gaps and answers, or a document put into a file."""
    allow = tuple(Allowed(host, port) for host, port in request["allow"])
    bounds = Bounds(allow, request["seconds"], request["max_bytes"])
    until = time.monotonic() + request["seconds_left"]

    def ask(clause: Clause) -> str:
        left = replace(bounds, seconds=min(bounds.seconds, max(until - time.monotonic(), 0.1)))
        with _within(left.seconds, clause.endpoint):
            return asking.ask(clause, left)

    if "text" in request:
        told = asking.answered(request["text"], bounds, ask)
        return {"text": told.text, "answers": told.answers}
    with _within(bounds.seconds, request["iri"]), Path(request["path"]).open("wb") as into:
        reply = exchange.fetch(request["iri"], request["accept"], into, bounds)
    return {"content_type": reply.content_type, "iri": reply.iri}


@contextmanager
def _within(seconds: float, iri: str) -> Iterator[None]:
    """Bound everything that is done to one address together, however slowly its bytes trickle."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except TimeoutError as error:
        raise RemoteFailed(f"<{iri}> had not answered after {seconds:g} s.") from error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _late(*_: object) -> None:
    raise TimeoutError("it took too long")
