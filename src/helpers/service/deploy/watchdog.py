"""A watchdog: a service whose event loop is stuck ends, so that it is started again."""

import faulthandler
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio


@asynccontextmanager
async def ending_if_stuck(seconds: float) -> AsyncIterator[None]:
    """End the process if, during a block, its event loop is stuck for so many seconds.

    The stack of each thread is written to standard error, and the exit code is 1. This is for a
    process that is started again by another, such as Docker. The clock is that of `faulthandler`,
    which needs neither the loop nor Python's lock.

    Parameters
    ----------
    seconds : float
        0 for never.
    """
    if not seconds:
        yield
        return
    async with anyio.create_task_group() as group:
        group.start_soon(_wind_up_again_and_again, seconds)
        try:
            yield
        finally:
            group.cancel_scope.cancel()
            faulthandler.cancel_dump_traceback_later()


async def _wind_up_again_and_again(seconds: float) -> None:
    while True:
        faulthandler.dump_traceback_later(seconds, exit=True, file=sys.__stderr__ or 2)
        await anyio.sleep(seconds / 4)
