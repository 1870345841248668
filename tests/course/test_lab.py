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

pytestmark = pytest.mark.skipif(os.name == "nt", reason="ends processes by signals")


def get(address, path, token=True):
    parts = urlsplit(address)
    query = f"?{parts.query}" if token else ""
    with urllib.request.urlopen(f"http://{parts.netloc}{path}{query}") as answer:
        return json.load(answer)


def end(process, how=signal.SIGINT):
    """End the command; return its code and what it said last."""
    process.send_signal(how)
    return process.wait(timeout=60), process.stdout.read()


def test_it_serves_the_learners_copies_behind_a_token(annyeong_lab, clone):
    with annyeong_lab("--lang", "ko") as (process, address):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/lab/tree/00-.+\.ipynb\?token=\w+", address)
        names = {file["name"] for file in get(address, "/api/contents")["content"]}
        assert names == {path.name for path in (clone / "notebooks" / "ko").iterdir()}
        with pytest.raises(urllib.error.HTTPError, match="403"):
            get(address, "/api/contents", token=False)
        family = psutil.Process(process.pid).children(recursive=True)
        assert not any(address[-20:] in word for one in family for word in one.cmdline())
        assert end(process)[0] == 0


def test_settings_are_the_courses_own(annyeong_lab):
    def default(address, plugin, name):
        settings = get(address, f"/lab/api/settings/@jupyterlab/{plugin}")
        return settings["schema"]["properties"][name]["default"]

    with annyeong_lab("--lang", "ko") as (_, address):
        assert default(address, "translation-extension:plugin", "locale") == "ko_KR"
        assert default(address, "apputils-extension:notification", "fetchNews") == "false"
        assert default(address, "apputils-extension:notification", "checkForUpdates") is False
        assert default(address, "notebook-extension:tracker", "windowingMode") == "none"


def test_notebooks_run_in_this_python_and_keep_libraries_logs_off_the_page(annyeong_lab):
    with annyeong_lab() as (_, address):
        kernel = get(address, "/api/kernelspecs")["kernelspecs"]["python3"]["spec"]
    assert kernel["argv"][0] == sys.executable
    assert "--IPKernelApp.capture_fd_output=False" in kernel["argv"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_cleanly(annyeong_lab, how):
    with annyeong_lab() as (process, _):
        family = psutil.Process(process.pid).children(recursive=True)
        code, words = end(process, how)
    assert code == 0
    assert "Traceback" not in words
    assert words.endswith("JupyterLab has stopped; your work is in work/en.\n")
    assert psutil.wait_procs(family, timeout=5)[1] == []


def test_it_takes_the_next_port_if_one_is_taken(annyeong_lab):
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        with annyeong_lab("--port", str(taken)) as (_, address):
            assert urlsplit(address).port > taken


def test_a_jupyterlab_that_fails_is_told_in_a_sentence(annyeong, tmp_path):
    config = tmp_path / "config" / "jupyter_lab_config.py"
    config.parent.mkdir()
    config.write_text("import os; os._exit(3)")
    process = annyeong("lab", "--no-browser")
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
