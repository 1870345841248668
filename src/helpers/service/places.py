"""Places of which nobody may take all: at work, in a line, in memory."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import ceil

from starlette.types import ASGIApp, Receive, Scope, Send

from helpers.service.problems import Problem

#: How much of all one client may have: what it leaves is for the others.
SHARE = 3 / 4
#: The address of the client whose request this is; None outside of requests.
asking: ContextVar[str | None] = ContextVar("asking", default=None)


class KnowClient:
    """ASGI middleware: within a request it is known who asks."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send):
        """Note the address, which the server knows, also from behind a proxy that it trusts."""
        if client := scope.get("client"):
            asking.set(client[0])  # each request is a task of its own: there is nothing to undo
        await self.app(scope, receive, send)


class Places:
    """So many places, of which each client may take three quarters.

    Parameters
    ----------
    count : int

    Examples
    --------
    >>> places = Places(2)
    >>> with places.take():
    ...     places.taken
    1
    >>> places.taken
    0
    """

    def __init__(self, count: int):
        self.count, self.taken, self.num_refused = count, 0, 0
        self._of_one = ceil(SHARE * count)
        self._taken_by: Counter[str] = Counter()

    @contextmanager
    def take(self, amount: int = 1) -> Iterator[None]:
        """Take some places for the length of a block; the first may be more than there are.

        Raises
        ------
        Problem
            503 with ``Retry-After`` if there are too few, in all or for this client.
        """
        client = asking.get()
        if not self._has_room(client, amount):
            self.num_refused += 1
            raise Problem(
                503,
                en="Too much is being worked on: try again in a second.",
                ko="지금 처리할 일이 너무 많습니다. 잠시 뒤에 다시 시도해 주세요.",
                headers={"Retry-After": "1"},
            )
        self.taken += amount
        self._taken_by[client] += amount
        try:
            yield
        finally:
            self.taken -= amount
            self._taken_by[client] -= amount
            if not self._taken_by[client]:
                del self._taken_by[client]  # or the counter would grow with every address

    def _has_room(self, client: str | None, amount: int) -> bool:
        if not self.taken:
            return True
        is_fair = client is None or self._taken_by[client] + amount <= self._of_one
        return is_fair and self.taken + amount <= self.count
