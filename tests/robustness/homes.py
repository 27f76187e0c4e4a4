"""What lies in the directory of a store.

Must not know how it came there.
"""

import json
import re
from pathlib import Path

from conflictgraph.store.home import RECORD, Home


def disk(home: Path) -> int:
    """Bytes below the home, a file with many names once."""
    stats = [path.lstat() for path in home.rglob("*") if path.is_file()]
    return sum({stat.st_ino: stat.st_size for stat in stats}.values())


def assert_nothing_lies_about(home: Path) -> None:
    """Every file below the home belongs to a generation that can be read, or is the link or the lock."""
    known = {"current", "generations", "incoming", "lock", "rejected", "tags", "waiting"}
    assert {path.name for path in home.iterdir()} <= known
    assert not [*home.glob("incoming/*"), *home.glob("waiting/*")]
    whole = {f"{generation.number:06d}" for generation in Home(home).published()}
    assert {path.name for path in (home / "generations").iterdir()} == whole
    for name in whole:
        record = json.loads((home / "generations" / name / RECORD).read_bytes())
        found = {path.name for path in (home / "generations" / name).iterdir()}
        assert found == {*record["files"], RECORD}
    for entry in (home / "rejected").glob("*"):
        assert re.match(r"\d{6}\Z", entry.name)
