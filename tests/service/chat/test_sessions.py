import anyio
import pytest

from helpers.language.chatbot import Chatbot
from helpers.language.corpus import load_answers
from helpers.language.messages import MessageError
from helpers.service.chat import sessions
from helpers.service.chat.sessions import ChatSessions
from helpers.service.errors import LoadFailed, NotLoaded
from helpers.service.workers import Workers

HELLO = load_answers()["hello"]


def stubborn(message):
    """Answer the same to everybody."""
    return (HELLO[1], 0.9, "hello") if "안녕" in message else ("몰라요.", 0.1, None)


@pytest.fixture
def chat(monkeypatch):
    """Say something to a chatbot that always answers the same: a function."""
    monkeypatch.setattr(sessions, "_shared", lambda engine: Chatbot(stubborn, engine))
    chat = ChatSessions(Workers(1, 0))
    assert anyio.run(chat.load, "retrieval")
    return lambda *words: anyio.run(chat.reply, *words)


def test_in_a_session_the_same_is_not_said_twice_running(chat):
    said = [chat("안녕", "mine").text for _ in range(4)]
    assert said == [HELLO[1], HELLO[0], HELLO[1], HELLO[0]]


def test_sessions_do_not_disturb_each_other_and_without_one_nothing_is_remembered(chat):
    assert chat("안녕", "mine").text == chat("안녕", "yours").text == HELLO[1]
    assert [chat("안녕").text for _ in range(3)] == [HELLO[1]] * 3
    assert chat("안녕", "mine").text == HELLO[0]


def test_what_has_no_second_answer_is_said_again(chat):
    assert [chat("몰라", "mine").text for _ in range(2)] == ["몰라요."] * 2


def test_another_answer_has_the_same_score_intent_and_engine(chat):
    first, second = (chat("안녕", "mine") for _ in range(2))
    assert first.text != second.text
    assert (first.score, first.intent, first.engine) == (0.9, "hello", "retrieval")
    assert (second.score, second.intent, second.engine) == (0.9, "hello", "retrieval")


def test_only_the_last_sessions_are_remembered(chat, monkeypatch):
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 5)
    chat("안녕", "first")
    for number in range(4):
        chat("안녕", number)
    assert chat("안녕", "first").text == HELLO[0]  # and is now the newest
    for number in range(5):
        chat("안녕", number)
    assert chat("안녕", "first").text == HELLO[1]


def test_what_cannot_be_answered_is_the_chatbots_own_sentence(chat):
    with pytest.raises(MessageError, match="blank"):
        chat(" ", "mine")


def test_before_it_is_loaded_it_asks_to_come_back():
    with pytest.raises(NotLoaded) as caught:
        anyio.run(ChatSessions(Workers(1, 0)).reply, "안녕")
    assert caught.value.retry_after == 1


def test_what_cannot_be_loaded_is_logged_and_said(monkeypatch, caplog):
    def broken(engine):
        raise ModuleNotFoundError("No module named 'faiss'")

    monkeypatch.setattr(sessions, "_shared", broken)
    chat = ChatSessions(Workers(1, 0))
    assert not anyio.run(chat.load, "retrieval")
    assert "No module named 'faiss'" in caplog.text
    with pytest.raises(LoadFailed, match="log says why"):
        anyio.run(chat.reply, "안녕")


def test_one_chatbot_serves_every_app_of_a_process():
    assert sessions._shared("retrieval") is sessions._shared("retrieval")
