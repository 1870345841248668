import json
import locale
import sys
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from helpers.reader import language, notebook_folder, say, speaking

VARIABLES = ("COURSE_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """A folder of no language, no setting, an English system."""
    monkeypatch.chdir(tmp_path)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr(locale, "getlocale", lambda: ("en_US", "UTF-8"))


def serve_jupyter(path, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))


def serve_vs_code(path, monkeypatch):
    monkeypatch.setattr(sys.modules["__main__"], "__vsc_ipynb_file__", str(path), raising=False)


editors = pytest.mark.parametrize("serve", [serve_jupyter, serve_vs_code])


@editors
def test_a_kernel_that_starts_elsewhere_still_knows_its_notebooks_folder(
    tmp_path, monkeypatch, serve
):
    serve(tmp_path / "work/ko/02-feature-maps.ipynb", monkeypatch)
    monkeypatch.setenv("COURSE_LANG", "en")
    assert language() == "ko"
    assert notebook_folder() == tmp_path / "work/ko"


@editors
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (json.dumps({"metadata": {"annyeong": {"lang": "ko"}}}), "ko"),
        (json.dumps({"metadata": {"annyeong": {"lang": "../.."}}}), "en"),
        (json.dumps({"metadata": {}}), "en"),
        ("[", "en"),
        (None, "en"),
    ],
)
def test_a_notebook_that_was_moved_says_its_language_itself(
    tmp_path, monkeypatch, serve, content, expected
):
    path = tmp_path / "mine.ipynb"
    if content:
        path.write_text(content)
    serve(path, monkeypatch)
    assert language() == expected


@pytest.mark.parametrize("folder", ["en", "ko"])
def test_the_notebooks_folder_decides(tmp_path, monkeypatch, folder):
    (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path / folder)
    monkeypatch.setenv("COURSE_LANG", "en" if folder == "ko" else "ko")
    assert language() == folder


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("setting", ["ko", "KO", "ko_KR.UTF-8", "ko-KR"])
def test_else_the_environment_decides(monkeypatch, name, setting):
    monkeypatch.setenv(name, setting)
    assert language() == "ko"


def test_the_courses_own_variable_goes_before_the_locales(monkeypatch):
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    monkeypatch.setenv("COURSE_LANG", "en")
    assert language() == "en"


def test_an_empty_variable_says_nothing(monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "")
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    assert language() == "ko"


@pytest.mark.parametrize(
    ("system", "expected"),
    [("Korean_Korea", "ko"), ("ko_KR", "ko"), ("English_Korea", "en"), (None, "en")],
)
def test_else_the_system_decides(monkeypatch, system, expected):
    monkeypatch.setattr(locale, "getlocale", lambda: (system, "cp949"))
    assert language() == expected


@pytest.mark.parametrize("setting", ["C", "C.UTF-8", "de_DE.UTF-8", "POSIX"])
def test_english_is_for_everyone_else(monkeypatch, setting):
    monkeypatch.setenv("LANG", setting)
    assert language() == "en"


@pytest.mark.parametrize(("setting", "said"), [("en", "Hello"), ("ko", "안녕하세요")])
def test_say_chooses_the_wording(monkeypatch, setting, said):
    monkeypatch.setenv("COURSE_LANG", setting)
    assert say(en="Hello", ko="안녕하세요") == said


def test_speaking_goes_before_everything_and_ends_with_its_block(monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "en")
    with speaking("ko"):
        assert language() == "ko"
        with speaking("en"):
            assert language() == "en"
        assert language() == "ko"
    assert language() == "en"


def test_speaking_is_heard_in_its_own_thread_alone():
    with speaking("ko"), ThreadPoolExecutor() as pool:
        assert pool.submit(language).result() == "en"
        assert pool.submit(copy_context().run, language).result() == "ko"
