"""Which hosts may be asked: the entries of the list, and whether an address belongs to everybody's network.

Must not know sockets or what is asked. A host is on the list if it is written there, letter by letter (case
apart); nothing is matched, resolved or repaired. So `0x7f.1`, `localhost.` or a host in another script is on
no list, whatever a resolver makes of it.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote

from conflictgraph.errors import QueryRefused

Address = IPv4Address | IPv6Address

_PORTS = {"http": 80, "https": 443}
_ENTRY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:]+)(?::([0-9]{1,5}))?")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}")
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_IRI = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/[^?#\\\x00-\x20]*)?(?:\?[^#\\\x00-\x20]*)?)",
    re.IGNORECASE,
)
_UNICAST = IPv6Network("2000::/3")
_CARRIES_IPV4 = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))
"""Teredo and 6to4: an IPv4 address, maybe a private one, in the clothes of a global one."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """One entry: a name or a literal address in its one spelling, and the port (None: the scheme's own)."""

    host: str
    port: int | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes; `path` has the query of the IRI too, and is ASCII."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def literal(self) -> Address | None:
        """The address, if the host is one: then it is on the list as such."""
        return _address(self.host)


def allowed(text: str) -> tuple[Allowed, ...]:
    """The entries of a list, separated by commas or spaces; `ValueError` for one that is not clear."""
    entries = tuple(_entry(each) for each in re.split(r"[,\s]+", text.strip()))
    return tuple(dict.fromkeys(entries))


def target(iri: str, entries: tuple[Allowed, ...]) -> Target:
    """Where a request to the IRI goes. Raises `QueryRefused` if that is not on the list."""
    parts = _IRI.fullmatch(iri)
    if parts is None:
        raise QueryRefused(
            f"Cannot ask <{iri}>: expected http or https, a host in ASCII, maybe a port, and a path; "
            "no user name and no fragment."
        )
    scheme = parts["scheme"].lower()
    port = int(parts["port"] or _PORTS[scheme])
    host = _spelt(parts["host"])
    ports = (port, None) if port == _PORTS[scheme] else (port,)
    if host is None or not any(Allowed(host, each) in entries for each in ports):
        raise QueryRefused(
            f"{parts['host']}:{port} may not be asked: it is not on the list of hosts here. "
            "Ask it yourself, or use a client that federates."
        )
    return Target(scheme, host, port, quote(parts["path"] or "/", safe="/?:@!$&'()*+,;=~%[]"))


def is_public(address: Address) -> bool:
    """Whether an address that a name resolved to is of the public network, and of one machine in it."""
    if isinstance(address, IPv6Address) and (
        address not in _UNICAST or any(address in network for network in _CARRIES_IPV4)
    ):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _entry(text: str) -> Allowed:
    parts = _ENTRY.fullmatch(text)
    host = _spelt(parts[1]) if parts else None
    port = int(parts[2]) if parts and parts[2] else None
    if host is None or port == 0 or (port or 0) > 65535:
        raise ValueError
    if _address(host) is None and (not _NAME.fullmatch(host) or _is_own_machine(host)):
        raise ValueError
    return Allowed(host, port)


def _spelt(host: str) -> str | None:
    """The host in lower case; None for an address that is not in its plain spelling."""
    host = host.lower()
    if not host.startswith("[") and not _NUMERIC.fullmatch(host):
        return host
    address = _address(host.strip("[]"))
    return None if address is None else str(address)


def _address(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_own_machine(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost")
