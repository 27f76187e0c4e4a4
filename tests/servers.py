"""Servers of others for the tests: each on a free loopback port, in a directory of its own.

Must not know what is asked of them.
"""

import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from conflictgraph.bench.servers import end, free_port

PATIENCE = 90.0
"""Seconds that a server may take to answer for the first time."""

VIRTUOSO_SETTINGS = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa

[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx

[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 10
NumberOfBuffers = 2000
MaxDirtyBuffers = 1000

[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 5

[SPARQL]
ResultSetMaxRows = 100000
"""


@contextmanager
def running(command: list[str], address: str, directory: Path) -> Iterator[None]:
    """Run a server in a directory until the block ends; the block begins when the address answers.

    Raises AssertionError with what the server wrote if it does not come up.
    """
    log = directory / "output.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=directory, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait_for(address, process, log)
            yield
        finally:
            end(process)


def _wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.HTTPError as answered:
            answered.close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise AssertionError(f"{process.args!r} did not come up:\n{log.read_text(errors='replace')[-3000:]}")


@dataclass(frozen=True)
class Oxigraph:
    """A running `oxigraph serve`."""

    port: int

    @property
    def url(self) -> str:
        """Where it is, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def endpoint(self) -> str:
        """Where it answers queries."""
        return self.url + "/query"

    def load(self, turtle: str) -> None:
        """Put a document into the default graph."""
        request = urllib.request.Request(
            self.url + "/store?default", turtle.encode(), {"Content-Type": "text/turtle"}, method="PUT"
        )
        with urllib.request.urlopen(request, timeout=60):
            pass


@contextmanager
def oxigraph(directory: Path) -> Iterator[Oxigraph]:
    """Run an empty `oxigraph serve`."""
    there = Oxigraph(free_port())
    command = [str(Path(sys.executable).with_name("oxigraph")), "serve"]
    bound = f"127.0.0.1:{there.port}"
    with running([*command, "--location", "data", "--bind", bound], there.url + "/", directory):
        yield there


@dataclass(frozen=True)
class Virtuoso:
    """A running Virtuoso; `sql` is where its own protocol is spoken, as `host:port`."""

    url: str
    sql: str

    @property
    def endpoint(self) -> str:
        """Where it answers queries."""
        return self.url + "/sparql"

    def execute(self, statements: str) -> None:
        """Run statements of its own SQL as the administrator of a fresh database."""
        done = subprocess.run(
            ["isql-vt", self.sql, "dba", "dba", f"exec={statements}"],
            capture_output=True,
            timeout=60,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, said
        assert b"*** Error" not in said, said


@contextmanager
def virtuoso(directory: Path) -> Iterator[Virtuoso]:
    """Run Virtuoso on a fresh database."""
    sql, http = free_port(), free_port()
    (directory / "virtuoso.ini").write_text(VIRTUOSO_SETTINGS.format(sql=sql, http=http))
    command = shutil.which("virtuoso-t")
    assert command is not None
    url = f"http://127.0.0.1:{http}"
    with running([command, "-f", "-c", "virtuoso.ini"], url + "/sparql", directory):
        yield Virtuoso(url, f"127.0.0.1:{sql}")


def asked(endpoint: str, query: str, accept: str = "application/sparql-results+json") -> bytes:
    """The answer to a query by GET; AssertionError with the server's words if it is refused."""
    address = endpoint + "?" + urllib.parse.urlencode({"query": query})
    try:
        with urllib.request.urlopen(
            urllib.request.Request(address, headers={"Accept": accept}), timeout=60
        ) as response:
            body = response.read()
            assert isinstance(body, bytes)
            return body
    except urllib.error.HTTPError as error:
        with error:
            raise AssertionError(
                f"{endpoint}: {error.code} {error.read().decode(errors='replace')}"
            ) from error
