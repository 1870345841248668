from contextlib import suppress

import anyio
import pytest

from helpers.service.places import KnowClient, Places, asking
from helpers.service.problems import Problem


def take_as(places, client, count):
    """Take places as a client, one after another; return how many there were for it."""
    asking.set(client)
    taken = []
    for _ in range(count):
        with suppress(Problem):
            place = places.take()
            place.__enter__()
            taken.append(place)
    return taken


@pytest.fixture(autouse=True)
def nobody_asks():
    yield
    asking.set(None)


def test_one_client_may_take_three_quarters_and_another_the_rest():
    places = Places(8)
    first, second = take_as(places, "10.0.0.1", 9), take_as(places, "10.0.0.2", 9)
    assert (len(first), len(second)) == (6, 2)
    assert (places.taken, places.num_refused) == (8, 3 + 7)


def test_what_is_given_back_may_be_taken_again():
    places = Places(8)
    for _ in range(3):
        for place in take_as(places, "10.0.0.1", 9):
            place.__exit__(None, None, None)
    assert places.taken == 0
    assert not places._taken_by


def test_where_nobody_is_known_all_may_be_taken():
    assert len(take_as(Places(8), None, 9)) == 8


@pytest.mark.parametrize("count", [1, 2])
def test_where_there_are_few_one_is_enough(count):
    assert take_as(Places(count), "10.0.0.1", 1)


def test_what_is_larger_than_all_is_taken_when_there_is_nothing_else():
    places = Places(10)
    with places.take(11), pytest.raises(Problem) as refused, places.take(1):
        pass
    assert (refused.value.status_code, refused.value.headers["Retry-After"]) == (503, "1")
    assert places.taken == 0


def test_each_request_has_its_own_client():
    seen = []

    async def app(scope, receive, send):
        await anyio.sleep(0)
        seen.append((scope["client"][0], asking.get()))

    async def main():
        async with anyio.create_task_group() as group:
            for n in range(3):
                scope = {"type": "http", "client": (f"10.0.0.{n}", 1)}
                group.start_soon(KnowClient(app), scope, None, None)

    anyio.run(main)
    assert len(seen) == 3
    assert all(client == known for client, known in seen)
    assert asking.get() is None
