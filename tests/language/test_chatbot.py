import subprocess
import sys
import unicodedata

import pytest

from helpers.language.chatbot import NOT_KOREAN, Chatbot, Reply
from helpers.language.messages import MAX_LENGTH, MessageError

CONVERSATION = {
    "안녕하세요": "hello",
    "이름이 뭐예요?": "ask_name",
    "오늘 날씨가 좋네요": "weather_nice",
    "도와주셔서 감사합니다": "thanks_for_help",
    "안녕히 계세요": "goodbye",
}


@pytest.fixture(scope="module")
def chatbot():
    return Chatbot.load()


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "en")


def test_the_conversation_from_hello_to_goodbye(chatbot):
    replies = [chatbot.reply(message) for message in CONVERSATION]
    assert [reply.intent for reply in replies] == list(CONVERSATION.values())
    assert len({reply.text for reply in replies}) == 5
    assert {reply.engine for reply in replies} == {"retrieval"}
    assert all(0.5 < reply.score <= 1 for reply in replies)


def test_a_reply_is_what_the_engine_says():
    chatbot = Chatbot(lambda message: (f"{message}!", 0.5, "echo"), "parrot")
    assert chatbot.reply("  안녕 ") == Reply("안녕!", 0.5, "parrot", "echo")


@pytest.mark.parametrize(
    "message", ["hello there", "12345", "😀👍", "?!...", "こんにちは", "👨‍👩‍👧", "0" * 500]
)
def test_what_is_not_korean_is_refused_in_korean(chatbot, message):
    assert chatbot.reply(message) == Reply(NOT_KOREAN, 0.0, "retrieval", None)


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("안녕 😀", "hello"),
        ("hello 안녕하세요", "hello"),
        ("안녕\x00하세요\n\x1b[31m", "hello"),
        ("안녕하세요\u202e", "hello"),
        (unicodedata.normalize("NFD", "감사합니다"), "thanks"),
        ("안녕" * 250, "hello"),
        ("ㅋㅋㅋㅋ", None),
        ("삼각형 3개의 area는 얼마야?", None),
    ],
)
def test_unusual_messages_are_answered(chatbot, message, intent):
    assert chatbot.reply(message).intent == intent


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("", "The message is blank: write something."),
        (" \n\t\u3000", "The message is blank: write something."),
        ("\x00\x07\u200b\ud800", "The message is blank: write something."),
        ("가" * (MAX_LENGTH + 1), "The message has 501 characters: write 500 or fewer."),
        (None, "A message must be text, not NoneType."),
        (b"\xec\x95\x88", "A message must be text, not bytes."),
        (5, "A message must be text, not int."),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(chatbot, message, sentence):
    with pytest.raises(MessageError) as error:
        chatbot.reply(message)
    assert str(error.value) == sentence
    assert isinstance(error.value, ValueError)


def test_the_sentence_is_in_the_readers_language(chatbot, monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "ko")
    with pytest.raises(MessageError, match="비어 있습니다"):
        chatbot.reply("")


def test_an_unknown_engine_is_one_sentence():
    with pytest.raises(ValueError, match=r"^There is no engine 'parrot'; there is: retrieval"):
        Chatbot.load("parrot")


def test_the_default_engine_needs_no_tensorflow():
    program = (
        "import sys\n"
        "from helpers.language.chatbot import Chatbot\n"
        "assert Chatbot.load().reply('안녕하세요').intent == 'hello'\n"
        "assert not {'tensorflow', 'keras', 'torch', 'kiwipiepy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-X", "utf8", "-c", program], check=True)
