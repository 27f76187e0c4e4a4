"""The directory of an embedded store survives kills, damage and misuse."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import answers
import pytest
from adapters import A, fact

from conflictgraph import errors
from conflictgraph.store import publication, turns
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.home import Home


def publish(path: Path, *names: str) -> None:
    """Publish one generation for each name, with one fact in it."""
    store = EmbeddedStore(path)
    for name in names:
        with store.draft() as draft:
            draft.replace_graph(A, [fact(name)])
            draft.publish(name)
    store.close()


def seen(path: Path) -> str:
    """The one fact of the current generation."""
    store = EmbeddedStore(path)
    try:
        ((name,),) = [tuple(row.values()) for row in answers.rows(store, "SELECT ?o { ?s ?p ?o }")]
        return str(name)
    finally:
        store.close()


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("home")
    publish(path, "one", "two")
    return path


@pytest.fixture
def home(original: Path, tmp_path: Path) -> Home:
    """A directory with two generations, the test's own."""
    shutil.copytree(original, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


def truncate_a_file(generation: Path) -> None:
    (file, *_) = sorted(generation.glob("*.sst"))
    os.truncate(file, file.stat().st_size // 2)


def remove_a_file(generation: Path) -> None:
    (generation / "CURRENT").unlink()


def remove_the_record(generation: Path) -> None:
    (generation / "generation.json").unlink()


def garble_the_record(generation: Path) -> None:
    (generation / "generation.json").write_text('{"files": 3')


def replace_by_a_file(generation: Path) -> None:
    generation.rename(generation.parent / ".aside")
    generation.write_text("not a directory")


DAMAGES = [truncate_a_file, remove_a_file, remove_the_record, garble_the_record, replace_by_a_file]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_generation_is_passed_over_with_a_warning(
    home: Home, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    damage(home.generation_path(2))
    assert seen(home.path) == '"one"'
    assert "reading generation 1 instead" in caplog.text
    assert [generation.number for generation in EmbeddedStore(home.path).generations] == [1]


@pytest.mark.parametrize("damage", DAMAGES)
def test_with_all_generations_damaged_the_store_is_unavailable(
    home: Home, damage: Callable[[Path], None]
) -> None:
    damage(home.generation_path(1))
    damage_again = remove_the_record if damage is replace_by_a_file else damage
    damage_again(home.generation_path(2))
    store = EmbeddedStore(home.path)
    with pytest.raises(errors.StoreUnavailable, match="is whole") as caught:
        store.query("ASK {}")
    assert not isinstance(caught.value, errors.StoreEmpty)


def test_work_goes_on_from_the_last_whole_generation(home: Home) -> None:
    truncate_a_file(home.generation_path(2))
    publish(home.path, "three")
    assert seen(home.path) == '"three"'
    assert home.linked() == 3


def dangle(home: Home) -> None:
    home.current_link.unlink()
    home.current_link.symlink_to("generations/000077")


def lead_nowhere(home: Home) -> None:
    home.current_link.unlink()
    home.current_link.symlink_to("/")


def become_a_file(home: Home) -> None:
    home.current_link.unlink()
    home.current_link.write_text("generations/000002")


def vanish(home: Home) -> None:
    home.current_link.unlink()


@pytest.mark.parametrize("corrupt", [dangle, lead_nowhere, become_a_file, vanish])
def test_a_corrupt_link_is_passed_over_with_a_warning(
    home: Home, corrupt: Callable[[Home], None], caplog: pytest.LogCaptureFixture
) -> None:
    corrupt(home)
    assert seen(home.path) == '"two"'
    assert "reading generation 2 instead" in caplog.text


def test_bytes_changed_within_a_file_are_never_read_as_data(home: Home) -> None:
    for file in home.generation_path(2).glob("*.sst"):
        data = bytearray(file.read_bytes())
        data[: len(data) - 200] = bytes(byte ^ 0x55 for byte in data[: len(data) - 200])
        file.chmod(0o644)
        file.unlink()
        file.write_bytes(data)
    store = EmbeddedStore(home.path)
    with pytest.raises(errors.EngineError):
        store.query("SELECT * { ?s ?p ?o }")
    store.close()


def test_a_path_that_is_no_directory_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")
    with pytest.raises(errors.StoreUnavailable):
        EmbeddedStore(path).query("ASK {}")
    with pytest.raises(errors.StoreUnavailable):
        EmbeddedStore(path / "below").draft()


def test_what_a_dead_writer_left_is_removed(home: Home) -> None:
    home.draft_path.mkdir()
    (home.draft_path / "000001.sst").write_text("")
    home.checkpoint_path.mkdir()
    (home.generations_path / ".old-1").mkdir()
    home.generation_path(3).mkdir()
    home.new_link.symlink_to("generations/000003")
    descriptor = turns.lock(home)
    publication.clean(home)
    os.close(descriptor)
    assert sorted(path.name for path in home.path.iterdir()) == ["current", "generations", "lock", "waiting"]
    assert home.numbers() == [1, 2]
    assert seen(home.path) == '"two"'


def test_a_whole_generation_that_was_never_linked_was_never_published(home: Home) -> None:
    home.current_link.unlink()
    home.current_link.symlink_to("generations/000001")
    assert seen(home.path) == '"one"'
    with pytest.raises(errors.NotFound):
        EmbeddedStore(home.path).query("ASK {}", generation=2)
    publish(home.path, "instead")
    assert [generation.note for generation in home.published()] == ["one", "instead"]


def test_the_record_says_when_and_why(home: Home) -> None:
    record = json.loads((home.generation_path(2) / "generation.json").read_bytes())
    assert (record["number"], record["base"], record["note"]) == (2, 1, "two")
    assert [generation.note for generation in home.published()] == ["one", "two"]


def test_a_generation_shares_unchanged_files_with_the_one_before(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    with store.draft() as draft:
        draft.load(A, (fact(f"f{i}") for i in range(20_000)))
        draft.publish()
    with store.draft() as draft:
        draft.update(f"INSERT DATA {{ GRAPH {A} {{ <a:a> <a:b> <a:c> }} }}")
        draft.publish()
    store.close()
    largest = max((tmp_path / "generations/000001").glob("*.sst"), key=lambda path: path.stat().st_size)
    assert (tmp_path / "generations/000002" / largest.name).samefile(largest)


WITHOUT_PRIVILEGE = """
import ctypes, os, sys
may_write_anywhere = 1  # CAP_DAC_OVERRIDE, which root has and others cannot drop
ctypes.CDLL(None).prctl(24, may_write_anywhere, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_a_directory_that_cannot_be_written_is_still_read(tmp_path: Path) -> None:
    publish(tmp_path, "one")
    script = (
        "import sys; from pathlib import Path\n"
        "from conflictgraph import errors; from conflictgraph.store.embedded import EmbeddedStore\n"
        "store = EmbeddedStore(Path(sys.argv[1]))\n"
        "print(store.query('SELECT ?o { ?s ?p ?o }', 'text/csv').read())\n"
        "try: store.draft()\n"
        "except errors.StoreUnavailable as error: print(error)\n"
        "store.close()"
    )
    paths = (tmp_path, *tmp_path.rglob("*"))
    modes = {path: path.stat().st_mode for path in paths if not path.is_symlink()}
    for path in modes:
        path.chmod(0o555 if path.is_dir() else 0o444)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PRIVILEGE, sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    for path, mode in modes.items():
        path.chmod(mode)
    assert "one" in done.stdout, done.stderr
    assert "Cannot write" in done.stdout


PUBLISH_FOR_EVER = """
import sys
from pathlib import Path
from pyoxigraph import Literal, NamedNode, Triple
from conflictgraph import graphs
from conflictgraph.store.embedded import EmbeddedStore
store = EmbeddedStore(Path(sys.argv[1]), keep=3)
mark, said = int(sys.argv[2]), NamedNode("t:mark")
while True:
    mark += 1
    with store.draft() as draft:
        draft.replace_graph(
            graphs.source("a"), [Triple(NamedNode(f"t:{i}"), said, Literal(str(mark))) for i in range(50)]
        )
        print(draft._process.pid, flush=True)
        draft.publish(str(mark))
        print("done", flush=True)
"""


def test_a_kill_at_any_moment_leaves_the_old_or_the_new_generation_whole(tmp_path: Path) -> None:
    chance = random.Random(7)
    marks = [0]
    usual = 0.0
    for attempt in range(21):
        writer = subprocess.Popen(
            [sys.executable, "-c", PUBLISH_FOR_EVER, str(tmp_path), str(marks[-1])],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert writer.stdout is not None
        with writer.stdout:
            child = int(writer.stdout.readline())
            began = time.monotonic()
            if attempt == 0:
                assert writer.stdout.readline() == "done\n"
                usual = time.monotonic() - began
            else:
                time.sleep(chance.uniform(0, 1.2 * usual))
            for pid in (child, writer.pid) if attempt % 3 == 2 else (writer.pid,):
                _kill(pid)
            writer.wait()
        marks.append(_whole_mark(tmp_path, marks[-1]))
    assert marks[-1] > 0
    with EmbeddedStore(tmp_path).draft() as draft:
        ((found,),) = [tuple(row.values()) for row in answers.rows(draft, "SELECT DISTINCT ?m { ?s ?p ?m }")]
    assert str(found) == f'"{marks[-1]}"'
    assert sorted(path.name for path in tmp_path.iterdir()) == ["current", "generations", "lock", "waiting"]


def _whole_mark(path: Path, at_least: int) -> int:
    """The mark of the current generation, after checking that this one and all others are of one piece."""
    store = EmbeddedStore(path, workers=1)
    for generation in store.generations:
        query = "SELECT ?m (COUNT(*) AS ?n) { ?s <t:mark> ?m } GROUP BY ?m"
        lines = store.query(query, "text/csv", generation=generation.number).read().decode().split()[1:]
        assert lines == [f"{generation.note},50"]
    store.close()
    mark = int(store.generations[-1].note)
    assert mark >= at_least
    return mark


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        assert pid
