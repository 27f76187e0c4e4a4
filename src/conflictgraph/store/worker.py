"""A query worker: a process that evaluates one query after another on published generations.

Started by the fork server, or by the process that holds an image, with the arguments of `child.Child`. Must
not know pools, deadlines or drafts.
"""

import os
from collections import OrderedDict
from pathlib import Path
from typing import Any, NamedTuple

from pyoxigraph import Store

from conflictgraph.errors import NotFound, StoreUnavailable
from conflictgraph.store import evaluation, home
from conflictgraph.store.child import Child
from conflictgraph.store.frames import Channel, failure_frame, parsed
from conflictgraph.store.orderless import is_orderless

_KEPT_OPEN = 3


class Image(NamedTuple):
    """A generation in memory: its directory, what it holds, and the descriptor that holds the directory."""

    path: str
    store: Store
    held: int


class _Opened:
    """The generations this worker has open, each held so that nobody removes it."""

    def __init__(self, image: Image | None) -> None:
        self._image = image
        self._stores: OrderedDict[str, tuple[Store, int]] = OrderedDict()

    def store(self, request: dict[str, Any]) -> Store:
        """What a request is answered from: the image of its generation, if that will do, or its directory."""
        path, image = request["path"], self._image
        if (
            image is not None
            and image.path == path
            and not request["on_disk"]
            and is_orderless(request["query"])
            and home.is_held(Path(path), image.held)
        ):
            return image.store
        return self._on_disk(path)

    def _on_disk(self, path: str) -> Store:
        """The store of a generation's directory; the ones asked for longest ago are let go."""
        if path in self._stores and not home.is_held(Path(path), self._stores[path][1]):
            self._let_go(path)  # the whole directory was made anew
        if path not in self._stores:
            while len(self._stores) >= _KEPT_OPEN:
                self._let_go(next(iter(self._stores)))
            self._stores[path] = _opened(Path(path))
        self._stores.move_to_end(path)
        return self._stores[path][0]

    def _let_go(self, path: str) -> None:
        store, descriptor = self._stores.pop(path)
        del store
        os.close(descriptor)


def _opened(path: Path) -> tuple[Store, int]:
    descriptor = home.hold(path)
    try:
        return Store.read_only(str(path)), descriptor
    except (OSError, RuntimeError) as error:  # the engine has one for what is missing, one for what is wrong
        os.close(descriptor)
        raise StoreUnavailable(f"Generation {path.name} cannot be opened: {error}") from error


def main(arguments: list[str], image: Image | None = None) -> None:
    """Answer requests until the parent hangs up; on one generation from its image, if there is one."""
    child = Child(arguments)
    opened = _Opened(image)
    child.serve(lambda payload: _answer(opened, parsed(payload), child.channel))


def _answer(opened: _Opened, request: dict[str, Any], channel: Channel) -> None:
    try:
        store = opened.store(request)
    except (NotFound, StoreUnavailable) as error:
        channel.send(failure_frame(error))
    else:
        evaluation.answer(store, request, channel.send)
