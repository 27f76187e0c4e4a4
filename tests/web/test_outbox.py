"""When answers that wait are sent."""

import asyncio
from functools import partial

import pytest

from conflictgraph.web.outbox import Outbox


@pytest.mark.parametrize("count", [1, 5, 15])
def test_few_wait_until_the_loop_has_seen_to_the_rest(count: int) -> None:
    async def sent() -> list[int]:
        outbox, done = Outbox(), list[int]()
        for number in range(count):
            outbox.put(partial(done.append, number), asyncio.get_running_loop())
        assert done == []
        await asyncio.sleep(0)
        return done

    assert asyncio.run(sent()) == list(range(count))


def test_many_are_sent_sixteen_at_a_time_and_each_once() -> None:
    async def sent() -> list[int]:
        outbox, done = Outbox(), list[int]()
        for number in range(40):
            outbox.put(partial(done.append, number), asyncio.get_running_loop())
            assert len(done) == (number + 1) // 16 * 16
        for _ in range(3):
            await asyncio.sleep(0)
        return done

    assert asyncio.run(sent()) == list(range(40))


def test_what_is_put_in_while_it_is_emptied_is_sent_next() -> None:
    async def sent() -> list[str]:
        outbox, done, loop = Outbox(), list[str](), asyncio.get_running_loop()

        def first() -> None:
            done.append("first")
            outbox.put(partial(done.append, "second"), loop)

        outbox.put(first, loop)
        await asyncio.sleep(0)
        assert done == ["first"]
        await asyncio.sleep(0)
        return done

    assert asyncio.run(sent()) == ["first", "second"]
