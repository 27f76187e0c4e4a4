"""SPARQL endpoints over the same graph, each a process of its own on a free loopback port.

Must not know what is asked of them. Peers are optional (dependency group `bench`): `ModuleNotFoundError` says
that one is not there.
"""

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from conflictgraph.settings import PREFIX

_PATIENCE = 600.0
"""Seconds that a server may take to answer for the first time: rdflib reads the graph before."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running one: where it is, the path at which it answers queries, the number of its process."""

    name: str
    url: str
    path: str
    pid: int


@dataclass(frozen=True, slots=True)
class Graph:
    """The same graph twice: `home` is a store of this project, `triples` its default graph as N-Triples."""

    home: Path
    triples: Path


def program(name: str) -> str:
    """The path of a program, beside this Python or elsewhere."""
    places = os.pathsep.join((sysconfig.get_path("scripts"), os.environ.get("PATH", "")))
    found = shutil.which(name, path=places)
    if found is None:
        raise ModuleNotFoundError(f"No program named {name!r}", name=name)
    return found


def _conflictgraph(graph: Graph, port: int, _: Path) -> list[str]:
    serve = [sys.executable, "-m", "conflictgraph", "serve", "--home", str(graph.home)]
    return [*serve, "--host", "127.0.0.1", "--port", str(port)]


def _oxigraph(graph: Graph, port: int, directory: Path) -> list[str]:
    oxigraph, location = program("oxigraph"), str(directory / "oxigraph")
    load = [oxigraph, "load", "--location", location, "--file", str(graph.triples)]
    subprocess.run(load, check=True, capture_output=True)
    return [oxigraph, "serve", "--location", location, "--bind", f"127.0.0.1:{port}"]


def _rdflib(graph: Graph, port: int, _: Path) -> list[str]:
    if find_spec("rdflib_endpoint") is None:
        raise ModuleNotFoundError("No module named 'rdflib_endpoint'", name="rdflib-endpoint")
    return [sys.executable, "-m", "conflictgraph.bench.rdflib_server", str(graph.triples), str(port)]


_KINDS: dict[str, tuple[str, Callable[[Graph, int, Path], list[str]]]] = {
    "conflictgraph serve": ("/sparql", _conflictgraph),
    "oxigraph serve": ("/query", _oxigraph),
    "rdflib-endpoint": ("/", _rdflib),
}
NAMES = tuple(_KINDS)
"""This project's first."""


@contextmanager
def running(name: str, graph: Graph, directory: Path) -> Iterator[Server]:
    """Run a server until the block ends; the block begins when it answers."""
    path, command = _KINDS[name]
    port = free_port()
    log = directory / f"{name.replace(' ', '-')}.log"
    environment = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command(graph, port, directory), stdout=output, stderr=subprocess.STDOUT, env=environment
        )
    try:
        server = Server(name, f"http://127.0.0.1:{port}", path, process.pid)
        _wait_for(server, process, log)
        yield server
    finally:
        end(process)


def end(process: "subprocess.Popen[Any]") -> None:
    """Ask a process to end; one that does not is killed."""
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port on loopback that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(server: Server, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(server.url + "/", timeout=60):
                return
        except urllib.error.HTTPError as answered:
            answered.close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise RuntimeError(f"{server.name} did not come up: {log.read_text(errors='replace')[-2000:]}")
