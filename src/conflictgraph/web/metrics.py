"""Numbers for monitoring, in the text format of Prometheus.

Must not know how anything is computed. Labels take few values: routes as they are declared, methods and
statuses that are known, reasons of a table; never an address, a query or a client.
"""

import threading
from collections import Counter as Counts
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from conflictgraph import __version__
from conflictgraph.errors import DoesNotConform, EngineError, LocalOnly, NotFound
from conflictgraph.settings import Settings, variable
from conflictgraph.store.port import Store
from conflictgraph.web.observing import Outcome
from conflictgraph.web.response_cache import ResponseCache
from conflictgraph.web.stops import REASONS, stop

_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
_BUCKETS = (0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_OF_PROXIES_AND_PAGES = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via", "Origin")
"""Headers of a request that somebody else may be behind, although it comes from this machine."""


class Metrics:
    """The numbers of one application, in a registry of its own."""

    def __init__(self, store: Store, cache: ResponseCache) -> None:
        self.registry = registry = CollectorRegistry()
        self._lock, self._in_progress = threading.Lock(), 0
        self._requests = Counter(
            "conflictgraph_requests",
            "Requests that were answered.",
            ("route", "method", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "conflictgraph_request_seconds",
            "From the head of a request to the last byte of its answer.",
            ("route",),
            buckets=_BUCKETS,
            registry=registry,
        )
        self._bytes = Counter(
            "conflictgraph_response_bytes", "Bytes of bodies that were sent.", ("route",), registry=registry
        )
        in_progress = Gauge(
            "conflictgraph_requests_in_progress", "Requests that are being answered.", registry=registry
        )
        in_progress.set_function(lambda: self._in_progress)
        stops = Counter(
            "conflictgraph_stops",
            "Requests whose answer was stopped or not begun, by reason.",
            ("reason",),
            registry=registry,
        )
        self._broken = Counter(
            "conflictgraph_broken_answers", "Answers that failed behind their first byte.", registry=registry
        )
        cached = Counter(
            "conflictgraph_cache_requests",
            "Requests that the cache was asked for.",
            ("outcome",),
            registry=registry,
        )
        self._published = Counter(
            "conflictgraph_publications", "Generations that this process published.", registry=registry
        )
        self._refused = Counter(
            "conflictgraph_refusals", "Changes that the gate refused in this process.", registry=registry
        )
        self._stopped = {reason: stops.labels(reason) for reason in REASONS}
        self._cached = {outcome: cached.labels(outcome) for outcome in ("hit", "miss")}
        info = Gauge("conflictgraph_info", "The version that runs.", ("version",), registry=registry)
        info.labels(__version__).set(1)
        registry.register(_State(store, cache))
        ProcessCollector(registry=registry)
        self._of = lru_cache(maxsize=4096)(self._children)

    def begin(self) -> None:
        """Count a request that came."""
        with self._lock:
            self._in_progress += 1

    def end(self) -> None:
        """Count a request that is over, whatever became of it."""
        with self._lock:
            self._in_progress -= 1

    def count(self, outcomes: Sequence[Outcome]) -> None:
        """Count what became of requests."""
        alike: defaultdict[tuple[str, str, int], list[Outcome]] = defaultdict(list)
        for outcome in outcomes:
            alike[outcome.notes.about.route, outcome.method, outcome.status].append(outcome)
            if outcome.is_eventful:
                self._count_event(outcome)
        for kind, its in alike.items():
            requests, seconds, sent = self._of(*kind)
            requests.inc(len(its))
            sent.inc(sum(outcome.bytes for outcome in its))
            for outcome in its:
                seconds.observe(outcome.seconds)
        for cache, times in Counts(outcome.notes.cache for outcome in outcomes).items():
            if cache:
                self._cached[cache].inc(times)

    def _count_event(self, outcome: Outcome) -> None:
        if reason := stop(outcome):
            self._stopped[reason].inc()
        if outcome.failure is not None:
            self._broken.inc()
        if outcome.notes.published:
            self._published.inc()
        if isinstance(outcome.notes.error, DoesNotConform):
            self._refused.inc()

    def _children(self, route: str, method: str, status: int) -> tuple[Counter, Histogram, Counter]:
        known = method if method in _METHODS else "other"
        return (
            self._requests.labels(route, known, str(status)),
            self._seconds.labels(route),
            self._bytes.labels(route),
        )


class _State(Collector):
    """What is so at the moment somebody asks."""

    def __init__(self, store: Store, cache: ResponseCache) -> None:
        self._store, self._cache = store, cache

    def describe(self) -> Iterator[Metric]:
        """Nothing: the names are few and known."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        """Gauges of the store and of the cache; without those of a generation if none can be read."""
        now = self._store.activity
        yield _gauge("queries_running", "Queries at work.", now.running)
        yield _gauge("queries_waiting", "Queries that wait for a worker.", now.waiting)
        yield _gauge("drafts_open", "Drafts that are being written in this process.", now.drafts)
        yield _gauge("image", "Whether the current generation is answered from memory.", now.in_memory)
        yield _gauge("cache_bytes", "Bytes of the answers that are kept.", self._cache.bytes)
        yield _gauge("cache_entries", "Answers that are kept.", len(self._cache))
        try:
            kept = self._store.generations
        except EngineError:
            kept = ()
        if kept:
            yield _gauge("generation", "Number of the current generation.", kept[-1].number)
            yield _gauge("generation_bytes", "Size of the current generation on disk.", kept[-1].size)
            published = kept[-1].published.timestamp()
            yield _gauge("generation_timestamp_seconds", "When it was published.", published)
        yield _gauge("generations_kept", "Generations that can be asked.", len(kept))


def _gauge(name: str, doc: str, value: float) -> Metric:
    return GaugeMetricFamily(f"conflictgraph_{name}", doc, value=value)


def blueprint(metrics: Metrics, catch_up: Callable[[], None], settings: Settings) -> Blueprint:
    """The route `/metrics`; `catch_up` counts what is not counted yet."""
    part = Blueprint("metrics", __name__)

    @part.get("/metrics")
    def exposed() -> Response:
        """The numbers, for those whom the setting `METRICS` names."""
        if settings.metrics == "off":
            raise NotFound(f"Metrics are off here ({variable('metrics')}).")
        if settings.metrics == "local" and not _is_local():
            raise LocalOnly(
                "Metrics are for programs on the machine itself, asking without a proxy. Whoever runs this "
                f"copy can set {variable('metrics')} to 'all'."
            )
        catch_up()
        encoder, content_type = choose_encoder(request.headers.get("Accept", ""))
        body = encoder(metrics.registry)
        return Response(
            body, content_type=content_type, headers={"Cache-Control": "no-store", "Vary": "Accept"}
        )

    return part


def _is_local() -> bool:
    address = (request.remote_addr or "").removeprefix("::ffff:")
    here = address == "::1" or address.startswith("127.")
    return here and not any(name in request.headers for name in _OF_PROXIES_AND_PAGES)
