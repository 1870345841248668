from contextlib import suppress

import anyio
import pytest

from helpers.service.errors import Busy
from helpers.service.http.client import ClientMiddleware
from helpers.service.quota import Quota, client_address


def take_as(quota, client, count):
    """Take places as a client, one after another; return how many there were for it."""
    client_address.set(client)
    taken = []
    for _ in range(count):
        with suppress(Busy):
            place = quota.take()
            place.__enter__()
            taken.append(place)
    return taken


@pytest.fixture(autouse=True)
def nobody_asks():
    yield
    client_address.set(None)


def test_one_client_may_take_three_quarters_and_another_the_rest():
    quota = Quota(8)
    first, second = take_as(quota, "10.0.0.1", 9), take_as(quota, "10.0.0.2", 9)
    assert (len(first), len(second)) == (6, 2)
    assert (quota.taken, quota.num_refused) == (8, 3 + 7)


def test_what_is_given_back_may_be_taken_again():
    quota = Quota(8)
    for _ in range(3):
        for place in take_as(quota, "10.0.0.1", 9):
            place.__exit__(None, None, None)
    assert quota.taken == 0
    assert not quota._taken_by


def test_where_nobody_is_known_all_may_be_taken():
    assert len(take_as(Quota(8), None, 9)) == 8


@pytest.mark.parametrize("count", [1, 2])
def test_where_there_are_few_one_is_enough(count):
    assert take_as(Quota(count), "10.0.0.1", 1)


def test_what_is_larger_than_all_is_taken_when_there_is_nothing_else():
    quota = Quota(10)
    with quota.take(11), pytest.raises(Busy) as refused, quota.take(1):
        pass
    assert refused.value.retry_after == 1
    assert quota.taken == 0


def test_each_request_has_its_own_client():
    seen = []

    async def app(scope, receive, send):
        await anyio.sleep(0)
        seen.append((scope["client"][0], client_address.get()))

    async def main():
        async with anyio.create_task_group() as group:
            for n in range(3):
                scope = {"type": "http", "client": (f"10.0.0.{n}", 1)}
                group.start_soon(ClientMiddleware(app), scope, None, None)

    anyio.run(main)
    assert len(seen) == 3
    assert all(client == known for client, known in seen)
    assert client_address.get() is None
