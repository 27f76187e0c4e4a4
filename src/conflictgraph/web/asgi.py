"""The WSGI application as an ASGI one: each request in a thread, its pieces handed on as the client reads.

Must not know what is answered. What the application does not finish, because it failed behind the first byte,
stays unfinished: the server breaks the connection, and no client takes it for a whole answer.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from wsgiref.types import WSGIApplication

from flask import json

from conflictgraph.web import errors, way
from conflictgraph.web.exchange import Exchange, Receive, Scope, Send, beginning
from conflictgraph.web.front import AtOnce
from conflictgraph.web.heads import Heads
from conflictgraph.web.outbox import Outbox
from conflictgraph.web.repeats import Repeats

_STOPPING = HTTPStatus.SERVICE_UNAVAILABLE
_STOPPED = errors.told(
    _STOPPING, "The server stops and cannot finish this request. Send it again in a moment.", kind="Stopping"
)


class Asgi:
    """An ASGI application (version 3) for `http` and `lifespan`; the server has to put a `Way` there."""

    def __init__(
        self,
        application: WSGIApplication,
        threads: int,
        begin: Callable[[asyncio.AbstractEventLoop], None],
        close: Callable[[], None],
        at_once: AtOnce,
        repeats: Repeats,
    ) -> None:
        """At most so many requests are answered at a time; others wait. `begin` and `close` are called then.

        `at_once`, `repeats`, `heads` and `outbox` are for servers that can use them, as `wire` does.
        """
        self._application, self._begin, self._close = application, begin, close
        self.at_once, self.repeats, self.heads, self.outbox = at_once, repeats, Heads(), Outbox()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._begin(asyncio.get_running_loop())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.to_thread(self._close)
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        back = way.of(scope)
        exchange = Exchange(loop, scope, receive, send, back.known)
        back.when_lost.append(exchange.give_up)
        work = loop.run_in_executor(self._threads, exchange.run, self._application)
        try:
            whole = await work
        except asyncio.CancelledError:  # the server stops, and has waited long enough
            exchange.give_up()
            if not exchange.begun:
                await _say_stopped(send)
            return
        finally:
            back.when_lost.remove(exchange.give_up)
        if whole is not None:
            if not back.send(whole):
                await send(beginning(whole.status, whole.own))
                await send({"type": "http.response.body", "body": whole.body})
        elif not exchange.finished:
            back.hang_up()
            while (await receive())["type"] != "http.disconnect":
                pass


async def _say_stopped(send: Send) -> None:
    body = (json.dumps(_STOPPED) + "\n").encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"retry-after", b"5"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": _STOPPING.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})
