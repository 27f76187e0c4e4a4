"""A connection to a host that may be asked: resolve, look at the addresses, connect to one of those.

Must not know HTTP. The name is resolved once, and the address that was looked at is the one that is
connected to: what the name means a moment later is no matter.
"""

import socket
import ssl
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import Any

from conflictgraph import hosts
from conflictgraph.errors import QueryRefused, RemoteFailed
from conflictgraph.hosts import Target

Resolver = Callable[..., Sequence[tuple[Any, ...]]]
Place = tuple[int, tuple[Any, ...]]
"""A family of addresses and the address in it, as `socket` takes them."""


def connected(target: Target, seconds: float, resolve: Resolver = socket.getaddrinfo) -> socket.socket:
    """A connection, encrypted for https; `seconds` is for each wait on it.

    Raises `QueryRefused` for a name with an address that is not public, `RemoteFailed` if nobody answers.
    """
    plain = _reached(target, places(target, resolve), seconds)
    if target.scheme == "http":
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
    except OSError as error:
        plain.close()
        raise RemoteFailed(f"{target.host} cannot be trusted or reached by TLS: {error}.") from error


def places(target: Target, resolve: Resolver = socket.getaddrinfo) -> list[Place]:
    """Where the host is. Each address of a name must be public; a literal one is on the list as it stands."""
    literal = target.literal
    if literal is not None:
        family = socket.AF_INET if literal.version == 4 else socket.AF_INET6
        return [(family, (str(literal), target.port))]
    try:
        told = resolve(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise RemoteFailed(f"{target.host} is not known: {error}.") from error
    found: list[Place] = list(dict.fromkeys((each[0], each[4]) for each in told))
    for _, address in found:
        if not hosts.is_public(ip_address(address[0])):
            raise QueryRefused(
                f"{target.host} may not be asked: the name stands for an address that is not public. "
                "Such an address is asked only if it is on the list itself."
            )
    return found


def _reached(target: Target, found: list[Place], seconds: float) -> socket.socket:
    reason = "it has no address"
    for family, address in found:
        plain = socket.socket(family, socket.SOCK_STREAM)
        plain.settimeout(seconds)
        try:
            plain.connect(address)
        except OSError as error:
            plain.close()
            reason = str(error)
        else:
            return plain
    raise RemoteFailed(f"{target.host}:{target.port} cannot be reached: {reason}.")
