"""A request's id wherever it is told, and what the log of a real server says of a request."""

import io
import json
import logging
import re
import socket
from time import monotonic
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import WebSocket
from starlette.responses import StreamingResponse
from starlette.testclient import WebSocketDenialResponse
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect

from helpers.service.app import create_app
from helpers.service.logs import handler, request_id
from helpers.service.settings import Settings
from service.deploy.test_gateway import gateway
from service.listening import served
from service.test_logs import TIME

SANE = "A-good.1d_" + "x" * 54
STRANGE = ["", "x" * 65, "two words", "a;b", "한".encode(), b"\x1b[31mred", "a,b"]


def test_a_sane_id_is_taken_over_and_told_in_every_answer(serve):
    client = serve(["uploads", "page"], max_body_bytes=10)
    client.headers["x-request-id"] = SANE
    answers = [
        client.get("/"),
        client.get("/health"),
        client.get("/nowhere"),
        client.put("/uploads"),
        client.post("/upload", content=b"x" * 11),
        client.post("/upload", content=b"x"),
        client.post("/upload", headers={"origin": "http://evil.example"}),
        client.get("/", headers={"host": "evil.example"}),
    ]
    assert [one.status_code for one in answers] == [200, 200, 404, 405, 413, 415, 403, 403]
    for answer in answers:
        assert answer.headers.get_list("x-request-id") == [SANE]
        if answer.status_code >= 400:
            assert answer.json()["request_id"] == SANE


@pytest.mark.parametrize("given", STRANGE)
def test_a_strange_id_is_replaced(serve, given):
    answer = serve(["uploads"]).get("/nowhere", headers={"x-request-id": given})
    (id,) = answer.headers.get_list("x-request-id")
    assert re.fullmatch("[0-9a-f]{16}", id)
    assert answer.json()["request_id"] == id


def test_requests_without_an_id_get_one_each(serve):
    client = serve(["uploads"], token="key")
    ids = {client.get(path).headers["x-request-id"] for path in ("/health", "/uploads") * 50}
    assert len(ids) == 100


def test_a_websocket_has_an_id_too(serve):
    client = serve(["uploads"])

    @client.app.websocket("/id")
    async def tell_id(socket: WebSocket):
        await socket.accept()
        await socket.send_text(request_id.get())

    with client.websocket_connect("/id", headers={"x-request-id": SANE}) as line:
        assert (b"x-request-id", SANE.encode()) in line.extra_headers
        assert line.receive_text() == SANE
    with pytest.raises(WebSocketDenialResponse) as refused:
        client.websocket_connect("/id", headers={"origin": "http://evil.example"}).__enter__()
    assert refused.value.json()["request_id"] == refused.value.headers["x-request-id"]


@pytest.mark.parametrize("given", [SANE, None, "not sane"])
def test_the_gateway_tells_the_part_the_id(given):
    heard = []

    async def part(scope, receive, send):
        if scope["type"] == "http":
            heard.extend(value for name, value in scope["headers"] if name == b"x-request-id")
            headers = [(b"x-request-id", heard[-1])]  # as a part of ours says it
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body"})

    with served(part) as address, gateway(uploads_url=address) as client:
        answer = client.get("/uploads", headers={"x-request-id": given} if given else {})
    ids = answer.headers.get_list("x-request-id")
    assert ids == [one.decode() for one in heard]
    assert len(ids) == 1
    assert (ids[0] == SANE) == (given == SANE)


@pytest.fixture(params=["plain"])
def log(request):
    """What the log of this process says meanwhile, as a stream."""
    stream, root = io.StringIO(), logging.getLogger()
    lines, levels = handler(request.param, stream=stream), {"helpers": 0, "uvicorn": 0}
    for name in levels:
        levels[name] = logging.getLogger(name).level
        logging.getLogger(name).setLevel("INFO")
    root.addHandler(lines)
    yield stream
    root.removeHandler(lines)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def listening(tmp_path):
    """Serve uploads, and addresses that fail or talk: a function of the settings."""

    def serve(**settings):
        app = create_app(["uploads"], Settings(folder=tmp_path / "kept", **settings))

        @app.get("/fail")
        async def fail():
            raise ZeroDivisionError("one\n2026-11-28T00:00:00.000+00:00 INFO two")

        @app.get("/half")
        async def half():
            async def pieces():
                yield b"half"
                raise ZeroDivisionError

            return StreamingResponse(pieces())

        @app.websocket("/fail")
        async def fail_later(socket: WebSocket):
            await socket.accept()
            raise ZeroDivisionError

        @app.websocket("/talk")
        async def talk(socket: WebSocket):
            await socket.accept()
            await socket.send_text(await socket.receive_text())

        return served(app, log_level=None, log_config=None)

    return serve


def lines_of(log):
    """Return what was written about requests: nothing of how the server starts and stops."""
    lines = re.split(f"^(?={TIME})", log.getvalue(), flags=re.MULTILINE)
    assert lines[0] == ""
    own = re.compile("(Started|Finished) server|application|Shutting down|Uvicorn running")
    return [line for line in lines[1:] if "Exception" in line or not own.search(line)]


def test_a_failure_is_one_line_with_the_traceback_once(listening, log):
    with listening() as address:
        answer = httpx.get(f"{address}/fail?token=secret")
        assert httpx.get(f"{address}/health").status_code == 200
    assert answer.status_code == 500
    id = answer.headers["x-request-id"]
    assert answer.json()["request_id"] == id
    assert id in answer.json()["detail"]
    (line,) = lines_of(log)
    first, *below = line.splitlines()
    assert re.fullmatch(TIME + rf" ERROR   GET /fail 500 \d+\.\d ms id={id}", first)
    assert line.count("Traceback (most recent call last)") == 1
    assert all(words.startswith("    ") for words in below)
    assert "secret" not in line


def test_the_connection_outlives_a_failure(listening):
    with listening() as address, httpx.Client(base_url=address) as client:
        ports = {
            client.get("/fail").extensions["network_stream"].get_extra_info("client_addr")[1]
            for _ in range(3)
        }
    assert len(ports) == 1


def test_what_fails_half_way_is_cut_off_and_logged_once(listening, log):
    with listening() as address:
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(f"{address}/half")
        with (
            connect(socket_of(address, "/fail"), proxy=None) as line,
            pytest.raises(WebSocketException),
        ):
            line.recv(timeout=10)
    http, websocket = lines_of(log)
    assert " GET /half 500 " in http
    assert " WEBSOCKET /fail 500 " in websocket
    for line in (http, websocket):
        assert line.count("Traceback (most recent call last)") == 1


def socket_of(address, path):
    return address.replace("http", "ws", 1) + path


def ask_all_sorts(address):
    assert httpx.get(f"{address}/uploads?token=secret").status_code == 200
    assert httpx.get(f"{address}/nowhere").status_code == 404
    assert httpx.post(f"{address}/upload").status_code == 415
    with connect(socket_of(address, "/talk?token=secret"), proxy=None) as line:
        line.send("hello")
        assert line.recv(timeout=10) == "hello"
    with pytest.raises(InvalidStatus):
        connect(socket_of(address, "/talk"), origin="http://evil.example", proxy=None)
    speak(address, b"nonsense\r\n\r\n")
    speak(address, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
    speak(address, b"GET /%0A2026-11-28%1b[31m%20%EB%94%B4 HTTP/1.1\r\nHost: x\r\n\r\n")


def speak(address, sent):
    where = urlsplit(address)
    with socket.create_connection((where.hostname, where.port), timeout=10) as client:
        client.sendall(sent)
        assert client.recv(65536).startswith(b"HTTP/1.1 4")


def test_nothing_is_written_of_requests_unless_it_is_asked_for(listening, log):
    with listening() as address:
        ask_all_sorts(address)
    assert lines_of(log) == []


def test_each_request_has_its_line_if_it_is_asked_for(listening, log):
    with listening(log_requests=True) as address:
        ask_all_sorts(address)
    lines = lines_of(log)
    assert all(
        re.fullmatch(TIME + r" INFO    [A-Z]+ /\S* \d{3} \d+\.\d ms id=\w{16}\n", line)
        for line in lines
    )
    assert sorted(" ".join(line.split()[2:5]) for line in lines) == [
        "GET / 404",
        "GET /%0A2026-11-28%1B[31m%20딴 404",
        "GET /nowhere 404",
        "GET /uploads 200",
        "POST /upload 415",
        "WEBSOCKET /talk 101",
        "WEBSOCKET /talk 403",
    ]
    assert "secret" not in log.getvalue()


@pytest.mark.parametrize("log", ["json"], indirect=True)
def test_the_lines_of_json_parse(listening, log):
    with listening(log_requests=True) as address:
        ask_all_sorts(address)
        httpx.get(f"{address}/fail", headers={"x-request-id": SANE})
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    (failed,) = (line for line in lines if line.get("status") == 500)
    assert (failed["method"], failed["path"], failed["request_id"]) == ("GET", "/fail", SANE)
    assert "ZeroDivisionError" in failed["traceback"]


def test_too_much_to_do_is_not_too_much_to_write(serve, log):
    client = serve(["uploads"])
    client.app.state.service.parts["uploads"] = False
    start = monotonic()
    assert [client.get("/ready").status_code for _ in range(50)] == [503] * 50
    seconds = monotonic() - start
    lines = lines_of(log)
    assert 1 <= len(lines) <= 1 + seconds
    assert " WARNING GET /ready 503 " in lines[0]
