"""The settings of a running copy, read once from the environment.

Must not know who uses a setting. Each field carries its unit and its one line of documentation, so that
`--help`, the documentation and its test all read the same table.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, cast

from conflictgraph import hosts, logs
from conflictgraph.errors import SettingError

PREFIX = "CONFLICTGRAPH_"


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind of value reads from text; `parse` raises ValueError or KeyError for anything else."""

    name: str
    expected: str
    parse: Callable[[str], object]


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError
    return value


def _size(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError
    return value


def _switch(text: str) -> bool:
    return {"yes": True, "no": False}[text.strip().lower()]


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        return {word: word for word in words}[text.strip().lower()]

    return parse


def _head(text: str) -> int:
    value = int(text)
    if value < 8192:
        raise ValueError
    return value


def _port(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 65535:
        raise ValueError
    return value


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError
    return text.strip()


def _base_iris(text: str) -> tuple[str, ...]:
    return tuple(_base_iri(part) for part in text.split())


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(part.strip()) for part in text.split(","))


def _base_iri(text: str) -> str:
    if not text.startswith(("http://", "https://")) or not text.endswith(("/", "#")) or " " in text:
        raise ValueError
    return text


_HOSTS = _Kind(
    "list",
    "hosts separated by commas, each a name in ASCII or a literal address, with a port if it is not the "
    "usual one: example.org, example.org:8890, 192.0.2.1, [2001:db8::1]:8890",
    hosts.allowed,
)
_SECONDS = _Kind("number", "a number greater than 0", _positive)
_COUNT = _Kind("integer", "a whole number of at least 1", _count)
_SIZE = _Kind("integer", "a whole number of at least 0", _size)
_HEAD = _Kind("integer", "a whole number of at least 8192", _head)
_NETWORKS = _Kind("addresses", "IP addresses or networks (10.0.0.0/8), separated by commas", _networks)
_SWITCH = _Kind("yes or no", "yes or no", _switch)
_LEVEL = _Kind("word", f"one of {', '.join(logs.LEVELS)}", _one_of(*logs.LEVELS))
_READERS = _Kind("word", "one of local, all, off", _one_of("local", "all", "off"))
_PORT = _Kind("integer", "a port number from 0 to 65535 (0 takes any free one)", _port)
_TEXT = _Kind("text", "not empty", _filled)
_PATH = _Kind("path", "a path", lambda text: Path(_filled(text)).expanduser())
_IRI = _Kind("IRI", "an http or https IRI that ends in '/' or '#'", _base_iri)

_IRIS = _Kind("IRIs", "http or https IRIs that end in '/' or '#', separated by spaces", _base_iris)


def _about(kind: _Kind, doc: str, unit: str = "") -> dict[str, Any]:
    return {"kind": kind, "doc": doc, "unit": unit}


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set, each by the variable `CONFLICTGRAPH_` plus the field's name in capitals."""

    home: Path = field(
        default=Path(".conflictgraph"), metadata=_about(_PATH, "directory of the embedded store")
    )
    host: str = field(default="127.0.0.1", metadata=_about(_TEXT, "address to listen on"))
    port: int = field(default=8000, metadata=_about(_PORT, "port to listen on"))
    base_iri: str = field(
        default="https://w3id.org/conflictgraph/",
        metadata=_about(_IRI, "the IRIs for which this copy answers begin with it"),
    )
    token_file: Path | None = field(
        default=None, metadata=_about(_PATH, "file with the bearer token; writing is off without one")
    )
    token: str | None = field(
        default=None,
        repr=False,
        metadata=_about(_TEXT, "the bearer token itself, where no file can be given; see TOKEN_FILE"),
    )
    agent: str = field(
        default="maintainer",
        metadata=_about(_TEXT, "who publishes, for the provenance: an IRI or a name"),
    )
    free_graphs: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            _IRIS, "graphs whose names begin with one of these may be written beside the sources, unchecked"
        ),
    )
    lock_timeout: float = field(
        default=10.0, metadata=_about(_SECONDS, "longest wait for another writer to finish", "seconds")
    )
    query_timeout: float = field(
        default=30.0, metadata=_about(_SECONDS, "longest time of one query, from when it comes", "seconds")
    )
    update_timeout: float = field(
        default=300.0, metadata=_about(_SECONDS, "longest evaluation of one step of a draft", "seconds")
    )
    query_max_bytes: int = field(
        default=1_000_000, metadata=_about(_COUNT, "longest text of one query", "bytes")
    )
    body_max_bytes: int = field(default=50_000_000, metadata=_about(_COUNT, "longest request body", "bytes"))
    input_max_bytes: int = field(
        default=1_000_000_000,
        metadata=_about(_COUNT, "longest document that is taken in, as it comes and unpacked", "bytes"),
    )
    service_allow: tuple[hosts.Allowed, ...] = field(
        default=(),
        metadata=_about(_HOSTS, "hosts that SERVICE and LOAD may ask; none if empty"),
    )
    service_timeout: float = field(
        default=10.0, metadata=_about(_SECONDS, "longest wait for the answer of another host", "seconds")
    )
    service_max_bytes: int = field(
        default=10_000_000, metadata=_about(_COUNT, "longest answer of another host", "bytes")
    )
    result_max_bytes: int = field(
        default=2_000_000_000, metadata=_about(_COUNT, "longest serialised result", "bytes")
    )
    result_max_rows: int = field(
        default=10_000_000,
        metadata=_about(_COUNT, "most rows of a result; triples are bounded by bytes only"),
    )
    worker_memory_mb: int = field(
        default=1024, metadata=_about(_COUNT, "most memory that one query may take", "megabytes")
    )
    image_memory_mb: int = field(
        default=256,
        metadata=_about(
            _SIZE,
            "most memory of the image, a copy of the current generation for queries (0: none is made)",
            "megabytes",
        ),
    )
    workers: int = field(
        default=max(2, os.cpu_count() or 2), metadata=_about(_COUNT, "queries evaluated at the same time")
    )
    long_queries: int = field(
        default=16,
        metadata=_about(_COUNT, "queries that may run on for long, besides WORKERS, while others wait"),
    )
    queue: int = field(default=64, metadata=_about(_COUNT, "queries that may wait for a worker"))
    cache_max_bytes: int = field(
        default=50_000_000,
        metadata=_about(_SIZE, "room for answers that are kept in memory (0: none is kept)", "bytes"),
    )
    cache_entry_max_bytes: int = field(
        default=2_000_000, metadata=_about(_SIZE, "longest answer that is kept in memory", "bytes")
    )
    client_rate: int = field(
        default=6000,
        metadata=_about(_COUNT, "requests of one client in a minute; kept answers do not count", "a minute"),
    )
    client_queries: int = field(default=10, metadata=_about(_COUNT, "requests of one client at a time"))
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = field(
        default=(),
        metadata=_about(_NETWORKS, "proxies whose X-Forwarded-For tells the client; nobody is believed else"),
    )
    head_max_bytes: int = field(
        default=131_072, metadata=_about(_HEAD, "longest address and headers of a request", "bytes")
    )
    shutdown_timeout: int = field(
        default=30,
        metadata=_about(_COUNT, "longest wait for answers that run when the server is to stop", "seconds"),
    )
    log_level: str = field(
        default="info",
        metadata=_about(_LEVEL, "least level of a line in the log: debug, info, warning or error"),
    )
    log_queries: bool = field(
        default=False, metadata=_about(_SWITCH, "whether the log tells the text of queries")
    )
    metrics: str = field(
        default="local",
        metadata=_about(_READERS, "who may read the metrics: local (this machine), all, or off (nobody)"),
    )
    keep_generations: int = field(default=10, metadata=_about(_COUNT, "past generations that are kept"))
    keep_rejected: int = field(default=20, metadata=_about(_COUNT, "refused inputs that are kept"))
    rejected_max_bytes: int = field(
        default=500_000_000, metadata=_about(_COUNT, "room for refused inputs together", "bytes")
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table of settings; `default` is the text that stands for it."""

    name: str
    variable: str
    type: str
    default: str
    unit: str
    doc: str


def table() -> tuple[Entry, ...]:
    """Every setting, in the order of declaration."""
    return tuple(
        Entry(
            name=f.name,
            variable=variable(f.name),
            type=f.metadata["kind"].name,
            default=_shown(f.default),
            unit=f.metadata["unit"],
            doc=f.metadata["doc"],
        )
        for f in fields(Settings)
    )


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return "yes" if default else "no"
    return "" if default in (None, (), MISSING) else str(default)


def variable(name: str) -> str:
    """The environment variable of a field."""
    return PREFIX + name.upper()


def without_secrets() -> dict[str, str]:
    """The environment for processes that this one starts: they have no use for the token."""
    return {name: text for name, text in os.environ.items() if name != variable("token")}


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings that the environment gives, defaults for the rest.

    An empty variable counts as not set. Raises `SettingError` for a value that does not fit, and for a
    variable with the prefix that names no setting (most likely a misspelling).
    """
    environment = os.environ if environment is None else environment
    known = {variable(f.name): f for f in fields(Settings)}
    values: dict[str, object] = {}
    for name, text in environment.items():
        if not name.startswith(PREFIX) or not text:
            continue
        if name not in known:
            raise SettingError(name, f"one of the known settings ({', '.join(known)})", text)
        values[known[name].name] = _value(name, cast(_Kind, known[name].metadata["kind"]), text)
    return Settings(**cast(dict[str, Any], values))


def _value(name: str, kind: _Kind, text: str) -> object:
    try:
        return kind.parse(text)
    except (ValueError, KeyError) as error:
        raise SettingError(name, kind.expected, text) from error
