"""The command that serves the graph over HTTP."""

import os
import signal
import socket
from pathlib import Path

import click

from conflictgraph import compose, logs
from conflictgraph.cli import heaps, options, signals
from conflictgraph.cli.graph import ensure_built
from conflictgraph.errors import PortTaken
from conflictgraph.settings import PREFIX, Settings, from_environment
from conflictgraph.web import as_asgi
from conflictgraph.web.asgi import Asgi

_SPARE_THREADS = 32
"""A query that runs or waits has a thread; these are for all else, such as saying that the queue is full."""
_CONNECTIONS = 1024
_IDLE = 60
"""Seconds for which a connection is kept between two requests."""

_SIGN_OF_LIFE = 20
"""Seconds within which the process that answers must say that it lives."""


@click.command(epilog="Example: conflictgraph serve --port 8080")
@options.home
@click.option("--host", help="Address to listen on.  [env: CONFLICTGRAPH_HOST; default: 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on.  [env: CONFLICTGRAPH_PORT; default: 8000]")
def serve(home: Path | None, host: str | None, port: int | None) -> None:
    """Serve the graph: a SPARQL endpoint and a page for people. Builds the graph first if there is none."""
    settings = options.settings(home=home, host=host, port=port)
    settings = _with_free_port(settings)
    store = compose.store(settings)
    try:
        ensure_built(compose.gate(store, settings))
    finally:
        store.close()
    for name in ("home", "host", "port"):
        os.environ[PREFIX + name.upper()] = str(getattr(settings, name))
    from_environment()
    click.echo(f"Serving {_address(settings)}  (SPARQL at {_address(settings)}sparql; stop with Ctrl-C)")
    _run(settings)


def _with_free_port(settings: Settings) -> Settings:
    """Make sure that nobody listens there; port 0 becomes a free one. Raises `PortTaken`."""
    with socket.socket(_family(settings), socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise PortTaken(settings.host, settings.port) from error
        return options.settings(home=settings.home, host=settings.host, port=probe.getsockname()[1])


def _family(settings: Settings) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in settings.host else socket.AF_INET


def _address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}/"


def _run(settings: Settings) -> None:
    from uvicorn.config import Config

    from conflictgraph.cli.supervising import Supervisor
    from conflictgraph.web.wire import Wire

    config = Config(
        "conflictgraph.cli.serving:application",
        factory=True,
        interface="asgi3",
        http=Wire,
        ws="none",
        loop="uvloop",
        lifespan="on",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=logs.configuration(settings.log_level),
        limit_concurrency=_CONNECTIONS,
        backlog=_CONNECTIONS,
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=settings.shutdown_timeout,
        timeout_worker_healthcheck=_SIGN_OF_LIFE,
        h11_max_incomplete_event_size=settings.head_max_bytes,
    )
    address, family = (settings.host, settings.port), _family(settings)
    with socket.create_server(address, family=family, backlog=_CONNECTIONS) as listening:
        listening.set_inheritable(True)
        supervisor = Supervisor(config, [listening], settings.shutdown_timeout)
        signals.watch()
        supervisor.run()


def application() -> Asgi:
    """What the process that answers serves. Ctrl-C is for the first process, which then ends this one."""
    from conflictgraph.cli.supervising import end_with_parent

    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    heaps.share()
    settings = from_environment()
    end_with_parent(settings.shutdown_timeout)
    threads = settings.workers + settings.long_queries + settings.queue + _SPARE_THREADS
    return as_asgi(compose.web_application(settings), threads)
