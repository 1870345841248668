"""Work for the processor, in a few threads, so that the event loop stays free for answering."""

import ctypes
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar

import anyio
from anyio import CapacityLimiter, Lock, to_thread

from helpers.service.quota import Quota

T = TypeVar("T")


class Workers:
    """A bounded pool of threads with a bounded line before it.

    Parameters
    ----------
    count : int
        How much is worked on at once.
    max_waiting : int
        How much may wait; what comes on top is refused with 503 and ``Retry-After``, and so is
        what would give one client more than its share of the quota.
    """

    def __init__(self, count: int, max_waiting: int):
        self._count, self.quota = count, Quota(count + max_waiting)
        self._limiter, self._batch = CapacityLimiter(count), Lock()

    @property
    def num_places(self) -> int:
        """How much may be worked on or wait."""
        return self.quota.count

    @property
    def num_working(self) -> int:
        """How much is worked on."""
        return self._limiter.borrowed_tokens

    @property
    def num_waiting(self) -> int:
        """How much has a place and waits for a worker."""
        return max(0, self.quota.taken - self.num_working)

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        """Call a function in a thread and return what it returns."""
        with self.quota.take():
            return await to_thread.run_sync(function, *args, limiter=self._limiter)

    async def each(self, function: Callable[[Any], object], items: Iterable[Any]) -> None:
        """Call a function with each item, as many at once as there are workers.

        One batch at a time, so that two requests do not do the same work side by side;
        single calls of `run` take their turns in between.
        """
        queue = iter(items)

        async def take():
            for item in queue:
                await to_thread.run_sync(function, item, limiter=self._limiter)

        with self.quota.take():
            try:
                async with self._batch, anyio.create_task_group() as group:
                    for _ in range(self._count):
                        group.start_soon(take)
            except ExceptionGroup as failed:
                raise failed.exceptions[0] from None


def give_back_memory() -> None:
    """Give the system back what large work leaves: the C library of Linux keeps it otherwise.

    glibc has a heap for each thread and grows it by what is freed there last, up to 32 MB a
    piece; ten photos of a phone leave hundreds of megabytes unused.
    """
    if trim := _malloc_trim():
        trim(0)


@cache
def _malloc_trim():
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # musl, macOS; Windows
        return None
