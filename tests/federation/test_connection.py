"""The address that was looked at is the one that is connected to; only the resolver is faked."""

import io
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import parts
from conflictgraph import hosts
from conflictgraph.errors import QueryRefused, RemoteFailed
from conflictgraph.federation import connection, exchange
from conflictgraph.federation.exchange import Bounds
from remotes import ROWS, hostile

NAME = hosts.allowed("partner.example:8890")
TARGET = hosts.target("http://partner.example:8890/sparql", NAME)


class Resolver:
    """Gives one list of addresses after another, and counts how often it is asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, _: str, port: int, **__: Any) -> list[tuple[Any, ...]]:
        self.asked += 1
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (address, port),
            )
            for address in self.answers.pop(0)
        ]


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["169.254.169.254"],
        ["::ffff:127.0.0.1"],
        ["fe80::1"],
        ["93.184.216.34", "10.0.0.1"],
        ["93.184.216.34", "::1"],
    ],
)
def test_a_name_with_an_address_that_is_not_public_is_refused(addresses: list[str]) -> None:
    with pytest.raises(QueryRefused, match="not public"):
        connection.places(TARGET, Resolver(addresses))


def test_a_name_is_resolved_once_so_that_it_cannot_change_between_look_and_connection() -> None:
    resolver = Resolver(["93.184.216.34", "93.184.216.34"], ["127.0.0.1"])
    assert connection.places(TARGET, resolver) == [(socket.AF_INET, ("93.184.216.34", 8890))]
    assert resolver.asked == 1


def test_nothing_is_resolved_after_the_look(monkeypatch: pytest.MonkeyPatch) -> None:
    with hostile() as remote:
        target = hosts.target(remote.iri("/rows"), hosts.allowed(remote.host))

        def forbidden(*_: Any, **__: Any) -> list[tuple[Any, ...]]:
            raise AssertionError("a name was resolved")

        monkeypatch.setattr(socket, "getaddrinfo", forbidden)
        with connection.connected(target, 5, forbidden) as plain:
            assert plain.getpeername() == ("127.0.0.1", remote.port)


def test_a_rebound_name_reaches_nobody_through_the_whole_exchange() -> None:
    with hostile() as remote:
        name = f"partner.example:{remote.port}"
        bounds = Bounds(hosts.allowed(name), 2, 1000)
        resolver = Resolver(["127.0.0.1"])
        with pytest.raises(QueryRefused, match="not public"):
            exchange.fetch(f"http://{name}/rows", "*/*", io.BytesIO(), bounds, resolve=resolver)
        assert not remote.seen


def test_a_redirection_to_a_listed_name_is_resolved_and_looked_at_again() -> None:
    with hostile() as trap, hostile(f"http://partner.example:{trap.port}/rows") as remote:
        bounds = Bounds(hosts.allowed(f"{remote.host}, partner.example:{trap.port}"), 2, 1000)
        with pytest.raises(QueryRefused, match="not public"):
            exchange.fetch(remote.iri("/out"), "*/*", io.BytesIO(), bounds, resolve=Resolver(["127.0.0.1"]))
        assert (remote.paths, trap.seen) == (["/out"], [])


def test_a_name_that_nobody_knows_is_a_failure_of_the_remote() -> None:
    def unknown(*_: Any, **__: Any) -> list[tuple[Any, ...]]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(RemoteFailed, match=r"partner\.example is not known"):
        connection.connected(TARGET, 1, unknown)


def test_tls_is_demanded_where_the_iri_says_https() -> None:
    with hostile() as remote:
        target = hosts.target(f"https://{remote.host}/rows", hosts.allowed(remote.host))
        with pytest.raises(RemoteFailed, match="TLS"):
            connection.connected(target, 5)
        assert not remote.seen


def certificate(path: Path, name: str) -> Path:
    """A certificate that signs itself, with its key, for a name or an address."""
    parts.need(parts.OPENSSL)
    key, signed, both = path / "key.pem", path / "signed.pem", path / f"{name[:3]}.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=test"]
    subprocess.run(
        [*command, "-addext", f"subjectAltName={name}", "-keyout", key, "-out", signed],
        check=True,
        capture_output=True,
        timeout=120,
    )
    both.write_bytes(key.read_bytes() + signed.read_bytes())
    return both


def test_https_reaches_who_is_trusted_and_goes_by_the_name_that_was_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted = certificate(tmp_path, "IP:127.0.0.1")
    with hostile("http://127.0.0.1:1/", trusted) as remote:
        iri, bounds = f"https://{remote.host}", Bounds(hosts.allowed(f"{remote.host}, 127.0.0.1:1"), 5, 1000)
        with pytest.raises(RemoteFailed, match="certificate verify failed"):
            exchange.fetch(iri + "/rows", "*/*", io.BytesIO(), bounds)
        assert not remote.seen
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        body = io.BytesIO()
        exchange.fetch(iri + "/rows", "*/*", body, bounds)
        assert body.getvalue() == ROWS
        with pytest.raises(QueryRefused, match="without encryption"):
            exchange.fetch(iri + "/out", "*/*", io.BytesIO(), bounds)
    other = certificate(tmp_path, "DNS:partner.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    with hostile(certificate=other) as remote:
        bounds = Bounds(hosts.allowed(remote.host), 5, 1000)
        with pytest.raises(RemoteFailed, match="mismatch"):
            exchange.fetch(f"https://{remote.host}/rows", "*/*", io.BytesIO(), bounds)
        assert not remote.seen
