"""A quota of places, at work, in a queue or in memory, that no single client can use up."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import ceil

from helpers.service.errors import Busy

#: The largest share of all places that one client may have: the rest is for the others.
SHARE = 3 / 4
#: The address of the client whose request is being answered; None outside of requests.
client_address: ContextVar[str | None] = ContextVar("client_address", default=None)


class Quota:
    """A number of places, of which each client may take three quarters.

    Parameters
    ----------
    count : int

    Examples
    --------
    >>> quota = Quota(2)
    >>> with quota.take():
    ...     quota.taken
    1
    >>> quota.taken
    0
    """

    def __init__(self, count: int):
        self.count, self.taken, self.num_refused = count, 0, 0
        self._max_of_one = ceil(SHARE * count)
        self._taken_by: Counter[str | None] = Counter()

    @contextmanager
    def take(self, amount: int = 1) -> Iterator[None]:
        """Take some places for the length of a block; the first may be more than there are.

        Raises
        ------
        Busy
            If there are too few, in all or for this client.
        """
        client = client_address.get()
        if not self._has_room(client, amount):
            self.num_refused += 1
            raise Busy(
                en="Too much is being worked on: try again in a second.",
                ko="지금 처리할 일이 너무 많습니다. 잠시 뒤에 다시 시도해 주세요.",
                retry_after=1,
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
        is_fair = client is None or self._taken_by[client] + amount <= self._max_of_one
        return is_fair and self.taken + amount <= self.count
