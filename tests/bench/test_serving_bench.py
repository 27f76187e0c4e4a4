"""`bench serve`: what is asked, what the load generator tells, what the table and the file hold."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Store

import parts
from conflictgraph.bench import processor
from conflictgraph.bench.questions import kinds
from conflictgraph.bench.serving import Served
from conflictgraph.bench.serving_table import COLUMNS, as_json, table
from conflictgraph.bench.wrk import Load, answered
from conftest import run

THINGS = [NamedNode(f"https://example.org/{number}") for number in range(50)]


def test_each_kind_runs_without_peers(tmp_path: Path) -> None:
    parts.need(parts.WRK)
    file = tmp_path / "results.json"
    options = ("--events", "5", "--rounds", "1", "--seconds", "1", "--connections", "2", "--no-peers")
    done = run("bench", "serve", *options, "--json", str(file))
    assert done.returncode == 0, done.stderr.decode()
    lines = done.stdout.decode().splitlines()
    assert tuple(cell.strip() for cell in lines[0].strip("|").split("|")) == COLUMNS
    told = json.loads(file.read_text(encoding="utf-8"))
    assert [each["kind"] for each in told["results"]] == [kind.name for kind in kinds(THINGS, 1)]
    for each in told["results"]:
        assert not each["problem"]
        assert 0 < each["p50"] <= each["p95"] <= each["p99"]
        assert each["rate"] > 0
    assert told["options"]["seconds"] == 1


def test_each_question_is_a_query_with_a_number_behind_it() -> None:
    for kind in kinds(THINGS, 1):
        for text in kind.texts:
            Store().query(f"{text} #17")


def test_look_ups_ask_for_each_thing_in_an_order_that_follows_from_the_seed() -> None:
    (first,) = (kind for kind in kinds(THINGS, 1) if kind.name == "look-up, first time")
    (again,) = (kind for kind in kinds(reversed(THINGS), 1) if kind.name == first.name)
    (other,) = (kind for kind in kinds(THINGS, 2) if kind.name == first.name)
    assert first == again
    assert first.texts != other.texts
    assert len(set(first.texts)) == len(THINGS)


class _Listening(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    status = 200
    paths: list[str]

    def do_GET(self) -> None:
        self.paths.append(self.path)
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def _listening(status: int) -> Iterator[tuple[str, list[str]]]:
    """A server that gives a status, and the paths that it is asked for."""
    paths: list[str] = []
    handler = type("Handler", (_Listening,), {"status": status, "paths": paths})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", paths
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("repeated", [True, False])
def test_each_request_has_another_number_unless_it_is_repeated(repeated: bool, tmp_path: Path) -> None:
    parts.need(parts.WRK)
    file = tmp_path / "paths"
    file.write_text("/a?\n/b?\n", encoding="utf-8")
    with _listening(200) as (url, paths):
        done = answered(url, file, Load(seconds=1, connections=2), 1000, repeated=repeated)
    assert 0 < done.requests <= len(paths)
    assert not done.failed
    if repeated:
        assert set(paths) == {"/a?1000"}
    else:
        assert len(set(paths)) == len(paths)
        assert {path[:3] for path in paths} == {"/a?", "/b?"}


def test_answers_that_are_errors_count_as_failed(tmp_path: Path) -> None:
    parts.need(parts.WRK)
    file = tmp_path / "paths"
    file.write_text("/\n", encoding="utf-8")
    with _listening(500) as (url, _):
        done = answered(url, file, Load(seconds=1, connections=1), 0, repeated=False)
    assert done.failed == done.requests > 0


@pytest.mark.skipif(sys.platform != "linux", reason="processor times of others come from /proc")
def test_the_processor_time_of_children_counts() -> None:
    before = processor.taken(os.getpid())
    subprocess.run([sys.executable, "-c", "sum(range(10_000_000))"], check=True)
    after = processor.taken(os.getpid())
    assert before is not None
    assert after is not None
    assert after - before >= 0.05


def test_ratios_say_how_many_times_better_this_server_was() -> None:
    rows = [
        Served("a", "conflictgraph serve", 1, 100.0, 0.1, 0.2, 0.3, 0.001, 0.25, 10),
        Served("a", "peer", 1, 50.0, 0.1, 0.2, 0.3, 0.004, None, 10),
        Served("a", "absent", problem="absent is not installed"),
    ]
    told = json.loads(as_json(rows))["results"]
    assert [each["ours"] for each in told] == [1.0, 2.0, None]
    assert [each["ours_by_processor"] for each in told] == [1.0, 4.0, None]
    assert [each["stolen"] for each in told] == [0.25, None, None]
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table(rows).splitlines()]
    assert [line[COLUMNS.index("stolen %")] for line in lines[2:]] == ["25", "–", "–"]
    assert "absent is not installed" in table(rows)


@pytest.mark.skipif(sys.platform != "linux", reason="what the host takes comes from /proc")
def test_what_the_host_took_is_part_of_the_time_since_the_machine_began() -> None:
    stolen = processor.stolen()
    assert stolen is not None
    assert 0 <= stolen <= time.clock_gettime(time.CLOCK_BOOTTIME) * (os.cpu_count() or 1)
