"""How many heaps the C library keeps for the threads of a process.

Glibc keeps up to eight for each processor, and what one thread has freed is not used by the others: a web
process whose threads publish in turn would keep what a publication takes at its height that many times. Must
not know what the memory is for.
"""

import ctypes
from contextlib import suppress

_M_ARENA_MAX = -8
"""From malloc.h."""

_MOST = 2


def share() -> None:
    """Have all threads of this process share two heaps. Does nothing where the C library is another."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _MOST)
