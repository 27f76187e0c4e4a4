"""The parts put together as the settings say: the only place that picks an adapter.

Must not know what is done with them.
"""

from flask import Flask

from conflictgraph import web
from conflictgraph.federation.outside import Outside
from conflictgraph.gate.publishing import Gate
from conflictgraph.gate.quarantine import Quarantine
from conflictgraph.gate.tags import Tags
from conflictgraph.ingest.documents import Bounds
from conflictgraph.settings import Settings
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.port import Limits, Store


def store(settings: Settings, federation: Outside | None = None) -> Store:
    """The store in the directory that the settings name. Close it after use."""
    limits = Limits(
        seconds=settings.query_timeout,
        memory_mb=settings.worker_memory_mb,
        result_bytes=settings.result_max_bytes,
        result_rows=settings.result_max_rows,
    )
    draft_limits = Limits(
        seconds=settings.update_timeout, total_seconds=0, memory_mb=max(4096, settings.worker_memory_mb)
    )
    return EmbeddedStore(
        settings.home,
        workers=settings.workers,
        queue=settings.queue,
        long=settings.long_queries,
        limits=limits,
        draft_limits=draft_limits,
        keep=settings.keep_generations,
        federation=federation or outside(settings),
        image_memory_mb=settings.image_memory_mb,
    )


def outside(settings: Settings) -> Outside | None:
    """What asks other hosts, if the settings allow any."""
    if not settings.service_allow:
        return None
    return Outside(settings.service_allow, settings.service_timeout, settings.service_max_bytes)


def gate(store: Store, settings: Settings) -> Gate:
    """The way to write into the store."""
    return Gate(store, quarantine(settings), settings.agent, tags(settings), settings.lock_timeout)


def tags(settings: Settings) -> Tags:
    """Names of generations that are kept."""
    return Tags(settings.home)


def quarantine(settings: Settings) -> Quarantine:
    """Where refused inputs are."""
    return Quarantine(settings.home / "rejected", settings.keep_rejected, settings.rejected_max_bytes)


def bounds(settings: Settings) -> Bounds:
    """What documents may take."""
    return Bounds(
        settings.input_max_bytes,
        settings.update_timeout,
        settings.worker_memory_mb,
        settings.home / "incoming",
    )


def web_application(settings: Settings) -> Flask:
    """The WSGI application over the store that the settings name."""
    others = outside(settings)
    graph = store(settings, others)
    return web.create_app(graph, settings, gate(graph, settings), bounds(settings), others)
