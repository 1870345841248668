from functools import partial

import anyio
import pytest

from helpers.service.http.body_limits import IS_WHOLE, BodyLimitMiddleware
from helpers.service.http.problems import Problem

PNG = b"\x89PNG\r\n\x1a\n"
HEADERS = {"Content-Type": "image/png"}


def test_a_body_at_the_limit_is_taken_and_one_over_it_is_not(serve):
    client = serve(max_body_bytes=1000)
    for size, status in ((1000, 422), (1001, 413)):
        body = PNG.ljust(size, b"\0")
        assert client.post("/digits", content=body, headers=HEADERS).status_code == status


def test_a_body_in_pieces_is_counted_too(serve):
    client = serve(max_body_bytes=1000)
    for count, status in ((9, 422), (11, 413)):
        pieces = iter([PNG.ljust(100, b"\0")] * count)
        assert client.post("/digits", content=pieces, headers=HEADERS).status_code == status


@pytest.mark.parametrize(("more", "is_watched"), [({IS_WHOLE: True}, False), ({}, True)])
def test_a_small_body_that_is_there_needs_no_watching(more, is_watched):
    given = []

    async def app(scope, receive, send):
        given.append(receive)

    limit = BodyLimitMiddleware(app, max_bytes=1000, seconds=10, max_held_bytes=1000)
    scope = {"type": "http", "headers": [(b"content-length", b"1000")], **more}
    anyio.run(limit, scope, "the server's", None)
    assert (given != ["the server's"]) == is_watched


def test_bodies_are_held_up_to_a_limit_and_small_ones_always():
    """The app waits with each body in hand."""
    most, refused = [], []

    async def app(scope, receive, send):
        await receive()
        most.append(limit.quota.taken)
        await go_on.wait()

    limit = BodyLimitMiddleware(app, max_bytes=100_000, seconds=10, max_held_bytes=300_000)
    go_on = anyio.Event()

    async def ask(num_bytes, *, is_chunked=False):
        headers = [(b"transfer-encoding", b"chunked")] if is_chunked else []
        headers = headers or [(b"content-length", b"%d" % num_bytes)]

        async def receive():
            return {"type": "http.request", "body": bytes(num_bytes), "more_body": False}

        try:
            await limit({"type": "http", "headers": headers}, receive, None)
        except Problem as problem:
            refused.append((problem.status_code, problem.headers["Retry-After"], num_bytes))

    async def main():
        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(ask, 100_000)
                group.start_soon(ask, 60_000)
            group.start_soon(partial(ask, 70_000, is_chunked=True))
            await anyio.wait_all_tasks_blocked()
            go_on.set()

    anyio.run(main)
    assert max(most) == 300_000
    assert refused == [(503, "1", 100_000), (503, "1", 70_000)]
    assert limit.quota.taken == 0
