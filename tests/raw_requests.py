"""Requests byte by byte, among them those that are made to go wrong, and what comes back.

Must not know what a request is about.
"""

import re
import socket

from conftest import Server

LINE = b'<http://e/a> <http://www.w3.org/2000/01/rdf-schema#label> "a" .\n'
CHUNK = b"%x\r\n%b\r\n" % (len(LINE), LINE)
GET = b"GET /health HTTP/1.1\r\nHost: a\r\n"
ASK = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"

HIDDEN = {
    "length and chunks": ASK
    + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    + GET
    + b"\r\n",
    "chunks and length": ASK
    + b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n"
    + GET
    + b"\r\n",
    "two lengths": ASK + b"Content-Length: 6\r\nContent-Length: 7\r\n\r\nASK {}" + GET,
    "a list of lengths": ASK + b"Content-Length: 6, 6\r\n\r\nASK {}" + GET + b"\r\n",
    "a length with a sign": ASK + b"Content-Length: +6\r\n\r\nASK {}" + GET + b"\r\n",
    "a negative length": ASK + b"Content-Length: -1\r\n\r\nASK {}" + GET + b"\r\n",
    "a space before a colon": ASK + b"Content-Length : 6\r\n\r\nASK {}" + GET + b"\r\n",
    "another coding": ASK + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + GET + b"\r\n",
    "two codings": ASK + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + GET + b"\r\n",
    "a folded header": ASK + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + GET + b"\r\n",
}
"""Where one request could be read as two."""

REFUSED = [
    (GET + b"X: a\0b\r\n\r\n", b"400"),
    (GET + b"X: a\rSet-Cookie: b\r\n\r\n", b"400"),
    (b"GET /doc/\0 HTTP/1.1\r\nHost: a\r\n\r\n", b"400"),
    (b"GET /doc/\xff HTTP/1.1\r\nHost: a\r\n\r\n", b"400"),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
    (b"GET /health\r\n\r\n", b"400"),
    (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", b"414"),
    (GET + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n", b"431"),
    (GET + b"".join(b"X%d: a\r\n" % n for n in range(500)) + b"\r\n", b"431"),
    (b"GET sparql HTTP/1.1\r\nHost: a\r\n\r\n", b"400"),
    (b"CONNECT example.org:80 HTTP/1.1\r\nHost: a\r\n\r\n", b"400"),
    (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", b"404"),
    (b"GET http://example.org/health HTTP/1.1\r\nHost: a\r\n\r\n", b"200"),
    (b"TRACE /sparql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\n\r\n", b"405"),
    (b"A!#$ /sparql HTTP/1.1\r\nHost: a\r\n\r\n", b"400"),
    (b"PROPFIND /sparql HTTP/1.1\r\nHost: a\r\n\r\n", b"405"),
    (GET + b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n", b"400"),
    (
        GET + b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n",
        b"200",
    ),
    (ASK + b"Content-Length: 50000000000\r\n\r\nASK {}", b"413"),
    (ASK + b"Content-Length: 99999999999999999999999\r\n\r\nASK {}", b"400"),
    (b"GET /doc/a%0d%0aSet-Cookie:%20b HTTP/1.1\r\nHost: a\r\n\r\n", b"404"),
    (b"GET /id/a%0d%0aSet-Cookie:%20b HTTP/1.1\r\nHost: a\r\n\r\n", b"404"),
    (b"GET /static/..%2f..%2f..%2ferrors.py HTTP/1.1\r\nHost: a\r\n\r\n", b"404"),
    (b"GET /static/../../errors.py HTTP/1.1\r\nHost: a\r\n\r\n", b"404"),
    (b"GET /static//etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", b"404"),
    (b"GET /graph/../../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", b"404"),
]
"""What is no request for this server, with the beginning of the status that it gets."""


def connected(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=10)


def answer(server: Server, request: bytes, *, leave: bool = False) -> bytes:
    """Everything that comes until the server closes the connection, or nothing comes for a while.

    With `leave`, nothing can be sent behind the request.
    """
    received = b""
    with connected(server) as client:
        try:
            client.sendall(request)
            if leave:
                client.shutdown(socket.SHUT_WR)
            while more := client.recv(65536):
                received += more
        except (ConnectionError, TimeoutError):
            pass  # closed before all was sent, or kept open
    return received


def statuses(received: bytes) -> list[bytes]:
    return re.findall(rb"HTTP/1\.[01] (\d[^\r]*)\r\n", received)
