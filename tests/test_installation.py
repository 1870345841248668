import json
import os
import shlex
import sys

import pytest

from helpers import installation
from helpers.installation import itself, pip, restore


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A package as an installer records it: a function of where it came from."""

    def install(url=None):
        folder = tmp_path / "annyeong_deep_learning-9.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text("Name: annyeong-deep-learning\nVersion: 9\n")
        if url:
            (folder / "direct_url.json").write_text(json.dumps({"url": url}))
        monkeypatch.syspath_prepend(tmp_path)

    return install


@pytest.mark.skipif(os.name == "nt", reason="quotes as POSIX does")
def test_the_command_is_for_this_python_and_can_be_typed(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/my course/bin/python")
    words = shlex.split(pip("install", "a==1", "b @ file:///x y"))
    assert words == ["/my course/bin/python", "-m", "pip", "install", "a==1", "b @ file:///x y"]


def test_without_pip_it_is_a_command_of_uv(monkeypatch):
    monkeypatch.setattr(sys, "executable", "python")
    monkeypatch.setattr(installation, "find_spec", lambda name: None)
    assert pip("uninstall", "a") == "uv pip uninstall --python python a"
    assert pip("cache", "purge") == "uv cache prune"


def test_a_wheel_is_named_where_it_came_from(installed):
    installed("file:///downloads/annyeong.whl")
    assert itself("course") == "annyeong-deep-learning[course] @ file:///downloads/annyeong.whl"
    assert "--no-deps" in restore()


def test_what_came_from_an_index_is_named_alone(installed):
    installed()
    assert itself() == "annyeong-deep-learning"
