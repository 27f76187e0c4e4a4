"""One HTTP request to a host that may be asked, and its answer within bounds.

Must not know SPARQL. Each step of a redirection is looked at like the first address.
"""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlencode, urljoin

from conflictgraph import __version__, hosts
from conflictgraph.errors import QueryRefused, RemoteFailed
from conflictgraph.federation.connection import Resolver, connected
from conflictgraph.hosts import Allowed, Target

_REDIRECTIONS = (301, 302, 307, 308)
_MOST_STEPS = 4
_CHUNK = 1 << 16
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one answer may take: seconds, and bytes of its body. `allow` lists who may be asked."""

    allow: tuple[Allowed, ...]
    seconds: float
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What came: the media type with its parameters, and the address after redirections."""

    content_type: str
    iri: str


def fetch(
    iri: str,
    accept: str,
    into: BinaryIO,
    bounds: Bounds,
    form: Mapping[str, str] | None = None,
    resolve: Resolver | None = None,
) -> Reply:
    """GET the address, or POST a form to it, and write the body of the answer.

    Raises `QueryRefused` for a host that may not be asked, also behind a redirection, and `RemoteFailed`.
    """
    for _ in range(_MOST_STEPS):
        target = hosts.target(iri, bounds.allow)
        connection = _asked(target, accept, form, bounds.seconds, resolve)
        try:
            response = connection.getresponse()
            if response.status not in _REDIRECTIONS:
                _keep(response, target, into, bounds.max_bytes)
                return Reply(response.headers.get("Content-Type", ""), iri)
            iri = _next(iri, response.headers.get("Location", ""))
        except TimeoutError as error:
            raise RemoteFailed(f"{target.host} did not answer within {bounds.seconds:g} s.") from error
        except (OSError, http.client.HTTPException) as error:
            raise RemoteFailed(f"{target.host} did not answer as HTTP asks: {error!r}.") from error
        finally:
            connection.close()
    raise RemoteFailed(f"<{iri}> is behind more than {_MOST_STEPS - 1} redirections.")


def _asked(
    target: Target, accept: str, form: Mapping[str, str] | None, seconds: float, resolve: Resolver | None
) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.auto_open = 0  # it has its one connection, made here
    options = {} if resolve is None else {"resolve": resolve}
    connection.sock = connected(target, seconds, **options)
    headers = {"Accept": accept, "User-Agent": f"conflictgraph/{__version__}", "Host": _host(target)}
    body = None
    if form is not None:
        body, headers["Content-Type"] = urlencode(form).encode(), _FORM
    try:
        connection.request("GET" if form is None else "POST", target.path, body, headers)
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise RemoteFailed(f"{target.host} hung up: {error!r}.") from error
    return connection


def _host(target: Target) -> str:
    is_usual = (target.scheme, target.port) in (("http", 80), ("https", 443))
    return str(Allowed(target.host, None if is_usual else target.port))


def _keep(response: http.client.HTTPResponse, target: Target, into: BinaryIO, limit: int) -> None:
    if response.status != 200:
        raise RemoteFailed(f"{target.host} answered with status {response.status}.")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise RemoteFailed(f"{target.host} sent a Content-Encoding that was not asked for.")
    size = 0
    while chunk := response.read1(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise RemoteFailed(
                f"{target.host} sent more than {limit} bytes; that is the limit. Ask for less, "
                "with VALUES or a LIMIT inside the braces of SERVICE."
            )
        into.write(chunk)
    if response.length:
        raise RemoteFailed(f"{target.host} hung up before the end of its answer.")


def _next(iri: str, location: str) -> str:
    following = urljoin(iri, location)
    if not location:
        raise RemoteFailed(f"<{iri}> redirects to nowhere.")
    if iri.lower().startswith("https:") and not following.lower().startswith("https:"):
        raise QueryRefused(f"<{iri}> redirects to an address without encryption: <{following}>.")
    return following
