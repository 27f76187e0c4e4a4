"""The directories of documents that are dealt with."""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from conflictgraph.ingest.workplace import workplace

HELD = """
import sys
from pathlib import Path
from conflictgraph.ingest.workplace import workplace
with workplace(Path(sys.argv[1])) as path:
    (path / "document.ttl").write_text("half of it")
    print(path, flush=True)
    sys.stdin.read()
"""


def held(parent: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that works in a directory of its own, until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HELD, str(parent)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_a_directory_is_gone_at_the_end(tmp_path: Path) -> None:
    parent = tmp_path / "incoming"
    with workplace(parent) as path:
        (path / "document.ttl").write_text("some")
        assert path.parent == parent
    assert list(parent.iterdir()) == []


def test_what_a_killed_process_leaves_goes_with_the_next_one(tmp_path: Path) -> None:
    process, left = held(tmp_path)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert (left / "document.ttl").exists()
    with workplace(tmp_path) as path:
        assert list(tmp_path.iterdir()) == [path]


def test_the_directory_of_a_living_process_stays(tmp_path: Path) -> None:
    process, used = held(tmp_path)
    with workplace(tmp_path) as path:
        assert {*tmp_path.iterdir()} == {used, path}
    process.communicate("")
    assert list(tmp_path.iterdir()) == []


def test_where_no_directory_can_be_made_the_system_has_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no directory")
    with workplace(tmp_path / "file" / "incoming") as path:
        assert path.is_relative_to(tempfile.gettempdir())
    assert not path.exists()
