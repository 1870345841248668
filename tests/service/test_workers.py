import threading

import anyio
import pytest

from helpers.reader import language, speaking
from helpers.service.errors import Busy
from helpers.service.workers import Workers


def test_so_many_work_so_many_wait_and_the_rest_is_refused():
    done, statuses = threading.Event(), []

    async def work(workers):
        try:
            await workers.run(done.wait, 10)
            statuses.append(200)
        except Busy as busy:
            statuses.append(busy.retry_after)

    async def main():
        workers = Workers(2, max_waiting=3)
        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(work, workers)
            await anyio.wait_all_tasks_blocked()
            done.set()

    anyio.run(main)
    assert statuses.count(1) == 3
    assert statuses.count(200) == 5


def test_nobody_needs_to_wait_where_a_worker_is_free():
    async def main():
        return await Workers(1, max_waiting=0).run(lambda: 7)

    assert anyio.run(main) == 7


def test_the_language_of_the_request_goes_along():
    async def main():
        with speaking("ko"):
            return await Workers(1, 1).run(language)

    assert anyio.run(main) == "ko"


def test_what_a_worker_raises_is_raised():
    async def main():
        await Workers(1, 1).run(int, "seven")

    with pytest.raises(ValueError, match="seven"):
        anyio.run(main)


def test_each_takes_every_item_once_and_as_many_at_once_as_there_are_workers():
    seen, at_once, most, lock = [], 0, 0, threading.Lock()
    both = threading.Barrier(2, timeout=10)

    def work(item):
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        both.wait()
        with lock:
            at_once -= 1
            seen.append(item)

    async def main():
        await Workers(2, 1).each(work, range(20))

    anyio.run(main)
    assert sorted(seen) == list(range(20))
    assert most == 2


def test_one_batch_at_a_time():
    seen = []

    async def main():
        workers = Workers(2, 5)
        async with anyio.create_task_group() as group:
            for name in "ab":
                group.start_soon(workers.each, seen.append, [name] * 10)

    anyio.run(main)
    assert seen == ["a"] * 10 + ["b"] * 10


def test_what_one_of_a_batch_raises_is_raised_by_itself():
    with pytest.raises(ValueError, match="seven"):
        anyio.run(Workers(2, 1).each, int, ["1", "seven", "8"])
