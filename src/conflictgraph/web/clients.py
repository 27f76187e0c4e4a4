"""Which client a request comes from.

Must not know what is done with that.
"""

from collections.abc import Collection
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from wsgiref.types import WSGIEnvironment

Network = IPv4Network | IPv6Network
_ONE_SITE = 64
"""Bits of an IPv6 address that its holder cannot choose."""


def client(environ: WSGIEnvironment, proxies: Collection[Network]) -> str | None:
    """The address, or the network of an IPv6 one; None for a program on this machine, and if nobody knows.

    A proxy that is trusted is believed about who it asks for: the last address in X-Forwarded-For that is
    no trusted proxy. What others write there counts for nothing.
    """
    address = _parsed(environ.get("REMOTE_ADDR", ""))
    forwarded = environ.get("HTTP_X_FORWARDED_FOR")
    if address is None or (not forwarded and is_loopback(environ["REMOTE_ADDR"])):
        return None
    told = [part.strip() for part in forwarded.split(",")] if forwarded else []
    while address and told and any(address in network for network in proxies):
        address = _parsed(told.pop()) or address
    if address.is_loopback:
        return None
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _ONE_SITE), strict=False))
    return str(address)


@lru_cache(maxsize=4096)
def is_loopback(address: str) -> bool:
    """Whether that is this machine itself."""
    parsed = _parsed(address)
    return parsed is not None and parsed.is_loopback


@lru_cache(maxsize=4096)
def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """An address as servers and proxies write it, maybe with a port; IPv4 within IPv6 is the former."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
