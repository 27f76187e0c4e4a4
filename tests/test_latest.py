"""What a bounded map lets go of."""

from conflictgraph.latest import Latest


def test_the_least_recently_used_goes_first() -> None:
    known = Latest[str, int](3)
    for number, name in enumerate(("a", "b", "c")):
        known.keep(name, number)
    known.keep("a", 7)
    known.move_to_end("b")
    known.keep("d", 3)
    assert list(known.items()) == [("a", 7), ("b", 1), ("d", 3)]
