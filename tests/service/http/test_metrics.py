import asyncio
import math
import re
import shutil
import threading
import time
from contextlib import contextmanager

import anyio
import cv2
import numpy as np
import pytest
from fastapi import WebSocket

from helpers.paths import ROOT
from helpers.reader import speaking
from helpers.service.http.metrics import Metrics, follow
from helpers.service.http.problems import TYPES, Problem

PAGES = [ROOT / "docs" / name for name in ("service.md", "service.ko.md")]


def value(client, name):
    """Return what /metrics says of a series; None if it has none such."""
    text = client.get("/metrics").text
    found = re.search(f"^{re.escape(name)} (.*)$", text, re.MULTILINE)
    return found and float(found[1])


def refused(client, reason):
    return value(client, f'annyeong_refusals_total{{reason="{reason}"}}')


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_metric_is_documented_and_the_other_way_round(serve, page):
    text = serve(["uploads"]).get("/metrics").text
    there_are = set(re.findall(r"^# TYPE (annyeong_\w+) ", text, re.MULTILINE))
    there_are = {name for name in there_are if not name.endswith("_created")}
    documented = re.findall(r"^\| `(annyeong_\w+)` \|", page.read_text("utf-8"), re.MULTILINE)
    assert set(documented) == there_are
    assert len(documented) == len(there_are)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_reasons_of_problems_are_documented(page):
    (line,) = (
        line
        for line in page.read_text("utf-8").splitlines()
        if line.startswith("| `annyeong_refusals_total`")
    )
    reasons = {kind.reason for kind in TYPES.values() if kind.reason}
    assert reasons <= set(re.findall(r"`(\w+)`", line))


def test_refusals_are_counted_by_their_reason(serve):
    client = serve(["uploads"], max_body_bytes=10)
    assert client.post("/upload", content=b"x" * 11).status_code == 413
    for _ in range(2):
        assert client.get("/", headers={"host": "evil.example"}).status_code == 403
    assert client.get("/nowhere").status_code == 404
    with speaking("en"):
        full = Problem("store-full", en="Full.", ko="가득 찼습니다.")

    @client.app.get("/full")
    async def raise_it():
        raise full

    assert client.get("/full").status_code == 503
    reasons = ("large", "foreign", "full", "busy", "token")
    assert [refused(client, reason) for reason in reasons] == [1, 2, 1, None, None]


def test_too_much_work_is_a_refusal(serve):
    client = serve(["vision"], workers=1, max_waiting=0)
    with busy(client, 1):
        answer = client.post("/mosaic", content=photo_of(100), headers=PNG)
    assert answer.status_code == 503
    assert refused(client, "busy") == 1


PNG = {"content-type": "image/png"}


def photo_of(width):
    return cv2.imencode(".png", np.full((width, width), 255, np.uint8))[1].tobytes()


def test_a_missing_token_is_a_refusal(serve):
    client = serve(["uploads"], token="key")
    client.get("/uploads")
    client.headers["authorization"] = "Bearer key"
    assert refused(client, "token") == 1


def test_an_error_nobody_expected_is_counted_by_its_name(serve):
    client = serve(["uploads"])

    @client.app.get("/fail")
    async def fail():
        raise ZeroDivisionError

    client.get("/fail")
    assert value(client, 'annyeong_failures_total{error="ZeroDivisionError"}') == 1


@contextmanager
def busy(client, count):
    """Give so much work to the workers that ends with the block."""
    go_on, names = threading.Event(), ("working", "waiting")

    async def work():
        async with anyio.create_task_group() as group:
            for _ in range(count):
                group.start_soon(client.app.state.service.workers.run, go_on.wait)

    done, until = client.portal.start_task_soon(work), time.monotonic() + 10
    while sum(value(client, f"annyeong_workers_{name}") for name in names) < count:
        assert time.monotonic() < until
        time.sleep(0.01)
    try:
        yield
    finally:
        go_on.set()
        done.result(timeout=10)


def test_what_works_and_what_waits(serve):
    client = serve(["uploads"], workers=2, max_waiting=3)
    names = [f"annyeong_workers_{name}" for name in ("working", "waiting")]
    assert value(client, "annyeong_workers_places") >= 5
    assert [value(client, name) for name in names] == [0, 0]
    with busy(client, 5):
        assert [value(client, name) for name in names] == [2, 3]
    assert [value(client, name) for name in names] == [0, 0]


def test_open_websockets(serve):
    client = serve(["uploads"])

    @client.app.websocket("/talk")
    async def talk(socket: WebSocket):
        await socket.accept()
        await socket.receive()

    with client.websocket_connect("/talk"), client.websocket_connect("/talk"):
        assert value(client, "annyeong_websockets") == 2
    assert value(client, "annyeong_websockets") == 0


def test_sizes_of_batches(serve):
    client = serve(["vision"])
    for _ in range(2):
        client.post("/digits", content=photo_of(28), headers=PNG)
    assert value(client, 'annyeong_batch_size_bucket{le="1.0"}') == 2

    async def three():
        await asyncio.gather(*(client.app.state.service.read_small(photo_of(28)) for _ in range(3)))

    client.portal.call(three)
    assert value(client, 'annyeong_batch_size_bucket{le="2.0"}') == 2
    assert value(client, "annyeong_batch_size_sum") == 5


def test_restarts_are_counted_by_the_part(serve):
    client = serve(["uploads"])
    client.app.state.metrics.restarts.labels("chat").inc()
    assert value(client, 'annyeong_restarts_total{part="chat"}') == 1


def test_the_numbers_go_on_when_the_folder_is_gone(serve, tmp_path):
    client = serve(["uploads"])
    assert value(client, "annyeong_uploads") == 0
    shutil.rmtree(tmp_path / "uploads")
    (tmp_path / "uploads").write_text("a file in its place")
    assert client.get("/metrics").status_code == 200


def test_one_number_that_fails_harms_no_other():
    metrics = Metrics()
    follow(metrics.uploads, lambda: 1 / 0)
    follow(metrics.waiting, lambda: 7)
    assert metrics.registry.get_sample_value("annyeong_workers_waiting") == 7
    assert math.isnan(metrics.registry.get_sample_value("annyeong_uploads"))
