"""Connections byte by byte: what is answered at once, in which order, and what a client that leaves ends."""

import itertools
import re
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import quote

import pytest
from guarded import GOOD, copied_home

from conflictgraph import graphs
from conftest import Server, serving
from processes import seconds_at_work, wait_until, web_memory, workers
from raw_requests import LINE, answer, connected, statuses

TOKEN = "open-sesame"
LABEL = "SELECT ?l { <id/state/armenia> <http://www.w3.org/2000/01/rdf-schema#label> ?l }"
DIGITS = "{ 0 1 2 3 4 5 6 7 8 9 }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(12)) + " }"
ROWS = "SELECT * { " + " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(5)) + " }"
CSV = "Accept: text/csv\r\n"


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own, whose queries may take long."""
    home = copied_home(tmp_path_factory.mktemp("wire"))
    with serving(home, CONFLICTGRAPH_QUERY_TIMEOUT="120", CONFLICTGRAPH_TOKEN=TOKEN) as running:
        yield running


def get(query: str, more: str = "", version: str = "1.1", path: str = "/sparql") -> bytes:
    return f"GET {path}?query={quote(query)} HTTP/{version}\r\nHost: a\r\n{CSV}{more}\r\n".encode()


@contextmanager
def reading(server: Server, request: bytes) -> Iterator[socket.socket]:
    with connected(server) as client:
        client.settimeout(60)
        client.sendall(request)
        yield client


def received(client: socket.socket, until: bytes) -> bytes:
    data = b""
    while until not in data and (piece := client.recv(65536)):
        data += piece
    return data


def test_what_comes_in_one_piece_is_answered_in_its_order(server: Server) -> None:
    """Some of it at once, some by the application, some by workers; some of it twice."""
    queries = [LABEL, "ASK {}", LABEL, f"{ROWS} LIMIT 2", LABEL, "ASK { FILTER(false) }"]
    expected = [b"Armenia", b"true", b"Armenia", b"v0,v1", b"Armenia", b"false", b"true"]
    requests = [get(f"{query} # {number // 3}") for number, query in enumerate(queries)]
    with connected(server) as client:
        client.settimeout(60)
        client.sendall(b"".join(requests) + get("ASK {} # last", "Connection: close\r\n"))
        came = received(client, b"never there")
    assert statuses(came) == [b"200 OK"] * 7
    assert re.findall(b"Armenia|true|v0,v1|false", came) == expected


def test_a_request_in_pieces_is_answered_like_one_in_one_piece(server: Server) -> None:
    request = get(f"{LABEL} # {uuid.uuid4()}", "Connection: close\r\n")
    whole = answer(server, request)
    assert b"Armenia" in whole
    with connected(server) as client:
        for place in range(0, len(request), 7):
            client.sendall(request[place : place + 7])
            time.sleep(0.001)
        pieces = received(client, b"never there")
    assert statuses(pieces) == statuses(whole) == [b"200 OK"]
    assert b"Armenia" in pieces


def headers(response: bytes) -> dict[bytes, bytes]:
    lines = response.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(b": ") for line in lines)}


def test_a_short_answer_is_sent_in_one_piece_and_tells_its_length(server: Server) -> None:
    with connected(server) as client:
        client.sendall(get(f"{ROWS} LIMIT 3 # {uuid.uuid4()}"))
        came = received(client, b"\r\n\r\n")
    head, _, body = came.partition(b"\r\n\r\n")
    assert int(headers(came)[b"content-length"]) == len(body) > 0
    assert b"chunked" not in head
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_request_that_comes_again_has_the_same_answer_under_an_id_of_its_own(server: Server) -> None:
    request = get(f"{LABEL} # {uuid.uuid4()}")
    with connected(server) as client:
        answers = []
        for _ in range(5):
            client.sendall(request)
            answers.append(received(client, b"Armenia"))
    heads = [headers(each) for each in answers]
    assert len({head.pop(b"x-request-id") for head in heads}) == 5
    assert [head.get(b"cache-status") for head in heads] == [None, *4 * [b"conflictgraph; hit"]]
    assert all(b"date" in head for head in heads)
    for head in heads:
        for own in (b"query-id", b"date", b"cache-status"):
            head.pop(own, None)
    assert all(head == heads[0] for head in heads)
    assert len({each.partition(b"\r\n\r\n")[2] for each in answers}) == 1


def test_a_request_that_comes_again_sees_what_was_published_meanwhile(patient: Server) -> None:
    request = get("SELECT ?s { ?s <http://www.w3.org/2000/01/rdf-schema#label> 'Goris'@en }")
    data = "/data?graph=" + quote(graphs.source("wire").value, safe="")
    authority = f"Bearer {TOKEN}"
    with connected(patient) as client:

        def rows() -> int:
            client.sendall(request)
            return received(client, b"s\r\n").partition(b"\r\n\r\n")[2].count(b"http")

        assert len({rows() for _ in range(4)}) == 1
        before = rows()
        assert (
            patient.request(data, "PUT", GOOD, Authorization=authority, Content_Type="text/turtle").status
            == 201
        )
        assert rows() == before + 1
        assert patient.request(data, "DELETE", Authorization=authority).status in (200, 204)
        assert rows() == before


def response(client: socket.socket) -> tuple[bytes, bytes]:
    """The head and the body of one that tells its length."""
    head, _, body = received(client, b"\r\n\r\n").partition(b"\r\n\r\n")
    missing = int(headers(head)[b"content-length"]) - len(body)
    while missing > 0 and (piece := client.recv(missing)):
        body, missing = body + piece, missing - len(piece)
    assert missing == 0
    return head, body


def test_requests_that_differ_in_the_address_only_are_told_apart(server: Server) -> None:
    """Look-ups, answers that are kept, what workers compute, what is refused: with the same fields each."""
    asked = {
        LABEL: (b"200", b"l\r\nArmenia\r\n"),
        LABEL.replace("armenia", "azerbaijan"): (b"200", b"l\r\nAzerbaijan\r\n"),
        "SELECT * { VALUES (?a ?b) { (1 2) } }": (b"200", b"a,b\r\n1,2\r\n"),
        "SELECT": (b"400", b"line"),
    }
    with connected(server) as client:
        client.settimeout(60)
        for number in range(4):
            for query, (status, expected) in asked.items():
                client.sendall(get(f"{query} # {number // 2}"))
                head, body = response(client)
                assert head.startswith(b"HTTP/1.1 " + status)
                assert body == expected if status == b"200" else expected in body
            client.sendall(get("", path="/nowhere"))
            assert response(client)[0].startswith(b"HTTP/1.1 404 ")


def look_up(thing: str) -> bytes:
    """A look-up that nobody asked for yet."""
    return get(f"{LABEL.replace('state/armenia', thing)} # {uuid.uuid4()}")


def test_clients_that_ask_at_the_same_moment_get_their_own_answers(server: Server) -> None:
    """More of them than an answer waits for."""
    asked = {f"state/{name.lower()}": name.encode() for name in ("Armenia", "Azerbaijan", "Turkey")}
    with ExitStack() as stack:
        clients = [stack.enter_context(reading(server, look_up("state/armenia"))) for _ in range(45)]
        for client in clients:
            assert b"Armenia" in response(client)[1]
        turns = list(zip(clients, itertools.cycle(asked), strict=False))
        for client, thing in turns:
            client.sendall(look_up(thing))
        for client, thing in turns:
            assert asked[thing] in response(client)[1]


def test_who_has_said_all_still_gets_the_answer_to_a_look_up(server: Server) -> None:
    with reading(server, look_up("state/armenia")) as client:
        response(client)
        client.sendall(look_up("state/azerbaijan"))
        client.shutdown(socket.SHUT_WR)
        assert b"Azerbaijan" in response(client)[1]
        assert client.recv(1) == b""


def test_a_look_up_is_answered_before_what_comes_behind_it(server: Server) -> None:
    with reading(server, look_up("state/armenia")) as client:
        response(client)
        for _ in range(50):
            client.sendall(look_up("state/azerbaijan"))
            client.sendall(get("SELECT ?other {}"))
            assert re.findall(b"Azerbaijan|other", received(client, b"other")) == [b"Azerbaijan", b"other"]
        client.sendall(look_up("state/azerbaijan"))
        client.sendall(b"no HTTP\r\n\r\n")
        assert statuses(received(client, b"never there")) == [b"200 OK", b"400 Bad Request"]


def test_fields_that_differ_are_told_apart_behind_the_same_address(server: Server) -> None:
    with connected(server) as client:
        client.settimeout(60)
        for _ in range(3):
            request = get(f"{LABEL} # {uuid.uuid4()}")
            for kind in (b"text/csv", b"text/tab-separated-values", b"application/sparql-results+xml"):
                client.sendall(request.replace(b"text/csv", kind))
                head, body = response(client)
                assert headers(head)[b"content-type"].startswith(kind)
                assert b"Armenia" in body


def test_who_speaks_http_1_0_gets_no_chunks_and_the_end_of_the_connection(server: Server) -> None:
    for query in (LABEL, ROWS, "ASK {}"):
        old = answer(server, get(query, version="1.0"))
        new = server.request("/sparql?query=" + quote(query), Accept="text/csv")
        head, _, body = old.partition(b"\r\n\r\n")
        assert b"transfer-encoding" not in head.lower()
        assert body == new.body


def test_a_client_that_hangs_up_before_the_first_row_ends_its_query(patient: Server) -> None:
    id = uuid.uuid4().hex
    with reading(patient, get(ENDLESS, f"X-Request-Id: {id}\r\n")):
        wait_until(lambda: seconds_at_work(workers(patient.pid)) > 0.2)
        wait_until(lambda: "conflictgraph_queries_running 1.0" in patient.request("/metrics").text)
    wait_until(lambda: "conflictgraph_queries_running 0.0" in patient.request("/metrics").text, 10)
    wait_until(lambda: any(told["request"] == id for told in patient.logged("stopped")))
    (stopped,) = [told for told in patient.logged("stopped") if told["request"] == id]
    assert stopped["reason"] == "hung_up"
    assert not [told for told in patient.logged("broken") if told["request"] == id]


def test_a_document_in_chunks_is_taken_whole(patient: Server) -> None:
    lines = [LINE.replace(b"<http://e/a>", b"<http://e/%d>" % number) for number in range(3000)]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(line), line) for line in lines)
    head = (
        f"PUT /graph/source/in-chunks HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\r\n"
        "Connection: close\r\nContent-Type: application/n-triples\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with reading(patient, head.encode() + chunks + b"0\r\n\r\n") as client:
        said = received(client, b"never there")
    assert statuses(said) == [b"201 Created"]
    assert b'"added": 3000' in said


def test_a_client_that_does_not_read_is_not_sent_more_than_it_takes(patient: Server) -> None:
    """What it asks for piles up with it, and not in the memory of the server."""
    request = get(f"SELECT ?s ?p ?o {{ ?s ?p ?o }} LIMIT 400 # {uuid.uuid4()}")
    assert len(answer(patient, request.replace(b"Host", b"Connection: close\r\nHost"))) > 40_000
    before = web_memory(patient.pid)
    with connected(patient) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(1)
        with suppress(TimeoutError):
            for _ in range(40_000):
                client.sendall(request)
        assert web_memory(patient.pid) - before < 60_000_000
        assert patient.request("/health").status == 200


def test_an_idle_connection_serves_one_request_after_the_other(server: Server) -> None:
    with connected(server) as client:
        for number in range(50):
            client.sendall(get(f"ASK {{}} # {number}") if number % 3 else get(f"{LABEL} # {number % 7}"))
            assert received(client, b"true" if number % 3 else b"Armenia")
