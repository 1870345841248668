import asyncio

import pytest

from helpers.service.batching import LARGEST, Batcher


def ask(batcher, *items):
    async def all_at_once():
        return await asyncio.gather(*map(batcher, items), return_exceptions=True)

    return asyncio.run(all_at_once())


def test_who_asks_in_one_turn_shares_one_call():
    calls = []
    batcher = Batcher(lambda items: calls.append(items) or [item.upper() for item in items])
    assert ask(batcher, "a", "b", "c") == ["A", "B", "C"]
    assert ask(batcher, "d") == ["D"]
    assert calls == [["a", "b", "c"], ["d"]]


def test_a_large_batch_takes_several_turns_and_leaves_room_between():
    calls, between = [], []

    def note(items):
        calls.append(len(items))
        asyncio.get_running_loop().call_soon(between.append, len(calls))
        return items

    items = list(range(2 * LARGEST + 3))
    assert ask(Batcher(note), *items) == items
    assert calls == [LARGEST, LARGEST, 3]
    assert between == [1, 2, 3]


def test_an_error_is_everybodys_and_the_next_batch_is_answered():
    batcher = Batcher(lambda items: [1 / item for item in items])
    assert all(isinstance(one, ZeroDivisionError) for one in ask(batcher, 1, 0, 2))
    assert ask(batcher, 1, 2) == [1, 0.5]


def test_results_that_are_not_as_many_are_an_error_and_nobody_waits_for_ever():
    assert isinstance(ask(Batcher(lambda items: items[:-1]), 1, 2)[1], ValueError)


def test_one_who_gives_up_does_not_disturb_the_others():
    async def one_gives_up():
        batcher = Batcher(lambda items: items)
        tasks = [asyncio.create_task(batcher(item)) for item in "abc"]
        await asyncio.sleep(0)  # all of them have asked, none is answered
        tasks[1].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, cancelled, last = asyncio.run(one_gives_up())
    assert (first, last) == ("a", "c")
    with pytest.raises(asyncio.CancelledError):
        raise cancelled
