"""The graph over HTTP: routes in, bytes out.

Must not know which adapter answers; `create_app` gets a store.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from flask import Flask
from pyoxigraph import NamedNode

from conflictgraph import __version__, logs
from conflictgraph.federation.outside import Outside
from conflictgraph.gate.publishing import Gate, prepare
from conflictgraph.ingest.documents import Bounds
from conflictgraph.settings import Settings
from conflictgraph.store.port import Store
from conflictgraph.web import (
    dump,
    errors,
    explaining,
    generations,
    graph_store,
    headers,
    health,
    journal,
    limiting,
    metrics,
    notes,
    openapi,
    pages,
    sparql,
    targets,
    things,
    update,
    validation,
)
from conflictgraph.web.afterwards import Afterwards
from conflictgraph.web.asgi import Asgi
from conflictgraph.web.caching import Caching
from conflictgraph.web.commands import Commands
from conflictgraph.web.compression import Compression
from conflictgraph.web.front import AtOnce
from conflictgraph.web.incoming import Incoming
from conflictgraph.web.limiting import Rates
from conflictgraph.web.look_ups import LookUps
from conflictgraph.web.metrics import Metrics
from conflictgraph.web.observing import Observing, Outcome
from conflictgraph.web.repeats import Repeats
from conflictgraph.web.response_cache import ResponseCache

SERVING = "conflictgraph"
"""Where an application has what a server needs besides it: a `Serving`."""


@dataclass(frozen=True, slots=True)
class Serving:
    """`begin` is for when an event loop runs, `close` for the end of everything; `at_once` and `repeats` may
    answer in the application's stead.
    """

    begin: Callable[[asyncio.AbstractEventLoop], None]
    close: Callable[[], None]
    at_once: AtOnce
    repeats: Repeats


def create_app(
    store: Store, settings: Settings, gate: Gate, bounds: Bounds, outside: Outside | None = None
) -> Flask:
    """The WSGI application over a store; what is written into it goes through the gate.

    Without `outside`, no update fetches anything.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = settings.body_max_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.body_max_bytes
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.tests["iri"] = lambda term: isinstance(term, NamedNode)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    commands = Commands(settings)
    cache = ResponseCache(settings.cache_max_bytes, settings.cache_entry_max_bytes)
    numbers = Metrics(store, cache)

    def told(outcomes: Sequence[Outcome]) -> None:
        numbers.count(outcomes)
        with logs.together():
            journal.tell(outcomes)

    afterwards = Afterwards(told)
    notes.register(app)
    journal.register(app)
    for part in (
        sparql.blueprint(store, settings),
        things.blueprint(store, settings),
        pages.blueprint(store, settings),
        health.blueprint(store),
        metrics.blueprint(numbers, afterwards.tell, settings),
        openapi.blueprint(),
        generations.blueprint(store),
        update.blueprint(gate, settings, bounds, outside),
        graph_store.blueprint(store, gate, bounds, settings),
        dump.blueprint(store),
        explaining.blueprint(store, commands, settings),
        validation.blueprint(bounds, commands, settings),
    ):
        app.register_blueprint(part)
    targets.register(app)
    rates = Rates(settings.client_rate)
    limiting.register(app, settings, rates)
    errors.register(app)
    headers.register(app)
    look_ups = LookUps(app.wsgi_app, store, settings, rates)
    cached = Caching(
        Compression(look_ups),
        cache,
        lambda: store.revision,
        seed=f"{__version__} {settings.base_iri} {not sparql.is_writable(settings)}",
        asking=("/sparql",),
        at_once=look_ups.at_once,
    )

    def ended(outcome: Outcome) -> None:
        numbers.end()
        afterwards.say(outcome)

    observing = Observing(Incoming(cached), numbers.begin, ended)

    def close() -> None:
        store.close()
        afterwards.tell()

    app.wsgi_app = observing  # type: ignore[method-assign]
    at_once = partial(observing.at_once, answered=cached.at_once)

    def begin(loop: asyncio.AbstractEventLoop) -> None:
        afterwards.use(loop)
        if sparql.is_writable(settings):
            threading.Thread(target=prepare, args=(gate,), daemon=True).start()

    repeats = Repeats(lambda: store.revision, afterwards.say)
    app.extensions[SERVING] = Serving(begin, close, at_once, repeats)
    return app


def as_asgi(app: Flask, threads: int) -> Asgi:
    """The application for an ASGI server, with so many threads."""
    serving: Serving = app.extensions[SERVING]
    return Asgi(app, threads, serving.begin, serving.close, serving.at_once, serving.repeats)
