"""A process that reads a draft as it was at one moment, beside the draft's own.

Started by the fork server with the arguments of `child.Child` and the directory of the copy. It answers one
query after another, under the bounds of the draft's process. Must not know deadlines.
"""

from pyoxigraph import Store

from conflictgraph.errors import StoreUnavailable
from conflictgraph.store import evaluation
from conflictgraph.store.child import Child
from conflictgraph.store.frames import failure_frame, parsed


def main(arguments: list[str]) -> None:
    """Answer requests until the parent hangs up."""
    channel = Child(arguments[:3]).channel
    try:
        store = Store.read_only(arguments[3])
    except (OSError, RuntimeError) as error:
        channel.receive()  # whoever sends the first request is there to be told
        channel.send(failure_frame(StoreUnavailable(f"The draft's copy cannot be opened: {error}")))
        return
    while True:
        _, payload = channel.receive()
        evaluation.answer(store, parsed(payload), channel.send)
