"""A pause for Python's garbage collector while millions of texts and pairs are made, none of them a cycle.

Looking through them again and again took a third of the time at a million triples. Must not know what is
made.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """No collection within; what counts as garbage is freed at once all the same.

    What was made counts as old afterwards, so that only a full collection looks at it. Not where something
    is frozen, which would thaw.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()
