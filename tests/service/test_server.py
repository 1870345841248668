"""The service as clients meet it: a process of its own, and what they may do to it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from helpers.service.deploy.process import free_port

PNG = b"\x89PNG\r\n\x1a\n"


#: Everything but the chatbot, which takes longest to load.
PARTS = [word for part in ("uploads", "vision", "page") for word in ("--part", part)]


@contextmanager
def serving(folder, stop=signal.SIGTERM, **settings):
    """Start `annyeong serve` on a free port; give its process and its address; end it."""
    port = free_port()
    variables = {f"ANNYEONG_{name.upper()}": str(value) for name, value in settings.items()}
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "helpers.cli", "serve"),
            *("--port", str(port), "--folder", folder),
            *PARTS,
        ],
        env={**os.environ, **variables, "COURSE_LANG": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        for _ in range(600):
            try:
                assert httpx.get(f"http://127.0.0.1:{port}/ready").status_code == 200
                break
            except httpx.TransportError:
                assert process.poll() is None, process.stdout.read()
                time.sleep(0.05)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(stop)
        process.communicate(timeout=30)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    with serving(folder, body_seconds=1, max_body_bytes=1_000_000) as (_, address):
        yield address


def speak(address, sent, seconds=5):
    """Send bytes as they are; return what comes back until the server closes or is silent."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=seconds) as client:
        client.sendall(sent)
        heard = b""
        try:
            while piece := client.recv(65536):
                heard += piece
        except TimeoutError:
            pass
        return heard.decode("latin-1")


def test_a_slow_body_is_cut_off(server):
    heard = speak(
        server,
        b"POST /digits HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"
        b"Content-Length: 100\r\n\r\n" + PNG,
    )
    assert heard.startswith("HTTP/1.1 408 ")
    assert "connection: close" in heard.lower()
    assert "application/problem+json" in heard


def test_a_dripping_body_is_cut_off_too(server):
    host, port = server.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as client:
        client.sendall(
            b"POST /digits HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        heard = b""
        for _ in range(40):
            try:
                client.sendall(b"1\r\nx\r\n")
                client.settimeout(0.1)
                heard = client.recv(65536)
                break
            except TimeoutError:
                continue
    assert heard.startswith(b"HTTP/1.1 408 ")


def test_a_chunked_body_is_limited_and_one_at_the_limit_is_taken(server):
    def pieces(num_bytes):
        yield PNG
        yield from (bytes(1000) for _ in range(num_bytes // 1000 - 1))
        yield bytes(1000 - len(PNG))

    headers = {"Content-Type": "image/png"}
    for num_bytes, status in ((1_000_000, 422), (1_001_000, 413)):
        answer = httpx.post(f"{server}/digits", content=pieces(num_bytes), headers=headers)
        assert answer.status_code == status, num_bytes
        assert answer.json()["status"] == status


def test_a_length_over_the_limit_is_refused_before_the_body_comes(server):
    heard = speak(
        server,
        b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        b"Content-Length: 1000001\r\n\r\n",
        seconds=1,
    )
    assert heard.startswith("HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "line",
    [
        b"GET /uploads/../../../etc/passwd HTTP/1.1",
        b"GET /static/..%2f..%2fapp.py HTTP/1.1",
        b"GET /uploads/%00 HTTP/1.1",
        b"GET /mosaic/x/%2e%2e%2f%2e%2e HTTP/1.1",
        b"GET /mnist-sample/100/%ff%fe HTTP/1.1",
        b"GET /mnist-sample/9999999999999999999999/a_label5.png HTTP/1.1",
        b"BREW /digits HTTP/1.1",
        b"GET //// HTTP/1.1",
    ],
)
def test_strange_addresses_are_problems(server, line):
    heard = speak(server, line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert heard.split(" ")[1] in ("404", "405", "400", "422")
    assert "root:" not in heard
    assert "Traceback" not in heard


def test_a_client_that_leaves_harms_nobody(server, photo):
    host, port = server.removeprefix("http://").split(":")
    for cut in (1, 200, 1000, len(photo)):
        with socket.create_connection((host, int(port))) as client:
            head = f"Content-Type: image/jpeg\r\nContent-Length: {len(photo)}\r\n\r\n"
            client.sendall(b"POST /digits HTTP/1.1\r\nHost: x\r\n" + head.encode() + photo[:cut])
    assert httpx.get(f"{server}/health").json() == {"status": "ok"}


def test_health_is_quick_while_all_work(server, photo):
    done = threading.Event()

    def work():
        while not done.is_set():
            answer = httpx.post(
                f"{server}/digits", content=photo, headers={"Content-Type": "image/jpeg"}
            )
            assert answer.json()["text"] == "92182"

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(work) for _ in range(4)]
        try:
            for _ in range(20):
                assert httpx.get(f"{server}/health", timeout=2).status_code == 200
        finally:
            done.set()
        for job in jobs:
            job.result()


def test_what_was_answered_survives_a_kill_and_half_files_are_never_listed(tmp_path):
    answered, stop = [], threading.Event()

    def upload(address, worker):
        n = 0
        while not stop.is_set():
            n += 1
            content = PNG + b"%d-%d " % (worker, n) * 20_000
            try:
                answer = httpx.post(f"{address}/upload", files={"file": (f"{n}.png", content)})
            except httpx.TransportError:
                return
            assert answer.status_code == 200
            answered.append((answer.json()["id"], len(content)))

    for _ in range(2):
        stop.clear()
        with serving(tmp_path, stop=signal.SIGKILL) as (process, address):
            threads = [threading.Thread(target=upload, args=(address, n)) for n in range(4)]
            for thread in threads:
                thread.start()
            time.sleep(0.7)
            process.kill()
            stop.set()
            for thread in threads:
                thread.join()
    with serving(tmp_path) as (_, address):
        listed = {one["id"]: one["size"] for one in httpx.get(f"{address}/uploads").json()["files"]}
    assert answered
    assert dict(answered).items() <= listed.items()
    assert all((tmp_path / id / "content").stat().st_size == listed[id] for id in listed)
