"""Ten kinds of query that would never end, and what becomes of others beside them; see docs/robustness.md.

    python tests/robustness/runaways.py [--seconds 20] [--deadline 2]

A server over the shipped graph is asked ordinary questions by eight clients, first alone, then beside ten
that each ask one kind of runaway query, again and again. Prints how each kind ended and how many questions
were answered.
"""

import argparse
import http.client
import itertools
import json
import socket
import statistics
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from conflictgraph import build, compose, queries
from conflictgraph.settings import Settings
from conftest import serving

DIGITS = "{ 0 1 2 3 4 5 6 7 8 9 }"
CLIENTS = 8
SETTINGS = {"CONFLICTGRAPH_QUERY_MAX_BYTES": "20000000", "CONFLICTGRAPH_CACHE_MAX_BYTES": "0"}
"""A million terms must get as far as a worker, and nothing comes out of the cache."""


def kinds(silent_port: int) -> dict[str, str]:
    """A query of each kind; nobody answers at the port."""
    return {
        "cross product with ORDER BY": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f",
        "three-way count": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        "path explosion": "SELECT (COUNT(*) AS ?n) { ?a (!<x:x>|^!<x:x>)* ?b . ?b (!<x:x>|^!<x:x>)* ?c }",
        "VALUES product": "SELECT (COUNT(*) AS ?n) { "
        + " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(12))
        + " }",
        "regex backtracking": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f "
        'FILTER(REGEX(CONCAT(STR(?a), STR(?d), STR(?c), STR(?f)), "(.*.*)*(a|aa|.a)+(.*)*x{30,60}$")) }',
        "huge GROUP_CONCAT": "SELECT (GROUP_CONCAT(?x) AS ?all) { ?a ?b ?c . ?d ?e ?f "
        "BIND(CONCAT(STR(?a), STR(?c), STR(?f)) AS ?x) }",
        "10,000 braces": "SELECT * " + "{" * 10_000 + " ?a ?b ?c . ?d ?e ?f . ?g ?h ?i "
        "FILTER(?a = ?i && ?c = ?d && ?f = ?g) " + "}" * 10_000 + " ORDER BY ?c ?f",
        "million-term IN": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c FILTER(?c IN ("
        + ",".join(map(str, range(1_000_000)))
        + ")) }",
        "endless LATERAL": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c LATERAL { ?d ?e ?f "
        "LATERAL { ?g ?h ?i FILTER(?a != ?g && ?d != ?i) } } }",
        "SERVICE without an answer": f"SELECT * {{ SERVICE <http://127.0.0.1:{silent_port}/> "
        "{ ?a ?b ?c } }",
    }


@contextmanager
def silence() -> Iterator[int]:
    """A port where everybody may connect and nobody answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield listening.getsockname()[1]


@dataclass(frozen=True)
class Ending:
    """How a request ended, and after how many seconds; status 0 if its connection broke."""

    status: int
    seconds: float
    body: bytes = b""


def asked(url: str, query: str, id: str = "") -> Ending:
    """The ending of a query sent as it is, with an id if one is given."""
    began = time.monotonic()
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=120)
    headers = {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
    headers |= {"Query-Id": id} if id else {}
    with closing(connection):
        try:
            connection.request("POST", "/sparql", query.encode(), headers)
            response = connection.getresponse()
            return Ending(response.status, time.monotonic() - began, response.read())
        except (OSError, http.client.HTTPException):
            return Ending(0, time.monotonic() - began)


def ordinary() -> list[str]:
    """What people ask: the competency queries, and for each a look-up of one thing."""
    shipped = [query.body for query in queries.shipped("competency")]
    things = ("state/armenia", "state/azerbaijan", "place/goris", "place/jermuk")
    look_ups = [f"SELECT * {{ <https://w3id.org/conflictgraph/id/{thing}> ?p ?o }}" for thing in things]
    return [query for pair in zip(shipped, itertools.cycle(look_ups), strict=False) for query in pair]


@dataclass
class Crowd:
    """Clients that ask, each again as soon as it is answered, until told to stop."""

    url: str
    stop: threading.Event = field(default_factory=threading.Event)
    endings: dict[str, list[Ending]] = field(default_factory=lambda: defaultdict(list))

    def ask(self, name: str, texts: list[str], place: int = 0) -> None:
        """Ask one query after another, each time a little different."""
        for number in itertools.count():
            if self.stop.is_set():
                return
            query = texts[(place + number) % len(texts)]
            self.endings[name].append(asked(self.url, f"{query}\n# {place} {number}"))


def heavy() -> str:
    """A question that makes about 0.7 s of work, as it was once asked by mistake."""
    (query,) = [each.body for each in queries.shipped("competency") if "no-passage" in each.name]
    return query.replace("MINUS", "FILTER NOT EXISTS")


def crowd(url: str, seconds: float, runaways: dict[str, str]) -> Crowd:
    """Eight ordinary clients for so long, and one for each runaway query."""
    told, texts = Crowd(url), ordinary()
    with ThreadPoolExecutor(CLIENTS + 1 + len(runaways)) as threads:
        at_work = [threads.submit(told.ask, name, [query]) for name, query in runaways.items()]
        time.sleep(0.5 if runaways else 0)
        at_work += [threads.submit(told.ask, "ordinary", texts, 7 * place) for place in range(CLIENTS)]
        at_work.append(threads.submit(told.ask, "heavy", [heavy()]))
        time.sleep(seconds)
        told.stop.set()
        for each in at_work:
            each.result()
    return told


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--deadline", type=float, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="conflictgraph-runaways-") as directory, silence() as port:
        home = Path(directory)
        with closing(compose.store(Settings(home=home))) as store:
            build.built(store)
        more = SETTINGS | {
            "CONFLICTGRAPH_QUERY_TIMEOUT": str(options.deadline),
            "CONFLICTGRAPH_SERVICE_ALLOW": f"127.0.0.1:{port}",
        }
        with serving(home, None, **more) as server:
            for query in ordinary():
                alone = asked(server.url, query)
                assert alone.status == 200, (query, alone)
            print("| kind | status | s | what it says |\n|---|---|---|---|", flush=True)
            for name, query in kinds(port).items():
                alone = asked(server.url, query)
                print(f"| {name} | {alone.status} | {alone.seconds:.2f} | {alone.body[:200]!r} |", flush=True)
            before = crowd(server.url, options.seconds, {})
            beside = crowd(server.url, options.seconds, kinds(port))
            after = crowd(server.url, options.seconds, {})
            for title, told in (("before", before), ("beside", beside), ("after", after)):
                _report(title, told, options.seconds)


def _report(title: str, told: Crowd, seconds: float) -> None:
    for name, endings in told.endings.items():
        statuses = dict(Counter(ending.status for ending in endings))
        times = sorted(ending.seconds for ending in endings)
        lost = Counter(json.loads(ending.body)["kind"] for ending in endings if ending.status == 503)
        print(
            f"{title}: {name}: {len(endings) / seconds:.1f} a second, statuses {statuses}, {dict(lost)}, "
            f"median {statistics.median(times):.3f} s, 95th {times[int(len(times) * 0.95)]:.3f} s, "
            f"last {times[-1]:.3f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
