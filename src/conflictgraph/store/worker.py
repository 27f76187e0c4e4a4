"""A query worker: a process that evaluates one query after another on published generations.

Started as `python -m conflictgraph.store.worker DESCRIPTOR MEMORY_MB`. Must not know pools, deadlines or drafts.
"""

import os
import sys
from collections import OrderedDict
from pathlib import Path
from typing import Any

from pyoxigraph import Store

from conflictgraph.errors import NotFound, StoreUnavailable
from conflictgraph.store import child, evaluation, home
from conflictgraph.store.frames import failure_frame, parsed

_KEPT_OPEN = 3


class _Opened:
    """The generations this worker has open, each held so that nobody removes it."""

    def __init__(self) -> None:
        self._stores: OrderedDict[str, tuple[Store, int]] = OrderedDict()

    def store(self, path: str) -> Store:
        """The store of a generation's directory; the ones asked for longest ago are let go."""
        if path in self._stores:
            self._stores.move_to_end(path)
        else:
            while len(self._stores) >= _KEPT_OPEN:
                self._drop_oldest()
            self._stores[path] = _opened(Path(path))
        return self._stores[path][0]

    def _drop_oldest(self) -> None:
        _, (store, descriptor) = self._stores.popitem(last=False)
        del store
        os.close(descriptor)


def _opened(path: Path) -> tuple[Store, int]:
    descriptor = home.hold(path)
    try:
        return Store.read_only(str(path)), descriptor
    except OSError as error:
        os.close(descriptor)
        raise StoreUnavailable(f"Generation {path.name} cannot be opened: {error}") from error


def main() -> None:
    """Answer requests until the parent hangs up."""
    channel = child.connected(memory_mb=int(sys.argv[2]))
    opened = _Opened()
    while True:
        try:
            _, payload = channel.receive()
        except EOFError:
            return
        request: dict[str, Any] = parsed(payload)
        try:
            store = opened.store(request["path"])
        except (NotFound, StoreUnavailable) as error:
            channel.send(failure_frame(error))
            continue
        evaluation.answer(store, request, channel.send)


if __name__ == "__main__":
    main()
