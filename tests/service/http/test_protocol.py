"""What clients may do to the server itself, before and after any app is asked."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest
from fastapi import Response, WebSocket
from websockets.exceptions import InvalidMessage, InvalidStatus
from websockets.sync.client import connect

from helpers.service.app import create_app
from helpers.service.deploy.supervisor import STOP_SECONDS
from helpers.service.http import protocol
from helpers.service.http.protocol import MAX_HEADERS, MAX_PIPELINED
from helpers.service.quota import client_address
from helpers.service.settings import Settings
from service.listening import listening

MEGABYTE = 2**20
#: What is larger than all buffers between two sockets of one machine.
LARGE = bytes(8 * MEGABYTE)


def app_of(settings):
    """Make the part for uploads, with an answer that is large and a WebSocket that echoes."""
    app = create_app(["uploads"], settings)

    @app.get("/large")
    async def large():
        return Response(LARGE)

    @app.websocket("/echo")
    async def echo(socket: WebSocket):
        await socket.accept()
        await socket.send_text(await socket.receive_text())
        await socket.receive()

    return app


@pytest.fixture
def serving(tmp_path, monkeypatch):
    """Start a server with settings: a function that returns it."""
    monkeypatch.setattr(protocol, "DRAIN_SECONDS", 0.2)
    servers = []

    def start(**settings):
        settings = Settings(folder=tmp_path / "kept", port=0, **settings)
        servers.append(listening(app_of(settings), settings))
        return servers[-1].__enter__()

    yield start
    for server in servers:
        server.__exit__(None, None, None)


def opened(server, **options):
    return socket.create_connection(("127.0.0.1", server.port), timeout=10, **options)


def heard(client):
    """Return all that comes until the server closes."""
    said = b""
    with suppress(ConnectionResetError):
        while piece := client.recv(65_536):
            said += piece
    return said.decode("latin-1")


def speak(server, *pieces):
    """Send pieces as they are; return what comes back until the server closes."""
    with opened(server) as client:
        for piece in pieces:
            with suppress(ConnectionResetError, BrokenPipeError):
                client.sendall(piece)
        return heard(client)


def until(condition, seconds=10):
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


START = b"GET /health HTTP/1.1\r\nHost: x\r\n"
END = b"Connection: close\r\n\r\n"
FORM = b"Content-Type: multipart/form-data; boundary=b\r\n"


# Headers


def test_headers_at_the_limit_are_taken_and_a_byte_more_is_not(serving):
    server = serving(max_header_bytes=1000)
    room = 1000 - len("/health") - len("Hostx") - len("Connectionclose") - len("X")
    for size, status in ((room, 200), (room + 1, 431)):
        assert speak(server, START, b"X: " + b"a" * size + b"\r\n", END).split()[1] == str(status)


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (START, b"X-Long: " + b"a" * 1_000_000 + b"\r\n"),  # lines that end
        (START, b"a" * 1_000_000),  # one that does not
        (START, b"a:\r\n" * 10_000),
        (b"GET /", b"a" * 1_000_000),
    ],
)
def test_headers_without_end_are_refused_before_they_are_kept(serving, start, piece):
    server = serving()
    said = speak(server, start, *[piece] * 20)
    assert said.startswith("HTTP/1.1 431 ")
    assert "connection: close" in said
    assert "x-content-type-options: nosniff" in said
    assert said.count("HTTP/1.1") == 1


def test_they_are_refused_before_the_token_is_asked_for_and_in_the_readers_language(serving):
    server = serving(token="key")
    said = speak(server, START, b"Accept-Language: ko\r\n", b"X: 1\r\n" * MAX_HEADERS, END)
    assert said.startswith("HTTP/1.1 431 ")
    assert "헤더가 너무 큽니다" in said.encode("latin-1").decode()


@pytest.mark.parametrize("tail", [b"", b"X-Tail: "])
def test_trailers_are_headers_too(serving, tail):
    body = b"POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + tail
    started = time.monotonic()
    speak(serving(body_seconds=60), body, *[b"a" * 100_000] * 20)
    assert time.monotonic() - started < 5


def test_a_handshake_is_limited_too(serving):
    server = serving()
    with pytest.raises((InvalidStatus, InvalidMessage)):
        connect(
            f"ws://127.0.0.1:{server.port}/echo",
            additional_headers={"X": "a" * 100_000},
            proxy=None,
        )


def test_each_request_of_a_connection_has_the_whole_limit(serving):
    server = serving(max_header_bytes=1000)
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", trust_env=False) as client:
        for _ in range(5):
            assert client.get("/health", headers={"X": "a" * 500}).status_code == 200
    assert server.server_state.total_requests == 5


def test_a_body_of_any_size_is_no_header(serving):
    server = serving(max_header_bytes=1000)
    body = bytes(5_000_000)
    address = f"http://127.0.0.1:{server.port}/upload"
    assert httpx.post(address, content=body, trust_env=False).status_code == 415


@pytest.mark.parametrize("name", [b"X", b"Accept-Language"])
def test_blanks_around_a_value_do_not_belong_to_it(serving, name):
    said = speak(serving(), START, name + b": \t ko \t\r\n", END)
    assert said.startswith("HTTP/1.1 200 ")


def test_what_the_app_does_not_see_is_counted_and_has_an_id(serving):
    server = serving(max_header_bytes=2000)
    said = speak(server, b"GET / HTTP/1.1\r\nX-Long: " + b"a" * 3000 + b"\r\n\r\n")
    head, _, body = said.partition("\r\n\r\n")
    (id,) = [line[14:] for line in head.split("\r\n") if line.startswith("x-request-id: ")]
    assert f'"request_id":"{id}"' in body
    metrics = httpx.get(f"{server.address}/metrics", trust_env=False).text
    assert 'annyeong_refusals_total{reason="large"} 1.0' in metrics


def test_what_is_no_http_is_a_problem(serving):
    said = speak(serving(), b"hello\r\n\r\n")
    assert said.startswith("HTTP/1.1 400 ")
    assert "application/problem+json" in said


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ([], None),  # says nothing
        ([b"\r\n"] * 8, None),
        ([b"GET /health HT"], 408),
        ([START, *[b"X: 1\r\n"] * 8], 408),  # drips
    ],
)
def test_slow_headers_are_not_waited_for(serving, pieces, status):
    server = serving(header_seconds=0.5)
    with opened(server) as client:
        client.settimeout(0.1)
        said = b""
        for piece in [*pieces, *[b""] * 40]:
            try:
                client.sendall(piece)
                said += client.recv(65_536)
                break
            except TimeoutError:
                continue
            except OSError:
                break
        else:
            pytest.fail("it still waits")
    assert said.startswith(b"HTTP/1.1 %d " % status if status else b"")
    assert bool(said) == bool(status)


def test_slow_headers_of_a_second_request_are_not_waited_for_either(serving):
    server = serving(header_seconds=0.5)
    with opened(server) as client:
        client.sendall(START + b"\r\n")
        assert client.recv(65_536).startswith(b"HTTP/1.1 200 ")
        client.sendall(START)
        assert "HTTP/1.1 408 " in heard(client)  # maybe behind a piece of the first answer


def test_a_websocket_outlives_the_time_for_headers(serving):
    server = serving(header_seconds=0.2)
    with connect(f"ws://127.0.0.1:{server.port}/echo", proxy=None) as line:
        time.sleep(0.6)
        line.send("still here")
        assert line.recv(timeout=10) == "still here"


def test_requests_ahead_of_their_answers_are_answered_in_order_and_limited(serving):
    server = serving()
    few = [START + b"\r\n"] * (MAX_PIPELINED - 1)
    assert speak(server, b"".join([*few, START + END])).count("HTTP/1.1 200") == MAX_PIPELINED
    assert speak(server, START.replace(b"health", b"large") + b"\r\n" * 2, *few * 9) is not None
    assert httpx.get(f"http://127.0.0.1:{server.port}/health", trust_env=False).is_success


# Connections


def test_connections_are_limited_and_free_again(serving):
    server = serving(max_connections=5)
    idle = [opened(server) for _ in range(5)]
    until(lambda: len(server.server_state.connections) == 5)
    with opened(server) as client:
        said = heard(client)
    assert said.startswith("HTTP/1.1 503 ")
    assert "retry-after: 1" in said
    for client in idle:
        client.close()
    until(lambda: not server.server_state.connections)
    assert speak(server, START, END).startswith("HTTP/1.1 200 ")


def test_one_address_cannot_take_all_connections(serving):
    server = serving(max_connections=9, max_connections_of_one=5)
    greedy = [opened(server, source_address=("127.0.0.2", 0)) for _ in range(5)]
    until(lambda: len(server.server_state.connections) == 5)
    with opened(server, source_address=("127.0.0.2", 0)) as client:
        assert heard(client).startswith("HTTP/1.1 503 ")
    assert speak(server, START, END).startswith("HTTP/1.1 200 ")
    for client in greedy:
        client.close()


def test_a_trusted_proxy_may_have_them_all(serving):
    server = serving(max_connections_of_one=1, trusted_proxies="127.0.0.0/8")
    clients = [opened(server, source_address=("127.0.0.2", 0)) for _ in range(3)]
    until(lambda: len(server.server_state.connections) == 3)
    for client in clients:
        client.sendall(START + END)
        assert heard(client).startswith("HTTP/1.1 200 ")
        client.close()


# Answers that are not read


def ask_for_large(server, times=1):
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(10)
    client.connect(("127.0.0.1", server.port))
    client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n" * times)
    return client


def unread(server):
    return sum(
        one.transport.get_write_buffer_size() for one in list(server.server_state.connections)
    )


def read(client, num_bytes):
    """Return how many bytes came; fewer than asked for if the server closes."""
    num_read = 0
    while num_read < num_bytes and (piece := client.recv(65_536)):
        num_read += len(piece)
    return num_read


def test_who_does_not_read_is_given_up_and_who_reads_slowly_is_not(serving):
    server = serving(read_seconds=1)
    stuck, slow = ask_for_large(server), ask_for_large(server)
    num_read = 0
    for _ in range(5):
        num_read += read(slow, 3 * MEGABYTE // 2)
        time.sleep(0.3)
    until(lambda: len(server.server_state.connections) == 1)
    assert num_read + read(slow, len(LARGE) - num_read) >= len(LARGE)
    stuck.close()
    slow.close()


def test_of_a_client_that_does_not_read_one_answer_is_held(serving):
    server = serving()
    client = ask_for_large(server, times=3)
    until(lambda: unread(server) > MEGABYTE)
    time.sleep(0.2)
    assert unread(server) < len(LARGE)
    assert len(server.server_state.tasks) == 0
    assert read(client, 3 * len(LARGE)) >= 3 * len(LARGE)  # which come one after another
    client.close()


def test_unread_answers_are_held_up_to_a_limit(serving):
    server = serving(max_held_bytes=3 * len(LARGE))
    clients = [ask_for_large(server) for _ in range(8)]
    until(lambda: server.server_state.total_requests == 8)
    until(lambda: unread(server) <= 3 * len(LARGE))
    assert speak(server, START, END).startswith("HTTP/1.1 200 ")
    for client in clients:
        client.close()


def test_a_client_that_does_not_read_does_not_keep_the_service_from_ending(serving):
    server = serving(read_seconds=60)
    assert server.config.timeout_graceful_shutdown < STOP_SECONDS
    server.config.timeout_graceful_shutdown = 1
    client = ask_for_large(server)
    until(lambda: unread(server))
    server.should_exit = True
    until(lambda: not server.thread.is_alive(), seconds=8)
    client.close()


def test_many_clients_that_read_are_not_disturbed(serving):
    server = serving(max_held_bytes=2 * len(LARGE))
    address = f"http://127.0.0.1:{server.port}/large"
    with ThreadPoolExecutor(4) as pool:
        sizes = list(pool.map(lambda _: len(httpx.get(address, trust_env=False).content), range(4)))
    assert sizes == [len(LARGE)] * 4


# Bodies that are refused


@pytest.mark.parametrize("length", [b"Content-Length: 999999999", b"Transfer-Encoding: chunked"])
def test_a_body_without_end_is_refused_read_and_soon_cut_off(serving, length):
    server = serving(max_body_bytes=1_000_000)
    chunk = b"186a0\r\n" + bytes(100_000) + b"\r\n"
    started, said = time.monotonic(), b""
    with opened(server) as client:
        client.sendall(b"POST /upload HTTP/1.1\r\nHost: x\r\n" + FORM + length + b"\r\n\r\n")
        with suppress(ConnectionResetError, BrokenPipeError):
            while time.monotonic() < started + 10:
                client.sendall(chunk)
        with suppress(ConnectionResetError):
            said = client.recv(65_536)
    assert time.monotonic() < started + 5
    assert said.startswith(b"HTTP/1.1 413 ") or not said
    assert not server.server_state.tasks


def test_who_has_sent_all_of_a_body_that_is_too_large_reads_why(serving):
    address = f"http://127.0.0.1:{serving(max_body_bytes=1_000_000).port}/upload"
    with httpx.Client(trust_env=False) as client:
        for headers in ({}, {"Content-Type": "multipart/form-data; boundary=b"}):
            answer = client.post(address, content=bytes(1_900_000), headers=headers)
            assert answer.status_code == 413
            assert answer.headers["connection"] == "close"
            assert client.get(address).status_code == 405  # over a new connection


def test_an_answer_before_the_body_says_that_it_ends_the_connection(serving):
    server = serving(token="key")
    said = speak(server, b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
    assert said.startswith("HTTP/1.1 401 ")
    assert said.lower().count("connection: close") == 1


def test_head_over_the_line_has_no_body(serving):
    said = speak(serving(), START.replace(b"GET", b"HEAD") + END)
    assert said.startswith("HTTP/1.1 200 ")
    assert "content-length: 15" in said
    assert said.endswith("\r\n\r\n")


def test_who_asks_is_known_through_a_trusted_proxy_alone(serving):
    server = serving()
    seen = []

    @server.config.app.get("/who")
    async def who():
        seen.append(client_address.get())

    for source, client in (("127.0.0.1", "10.0.0.7"), ("127.0.0.2", "127.0.0.2")):
        with opened(server, source_address=(source, 0)) as line:
            line.sendall(START.replace(b"health", b"who") + b"X-Forwarded-For: 10.0.0.7\r\n" + END)
            heard(line)
        assert seen.pop() == client
