"""Other hosts for the tests, all on loopback: a real endpoint, and a server that behaves badly on request."""

import ssl
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import servers

JSON = "application/sparql-results+json"
ROWS = b"""{"head": {"vars": ["x"]}, "results": {"bindings": [
  {"x": {"type": "uri", "value": "http://example.org/told"}}]}}"""
TURTLE = b'<http://example.org/loaded> <http://example.org/said> "once", [ <http://example.org/p> 1 ] .\n'
LABELLED = b"""@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<goris> a <https://w3id.org/conflictgraph/ontology#Person> ; rdfs:label "Goris"@en .
"""


@dataclass
class Remote:
    """A server under the test's control; `seen` has the path of each request, and its body."""

    port: int
    seen: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def iri(self, path: str) -> str:
        return f"http://{self.host}{path}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.seen]


@contextmanager
def oxigraph(directory: Path, update: str) -> Iterator[Remote]:
    """A running `oxigraph serve` with some data."""
    with servers.oxigraph(directory) as running:
        request = urllib.request.Request(
            running.url + "/update", update.encode(), {"Content-Type": "application/sparql-update"}
        )
        with urllib.request.urlopen(request, timeout=20):
            pass
        yield Remote(running.port)


@contextmanager
def hostile(elsewhere: str = "", certificate: Path | None = None) -> Iterator[Remote]:
    """A server with a path for each kind of bad behaviour; `elsewhere` is where `/out` redirects to.

    With a certificate (and its key in the same file) it speaks TLS.
    """
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            remote.seen.append((self.path, body))
            with suppress(OSError):  # the other end had enough
                self._behave(self.path.partition("?")[0].strip("/"))

        def do_POST(self) -> None:
            self.do_GET()

        def _behave(self, name: str) -> None:
            match name:
                case "rows":
                    self._send(ROWS)
                case "out":
                    self._redirect(elsewhere)
                case "in":
                    self._redirect("/rows")
                case "loop":
                    self._redirect("/loop")
                case "see-other":
                    self._redirect("/rows", 303)
                case "file":
                    self._redirect("file:///etc/passwd")
                case "silent":
                    over.wait()
                case "drip":
                    self._head()
                    self.end_headers()
                    while not over.wait(0.05):
                        self.wfile.write(b" ")
                case "slow-headers":
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                    while not over.wait(0.05):
                        self.wfile.write(b"X")
                case "continue":
                    while not over.is_set():
                        self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                case "endless":
                    self._head()
                    self.end_headers()
                    while not over.is_set():
                        self.wfile.write(b" " * 65536)
                case "html":
                    self._send(b"<html></html>", "text/html")
                case "lies":
                    self._send(b"<html></html>")
                case "evil-iri":
                    self._send(ROWS.replace(b"told", b"> } } INSERT {"))
                case "evil-name":
                    self._send(ROWS.replace(b'"x"', b'"x } #"'))
                case "deep":
                    self._send(b'{"head":{"vars":["x"]},"results":{"bindings":[' + b'{"x":' * 1_000_000)
                case "truth":
                    self._send(b'{"head": {}, "boolean": true}')
                case "short":
                    self._send(ROWS, length=len(ROWS) + 1)
                case "packed":
                    self._send(ROWS, extra=("Content-Encoding", "gzip"))
                case "error":
                    self._send(b"no", status=500)
                case "garbage":
                    self.wfile.write(b"\x00\xff" * 100)
                case "turtle":
                    self._send(TURTLE, "text/turtle; charset=utf-8")
                case "labelled":
                    self._send(LABELLED, "text/turtle")
                case "turtle-lies":
                    self._send(b"<html></html>", "text/turtle")
                case _:
                    self._send(b"", status=404)

        def _head(self, content_type: str = JSON, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)

        def _send(
            self,
            body: bytes,
            content_type: str = JSON,
            status: int = 200,
            length: int | None = None,
            extra: tuple[str, str] = ("X-Nothing", ""),
        ) -> None:
            self._head(content_type, status)
            self.send_header("Content-Length", str(len(body) if length is None else length))
            self.send_header(*extra)
            self.end_headers()
            self.wfile.write(body)

        def _redirect(self, where: str, status: int = 302) -> None:
            self.send_response(status)
            self.send_header("Location", where)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def end_headers(self) -> None:
            self.close_connection = True
            super().end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    remote = Remote(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield remote
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()
