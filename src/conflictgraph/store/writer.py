"""The process of one draft: the only one that has a store open for writing.

Started as `python -m conflictgraph.store.writer DESCRIPTOR MEMORY_MB HOME BASE LOCK`. Must not know deadlines.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, RdfFormat, Store

from conflictgraph import graphs
from conflictgraph.errors import StoreUnavailable
from conflictgraph.store import child, evaluation, home, merge
from conflictgraph.store.frames import ABORT, END, Channel, failure_frame, json_frame, parsed
from conflictgraph.store.home import Home

_SCRATCH = NamedNode("urn:x-conflictgraph:scratch")
_SMALL = 1 << 20


class _Writer:
    def __init__(self, channel: Channel, place: Home, store: Store) -> None:
        self._channel, self._home, self._store = channel, place, store

    def query(self, request: dict[str, Any]) -> None:
        evaluation.answer(self._store, request, self._channel.send)

    def update(self, request: dict[str, Any]) -> None:
        self._done(lambda: self._store.update(request["update"] + "\n;\n" + merge.RESYNC))

    def load(self, request: dict[str, Any]) -> None:
        graph = NamedNode(request["graph"])
        self._receive_into(graph)

    def replace(self, request: dict[str, Any]) -> None:
        graph = NamedNode(request["graph"])
        self._receive_into(graph, replace=True)

    def drop(self, request: dict[str, Any]) -> None:
        graph = NamedNode(request["graph"])
        self._done(lambda: self._store.update(f"DROP SILENT GRAPH {graph} ; {merge.RESYNC}"))

    def publish(self, request: dict[str, Any]) -> None:
        target = home.checkpoint_path(self._home)
        home.remove(target)
        self._store.backup(str(target))
        generation = home.commit(self._home, target, request["base"], request["note"])
        home.prune(self._home, request["keep"])
        value = {"number": generation.number, "published": generation.published.isoformat()}
        self._channel.send(json_frame(END, value))

    def _receive_into(self, graph: NamedNode, replace: bool = False) -> None:
        data = bytearray()
        while True:
            kind, payload = self._channel.receive()
            if kind == ABORT:
                return
            if kind == END:
                break
            data += payload

        def work() -> None:
            if replace:
                self._store.update(f"DROP SILENT GRAPH {graph} ; {merge.RESYNC}")
            both = bytes(data)
            if graphs.is_merged(graph):
                both += both.replace(b" .\n", f" {graph} .\n".encode())
            else:
                both = both.replace(b" .\n", f" {graph} .\n".encode())
            if len(both) < _SMALL:
                self._store.load(both, RdfFormat.N_QUADS)
            else:
                self._store.bulk_load(both, RdfFormat.N_QUADS, lenient=True)

        self._done(work)

    def _done(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (SyntaxError, RuntimeError, OSError, ValueError) as error:
            self._channel.send(evaluation.failure(error))
        else:
            self._channel.send(json_frame(END, {}))


def main() -> None:
    """Open the draft, then do what is asked until the parent hangs up."""
    channel = child.connected(memory_mb=int(sys.argv[2]))
    place, base = Home(Path(sys.argv[3])), sys.argv[4]
    try:
        if base:
            Store.read_only(base).backup(str(place.draft_path))
        writer = _Writer(channel, place, Store(str(place.draft_path)))
    except OSError as error:
        channel.send(failure_frame(StoreUnavailable(f"Cannot open a draft in {place.path}: {error}")))
        return
    channel.send(json_frame(END, {}))
    while True:
        try:
            _, payload = channel.receive()
        except EOFError:
            return
        request = parsed(payload)
        getattr(writer, request["verb"])(request)


if __name__ == "__main__":
    main()
