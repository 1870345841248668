"""Work that is cancelled when its client disconnects."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from fastapi import Request
from starlette.requests import ClientDisconnect


@asynccontextmanager
async def cancel_on_disconnect(request: Request) -> AsyncIterator[None]:
    """Cancel the block as soon as the client has gone.

    Parameters
    ----------
    request : Request
        Its body is read before the block begins: what the server says after it is only that the
        client has gone.

    Raises
    ------
    ClientDisconnect
        If the block was cancelled.
    """
    await request.body()
    is_gone = False

    async def watch() -> None:
        nonlocal is_gone
        while (await request.receive())["type"] != "http.disconnect":
            pass
        is_gone = True
        both.cancel_scope.cancel()

    try:
        async with anyio.create_task_group() as both:
            both.start_soon(watch)
            yield
            both.cancel_scope.cancel()
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    if is_gone:
        raise ClientDisconnect
