"""Signals are handled soon, whichever thread the system gives them to.

Python runs handlers in the main thread, which does not notice a signal that another thread was given, or one
that came just before it began to wait. Must not know what the handlers do.
"""

import os
import signal
import threading
import time

_NUDGE = signal.SIGURG
"""Ignored by default, and not used here."""

_AGAIN = (0.0, 0.05, 0.2)
"""Seconds to wait before each nudge."""


def watch() -> None:
    """Make the main thread look whenever a signal has come; to be called there, in each process."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.signal(_NUDGE, lambda *_: None)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=_nudge, args=(reading,), daemon=True).start()


def _nudge(reading: int) -> None:
    main = threading.main_thread().ident
    assert main is not None
    while came := os.read(reading, 1):
        if came[0] != _NUDGE:
            for seconds in _AGAIN:
                time.sleep(seconds)
                signal.pthread_kill(main, _NUDGE)
