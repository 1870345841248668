"""`annyeong chat`: the chatbot in the terminal."""

import io
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from helpers import notice
from helpers.cli import main
from helpers.language.chatbot import Chatbot


@pytest.fixture(autouse=True)
def parrot(monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "en")
    bot = Chatbot(lambda message: (f"{message}!", 1.0, None), "parrot")
    monkeypatch.setattr(Chatbot, "load", lambda engine: bot)


def chat(monkeypatch, *heard):
    """Chat: each of `heard` is a line or, if an exception, what happens in place of one."""
    lines = iter(heard)

    def listen(prompt):
        line = next(lines)
        if isinstance(line, BaseException):
            raise line
        return line

    monkeypatch.setattr("builtins.input", listen)
    return main(["chat"])


@pytest.mark.parametrize("end", ["", "   ", EOFError(), KeyboardInterrupt()])
def test_a_chat_ends_cleanly(monkeypatch, capsys, end):
    assert chat(monkeypatch, "안녕", "고마워", end) == 0
    out, err = capsys.readouterr()
    assert out.split()[-2:] == ["안녕!", "고마워!"]
    assert err == ""


def test_a_bad_message_does_not_end_it(monkeypatch, capsys):
    assert chat(monkeypatch, "가" * 501, "안녕", "") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1:] == ["The message has 501 characters: write 500 or fewer.", "안녕!"]


def test_a_reader_of_english_sees_what_an_answer_means(monkeypatch, capsys):
    echo = Chatbot(lambda message: (message, 1.0, None), "echo")
    monkeypatch.setattr(Chatbot, "load", lambda engine: echo)
    assert chat(monkeypatch, "안녕하세요", "") == 0
    assert capsys.readouterr().out.splitlines()[1] == "안녕하세요 (Hello)"


@pytest.mark.skipif(os.name != "posix", reason="Windows sends Ctrl-C by other means")
def test_ctrl_c_ends_the_real_one():
    process = subprocess.Popen(
        [sys.executable, "-X", "utf8", "-u", "-m", "helpers.cli", "chat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "COURSE_LANG": "ko"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    process.stdin.write("안녕하세요\n")
    process.stdin.flush()
    assert "대화가 끝납니다" in process.stdout.readline()
    assert "안녕하세요!" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")


def test_who_waits_for_the_chatbot_is_told_what_for(monkeypatch):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(notice, "sys", SimpleNamespace(stderr=terminal))
    monkeypatch.setattr(notice, "PATIENCE_SECONDS", 0.01)

    def load(engine):
        deadline = time.monotonic() + 60
        while "\n" not in terminal.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)

    monkeypatch.setattr(Chatbot, "load", load)
    monkeypatch.setattr("builtins.input", lambda prompt: "")
    assert main(["chat"]) == 0
    assert terminal.getvalue() == "Loading the chatbot ...\n"


@pytest.mark.skipif(os.name != "posix", reason="counts a child's seconds of the processor")
def test_the_first_answer_comes_soon():
    """It takes 1 s of the processor; busy ones need more, and 10 s if the engine learns anew."""
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "helpers.cli", "chat"],
        input="안녕하세요\n\n",
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    after = os.times()
    assert "> 안녕하세요!" in done.stdout
    assert done.stderr == ""  # nothing is stale
    seconds = after.children_user + after.children_system
    assert seconds - before.children_user - before.children_system < 5


@pytest.mark.parametrize(("words", "engine"), [([], "retrieval"), (["--engine", "gru"], "gru")])
def test_the_engine_may_be_chosen(monkeypatch, words, engine):
    loaded = []
    monkeypatch.setattr(Chatbot, "load", loaded.append)
    monkeypatch.setattr("builtins.input", lambda prompt: "")
    assert main(["chat", *words]) == 0
    assert loaded == [engine]
