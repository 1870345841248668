import json
import os
import re
import signal
import socket
import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import psutil
import pytest

from helpers.course import lab
from helpers.course.work import News

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="ends processes by signals"),
]


def get(address, path, token=True):
    parts = urlsplit(address)
    query = f"?{parts.query}" if token else ""
    with urllib.request.urlopen(f"http://{parts.netloc}{path}{query}") as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def korean(annyeong_lab):
    """The process and the address of a JupyterLab for a reader of Korean."""
    with annyeong_lab("00", "--lang", "ko") as started:
        yield started


def test_address_is_a_lesson_on_this_machine(korean):
    _, address = korean
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/lab/tree/00-.+\.ipynb\?token=\w+", address)


def test_what_opens_is_lesson_00_the_first_time_and_then_the_home_page(tmp_path):
    assert lab._opened(tmp_path, None) == "00-start-here.ipynb"
    (tmp_path / "home.ipynb").touch()
    assert lab._opened(tmp_path, None) == "home.ipynb"
    assert lab._opened(tmp_path, "3") == "03-pooling.ipynb"


def test_learners_copies_are_served_behind_a_token(korean, clone):
    process, address = korean
    names = {file["name"] for file in get(address, "/api/contents")["content"]}
    assert "home.ipynb" in names
    # Other tests may have left copies of a learner's own there.
    assert names >= {path.name for path in (clone / "notebooks" / "ko").iterdir()}
    with pytest.raises(urllib.error.HTTPError, match="403"):
        get(address, "/api/contents", token=False)
    family = psutil.Process(process.pid).children(recursive=True)
    assert not any(address[-20:] in word for one in family for word in one.cmdline())


@pytest.mark.parametrize(
    ("plugin", "name", "value"),
    [
        ("translation-extension:plugin", "locale", "ko_KR"),
        ("apputils-extension:notification", "fetchNews", "false"),
        ("apputils-extension:notification", "checkForUpdates", False),
        ("notebook-extension:tracker", "windowingMode", "none"),
        ("docmanager-extension:plugin", "autosaveInterval", lab.AUTOSAVE_SECONDS),
    ],
)
def test_settings_are_the_courses_own(korean, plugin, name, value):
    schema = get(korean[1], f"/lab/api/settings/@jupyterlab/{plugin}")["schema"]
    assert schema["properties"][name]["default"] == value


def test_an_older_extension_is_not_kept_by_a_browser(tmp_path, monkeypatch):
    def load():
        lab._write_extension(tmp_path, "ko")
        package = json.loads((tmp_path / "labextensions/annyeong/package.json").read_text())
        return package["jupyterlab"]["_build"]["load"]

    first = load()
    assert re.fullmatch(r"lab\.js\?lang=ko&edition=\w{12}", first)
    assert load() == first
    monkeypatch.setattr(lab.Path, "read_bytes", lambda path: b"newer")
    assert load() != first


def test_notebooks_run_in_this_python_and_keep_libraries_logs_off_the_page(korean):
    kernel = get(korean[1], "/api/kernelspecs")["kernelspecs"]["python3"]["spec"]
    assert kernel["argv"][0] == sys.executable
    assert "--IPKernelApp.capture_fd_output=False" in kernel["argv"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_cleanly(annyeong_lab, how):
    with annyeong_lab() as (process, _):
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(how)
        assert process.wait(timeout=60) == 0
        words = process.stdout.read()
    assert "Traceback" not in words
    assert words.endswith("JupyterLab has stopped; your work is in work/en.\n")
    assert psutil.wait_procs(family, timeout=5)[1] == []


def test_the_address_is_where_it_listens(annyeong_lab):
    """At another port if one is taken, and under the path of the learner's own configuration."""
    own = "c.ServerApp.base_url = '/learn'"
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        with annyeong_lab("00", "--port", str(taken), config=own) as (process, address):
            assert urlsplit(address).port != taken
            assert f"Port {taken} is taken, so JupyterLab uses the next" in process.said
            assert urlsplit(address).path.startswith("/learn/lab/tree/00-")
            assert get(address, "/learn/api/contents")["content"]


def test_files_named_like_packages_are_told_of_and_do_no_harm(monkeypatch, tmp_path, capsys):
    commands = []

    class Failing:
        def __init__(self, command, **_):
            commands.append(command)

        def wait(self, timeout=None):
            return 3

        poll, terminate = wait, wait

    monkeypatch.setenv("COURSE_LANG", "ko")
    monkeypatch.setattr(lab, "lay_out", lambda lang: [News(tmp_path / "02.ipynb", None)])
    monkeypatch.setattr(lab, "lay_home", lambda lang, news: None)
    monkeypatch.setattr(lab, "ROOT", tmp_path)
    monkeypatch.setattr(lab, "WORK", tmp_path)
    monkeypatch.setattr(lab, "_let_every_end_be_ctrl_c", lambda: None)
    monkeypatch.setattr(lab.subprocess, "Popen", Failing)
    (tmp_path / "en").mkdir()
    (tmp_path / "en/random.py").touch()
    assert lab.lab("en", browser=False) == 3
    out, err = capsys.readouterr()
    assert "New in the course: 02.ipynb" in out  # in the language of the course that is opened
    assert "random.py has the name of a package" in err
    kernel = json.loads((tmp_path / ".jupyterlab/en/kernels/python3/kernel.json").read_text())
    assert commands[0][1] == kernel["argv"][1] == "-P"  # Python then finds its own first


def test_a_jupyterlab_that_fails_is_told_in_a_sentence(annyeong):
    process = annyeong("lab", "--no-browser", config="import os; os._exit(3)")
    words = process.communicate(timeout=60)[0]
    assert process.returncode == 3
    assert words.startswith("JupyterLab has failed; see work/.jupyterlab/en/log.txt.")
    assert words.count("\n") == 1


def test_unknown_lesson(annyeong):
    process = annyeong("lab", "77")
    assert process.communicate(timeout=60)[0].startswith("no lesson is called '77'; there are: ")
    assert process.returncode == 1


def test_no_browser_opens_where_there_is_no_screen(monkeypatch):
    monkeypatch.setattr(lab.sys, "platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    assert not lab._has_browser()
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(lab.webbrowser, "get", lambda: "a browser")
    assert lab._has_browser()


def test_no_browser_opens_where_none_is_installed(monkeypatch):
    def fail():
        raise lab.webbrowser.Error

    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(lab.webbrowser, "get", fail)
    assert not lab._has_browser()
