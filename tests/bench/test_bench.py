"""The commands of `bench`, at a tiny size: what the table and the file hold, and what a missing peer does."""

import json
import os
from pathlib import Path

import pytest

from conflictgraph.bench.runs import Result, Run, results
from conflictgraph.bench.table import COLUMNS, as_json, ratio, table
from conflictgraph.cli.benching import bench
from conftest import ROOT, run

OURS = {
    "validate": ["conflictgraph validate", "conflictgraph validate on disk"],
    "reason": ["conflictgraph reason", "conflictgraph reason and store"],
    "ingest": ["conflictgraph gate"],
}


@pytest.mark.parametrize("name", ["validate", "reason", "ingest"])
def test_each_bench_runs_without_peers(name: str, tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    shapes = ("--shapes", "ten") if name == "validate" else ()
    options = ("--events", "5", "--repeat", "1", "--no-peers", "--json", str(file), *shapes)
    done = run("bench", name, *options)
    assert done.returncode == 0, done.stderr.decode()
    lines = done.stdout.decode().splitlines()
    assert tuple(cell.strip() for cell in lines[0].strip("|").split("|")) == COLUMNS
    told = json.loads(file.read_text(encoding="utf-8"))
    assert [each["task"] for each in told["results"]] == OURS[name]
    assert all(each["seconds"]["work"] > 0 and each["memory_mb"] > 10 for each in told["results"])
    assert len(lines) == 2 + len(OURS[name])
    assert told["options"]["events"] == 5


def test_each_option_is_documented() -> None:
    text = (ROOT / "docs/cli.md").read_text(encoding="utf-8").split("## bench\n")[1].split("\n## ")[0]
    for command in bench.commands.values():
        for option in (word for p in command.params for word in (*p.opts, *p.secondary_opts)):
            assert f"`{option}`" in text, option


def test_a_peer_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyrudof.py").write_text("raise ModuleNotFoundError(name='pyrudof')", encoding="utf-8")
    paths = [str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    data = tmp_path / "data.nt"
    data.touch()
    (found,) = results([Run("validate", "pyrudof", 0, data, data)], 2, 60)
    assert found.problem == "pyrudof is not installed"
    assert "pyrudof is not installed" in table([found])


def test_a_run_that_fails_or_takes_too_long_says_so(tmp_path: Path) -> None:
    data = tmp_path / "data.nt"
    data.write_text("no triples", encoding="utf-8")
    broken, late = Run("reason", "conflictgraph reason", 0, data), Run("reason", "no such task", 0, data)
    first, second = results([broken, late], 1, 60)
    assert first.problem.startswith("failed: SyntaxError")
    assert second.problem.startswith("failed: KeyError")
    (timed_out,) = results([broken], 1, 0.01)
    assert timed_out.problem == "not done after 0.01 s"


def test_ratios_are_to_our_run_of_the_same_question_and_size() -> None:
    rows = [
        Result("a", "conflictgraph a", 10, 1, {"work": 2.0}, {}),
        Result("a", "peer", 10, 1, {"work": 9.0}, {}),
        Result("a", "peer", 20, 1, {"work": 9.0}, {}),
    ]
    assert [ratio(row, rows) for row in rows] == [1.0, 4.5, None]
    assert [each["ratio"] for each in json.loads(as_json(rows))["results"]] == [1.0, 4.5, None]
