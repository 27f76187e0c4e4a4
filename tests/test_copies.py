"""Which copy of a process this is."""

import os

from conflictgraph import copies


def test_a_fork_is_another_copy_and_its_parent_the_same_as_before() -> None:
    before = copies.number()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:  # two generations further on
        grandchild = os.fork()
        os.write(writing, f"{copies.number()} ".encode())
        if grandchild:
            os.waitpid(grandchild, 0)
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    numbers = [int(word) for word in os.read(reading, 100).split()]
    os.close(reading)
    assert copies.number() == before
    assert len({before, *numbers}) == 3
