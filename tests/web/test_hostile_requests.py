"""Requests that are made to go wrong: each is answered in order, by a problem document at the worst."""

import pytest

from conftest import Server


@pytest.mark.parametrize("path", ["/generations//1", "//example.org/x", "/id//example.org", "/sparql//"])
def test_slashes_in_an_address_are_left_alone(server: Server, path: str) -> None:
    """Nobody is led away by them, nor to the host that the request names."""
    reply = server.request(path, Host="example.org")
    assert (reply.status, reply.headers["Location"]) in [(404, None), (303, "/doc//example.org.ttl")]
