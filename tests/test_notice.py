import io
import time
from types import SimpleNamespace

import pytest

from helpers import notice
from helpers.notice import notice_if_slow

SENTENCE = {"en": "Loading.", "ko": "불러오고 있습니다."}


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def korean(monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "ko")


@pytest.fixture
def stderr(monkeypatch):
    """Let stderr be this stream; a function."""

    def be(stream, patience):
        monkeypatch.setattr(notice, "sys", SimpleNamespace(stderr=stream))
        monkeypatch.setattr(notice, "PATIENCE_SECONDS", patience)
        return stream

    return be


def test_what_takes_long_is_said_once_in_the_readers_language(stderr):
    stream = stderr(Terminal(), 0.01)
    with notice_if_slow(**SENTENCE):
        deadline = time.monotonic() + 60
        while not stream.getvalue().endswith("\n") and time.monotonic() < deadline:
            time.sleep(0.01)
    assert stream.getvalue() == "불러오고 있습니다.\n"


def test_what_is_quick_or_fails_is_not_said(stderr):
    stream = stderr(Terminal(), 0.2)
    with notice_if_slow(**SENTENCE):
        pass
    with pytest.raises(KeyError), notice_if_slow(**SENTENCE):
        raise KeyError
    time.sleep(0.3)
    assert stream.getvalue() == ""


def test_where_there_is_no_terminal_nothing_is_said(stderr):
    stream = stderr(io.StringIO(), 0.01)
    with notice_if_slow(**SENTENCE):
        time.sleep(0.1)
    assert stream.getvalue() == ""
