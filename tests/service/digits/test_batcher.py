import asyncio

import cv2
import pytest

from helpers.service.digits.batcher import LARGEST, Batcher


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


@pytest.mark.parametrize("kind", [ValueError, MemoryError, cv2.error, RecursionError])
def test_a_fault_reaches_only_whoever_sent_it(kind):
    calls = []

    def half(items):
        calls.append(len(items))
        if 0 in items:
            raise kind("0 cannot be halved")
        return [item / 2 for item in items]

    batcher = Batcher(half)
    first, fault, last = ask(batcher, 1, 0, 2)
    assert (first, type(fault), last) == (0.5, kind, 1)
    assert calls == [3, 1, 1, 1]
    assert ask(batcher, 1, 2) == [0.5, 1]
    assert calls[4:] == [2]  # together again


def test_two_faults_are_two_errors():
    """One error raised in several tasks would gather the tracebacks of all of them."""
    first, _, last = ask(Batcher(lambda items: [1 / item for item in items]), 0, 1, 0)
    assert isinstance(first, ZeroDivisionError)
    assert isinstance(last, ZeroDivisionError)
    assert first is not last


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
