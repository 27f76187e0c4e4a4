"""Heads that differ in the address only: what is taken from the one before, and what is left to be read."""

import pytest

from conflictgraph.web.heads import Heads

BEHIND = b" HTTP/1.1\r\nHost: a\r\nAccept: text/csv\r\n\r\n"
FIELDS = {"HTTP_HOST": "a", "HTTP_ACCEPT": "text/csv"}


@pytest.fixture
def heads() -> Heads:
    known = Heads()
    known.remember(b"GET /sparql?query=ASK%7B%7D" + BEHIND, FIELDS)
    return known


def test_another_address_before_the_same_bytes_is_taken(heads: Heads) -> None:
    for target in (b"/", b"/sparql?query=SELECT+%2A", b"/a-b_c~d.e/(f)!$&'*,;:@=?"):
        assert heads.read(b"GET " + target + BEHIND) == (target, FIELDS)


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"GET",
        b"GET ",
        b"GET  /",
        b"\r\nGET /",
        b"get /",
        b"HEAD /",
        b"POST /",
        b"GET *",
        b"GET sparql",
        b"GET http://b/sparql",
        b"GET /a b",
        b"GET /a\tb",
        b"GET /#part",
        b"GET /<a>",
        b"GET /\xc3\xa4",
        b"GET /\x00",
        b"GET /a HTTP/1.1\r\nHost: b\r\n\r\nGET /b",
        b"GET /a\r\nHost:b\r\n\r\nGET /b",
    ],
)
def test_what_is_no_plain_address_is_left_to_be_read(heads: Heads, beginning: bytes) -> None:
    assert heads.read(beginning + BEHIND) is None


@pytest.mark.parametrize(
    "behind",
    [
        b" HTTP/1.0" + BEHIND[9:],
        BEHIND[:-1],
        BEHIND[:-2] + b"Accept: text/html\r\n\r\n",
        BEHIND + b"G",
        BEHIND + b"GET /" + BEHIND,
        b"",
    ],
)
def test_other_bytes_behind_the_address_are_left_to_be_read(heads: Heads, behind: bytes) -> None:
    assert heads.read(b"GET /" + behind) is None


def test_what_is_known_is_bounded_and_the_oldest_goes_first(heads: Heads) -> None:
    long = BEHIND[:-2] + b"A: " + b"b" * 5_000 + b"\r\n\r\n"
    heads.remember(b"GET /" + long, FIELDS)
    assert heads.read(b"GET /" + long) is None
    for number in range(300):
        assert heads.read(b"GET /" + BEHIND) is not None
        heads.remember(b"GET /" + BEHIND[:-2] + b"X-Request-Id: %d\r\n\r\n" % number, FIELDS)
    kept = [heads.read(b"GET /" + BEHIND[:-2] + b"X-Request-Id: %d\r\n\r\n" % n) for n in range(300)]
    assert kept[0] is None
    assert kept[-1] is not None


def test_only_a_get_is_remembered() -> None:
    heads = Heads()
    for request in (b"POST /" + BEHIND, b"", b"GET", b"GET /", b"\r\nGET /" + BEHIND):
        heads.remember(request, FIELDS)
    assert heads.read(b"GET /" + BEHIND) is None
    assert heads.read(b"") is None
