"""Documents in from the command line: what it prints and how it ends."""

import gzip
import json
import re
from pathlib import Path

import pytest
from guarded import BAD, GOOD, OTHER, copied_home

from conftest import run


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return copied_home(tmp_path)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.ttl"
    path.write_bytes(GOOD)
    return path


def test_files_go_in_are_listed_compared_and_taken_back(store: Path, good: Path, tmp_path: Path) -> None:
    packed = tmp_path / "other.ttl.gz"
    packed.write_bytes(gzip.compress(OTHER))
    home = ("--home", str(store))
    done = run("ingest", str(good), str(packed), "--source", "test", *home, CONFLICTGRAPH_AGENT="Jane Doe")
    assert done.returncode == 0, done.stderr.decode()
    assert b"Published generation 2: 4 triple(s) added, 0 removed" in done.stdout
    history = run("history", *home).stdout.decode()
    assert "by Jane Doe" in history
    assert re.search(r"[0-9a-f]{64}  other\.ttl\.gz", history)
    assert str(tmp_path) not in history
    assert "source/test: 4 added" in run("diff", "1", "2", *home).stdout.decode()
    lines = run("diff", "1", "2", "--patch", *home).stdout.decode().splitlines()
    assert (lines[0], lines[-1]) == ("TX .", "TC .")
    assert len([line for line in lines if "/source/test>" in line and line.startswith("A ")]) == 4
    assert b"is tagged paper" in run("tag", "2", "paper", *home).stdout
    assert b"[paper]" in run("history", *home).stdout
    assert b"equal to 1" in run("rollback", "1", *home).stdout
    exports = [run("export", "--generation", number, *home).stdout for number in ("1", "2", "3")]
    assert exports[0] == exports[2] != exports[1]


def test_a_violation_is_told_kept_and_ends_with_1(store: Path, good: Path, tmp_path: Path) -> None:
    bad, report = tmp_path / "bad.ttl", tmp_path / "report.sarif"
    bad.write_bytes(BAD)
    home = ("--home", str(store))
    before = run("export", *home).stdout
    done = run("ingest", str(good), str(bad), "--source", "test", "--report", str(report), *home)
    said = done.stderr.decode()
    assert done.returncode == 1
    for part in ("Three houses", "bad.ttl, line 4", "mend:", "nothing was changed", "rejected 1"):
        assert part in said
    assert json.loads(report.read_bytes())["version"] == "2.1.0"
    assert run("export", *home).stdout == before
    shown = run("rejected", "1", *home).stdout.decode()
    assert "Three houses" in shown
    assert "002.ttl" in shown


def test_all_files_are_parsed_before_anything_is_touched(store: Path, good: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.nt"
    broken.write_text("<http://e/a> <http://e/b> <http://e/c> .\n<http://e/a> <http://e/b> .\n")
    done = run("ingest", str(good), str(broken), "--source", "test", "--home", str(store))
    assert done.returncode == 1
    assert re.search(r"broken\.nt:2:\d+", done.stderr.decode())
    assert b"Loading" not in done.stderr


def test_standard_input_needs_a_format_and_a_source_that_is_there_a_word(store: Path) -> None:
    arguments = ("ingest", "-", "--source", "test", "--home", str(store))
    assert b"--format" in run(*arguments, stdin=GOOD).stderr
    assert run(*arguments, "--format", "ttl", stdin=GOOD).returncode == 0
    again = run(*arguments, "--format", "ttl", stdin=gzip.compress(OTHER))
    assert again.returncode == 2
    assert b"--replace" in again.stderr
    dry = run(*arguments, "--format", "ttl", "--replace", "--dry-run", stdin=gzip.compress(OTHER))
    assert b"Would be published: 2 triple(s) added, 2 removed" in dry.stdout
    assert b"generation 3" not in run("history", "--home", str(store)).stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ingest", "missing.ttl", "--source", "test"), "missing.ttl"),
        (("ingest", "notes.docx", "--source", "test"), "notes.docx"),
        (("ingest", "GOOD", "--source", "No Slug"), "lower-case"),
        (("ingest", "GOOD", "--source", "test", "--report", "report.pdf"), ".sarif"),
        (("rejected", "7"), "no rejected input 7"),
        (("diff", "1", "9"), "no generation 9"),
        (("rollback", "1"), "current"),
        (("rollback", "9"), "no generation 9"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_to_do(
    store: Path, good: Path, arguments: tuple[str, ...], words: str
) -> None:
    given = [str(good) if word == "GOOD" else word for word in arguments]
    done = run(*given, "--home", str(store))
    assert done.returncode == 2, done.stderr.decode()
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr
