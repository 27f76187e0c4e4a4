"""What tests share: the source texts beside the repository, a built store, a running server."""

import gzip
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any

import pytest
import zstandard

import parts
from conflictgraph import build, compose
from conflictgraph.bench.servers import end
from conflictgraph.settings import Settings
from remotes import Remote, hostile

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not tested because something is missing on this machine."""
    missing = parts.lost()
    if not SHARED.is_dir():
        missing.append("The source texts and W3C suites are not in ../shared")
    if missing:
        terminalreporter.section("NOT TESTED", sep="!", red=True, bold=True)
        for what in missing:
            terminalreporter.line(f"{what}: tests that need it were skipped or failed.")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The directory with the source texts."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not there: the source texts cannot be checked on this machine")
    return SHARED


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a store with the shipped graph, built once."""
    path = tmp_path_factory.mktemp("built") / "store"
    store = compose.store(Settings(home=path))
    try:
        build.built(store)
    finally:
        store.close()
    return path


def environment(**extra: str) -> dict[str, str]:
    """The environment of a command under test: none of our settings but the given ones."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CONFLICTGRAPH_")}
    return {**kept, "PYTHONWARNINGS": "error::DeprecationWarning:conflictgraph", **extra}


def run(
    *arguments: str, stdin: bytes | None = None, cwd: Path | None = None, **extra: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own, at most two minutes."""
    command = [sys.executable, "-m", "conflictgraph", *arguments]
    return subprocess.run(
        command, input=stdin, cwd=cwd, env=environment(**extra), capture_output=True, timeout=120, check=False
    )


@dataclass(frozen=True)
class Reply:
    """An HTTP response read to its end."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8")

    @property
    def plain(self) -> bytes:
        """The body without its content coding."""
        match self.headers["Content-Encoding"]:
            case None:
                return self.body
            case "gzip":
                return gzip.decompress(self.body)
            case "zstd":
                return zstandard.ZstdDecompressor().stream_reader(io.BytesIO(self.body)).read()
        raise AssertionError(self.headers["Content-Encoding"])

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def media_type(self) -> str:
        """The Content-Type without parameters."""
        return self.headers["Content-Type"].split(";")[0]


class _Unredirected(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True)
class Server:
    """A running `conflictgraph serve`."""

    url: str
    pid: int = 0
    errors: Path = Path(os.devnull)

    def logged(self, event: str = "") -> list[dict[str, Any]]:
        """The lines of its log so far, of one event or all."""
        lines = [json.loads(line) for line in self.errors.read_text(encoding="ascii").splitlines()]
        return [line for line in lines if not event or line["event"] == event]

    def request(
        self, path: str, method: str = "GET", body: bytes | None = None, follow: bool = False, **headers: str
    ) -> Reply:
        """One request; header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, data=body, method=method, headers=named)
        opener = urllib.request.build_opener() if follow else urllib.request.build_opener(_Unredirected)
        try:
            with opener.open(request, timeout=60) as response:
                return Reply(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, error.headers, error.read())

    def query(self, text: str, accept: str = "application/sparql-results+json", **more: str) -> Reply:
        """A query by GET, with further parameters."""
        return self.request("/sparql?" + urllib.parse.urlencode({"query": text, **more}), Accept=accept)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Remote]:
    """A host that nobody allowed."""
    with hostile() as running:
        yield running


@pytest.fixture(scope="module")
def rude(elsewhere: Remote) -> Iterator[Remote]:
    """A host that behaves badly on request, and may send on to the one that nobody allowed."""
    with hostile(elsewhere.iri("/rows")) as running:
        yield running


@contextmanager
def serving(home: Path, command: list[str] | None = None, **extra: str) -> Iterator[Server]:
    """Run `serve` on a free port until the block ends."""
    command = command or [sys.executable, "-m", "conflictgraph"]
    with tempfile.NamedTemporaryFile() as errors, _started(command, home, errors, extra) as process:
        try:
            yield Server(_announced(process, Path(errors.name)), process.pid, Path(errors.name))
        finally:
            end(process)


def _started(
    command: list[str], home: Path, errors: IO[bytes], extra: dict[str, str]
) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*command, "serve", "--home", str(home), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment(**extra),
        text=True,
        start_new_session=True,
    )


def _announced(process: "subprocess.Popen[str]", errors: Path) -> str:
    """Wait for the line that tells the address, then until it answers."""
    assert process.stdout
    seen = []
    for line in process.stdout:
        seen.append(line)
        if match := re.match(r"Serving (http://\S+)/ ", line):
            address = match[1]
            for _ in range(200):
                try:
                    with urllib.request.urlopen(address + "/health", timeout=5):
                        return address
                except (urllib.error.URLError, ConnectionError):
                    if process.poll() is not None:
                        break
                    time.sleep(0.05)
            break
    raise AssertionError("serve did not come up:\n" + "".join(seen) + errors.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def server(home: Path) -> Iterator[Server]:
    """A server over the shipped graph."""
    with serving(home) as running:
        yield running
