"""The token stays where it was put: it is in no answer, in no line that the server writes, in no file."""

import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from guarded import GOOD, copied_home

from conflictgraph.settings import from_environment
from conftest import Reply, Server, environment

TOKEN = "s3cret-of-the-maintainer"
WRONG = "s3cret-of-somebody-else"
TURTLE = "text/turtle"
SOURCE = "/graph/source/test"


def used(server: Server) -> list[Reply]:
    """Requests with the token and with a wrong one, that work, are refused and are in error."""
    right, wrong = f"Bearer {TOKEN}", f"Bearer {WRONG}"
    return [
        server.request(SOURCE, "PUT", GOOD, Authorization=right, Content_Type=TURTLE),
        server.request(SOURCE, "PUT", GOOD, Authorization=wrong, Content_Type=TURTLE),
        server.request(SOURCE, "PUT", b"no turtle", Authorization=right, Content_Type=TURTLE),
        server.request(SOURCE, "PUT", GOOD, Authorization=right, Content_Type="image/png"),
        server.request("/update", "POST", b"LOAD <x>", Authorization=right, Content_Type="text/plain"),
        server.request("/update", "PATCH", Authorization=right, Accept="text/html"),
        server.request("/nothing", "GET", Authorization=wrong),
        server.request("/sparql?query=ASK", "GET", Authorization=right),
    ]


@pytest.mark.parametrize("way", ["TOKEN", "TOKEN_FILE"])
def test_the_token_is_nowhere_to_be_read(tmp_path: Path, way: str) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN)
    settings = {"CONFLICTGRAPH_" + way: TOKEN if way == "TOKEN" else str(file)}
    home, log = copied_home(tmp_path), tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "conflictgraph", "serve", "--home", str(home), "--port", "0"],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment(**settings),
        )
        try:
            server = announced(process, log)
            replies = used(server)
            arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
            handed_on = environments_below(process.pid)
        finally:
            process.terminate()
            process.wait(30)
    assert [reply.status for reply in replies] == [201, 401, 400, 415, 415, 405, 404, 400]
    assert handed_on
    said = [arguments, log.read_bytes(), *handed_on]
    said += [reply.body + str(reply.headers).encode() for reply in replies]
    said += [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    for secret in (TOKEN, WRONG):
        assert not [each for each in said if secret.encode() in each]


def environments_below(parent: int) -> list[bytes]:
    """What the query workers of the server were started with: the children of its web process."""
    children = {int(path.parent.name): stat(path) for path in Path("/proc").glob("[0-9]*/stat")}
    inner = {number for number, of in children.items() if of == parent}
    workers = [number for number, of in children.items() if of in inner]
    return [Path(f"/proc/{number}/environ").read_bytes() for number in workers]


def stat(path: Path) -> int:
    """The number of a process's parent; 0 for one that is gone."""
    try:
        return int(path.read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def announced(process: "subprocess.Popen[bytes]", log: Path) -> Server:
    """The server, once it answers."""
    for _ in range(600):
        for line in log.read_text().splitlines():
            if line.startswith("Serving "):
                url = line.split()[1].rstrip("/")
                try:
                    with urllib.request.urlopen(url + "/health", timeout=5):
                        return Server(url)
                except OSError:
                    break
        assert process.poll() is None
        time.sleep(0.1)
    raise AssertionError("serve did not come up: " + log.read_text())


def test_the_settings_do_not_print_it() -> None:
    assert TOKEN not in repr(from_environment({"CONFLICTGRAPH_TOKEN": TOKEN}))
