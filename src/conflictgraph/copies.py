"""Which copy of a process this is. A fork begins with the objects of its parent, which are not its to use.

Told without asking the system, which takes longer than much of what is asked about.
"""

import os

_number = 0


def _count() -> None:
    global _number
    _number += 1


os.register_at_fork(after_in_child=_count)


def number() -> int:
    """The same for as long as the process lives, and another one than in any that it was forked from."""
    return _number
