"""The chatbot over HTTP and over a WebSocket: the same words, and what neither may do."""

import json
import threading

import pytest
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from helpers.language.chatbot import NOT_KOREAN
from helpers.language.corpus import load_answers
from helpers.language.messages import MAX_LENGTH
from helpers.language.retrieval import REFUSAL

ANSWERS = load_answers()
CONVERSATION = {
    "안녕하세요": "hello",
    "이름이 뭐예요?": "ask_name",
    "오늘 날씨가 좋네요": "weather_nice",
    "도와주셔서 감사합니다": "thanks_for_help",
    "안녕히 계세요": "goodbye",
}
KOREAN = {"Accept-Language": "ko"}
HUGE = "안" * 10_000


@pytest.fixture
def client(serve):
    return serve(["chat"])


def say(client, message, **more):
    return client.post("/chat", json={"message": message, **more})


def converse(socket, *messages):
    """Send messages that are JSON already; return the answers."""
    answers = []
    for message in messages:
        send = socket.send_bytes if isinstance(message, bytes) else socket.send_text
        send(message)
        answers.append(json.loads(socket.receive_text()))
    return answers


def test_the_conversation_is_answered_intent_by_intent(client):
    for message, intent in CONVERSATION.items():
        answer = say(client, message)
        assert answer.status_code == 200
        body = answer.json()
        assert body["reply"] in ANSWERS[intent], message
        assert body["engine"] == "retrieval"
        assert 0.36 <= body["score"] <= 1
        assert list(body) == ["reply", "score", "engine"]


def test_a_websocket_gives_what_a_request_gives(client):
    direct = [say(client, message).json() for message in CONVERSATION]
    with client.websocket_connect("/chat") as socket:
        sent = [json.dumps({"message": message}) for message in CONVERSATION]
        assert converse(socket, *sent) == direct
        assert converse(socket, *[text.encode() for text in sent[:1]]) == direct[:1]


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ("삼각형의 넓이는 어떻게 구하나요?", REFUSAL),
        ("hello", NOT_KOREAN),
        ("🙂🙂", NOT_KOREAN),
        ("\u202e\u0301!", NOT_KOREAN),
    ],
)
def test_what_it_does_not_know_it_declines_politely(client, message, reply):
    answer = say(client, message)
    assert answer.status_code == 200
    assert answer.json()["reply"] == reply


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("안녕\x00하세요\x1b[31m", "hello"),
        ("  안녕하세요\n\n", "hello"),
        ("안녕하세요 🙂🙂", "hello"),
        ("안녕하세요", "hello"),
        ("Hello, 안녕하세요!", "hello"),
    ],
)
def test_odd_spellings_are_understood(client, message, intent):
    assert say(client, message).json()["reply"] in ANSWERS[intent]


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(
    ("message", "en", "ko"),
    [
        ("", "blank", "비어"),
        (" \n\x00\u200b", "blank", "비어"),
        ("안" * (MAX_LENGTH + 1), "501", "501"),
    ],
)
def test_what_is_no_message_is_a_problem_in_the_readers_language(client, lang, message, en, ko):
    header = {"Accept-Language": lang, "X-Request-ID": "the-same"}
    answer = client.post("/chat", json={"message": message}, headers=header)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"en": en, "ko": ko}[lang] in answer.json()["detail"]
    with client.websocket_connect("/chat", headers=header) as socket:
        (problem,) = converse(socket, json.dumps({"message": message}))
    assert problem == answer.json()


def test_the_longest_message_is_taken(client):
    assert say(client, "안" * MAX_LENGTH).status_code == 200


NO_MESSAGES = [
    b"",
    b"null",
    b"[]",
    b'"hello"',
    b"{}",
    b'{"message": null}',
    b'{"message": 1}',
    b'{"message": ["a"]}',
    b'{"message": true}',
    b'{"message": "\\ud800"}',
    b'{"message": "a", "session": 1}',
    b'{"message": "a", "session": "%s"}' % (b"s" * 65),
    b'{"message": "a"',
    b'{"message": NaN}',
    b'{"message": "\xff\xfe"}',
    b"\xff",
    b"[" * 60_000,
    b'{"message": ' + b'{"a":' * 10_000,
]


@pytest.mark.parametrize("body", NO_MESSAGES, ids=lambda body: repr(body[:24]))
def test_what_is_no_json_of_ours_is_a_problem_and_the_connection_stays(client, body):
    answer = client.post("/chat", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"].count("\n") == 0
    with client.websocket_connect("/chat") as socket:
        problem, reply = converse(socket, body, '{"message": "안녕하세요"}')
    assert problem["status"] == 422
    assert set(problem) == {"type", "title", "status", "detail", "error", "request_id"}
    assert reply["reply"] in ANSWERS["hello"]


def test_a_key_that_it_does_not_know_is_named(client):
    answer = say(client, "안녕하세요", mood="good")
    assert answer.status_code == 422
    assert "mood" in answer.json()["detail"]


def test_a_session_varies_and_a_connection_is_one(client):
    with_name = [say(client, "안녕하세요", session="mine").json()["reply"] for _ in range(2)]
    without = [say(client, "안녕하세요").json()["reply"] for _ in range(2)]
    assert set(with_name) == set(ANSWERS["hello"])
    assert len(set(without)) == 1
    sent = json.dumps({"message": "안녕하세요"})
    for _ in range(2):
        with client.websocket_connect("/chat") as socket:
            assert [one["reply"] for one in converse(socket, sent, sent)] == with_name


def test_the_metrics_count_both_ways(client):
    say(client, "안녕하세요")
    say(client, "")
    with client.websocket_connect("/chat") as socket:
        converse(socket, '{"message": "안녕하세요"}', "{}", "{}")
    text = client.get("/metrics").text
    for method, status, count in (
        ("POST", 200, 1),
        ("POST", 422, 1),
        ("WEBSOCKET", 200, 1),
        ("WEBSOCKET", 422, 2),
    ):
        label = f'method="{method}",route="/chat",status="{status}"'
        assert f"annyeong_requests_total{{{label}}} {count}.0" in text


def test_too_large_a_body_is_refused_and_too_large_a_message_closes(serve):
    client = serve(["chat"], max_body_bytes=1000)
    assert say(client, HUGE).status_code == 413
    with client.websocket_connect("/chat") as socket:
        socket.send_text(json.dumps({"message": "가" * 240}, ensure_ascii=False))
        assert socket.receive_json()["engine"] == "retrieval"
        socket.send_text(json.dumps({"message": "가" * 400}, ensure_ascii=False))
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert closed.value.code == 1009


def test_a_silent_connection_is_closed(serve):
    client = serve(["chat"], idle_seconds=0.2)
    with client.websocket_connect("/chat") as socket:
        assert converse(socket, '{"message": "안녕하세요"}')[0]["engine"] == "retrieval"
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert (closed.value.code, closed.value.reason) == (1008, "silent for 0.2 seconds")


def test_while_all_workers_are_busy_the_rest_is_refused(serve, monkeypatch):
    client = serve(["chat"], workers=1, max_waiting=0)
    begun, done = threading.Event(), threading.Event()
    chatbot = client.app.state.service.chat._chatbot

    class Slow:
        def reply(self, message):
            begun.set()
            done.wait(10)
            return chatbot.reply(message)

    monkeypatch.setattr(client.app.state.service.chat, "_chatbot", Slow())
    answers = []
    thread = threading.Thread(target=lambda: answers.append(say(client, "안녕하세요")))
    thread.start()
    begun.wait(10)
    refused = say(client, "안녕하세요")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    with client.websocket_connect("/chat") as socket:
        assert converse(socket, '{"message": "안녕하세요"}')[0]["status"] == 503
        done.set()
        thread.join()
        assert converse(socket, '{"message": "안녕하세요"}')[0]["engine"] == "retrieval"
    assert answers[0].status_code == 200


def test_until_it_is_loaded_the_rest_goes_on(serve):
    client = serve()
    client.app.state.service.chat._chatbot, client.app.state.service.parts["chat"] = None, False
    answer = client.post("/chat", json={"message": "안녕하세요"}, headers=KOREAN)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["detail"].startswith("챗봇을 불러오고 있습니다.")
    ready = client.get("/ready")
    assert ready.status_code == 503
    assert ready.json()["parts"] == {"uploads": True, "vision": True, "chat": False, "page": True}
    assert client.get("/mnist-sample").status_code == 200


def refusal_of(client, **how):
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect("/chat", **how),
    ):
        pass
    return refused.value


def test_the_token_guards_the_websocket(serve):
    client = serve(["chat"], token="an open/sesame=")
    sent = '{"message": "안녕하세요"}'
    bearer = {"Authorization": "Bearer an open/sesame="}
    protocols = ["annyeong", "token.an%20open%2Fsesame%3D"]
    with client.websocket_connect("/chat", headers=bearer) as socket:
        assert converse(socket, sent)[0]["engine"] == "retrieval"
        assert socket.accepted_subprotocol is None
    with client.websocket_connect("/chat", subprotocols=protocols) as socket:
        assert converse(socket, sent)[0]["engine"] == "retrieval"
        assert socket.accepted_subprotocol == "annyeong"
    for wrong in (
        {},
        {"headers": {"Authorization": "Bearer sesame"}},
        {"subprotocols": ["annyeong"]},
        {"subprotocols": ["annyeong", "token."]},
        {"subprotocols": ["annyeong", "token.sesame"]},
        {"subprotocols": ["annyeong", "token.%ff%ED%A0%80"]},
    ):
        refused = refusal_of(client, **wrong)
        assert refused.status_code == 401, wrong
        assert refused.json()["status"] == 401


def test_a_page_of_another_site_cannot_connect(serve, client):
    own = {"Origin": "http://testserver"}
    with client.websocket_connect("/chat", headers=own) as socket:
        assert converse(socket, '{"message": "안녕하세요"}')[0]["engine"] == "retrieval"
    for origin in ("http://evil.example", "http://testserver:1234", "null", "file://", ""):
        refused = refusal_of(client, headers={"Origin": origin})
        assert refused.status_code == 403, origin
        assert refused.headers["content-type"] == "application/problem+json"
    assert refusal_of(client, headers={"Host": "evil.example", "Origin": "http://evil.example"})
