"""A course of one tiny lesson in a folder of its own."""

import base64
import shutil
from pathlib import Path

import pytest

from helpers.course import build, source
from helpers.paths import ROOT

TINY = Path(__file__).with_name("99-tiny.md")
POINT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A folder that holds the tiny lesson in ``lessons/`` and what it links to."""
    return _lay_course(tmp_path, monkeypatch)


@pytest.fixture
def checkout(course, monkeypatch):
    """The same with the helpers beside it: kernels run these copies, digests read them."""
    return _lay_helpers(course, monkeypatch)


@pytest.fixture
def built(checkout, built_once):
    """The same with its notebooks, to be changed at will."""
    shutil.copytree(built_once / "notebooks", checkout / "notebooks")
    return checkout


@pytest.fixture(scope="session")
def built_once(tmp_path_factory):
    """The tiny course with its notebooks, not to be changed."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        root = _lay_course(tmp_path_factory.mktemp("built"), monkeypatch)
        _lay_helpers(root, monkeypatch)
        build.build()
    return root


def _lay_course(root, monkeypatch):
    (root / "lessons").mkdir()
    shutil.copy(TINY, root / "lessons")
    (root / "data").mkdir()
    (root / "data/point.png").write_bytes(POINT)
    for module in (source, build):
        monkeypatch.setattr(module, "ROOT", root)
        monkeypatch.setattr(module, "NOTEBOOKS", root / "notebooks")
    monkeypatch.setattr(source, "LESSONS", root / "lessons")
    monkeypatch.setattr(build, "HANDOUTS", root / "handouts")
    return root


def _lay_helpers(root, monkeypatch):
    shutil.copytree(ROOT / "src", root / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    monkeypatch.setenv("PYTHONPATH", str(root / "src"))
    monkeypatch.setattr(build, "__file__", str(root / "src/helpers/course/build.py"))
    return root
