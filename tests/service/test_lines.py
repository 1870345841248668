"""Who waits for whom: quick tasks for no picture, and no client for all places of another."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import cv2
import httpx
import pytest

from helpers.data import load_mnist
from helpers.language.chatbot import Chatbot
from helpers.service.app import create_app
from helpers.service.chat import sessions
from helpers.service.digits import reader
from helpers.service.settings import Settings
from service.listening import listening

WORKERS, WAITING = 2, 6
DIGIT = cv2.imencode(".png", load_mnist()[0][0][100])[1].tobytes()


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A service whose reading of photos goes on until `server.go_on` is set."""
    go_on = threading.Event()

    def read(data, max_pixels):
        go_on.wait(60)
        return []

    monkeypatch.setattr(reader, "read", read)
    monkeypatch.setattr(sessions, "_shared", lambda engine: Chatbot(hello, engine))
    settings = Settings(folder=tmp_path, port=0, workers=WORKERS, max_waiting=WAITING)
    app = create_app(settings=settings)
    with listening(app, settings) as server:
        server.app, server.go_on = app, go_on
        yield server
        go_on.set()


def hello(message):
    return "안녕하세요!", 1.0, "hello"


def ask(server, photo, client):
    """Have a photo read, for a client at some address; return the status."""
    headers = {"Content-Type": "image/jpeg", "X-Forwarded-For": client}
    with httpx.Client(trust_env=False, timeout=60) as line:
        return line.post(f"{server.address}/digits", content=photo, headers=headers).status_code


def until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_of_a_full_line_one_client_has_three_quarters_and_what_is_quick_passes_it(server, photo):
    quota = server.app.state.service.workers.quota
    assert quota.count == WORKERS + WAITING == 8
    with ThreadPoolExecutor(20) as pool:
        greedy = [pool.submit(ask, server, photo, "10.0.0.1") for _ in range(8)]
        until(lambda: (quota.taken, quota.num_refused) == (6, 2))
        others = [pool.submit(ask, server, photo, f"10.0.0.{n}") for n in (2, 3, 4)]
        until(lambda: (quota.taken, quota.num_refused) == (8, 3))
        with httpx.Client(base_url=server.address, trust_env=False, timeout=20) as client:
            kept = client.post("/upload", files={"file": ("zip.jpg", photo)})
            assert kept.status_code == 200
            assert len(client.get("/uploads").json()["files"]) == 1
            assert client.delete(kept.json()["path"]).status_code == 204
            assert client.post("/chat", json={"message": "안녕"}).json()["reply"] == "안녕하세요!"
            assert client.get("/health").status_code == 200
            assert client.post("/digits", files={"file": DIGIT}).json()["text"] == "5"
            assert client.post("/mosaic", files={"file": ("zip.jpg", photo)}).status_code == 503
        server.go_on.set()
        statuses = sorted(job.result() for job in [*greedy, *others])
    assert statuses == [200] * 8 + [503] * 3
    assert quota.taken == 0
