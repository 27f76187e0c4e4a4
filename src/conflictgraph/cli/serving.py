"""The command that serves the graph over HTTP."""

import multiprocessing
import os
import signal
import socket
import threading
import time
from functools import partial
from pathlib import Path
from wsgiref.types import WSGIApplication

import click

from conflictgraph import compose, logs
from conflictgraph.cli import heaps, options, signals
from conflictgraph.cli.graph import ensure_built
from conflictgraph.errors import PortTaken
from conflictgraph.settings import PREFIX, Settings, from_environment

_SPARE_THREADS = 32
"""A query that runs or waits has a thread; these are for all else, such as saying that the queue is full."""
_CONNECTIONS = 1024
_SECONDS_FOR_A_HEAD = 10


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
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise PortTaken(settings.host, settings.port) from error
        return options.settings(home=settings.home, host=settings.host, port=probe.getsockname()[1])


def _address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}/"


def _run(settings: Settings) -> None:
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import Server

    server = Server(
        "conflictgraph.wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=settings.workers + settings.long_queries + settings.queue + _SPARE_THREADS,
        backpressure=_CONNECTIONS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            max_buffer_size=settings.head_max_bytes, header_read_timeout=_SECONDS_FOR_A_HEAD * 1000
        ),
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig=logs.configuration(settings.log_level),
        workers_kill_timeout=settings.shutdown_timeout,
        respawn_failed_workers=True,
    )
    signals.watch()
    server.serve(target_loader=partial(_application, settings.shutdown_timeout), wrap_loader=False)


def _application(grace: int) -> WSGIApplication:
    """In the web process: what it serves. Ctrl-C is for the first process, which then ends this one."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    heaps.share()
    signals.watch()
    _end_with_parent(grace)
    return compose.web_application(from_environment())


def _end_with_parent(grace: int) -> None:
    """Stop this process in good order when the one that started it is gone, however that ended."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(grace)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
