"""The strangers of the mixed load: requests that are made to go wrong, and clients that leave.

Each is refused, given up, or ends at a limit. Must not know what others read.
"""

import gzip
import io
import random
import socket
import threading
import time
import urllib.parse
import uuid
from collections.abc import Collection
from contextlib import suppress
from http.client import parse_headers

from hostile_documents import HOSTILE
from runaways import kinds
from scene import TOKEN, Scene
from tally import Exchange

from conftest import Reply
from raw_requests import ASK, CHUNK, GET, HIDDEN, LINE, REFUSED, connected, statuses

BODY_MAX, INPUT_MAX = 2_000_000, 20_000_000
"""What the server is told to take."""
ENDED = ("QueryTimeout", "QueryOutOfMemory", "QueryRefused", "QueryTooLarge", "GaveWay", "StoreBusy")
"""How a query ends that would never end."""
RUNAWAYS = {name: text for name, text in kinds(9).items() if len(text) < 1_000_000}
LARGE = "SELECT * { ?s ?p ?o . ?a ?b ?c }"

_WRITE = f"PUT /graph/source/cut-off HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\r\n".encode()
_WRITE += b"Content-Type: application/n-triples\r\n"
CUT_OFF = [
    _WRITE + b"Content-Length: 500\r\n\r\n" + LINE,
    _WRITE + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK,
    _WRITE + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK + b"zz\r\n",
    ASK + b"Content-Length: 500\r\n\r\nASK {}",
    ASK + b"Transfer-Encoding: chunked\r\n\r\nfffffff\r\nASK {}",
    GET + b"\r\n" + GET[:20] + b"\0\xff garbage\r\n\r\n" + b"x" * 5000,
]
TRAVERSALS = [
    *("/data?graph=file:///etc/passwd", "/data?graph=../../../etc/passwd", "/id/../../../../etc/passwd"),
    *("/id/%2e%2e/%2e%2e/etc/passwd", "/doc/..%2f..%2fetc%2fpasswd", "/graph/..%2f..%2f..%2fetc%2fpasswd"),
    *("/static/%2e%2e/errors.py", "/generations/../../etc/passwd", "/doc/a%00b", "/sparql?query=%ff%fe"),
]


def bytes_that_are_no_request(scene: Scene, chance: random.Random) -> None:
    """One of many, and a look at what comes back."""
    request, _ = chance.choice([*REFUSED, *((each, b"") for each in HIDDEN.values())])
    _sent(scene, "no request", request, leave=False)


def cut_off(scene: Scene, chance: random.Random) -> None:
    """A body that is shorter than it says, chunks that break off, garbage behind a request."""
    _sent(scene, "cut off", chance.choice(CUT_OFF), leave=chance.random() < 0.7)


def _sent(scene: Scene, who: str, request: bytes, *, leave: bool) -> None:
    """Send it, wait for a while for an answer, and hang up."""
    began, received = time.monotonic(), b""
    with connected(scene.server) as client, suppress(ConnectionError, TimeoutError):
        client.settimeout(2)
        client.sendall(request)
        if leave:
            client.shutdown(socket.SHUT_WR)
        while more := client.recv(65536):
            received += more
    _note(scene, who, began, received, (0, *range(200, 500), "StoreBusy"))


def _note(
    scene: Scene, who: str, began: float, received: bytes, asked_for: Collection[int | str]
) -> Exchange:
    """Count what came back, of which the first answer matters."""
    reply = None
    if said := statuses(received):
        head, _, body = received.partition(b"\r\n\r\n")
        headers = parse_headers(io.BytesIO(head.partition(b"\r\n")[2] + b"\r\n\r\n"))
        reply = Reply(int(said[0][:3]), headers, body[: int(headers["Content-Length"] or len(body))])
    exchange = Exchange(who, began, time.monotonic(), reply)
    scene.tally.note(exchange, asked_for)
    return exchange


def slowly(scene: Scene, chance: random.Random) -> None:
    """A head or a body that hardly comes, until the server has enough or the client leaves."""
    is_head = chance.random() < 0.5
    start = GET if is_head else ASK + b"Content-Length: 600\r\n\r\nASK"
    began, received, until = time.monotonic(), b"", time.monotonic() + chance.choice([3, 30])
    with connected(scene.server) as client, suppress(ConnectionError):
        client.sendall(start)
        client.settimeout(1)
        while time.monotonic() < until and not scene.over.is_set():
            with suppress(TimeoutError):
                received = client.recv(65536)
                break
            client.sendall(b"X")
    who = "slow head" if is_head else "slow body"
    _note(scene, who, began, received, (0, 400, 408, "StoreBusy"))


def packed(scene: Scene, chance: random.Random) -> None:
    """A body that is too long, or too long when it is unpacked."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content_Type": "text/turtle"}
    if chance.random() < 0.5:
        body = gzip.compress(b"# \n" * INPUT_MAX)
        headers["Content_Encoding"] = "gzip"
    else:
        body = b"# \n" * BODY_MAX
    path, method = chance.choice(
        [("/graph/source/bomb", "PUT"), ("/data", "POST"), ("/update", "POST"), ("/validate", "POST")]
    )
    if path == "/update":
        headers["Content_Type"] = "application/sparql-update"
    scene.ask("bomb", path, method, body, (0, 400, 408, 413, "StoreBusy"), **headers)


def documents(scene: Scene, chance: random.Random) -> None:
    """A document that would unfold, fetch, crash or hide."""
    name = chance.choice(sorted(HOSTILE))
    format, text, _ = HOSTILE[name]
    headers = {"Authorization": f"Bearer {TOKEN}", "Content_Type": format.media_type}
    path, method = chance.choice([("/graph/source/hostile", "PUT"), ("/validate", "POST")])
    asked_for: tuple[int | str, ...] = (400, 413, 422, "StoreBusy", "QueryTimeout", "QueryOutOfMemory")
    if (path, name) == ("/validate", "nothing"):
        asked_for = (200, *asked_for)
    scene.ask("document", path, method, gzip.compress(text), asked_for, Content_Encoding="gzip", **headers)


def traversals(scene: Scene, chance: random.Random) -> None:
    """A path that would lead out, to read or to write."""
    method = chance.choice(["GET", "PUT", "DELETE"])
    body = b"<a:a> <a:b> <a:c> ." if method == "PUT" else None
    headers = {"Authorization": f"Bearer {TOKEN}", "Content_Type": "text/turtle"}
    done = scene.ask(
        "traversal", chance.choice(TRAVERSALS), method, body, (200, 303, 400, 403, 404, 405), **headers
    )
    if done.reply and b"root:" in done.reply.body:
        scene.tally.fault(f"traversal: {done.reply.body[:200]!r}")


def without_the_token(scene: Scene, chance: random.Random) -> None:
    """A write with a wrong token or none."""
    headers = chance.choice([{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic YTpi"}])
    kind = "application/sparql-update"
    scene.ask("no token", "/update", "POST", b"CLEAR SILENT ALL", (401,), Content_Type=kind, **headers)


def runaways(scene: Scene, chance: random.Random) -> None:
    """A query that would never end, up to its limits, or until somebody cancels it, or its client leaves."""
    text, id = RUNAWAYS[chance.choice(sorted(RUNAWAYS))], str(uuid.uuid4())
    scene.endless.add(id)
    ending = chance.random()
    if ending < 0.3:
        _leave(scene, text, id, chance.uniform(0, 1))
        return
    if ending < 0.7:
        threading.Timer(chance.uniform(0.1, 2), cancel, (scene, id)).start()
    asked_for = (*ENDED, "QueryCancelled")
    scene.ask(
        "runaway",
        "/sparql",
        "POST",
        text.encode(),
        asked_for,
        Content_Type="application/sparql-query",
        Query_Id=id,
    )
    scene.endless.discard(id)


def cancel(scene: Scene, id: str) -> None:
    """Stop the query of another, or find that it is over."""
    scene.ask("cancel", f"/sparql/queries/{id}", "DELETE", None, (204, 404))


def _leave(scene: Scene, text: str, id: str, after: float) -> None:
    """Ask, and hang up before the first row."""
    with connected(scene.server) as client:
        body = text.encode()
        client.sendall(ASK + b"Query-Id: %b\r\nContent-Length: %d\r\n\r\n%b" % (id.encode(), len(body), body))
        time.sleep(after)
    with scene.tally.lock:
        scene.tally.endings["hung up before the first row"]["broken"] += 1


def hanging_up(scene: Scene, chance: random.Random) -> None:
    """Read some of an answer that is very long, slowly or at once, and hang up."""
    path = "/sparql?" + urllib.parse.urlencode({"query": LARGE, "format": chance.choice(["csv", "json"])})
    coding = chance.choice([b"identity", b"gzip", b"zstd"])
    wanted = chance.choice([1, 100_000, 3_000_000])
    began, received = time.monotonic(), b""
    with connected(scene.server) as client, suppress(ConnectionError, TimeoutError):
        client.sendall(b"GET %b HTTP/1.1\r\nHost: a\r\nAccept-Encoding: %b\r\n\r\n" % (path.encode(), coding))
        while len(received) < wanted and time.monotonic() < began + 10 and (more := client.recv(1 << 16)):
            received += more
    _note(scene, "hung up in the middle", began, received, (200, *ENDED))


STRANGERS = [
    (bytes_that_are_no_request, 0.3),
    (cut_off, 0.3),
    (slowly, 0.5),
    (slowly, 0.5),
    (slowly, 0.5),
    (packed, 2.0),
    (documents, 2.0),
    (traversals, 0.5),
    (without_the_token, 0.5),
    (runaways, 1.0),
    (runaways, 1.0),
    (hanging_up, 1.0),
]
