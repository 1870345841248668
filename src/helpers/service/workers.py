"""Work for the processor, in a few threads, so that the event loop stays free for answering."""

import anyio
from anyio import CapacityLimiter, Lock, to_thread

from helpers.service.problems import Problem


class Workers:
    """A bounded pool of threads with a bounded line before it.

    Parameters
    ----------
    count : int
        How much is worked on at once.
    max_waiting : int
        How much may wait; what comes on top is refused with 503 and ``Retry-After``.
    """

    def __init__(self, count: int, max_waiting: int):
        self._limiter = CapacityLimiter(count)
        self._max_waiting = max_waiting
        self._batch = Lock()

    async def run(self, function, *args):
        """Call a function in a thread and return what it returns."""
        self._check(self._limiter.statistics().tasks_waiting)
        return await to_thread.run_sync(function, *args, limiter=self._limiter)

    async def each(self, function, items):
        """Call a function with each item, as many at once as there are workers.

        One batch at a time, so that two requests do not do the same work side by side;
        single calls of `run` take their turns in between.
        """
        self._check(self._batch.statistics().tasks_waiting)
        queue = iter(items)

        async def take():
            for item in queue:
                await to_thread.run_sync(function, item, limiter=self._limiter)

        async with self._batch, anyio.create_task_group() as group:
            for _ in range(int(self._limiter.total_tokens)):
                group.start_soon(take)

    def _check(self, num_waiting):
        if num_waiting >= self._max_waiting and not self._has_room():
            raise Problem(
                503,
                en="Too much is being worked on: try again in a second.",
                ko="지금 처리할 일이 너무 많습니다. 잠시 뒤에 다시 시도하십시오.",
                headers={"Retry-After": "1"},
            )

    def _has_room(self):
        return self._limiter.available_tokens > 0
