"""The service as a process that ends with its block, and with whoever started it."""

import os
import subprocess
import sys

import httpx
import psutil
import pytest

from helpers.service.deploy.process import running

pytestmark = pytest.mark.slow


def family(pid):
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def alive_after(seconds, processes):
    return psutil.wait_procs(processes, timeout=seconds)[1]


class Left(BaseException):
    """As unlike an Exception as Ctrl-C is."""


@pytest.mark.parametrize("words", [(), ("--microservices",)])
@pytest.mark.parametrize("error", [None, Left])
def test_it_is_ready_within_its_block_and_gone_behind_it(words, error, photo):
    try:
        with running(*words) as service:
            processes = family(service.pid)
            answer = service.client.post("/digits", files={"file": photo})
            assert answer.json()["text"] == "92182"
            if error:
                raise error
    except Left:
        assert error
    assert alive_after(10, processes) == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{service.address}/health", trust_env=False)


#: What starts fast: everything but the chatbot.
QUICK = ("--part", "uploads", "--part", "vision")
SCRIPT = """
import time
from helpers.service.deploy.process import running
with running({words}) as service:
    service.client.get("/uploads")
    print(service.pid, flush=True)
    time.sleep(100)
"""


@pytest.mark.parametrize("words", ["'--part', 'uploads'", "'--microservices'"])
def test_it_ends_with_a_parent_that_is_killed(words):
    script = SCRIPT.format(words=words)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as parent:
        try:
            processes = family(int(parent.stdout.readline()))
            assert len(processes) > 1 if "micro" in words else processes
        finally:
            parent.kill()
    assert alive_after(10, processes) == []


def test_its_uploads_are_kept_where_it_is_told_and_else_thrown_away(photo, tmp_path):
    with running(*QUICK, folder=tmp_path) as service:
        kept = service.client.post("/upload", files={"file": photo}).json()
    assert (tmp_path / kept["id"]).is_dir()
    with running(*QUICK) as service:
        assert service.client.get("/uploads").json() == {"files": []}


def test_its_settings_are_those_given_and_none_of_the_environment(monkeypatch):
    monkeypatch.setenv("ANNYEONG_TOKEN", "other")
    with running(*QUICK, token="secret", max_body_bytes=10) as service:
        assert service.client.get("/uploads").status_code == 200
        assert httpx.get(f"{service.address}/uploads", trust_env=False).status_code == 401
        assert service.client.post("/digits", content=b"x" * 11).status_code == 413
    with running(*QUICK) as service:
        assert httpx.get(f"{service.address}/uploads", trust_env=False).status_code == 200


def test_a_service_that_does_not_start_says_why():
    with pytest.raises(RuntimeError, match=r"did not start. It said: The parts are uploads"):
        running("--part", "chess").__enter__()


@pytest.mark.skipif(os.name == "nt", reason="has no groups to ask for")
def test_ctrl_c_in_a_notebook_does_not_reach_it():
    """A notebook's interrupt goes to the whole group of the kernel's process."""
    with running(*QUICK) as service:
        assert os.getpgid(service.pid) != os.getpgid(0)
