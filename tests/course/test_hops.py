from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from helpers.course.hops import recorded

SERVERS = {"gateway": "http://127.0.0.1:1", "uploads": "http://127.0.0.1:2"}


@pytest.fixture(autouse=True)
def reader(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_LANG", "en")


def asking(down=()):
    """Return a client; the gateway behind it asks the uploads, in a thread of its own."""

    def respond(request):
        if request.url.port in down:
            raise httpx.ConnectError("nobody is there")
        if request.url.port == 2:
            return httpx.Response(200, content=b"photo")
        with ThreadPoolExecutor(1) as pool:
            try:
                content = pool.submit(client.get, "http://127.0.0.1:2/7").result().content
            except httpx.TransportError:
                return httpx.Response(502, content=b"")
        return httpx.Response(200, content=content)

    client = httpx.Client(transport=httpx.MockTransport(respond))
    return client


def ways(client, num_requests=1):
    with recorded(client, "me", SERVERS) as hops:
        for _ in range(num_requests):
            try:
                client.post("http://127.0.0.1:1/7", content=b"ab")
            except httpx.TransportError:
                continue
    return [(start, end, kind) for start, end, _, kind in hops], [hop[2] for hop in hops]


def test_a_request_goes_in_and_its_response_comes_back():
    way, carried = ways(asking())
    assert way == [
        ("me", "gateway", "request"),
        ("gateway", "uploads", "request"),
        ("uploads", "gateway", "response"),
        ("gateway", "me", "response"),
    ]
    assert carried == ["POST /7, 2 bytes", "GET /7", "200, 5 bytes", "200, 5 bytes"]


def test_a_request_that_nobody_takes_is_lost_and_becomes_an_error():
    way, carried = ways(asking(down=(2,)))
    assert way == [
        ("me", "gateway", "request"),
        ("gateway", "uploads", "lost"),
        ("gateway", "me", "error"),
    ]
    assert carried[-1] == "502, 0 bytes"


def test_each_request_to_a_dead_gateway_is_lost():
    way, _ = ways(asking(down=(1,)), num_requests=2)
    assert way == [("me", "gateway", "lost")] * 2


def test_nothing_is_noted_after_the_block():
    client = asking()
    ways(client)
    assert client.event_hooks == {"request": [], "response": []}
