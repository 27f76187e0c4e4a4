"""A disk that is full or read-only, a generation damaged under a running store: an error, never nothing.

What a store does that finds the damage when it is opened is in tests/store/test_home.py.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import graphs
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.home import Home
from conftest import environment
from processes import wait_until

SAID = NamedNode("https://example.org/said")
ASKED = "SELECT DISTINCT ?said WHERE { ?s ?p ?said }"


def _mounted(directory: Path, mount: str, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a command where something is mounted at the directory, which nobody else sees."""
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("NOT TESTED: no file system can be mounted on this machine (unshare -rm)")
    return subprocess.run(
        ["unshare", "-rm", "sh", "-ec", f'd=$0; {mount}; exec "$@"', str(directory), *command],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _filled(directory: Path, size: str, moment: str) -> dict[str, Any]:
    """What came of it that a file system of that size got full at a moment of a publication."""
    script = str(Path(__file__).with_name("full_disk.py"))
    mount = f'mount -t tmpfs -o size={size} tmpfs "$d"'
    done = _mounted(directory, mount, sys.executable, script, str(directory), moment)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("moment", ["at_the_beginning", "while_loading", "before_publishing"])
def test_a_full_disk_is_told_and_leaves_the_last_generation_and_the_disk_as_they_were(
    moment: str, tmp_path: Path
) -> None:
    told = _filled(tmp_path, "8m", moment)
    assert told["error"] == "StoreUnavailable"
    assert "No space left on device" in told["message"]
    assert (told["seen"], told["generations"]) == (["old"], [1])
    assert told["left"] == 0
    assert told["seen_later"] == ["new"]


def test_without_room_to_compact_a_generation_is_published_as_it_is(tmp_path: Path) -> None:
    told = _filled(tmp_path, "32m", "before_compacting")
    assert "error" not in told
    assert told["generations"] == [1, 2]
    assert (told["settled"], told["seen_later"]) == ([], ["new"])
    assert told["left"] > 1 << 20


def _published(home: Path, *values: str) -> None:
    with closing(EmbeddedStore(home, workers=1)) as store:
        for value in values:
            with store.draft() as draft:
                draft.replace_graph(graphs.source("a"), [Triple(SAID, SAID, Literal(value))])
                draft.publish(value)


READ_ONLY = 'mount --bind "$d" "$d"; mount -o remount,bind,ro "$d"'


@pytest.mark.parametrize(
    ("command", "status", "expected"),
    [
        (["query", ASKED, "--format", "csv"], 0, "last"),
        (["history"], 0, "last"),
        (["ingest", "{document}", "--source", "b"], 3, "Read-only file system"),
        (["rollback", "1"], 3, "Read-only file system"),
        (["tag", "1", "name"], 3, "Read-only file system"),
    ],
)
def test_a_read_only_file_system_is_read_and_told_of_when_it_is_written(
    command: list[str], status: int, expected: str, tmp_path: Path
) -> None:
    home, document = tmp_path / "home", tmp_path / "document.ttl"
    _published(home, "first", "last")
    document.write_text('<https://example.org/a> <http://www.w3.org/2000/01/rdf-schema#label> "a" .')
    words = [word.format(document=document) if word.startswith("{d") else word for word in command]
    done = _mounted(home, READ_ONLY, sys.executable, "-m", "conflictgraph", *words, "--home", str(home))
    assert (done.returncode, "Traceback" in done.stderr) == (status, False), done.stderr
    assert expected in done.stdout + done.stderr
    assert Home(home).current() == 2


def _truncate_tables(generation: Path) -> None:
    for file in generation.glob("*.sst"):
        data = file.read_bytes()
        file.unlink()  # the generation before may share it
        file.write_bytes(data[: len(data) // 2])


def _remove_tables(generation: Path) -> None:
    for file in generation.glob("*.sst"):
        file.unlink()


def _empty_the_manifest(generation: Path) -> None:
    for file in generation.glob("MANIFEST-*"):
        file.unlink()
        file.touch()


def _remove_the_pointer(generation: Path) -> None:
    (generation / "CURRENT").unlink()


@pytest.mark.parametrize(
    "damage", [_truncate_tables, _remove_tables, _empty_the_manifest, _remove_the_pointer]
)
def test_a_generation_damaged_under_a_running_store_is_passed_over(
    damage: Callable[[Path], None], tmp_path: Path
) -> None:
    _published(tmp_path, "first", "last")
    with closing(EmbeddedStore(tmp_path, workers=1)) as store:
        assert _said(store) == "last"
        damage(Home(tmp_path).generation_path(2))
        (worker,) = store._pool.processes
        os.kill(worker.pid, signal.SIGKILL)
        wait_until(lambda: not worker.alive)
        assert _said(store) == "first"
        assert _said(store) == "first"
    with closing(EmbeddedStore(tmp_path, workers=1)) as store:
        assert _said(store) == "first"


def _said(store: EmbeddedStore) -> str:
    with store.query(ASKED, "text/csv") as answer:
        (said,) = answer.read().decode().split()[1:]
    return said
