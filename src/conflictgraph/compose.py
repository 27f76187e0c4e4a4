"""The parts put together as the settings say: the only place that picks an adapter.

Must not know what is done with them.
"""

from flask import Flask

from conflictgraph import web
from conflictgraph.errors import SettingError
from conflictgraph.settings import Settings
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.port import Limits, Store


def store(settings: Settings) -> Store:
    """The store that the settings name. Close it after use."""
    if settings.store != "embedded":
        raise SettingError(
            "CONFLICTGRAPH_STORE", "'embedded' (remote stores are not supported yet)", settings.store
        )
    limits = Limits(settings.query_timeout, settings.worker_memory_mb, settings.result_max_bytes)
    return EmbeddedStore(
        settings.home,
        workers=settings.workers,
        queue=settings.queue,
        limits=limits,
        draft_limits=Limits(settings.update_timeout, max(4096, settings.worker_memory_mb)),
        keep=settings.keep_generations,
    )


def web_application(settings: Settings) -> Flask:
    """The WSGI application over the store that the settings name."""
    return web.create_app(store(settings), settings)
