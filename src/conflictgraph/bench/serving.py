"""Servers under load, one kind of query after the other: rounds of each server in turn, and their medians.

Must not know how a server or the load generator is run. All servers run the whole time, idle while another is
asked.
"""

import json
import os
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from pyoxigraph import NamedNode, RdfFormat, parse

from conflictgraph import compose, formats, graphs, vocabulary
from conflictgraph.bench import processor, questions, servers, wrk
from conflictgraph.bench.inputs import write_data
from conflictgraph.bench.questions import Kind
from conflictgraph.bench.servers import Graph, Server
from conflictgraph.bench.world import World
from conflictgraph.bench.wrk import Load, Round
from conflictgraph.settings import Settings

_ROOM = 10_000_000
"""Running numbers that a round has for itself."""

_SLOW = "rdflib-endpoint"
"""Asked for look-ups only: it takes seconds for each of the others."""

_JSON = "application/sparql-results+json"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Served:
    """Medians over the rounds of one server and kind; `problem` says why there are none.

    `rate` is requests in a second, latencies are in seconds; `processor` is what the server took of all
    processors for one request, `stolen` the share of the processors' time that the host of a virtual machine
    gave to others, both None where the system does not tell; `bytes` are those of one answer.
    """

    kind: str
    server: str
    rounds: int = 0
    rate: float = 0.0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    processor: float | None = None
    stolen: float | None = None
    bytes: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Told:
    """One round, the seconds of processor time that the server took for it, the share that was stolen."""

    round: Round
    processor: float | None
    stolen: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured: on a world, for so many rounds, with other servers or without."""

    world: World
    rounds: int
    load: Load
    peers: bool = True


def served(directory: Path, plan: Plan, progress: Progress) -> list[Served]:
    """Measure everything, in an empty directory that may be used freely; this project's server first."""
    graph = _graph(directory, plan.world)
    kinds = questions.kinds(_things(graph.triples), plan.world.seed)
    missing: list[Served] = []
    with ExitStack() as stack:
        up: list[Server] = []
        for name in servers.NAMES if plan.peers else servers.NAMES[:1]:
            progress(f"Starting {name}")
            try:
                up.append(stack.enter_context(servers.running(name, graph, directory)))
            except ModuleNotFoundError as error:
                missing.append(Served("all", name, problem=f"{error.name} is not installed"))
        return [*(row for kind in kinds for row in _measured(directory, kind, up, plan, progress)), *missing]


def _graph(directory: Path, world: World) -> Graph:
    """The world and its schema in a store, and the default graph of that in a file."""
    data, graph = directory / "world.nt", Graph(directory / "home", directory / "default.nt")
    write_data(data, world, with_schema=True)
    store = compose.store(Settings(home=graph.home, update_timeout=7200))
    try:
        with store.draft() as draft:
            draft.load(graphs.source("synthetic"), parse(path=str(data), format=RdfFormat.N_TRIPLES))
            draft.publish("Benchmark")
        everything = store.query("CONSTRUCT WHERE { ?s ?p ?o }", formats.NTRIPLES.media_type)
        with graph.triples.open("wb") as file:
            file.writelines(everything.chunks)
    finally:
        store.close()
    return graph


def _things(triples: Path) -> Iterator[NamedNode]:
    label = vocabulary.term("rdfs:label")
    for quad in parse(path=str(triples), format=RdfFormat.N_TRIPLES):
        if quad.predicate == label and isinstance(quad.subject, NamedNode):
            yield quad.subject


def _measured(
    directory: Path, kind: Kind, up: Sequence[Server], plan: Plan, progress: Progress
) -> list[Served]:
    asked = [server for server in up if server.name != _SLOW or kind.name.startswith("look-up")]
    found = {server.name: _rows(server, kind) for server in asked}
    rounds: dict[str, list[_Told]] = {server.name: [] for server in asked}
    for number in range(plan.rounds):
        for server in asked:
            progress(f"{kind.name}: {server.name}, round {number + 1}")
            rounds[server.name].append(_round(directory, server, kind, plan.load, number * _ROOM))
    ours = found[asked[0].name]
    problems = {
        server.name: "" if found[server.name] == ours else f"{found[server.name]} rows, not {ours}"
        for server in asked
    }
    return [_medians(kind, name, rounds[name], problems[name]) for name in rounds]


def _rows(server: Server, kind: Kind) -> int:
    """How many rows the first text gives."""
    path = next(iter(kind.paths(server.path)))
    request = urllib.request.Request(server.url + path + "first", headers={"Accept": _JSON})
    with urllib.request.urlopen(request, timeout=300) as response:
        return len(json.load(response)["results"]["bindings"])


def _round(directory: Path, server: Server, kind: Kind, load: Load, first: int) -> _Told:
    paths = directory / "paths"
    paths.write_text("\n".join(kind.paths(server.path)) + "\n", encoding="utf-8")
    long = replace(load, seconds=load.seconds * kind.length)
    before, stolen, began = processor.taken(server.pid), processor.stolen(), time.monotonic()
    done = wrk.answered(server.url, paths, long, first, repeated=kind.repeated)
    taken, lost = _since(before, processor.taken(server.pid)), _since(stolen, processor.stolen())
    there_was = (time.monotonic() - began) * (os.cpu_count() or 1)
    return _Told(done, taken, None if lost is None else lost / there_was)


def _since(before: float | None, now: float | None) -> float | None:
    return None if before is None or now is None else now - before


def _medians(kind: Kind, server: str, rounds: Sequence[_Told], problem: str) -> Served:
    failed = sum(told.round.failed for told in rounds)
    if not problem and failed:
        problem = f"{failed} requests failed"
    whole = [told for told in rounds if told.round.requests]
    if problem or not whole:
        return Served(kind.name, server, problem=problem or "nothing was answered in time")
    done = [told.round for told in whole]
    taken = [told.processor / told.round.requests for told in whole if told.processor is not None]
    stolen = [told.stolen for told in whole if told.stolen is not None]
    return Served(
        kind.name,
        server,
        len(whole),
        median(each.requests / each.seconds for each in done),
        median(each.p50 for each in done),
        median(each.p95 for each in done),
        median(each.p99 for each in done),
        median(taken) if taken else None,
        median(stolen) if stolen else None,
        round(median(each.bytes / each.requests for each in done)),
    )
