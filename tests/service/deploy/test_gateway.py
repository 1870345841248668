"""The gateway: what it passes on, and what it says when nobody answers behind it."""

import asyncio
import json
import socket
import threading
import time
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect
from websockets.server import ServerProtocol
from websockets.sync.client import connect

from helpers.service.app import create_app
from helpers.service.deploy.gateway import UPSTREAMS, create_gateway
from helpers.service.deploy.process import free_port
from helpers.service.settings import Settings
from service.listening import served

pytestmark = pytest.mark.slow


def gateway(**settings):
    return TestClient(create_gateway(Settings(**settings)), raise_server_exceptions=False)


def unused_address():
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "uploads"


@pytest.fixture
def both(folder, until_ready):
    """A client of the gateway before all parts, and one of the monolith, on one folder."""
    settings = Settings(folder=folder)
    uploads, vision, chat = (create_app([part], settings) for part in UPSTREAMS)
    monolith = create_app(settings=settings)
    with (
        served(uploads) as uploads_url,
        served(vision) as vision_url,
        served(chat) as chat_url,
        gateway(uploads_url=uploads_url, vision_url=vision_url, chat_url=chat_url) as through,
        TestClient(monolith) as direct,
    ):
        until_ready(chat)
        until_ready(monolith)
        yield through, direct


def test_a_client_cannot_tell_it_from_the_monolith(both, photo):
    def requests(client):
        client.headers["x-request-id"] = "the-same"
        answers = [
            client.get("/uploads"),
            client.post("/digits", content=photo, headers={"content-type": "image/jpeg"}),
            client.post("/digits", files={"file": ("x.jpg", photo)}, params={"explain": "true"}),
            client.post("/mosaic", content=photo, headers={"content-type": "image/jpeg"}),
            client.get("/mosaic", headers={"accept-language": "ko"}),
            client.post("/mnist-sample", json={"index": 60_000}, headers={"accept-language": "ko"}),
            client.get("/mnist-sample/5/%ED%95%9C_label2.png"),
            client.post("/chat", json={"message": "안녕하세요", "session": "mine"}),
            client.post("/chat", json={"message": "안녕하세요", "session": "mine"}),
            client.post("/chat", json={"message": " "}, headers={"accept-language": "ko"}),
            client.get("/chat"),
            client.get("/uploads/nothing"),
            client.put("/digits"),
            client.get("/nowhere"),
            client.get("/ready"),
            client.get("/openapi.json"),
            client.get("/?lang=ko"),
        ]
        own = {"date", "server", "transfer-encoding", "content-length"}
        return [
            (one.status_code, one.content, {k: v for k, v in one.headers.items() if k not in own})
            for one in answers
        ]

    kept = [client.post("/upload", files={"file": ("사진 1.jpg", photo)}) for client in both]
    assert kept[0].json() == kept[1].json()
    through, direct = map(requests, both)
    assert [status for status, *_ in direct].count(200) == 11
    for number, (expected, found) in enumerate(zip(direct, through, strict=True)):
        assert found == expected, number


def test_a_part_that_is_down_is_one_sentence_and_leaves_the_other(folder, photo):
    with (
        served(create_app(["uploads"], Settings(folder=folder))) as uploads,
        gateway(
            uploads_url=uploads, vision_url=unused_address(), chat_url=unused_address()
        ) as client,
    ):
        assert client.post("/upload", files={"file": ("a.jpg", photo)}).status_code == 200
        answer = client.post("/digits", files={"file": ("a.jpg", photo)})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"].endswith("try again in a moment.")
        ready = client.get("/ready")
        assert ready.status_code == 503
        assert ready.json()["parts"] == dict(uploads=True, vision=False, chat=False, page=True)
        assert client.get("/health").status_code == 200


def test_a_part_that_takes_too_long_is_given_up():
    async def sleeper(scope, receive, send):
        if scope["type"] == "http":
            await asyncio.sleep(2)

    with (
        served(sleeper) as address,
        gateway(uploads_url=address, upstream_seconds=0.2) as client,
    ):
        answer = client.get("/uploads", headers={"accept-language": "ko"})
    assert answer.status_code == 504
    assert answer.json()["error"].startswith("뒤에 있는 서비스")


def test_addresses_headers_and_bodies_pass_byte_for_byte():
    heard = {}

    async def mirror(scope, receive, send):
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body")
        heard.update(scope, headers=dict(scope["headers"]))
        headers = [(b"content-type", b"x/y"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
        await send({"type": "http.response.start", "status": 418, "headers": headers})
        await send({"type": "http.response.body", "body": body[::-1]})

    with served(mirror) as address, gateway(vision_url=address) as client:
        answer = client.get("/mosaic/a%20%3Fb/%ED%95%9C?x=1&x=%202", headers={"x-own": "kept"})
        assert heard["raw_path"] == b"/mosaic/a%20%3Fb/%ED%95%9C"
        assert heard["query_string"] == b"x=1&x=%202"
        assert heard["headers"][b"x-own"] == b"kept"
        assert heard["headers"][b"host"] == address.removeprefix("http://").encode()
        assert b"content-length" not in heard["headers"]
        assert (answer.status_code, answer.headers["content-type"]) == (418, "x/y")
        assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]

        answer = client.post("/digits", content=b"abc")
        assert heard["headers"][b"content-length"] == b"3"
        assert answer.content == b"cba"


def test_too_large_a_body_is_refused_before_it_is_passed_on():
    heard = []

    async def upstream(scope, receive, send):
        heard.append(scope["type"])

    with served(upstream) as address:
        heard.clear()
        with gateway(uploads_url=address, max_body_bytes=10) as client:
            answer = client.post("/upload", content=b"x" * 11)
    assert answer.status_code == 413
    assert "http" not in heard


def test_the_token_is_asked_for_and_passed_on(folder, until_ready):
    settings = Settings(folder=folder, token="secret")
    with (
        served(create_app(["uploads"], settings)) as uploads,
        served(create_app(["vision"], settings)) as vision,
        served(chatbot := create_app(["chat"], settings)) as chat,
        gateway(token="secret", uploads_url=uploads, vision_url=vision, chat_url=chat) as client,
    ):
        until_ready(chatbot)
        assert client.get("/uploads").status_code == 401
        bearer = {"authorization": "Bearer secret"}
        assert client.get("/uploads", headers=bearer).json() == {"files": []}
        assert client.get("/ready", headers=bearer).status_code == 200
        with pytest.raises(WebSocketDenialResponse):
            client.websocket_connect("/chat").__enter__()
        with client.websocket_connect("/chat", headers=bearer) as line:
            assert converse(line, HELLO)["engine"] == "retrieval"
        with client.websocket_connect("/chat", subprotocols=["annyeong", "token.secret"]) as line:
            assert line.accepted_subprotocol == "annyeong"
            assert converse(line, HELLO)["engine"] == "retrieval"


HELLO = json.dumps({"message": "안녕하세요"}, ensure_ascii=False)


def converse(line, said):
    line.send_text(said)
    return json.loads(line.receive_text())


def test_a_websocket_is_the_monoliths_too(both):
    answers = []
    for client in both:
        headers = {"accept-language": "ko", "x-request-id": "the-same"}
        with client.websocket_connect("/chat", headers=headers) as line:
            answers.append([converse(line, said) for said in (HELLO, HELLO, "{}", HELLO)])
            line.send_bytes(HELLO.encode())
            answers[-1].append(line.receive_json())
    assert answers[0] == answers[1]
    assert answers[0][0]["reply"] != answers[0][1]["reply"]
    assert answers[0][2]["status"] == 422


def test_what_a_browser_says_of_its_site_is_judged_at_the_gateway_alone(both):
    through, _ = both
    own = {"origin": "http://testserver"}  # which to the part behind would be another site's
    assert through.post("/chat", json={"message": "안녕"}, headers=own).status_code == 200
    with through.websocket_connect("/chat", headers=own) as line:
        assert converse(line, HELLO)["engine"] == "retrieval"
    foreign = {"origin": "http://evil.example"}
    assert through.post("/chat", json={"message": "안녕"}, headers=foreign).status_code == 403
    with pytest.raises(WebSocketDenialResponse) as refused:
        through.websocket_connect("/chat", headers=foreign).__enter__()
    assert refused.value.status_code == 403


def test_a_websocket_to_nobody_is_503_and_to_a_sleeper_504():
    async def sleeper(scope, receive, send):
        if scope["type"] == "websocket":
            await asyncio.sleep(2)

    def refusal_of(client):
        with pytest.raises(WebSocketDenialResponse) as refused:
            client.websocket_connect("/chat").__enter__()
        return refused.value

    with gateway(chat_url=unused_address()) as client:
        refused = refusal_of(client)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert refused.headers["content-type"] == "application/problem+json"
    with served(sleeper) as address, gateway(chat_url=address, upstream_seconds=0.2) as client:
        assert refusal_of(client).status_code == 504


def test_a_refusal_of_the_part_passes_as_it_is(until_ready):
    with (
        served(create_app(["chat"], Settings(token="other"))) as address,
        gateway(chat_url=address) as client,
        pytest.raises(WebSocketDenialResponse) as refused,
    ):
        client.websocket_connect("/chat").__enter__()
    assert refused.value.status_code == 401
    assert refused.value.headers["www-authenticate"] == "Bearer"
    assert refused.value.json()["status"] == 401


def a_part_that_ends(how, heard):
    async def part(scope, receive, send):
        if scope["type"] != "websocket":
            return
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] != "websocket.disconnect":
            if message.get("text") == "end":
                await how(send)
                return
        heard.append((message["code"], message.get("reason")))

    return part


def test_an_end_is_passed_both_ways_with_its_code():
    async def close(send):
        await send({"type": "websocket.close", "code": 1008, "reason": "enough"})

    heard = []
    with served(a_part_that_ends(close, heard)) as address, gateway(chat_url=address) as client:
        with client.websocket_connect("/chat") as line:
            line.send_text("end")
            with pytest.raises(WebSocketDisconnect) as closed:
                line.receive_text()
        assert (closed.value.code, closed.value.reason) == (1008, "enough")
        with client.websocket_connect("/chat") as line:
            line.send_text("go on")
            line.close(1001, "bye")
    assert heard == [(1001, "bye")]


def test_a_part_that_breaks_down_closes_with_1014():
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def break_down():
            """Shake hands as a part would, and drop the line at the first message."""
            line, _ = listening.accept()
            with line:
                protocol = ServerProtocol()
                protocol.receive_data(line.recv(65536))
                (request,) = protocol.events_received()
                protocol.send_response(protocol.accept(request))
                line.sendall(b"".join(protocol.data_to_send()))
                line.recv(65536)

        thread = threading.Thread(target=break_down)
        thread.start()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with gateway(chat_url=address) as client, client.websocket_connect("/chat") as line:
            line.send_text("hello")
            with pytest.raises(WebSocketDisconnect) as closed:
                line.receive_text()
        thread.join()
    assert closed.value.code == 1014


@contextmanager
def line_to(address):
    """A connection, for what no client library would send."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        yield line


def ask_raw(address, *lines):
    """Send a request as it stands; return the answer's status and all of its bytes."""
    with line_to(address) as line:
        line.sendall(b"\r\n".join([*lines, b"Host: localhost", b"Connection: close", b"", b""]))
        heard = b"".join(iter(lambda: line.recv(65536), b""))
    return int(heard.split()[1]), heard


@contextmanager
def noting_part():
    """Serve a part that answers 200 and notes what it was asked; give its address and the notes."""
    heard = []

    async def part(scope, receive, send):
        if scope["type"] == "http":
            heard.append(scope)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body"})

    with served(part) as address:
        yield address, heard


@contextmanager
def served_gateway(**settings):
    with served(create_gateway(Settings(**settings))) as address:
        yield address


@pytest.mark.parametrize(
    "target",
    [
        b"/mosaic/../metrics",
        b"/mosaic/%2e%2e/metrics",
        b"/mosaic/.%2E/metrics?x=/../y",
        b"/mosaic/./health",
        b"/mosaic//../metrics",
    ],
)
def test_dot_segments_pass_as_they_came(target):
    with noting_part() as (part, heard), served_gateway(vision_url=part) as address:
        status, _ = ask_raw(address, b"GET " + target + b" HTTP/1.1")
    targets = [scope["raw_path"] for scope in heard]
    # Either it is an address of the vision service, byte for byte, or it is nobody's.
    assert (status, targets) in [(200, [target.partition(b"?")[0]]), (404, [])]


def test_nobody_reaches_what_a_part_tells_about_itself(folder):
    with (
        served(create_app(["vision"], Settings(folder=folder))) as part,
        served_gateway(vision_url=part) as address,
    ):
        for way in (b"..", b"%2e%2e", b".%2e", b"%2E."):
            status, heard = ask_raw(address, b"GET /mosaic/" + way + b"/metrics HTTP/1.1")
            assert status == 404
            assert b"annyeong_" not in heard


def test_blanks_around_a_header_are_harmless_and_what_cannot_pass_is_400():
    with noting_part() as (part, heard), served_gateway(uploads_url=part) as address:
        status, _ = ask_raw(address, b"GET /uploads HTTP/1.1", b"X-Own: a b \t")
        assert (status, dict(heard[0]["headers"])[b"x-own"]) == (200, b"a b")
        assert ask_raw(address, b"GET /uploads HTTP/1.1", b"X-Own: a\x01b")[0] == 400
        assert len(heard) == 1


def test_headers_that_belong_to_the_connection_end_with_it():
    lines = [b"Connection: X-Hop", b"X-Hop: 1", b"X-Own: 2", b"Keep-Alive: 9", b"X-Request-ID: abc"]
    with noting_part() as (part, heard), served_gateway(uploads_url=part) as address:
        assert ask_raw(address, b"GET /uploads HTTP/1.1", *lines)[0] == 200
    headers = dict(heard[0]["headers"])
    assert b"x-hop" not in headers
    assert b"keep-alive" not in headers
    assert (headers[b"x-own"], headers[b"x-request-id"]) == (b"2", b"abc")


def test_a_client_cannot_take_its_id_from_the_log_of_a_part():
    lines = [b"Connection: close, X-Request-ID", b"X-Request-ID: abc"]
    with noting_part() as (part, heard), served_gateway(uploads_url=part) as address:
        ask_raw(address, b"GET /uploads HTTP/1.1", *lines)
    assert dict(heard[0]["headers"])[b"x-request-id"] == b"abc"


def test_head_is_answered_through_the_gateway():
    with noting_part() as (part, heard), served_gateway(uploads_url=part) as address:
        assert ask_raw(address, b"HEAD /uploads HTTP/1.1")[0] == 200
    assert heard[0]["path"] == "/uploads"


def test_a_part_learns_who_asks_from_the_gateway_alone():
    with noting_part() as (part, heard), gateway(uploads_url=part) as client:
        client.get("/uploads", headers={"x-forwarded-for": "9.9.9.9", "x-forwarded-proto": "https"})
    # The server of the part has taken the gateway's word, which here is the test client's name.
    assert heard[0]["client"][0] == "testclient"
    assert heard[0]["scheme"] == "http"


def test_a_part_that_is_known_to_be_away_is_not_asked_and_the_pause_is_told():
    with noting_part() as (part, heard):
        settings = Settings(uploads_url=part, vision_url=part, chat_url=part)
        away = {"uploads": 2.2, "vision": None, "chat": 0.0}
        with TestClient(create_gateway(settings, away.get)) as client:
            answer = client.get("/uploads", headers={"accept-language": "ko"})
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")
            assert answer.json()["detail"].endswith("다시 시도하세요.")
            assert client.get("/mosaic").status_code == 200
            assert client.post("/chat").headers["retry-after"] == "1"
            with pytest.raises(WebSocketDenialResponse) as refused:
                client.websocket_connect("/chat").__enter__()
            assert (refused.value.status_code, refused.value.headers["retry-after"]) == (503, "1")
            ready = client.get("/ready").json()["parts"]
            assert ready == dict(uploads=False, vision=True, chat=False, page=True)
    assert [scope["path"] for scope in heard] == ["/mosaic", "/ready"]


@contextmanager
def scripted_part(*deeds):
    """Serve connections one after the other, each by a function of its own, on a thread."""
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            for deed in deeds:
                line, _ = listening.accept()
                with line:
                    deed(line, heard)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", heard
        thread.join(10)
        assert not thread.is_alive()


def answering(headers=b""):
    def answer(line, heard):
        heard.append(line.recv(65536).split(b" ", 1)[0])
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + headers + b"\r\nok")

    return answer


def hanging_up(line, heard):
    heard.append(line.recv(65536).split(b" ", 1)[0])


def test_what_only_reads_is_sent_once_more_and_nothing_else_is():
    with (
        scripted_part(hanging_up, answering(), hanging_up, hanging_up, hanging_up) as (part, heard),
        gateway(uploads_url=part) as client,
    ):
        assert client.get("/uploads").text == "ok"
        lost = client.post("/upload", content=b"x" * 10)
        assert lost.status_code == 502
        assert "retry-after" not in lost.headers
        assert client.get("/uploads").status_code == 502
    assert heard == [b"GET", b"GET", b"POST", b"GET", b"GET"]


def cut_after_the_head(line, heard):
    heard.append(line.recv(65536).split(b" ", 1)[0])
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")


def test_a_part_that_ends_between_head_and_body_is_502_and_no_cut_connection():
    cuts = [cut_after_the_head] * 3
    with scripted_part(*cuts, answering()) as (part, heard), gateway(uploads_url=part) as client:
        assert client.post("/upload", content=b"x" * 10).status_code == 502
        assert client.get("/uploads").status_code == 502
        assert client.get("/uploads").text == "ok"
    assert heard == [b"POST", b"GET", b"GET", b"GET"]


def test_a_request_of_which_a_part_did_not_have_the_whole_is_503_and_may_be_sent_again():
    body = bytes(9_000_000)  # more than the system takes for somebody who does not read
    with scripted_part(hanging_up) as (part, _), gateway(uploads_url=part) as client:
        lost = client.post("/upload", content=body)
    assert (lost.status_code, lost.headers["retry-after"]) == (503, "1")


def test_a_connection_that_a_part_closes_is_not_used_again():
    close = answering(b"Connection: close\r\n")
    with scripted_part(close, close, close) as (part, heard), gateway(uploads_url=part) as client:
        for _ in range(3):
            assert client.post("/upload", content=b"x").text == "ok"
    assert heard == [b"POST"] * 3


def test_ready_does_not_wait_for_a_part_that_hangs(monkeypatch):
    monkeypatch.setattr("helpers.service.deploy.gateway.READY_SECONDS", 0.3)
    with noting_part() as (part, _), socket.create_server(("127.0.0.1", 0)) as hanging:
        nobody = f"http://127.0.0.1:{hanging.getsockname()[1]}"
        with gateway(uploads_url=part, vision_url=nobody, chat_url=part) as client:
            answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["parts"] == dict(uploads=True, vision=False, chat=True, page=True)


def test_a_part_is_held_back_while_the_client_does_not_listen():
    """Messages that nobody takes stay where they are made, but for what the lines hold."""
    said, message, has_come = [], "x" * 100_000, threading.Event()

    async def chatterbox(scope, receive, send):
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            for _ in range(1000):
                await send({"type": "websocket.send", "text": message})
                said.append(len(message))
                has_come.set()

    with (
        served(chatterbox) as part,
        served_gateway(chat_url=part) as address,
        connect(
            f"ws{address[4:]}/chat", proxy=None, compression=None, max_queue=1, close_timeout=0
        ) as line,
    ):
        assert has_come.wait(10)
        before = -1
        while before != len(said):  # until it is held back
            before = len(said)
            time.sleep(0.3)
        assert sum(said) < 50_000_000
        assert line.recv(timeout=10) == message
