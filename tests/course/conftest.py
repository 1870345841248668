"""A course of one tiny lesson in a folder of its own."""

import base64
import shutil
from pathlib import Path

import pytest

from helpers.course import build, frames, lint, source
from helpers.paths import ROOT

TINY = Path(__file__).with_name("99-tiny.md")
POINT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A folder that holds the tiny lesson in ``lessons/`` and what it links to."""
    _lay(tmp_path)
    _use(tmp_path, monkeypatch)
    return tmp_path


@pytest.fixture(scope="session")
def built_once(tmp_path_factory):
    """The same with its notebooks and all that they are made from; not to be changed."""
    root = tmp_path_factory.mktemp("built")
    _lay(root)
    shutil.copytree(ROOT / "src", root / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    with pytest.MonkeyPatch.context() as monkeypatch:
        _use(root, monkeypatch)
        build.build()
    return root


@pytest.fixture
def built(built_once, tmp_path, monkeypatch):
    """A copy of `built_once`, to be changed at will."""
    root = shutil.copytree(built_once, tmp_path / "built")
    _use(root, monkeypatch)
    return root


def _lay(root):
    (root / "lessons").mkdir()
    shutil.copy(TINY, root / "lessons")
    (root / "data").mkdir()
    (root / "data/point.png").write_bytes(POINT)


def _use(root, monkeypatch):
    """Make `root` the checkout, whose helpers digests read and kernels run."""
    for module in (lint, build):
        monkeypatch.setattr(module, "ROOT", root)
        monkeypatch.setattr(module, "NOTEBOOKS", root / "notebooks")
    monkeypatch.setattr(frames, "FOLDER", root / "notebooks/frames")
    monkeypatch.setattr(source, "LESSONS", root / "lessons")
    monkeypatch.setattr(build, "HANDOUTS", root / "handouts")
    monkeypatch.setattr(build, "__file__", str(root / "src/helpers/course/build.py"))
    monkeypatch.setenv("PYTHONPATH", str(root / "src"))
