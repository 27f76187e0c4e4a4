"""`/validate`: RDF in, a report out; nothing is stored.

The check runs as a command in a process of its own, which is ended at a limit: anybody may ask for one.
Must not know shapes.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from resource import RLIMIT_DATA, prlimit

from flask import Blueprint, Response, request

from conflictgraph.errors import DataError, NotAcceptable, QueryTimeout, StoreBusy, WorkerFailed
from conflictgraph.ingest.documents import Bounds
from conflictgraph.settings import PREFIX, Settings
from conflictgraph.web import bodies

_FORMS = {
    "text/turtle": "turtle",
    "application/ld+json": "jsonld",
    "application/json": "json",
    "application/sarif+json": "sarif",
    "text/plain": "text",
}
_AT_ONCE = 2


def blueprint(bounds: Bounds, settings: Settings) -> Blueprint:
    """The route `/validate`."""
    part = Blueprint("validation", __name__)
    free = threading.BoundedSemaphore(_AT_ONCE)
    bounds = replace(
        bounds,
        max_bytes=min(bounds.max_bytes, settings.body_max_bytes),
        seconds=min(bounds.seconds, settings.query_timeout),
    )

    @part.post("/validate")
    def validate() -> Response:
        """The report on the body, checked together with the shipped graph."""
        media_type = request.accept_mimetypes.best_match(list(_FORMS))
        if media_type is None and request.accept_mimetypes:
            raise NotAcceptable(request.headers["Accept"], _FORMS)
        media_type = media_type or "text/turtle"
        if not free.acquire(blocking=False):
            raise StoreBusy(f"{_AT_ONCE} documents are being checked. Try again when they are done.")
        try:
            with bodies.documents(bounds) as documents:
                report = _report([document.path for document in documents], _FORMS[media_type], settings)
        finally:
            free.release()
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""
        return Response(report, content_type=media_type + charset, headers={"Vary": "Accept"})

    return part


def _report(paths: Sequence[Path], form: str, settings: Settings) -> bytes:
    command = [sys.executable, "-m", "conflictgraph", "validate", *map(str, paths), "--format", form]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    with subprocess.Popen(command, env=kept, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        room = settings.worker_memory_mb << 20
        prlimit(process.pid, RLIMIT_DATA, (room, room))
        try:
            report, said = process.communicate(timeout=settings.query_timeout)
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise QueryTimeout(settings.query_timeout) from error
    told = [line for line in said.decode("utf-8", "replace").splitlines() if line.startswith("Contradicts")]
    if told:
        raise DataError("\n".join(told))
    if process.returncode not in (0, 1) or not report:
        raise WorkerFailed(f"The check ended with status {process.returncode}; it may need more memory.")
    return report
