import os
import subprocess
import sys

import pytest

from helpers import paths
from helpers.paths import written_whole

KILLED = """
import os, signal, sys
from helpers.paths import written_whole
with written_whole(sys.argv[1]) as temporary:
    temporary.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def target(tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("old", encoding="utf-8")
    return path


def test_a_file_is_replaced_whole(target):
    with written_whole(target) as temporary:
        temporary.write_text("new", encoding="utf-8")
        assert target.read_text(encoding="utf-8") == "old"
    assert target.read_text(encoding="utf-8") == "new"
    assert list(target.parent.iterdir()) == [target]


def test_the_temporary_lies_beside_with_the_same_suffix(target):
    with written_whole(str(target)) as temporary:
        temporary.touch()
        assert temporary != target
        assert (temporary.parent, temporary.suffix) == (target.parent, ".txt")


def test_a_missing_folder_is_made(tmp_path):
    with written_whole(tmp_path / "a/b/note") as temporary:
        temporary.write_bytes(b"new")
    assert (tmp_path / "a/b/note").read_bytes() == b"new"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_writer_that_raises_leaves_the_old_file_and_no_other(target, error):
    def write():
        with written_whole(target) as temporary:
            temporary.write_text("half", encoding="utf-8")
            raise error

    with pytest.raises(error):
        write()
    assert target.read_text(encoding="utf-8") == "old"
    assert list(target.parent.iterdir()) == [target]


def test_a_writer_that_writes_nothing_leaves_the_old_file(target):
    with pytest.raises(FileNotFoundError), written_whole(target):
        pass
    assert target.read_text(encoding="utf-8") == "old"


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
def test_a_writer_that_is_killed_leaves_the_old_file(target):
    killed = subprocess.run([sys.executable, "-c", KILLED, target], check=False)
    assert killed.returncode == -9
    assert target.read_text(encoding="utf-8") == "old"


def test_two_writers_of_one_file_each_write_the_whole(target):
    with written_whole(target) as temporary:
        temporary.write_text("first", encoding="utf-8")
        code = KILLED.replace("half", "second").replace("os.kill(", "(lambda *_: None)(")
        subprocess.run([sys.executable, "-c", code, target], check=True)
        assert target.read_text(encoding="utf-8") == "second"
    assert target.read_text(encoding="utf-8") == "first"
    assert list(target.parent.iterdir()) == [target]


def test_the_folders_are_those_of_this_checkout():
    assert (paths.ROOT / "pyproject.toml").is_file()
    folders = (paths.LESSONS, paths.NOTEBOOKS, paths.WORK, paths.DATA)
    assert [folder.parent for folder in folders] == [paths.ROOT] * 4


@pytest.fixture
def from_a_wheel(monkeypatch):
    monkeypatch.setattr(paths, "IS_CHECKOUT", False)
    monkeypatch.setenv("COURSE_LANG", "en")


def test_a_course_is_found_from_where_it_was_opened_and_from_inside(tmp_path, from_a_wheel):
    folder = paths.course_at(tmp_path)
    assert folder == tmp_path / "annyeong"
    assert not folder.exists()
    assert paths.claim(folder)
    (folder / "en").mkdir()
    for here in (tmp_path, folder, folder / "en"):
        assert paths.course_at(here) == folder
    assert not paths.claim(folder)  # it is not new any more
    assert paths.course_at(tmp_path / "other") == tmp_path / "other" / "annyeong"


@pytest.mark.parametrize("there", ["file", "folder"])
def test_something_else_of_that_name_is_left_alone(tmp_path, from_a_wheel, there):
    folder = tmp_path / "annyeong"
    if there == "file":
        folder.touch()
    else:
        (folder / "mine").mkdir(parents=True)
    before = set(tmp_path.rglob("*"))
    with pytest.raises(ValueError, match=r"annyeong is there already and is not from this course"):
        paths.claim(folder)
    assert set(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("kept", [[], ["service"]])
def test_what_the_service_has_kept_is_no_hindrance(tmp_path, from_a_wheel, kept):
    folder = tmp_path / "annyeong"
    folder.mkdir()
    for name in kept:
        (folder / name).mkdir()
    assert paths.claim(folder)


def test_a_command_about_copies_that_are_not_there_says_where_to_go(
    tmp_path, from_a_wheel, monkeypatch
):
    monkeypatch.setattr(paths, "WORK", tmp_path / "annyeong")
    with pytest.raises(ValueError, match="There is no course in this folder"):
        paths.demand_course()
    paths.claim(tmp_path / "annyeong")
    paths.demand_course()


def test_a_checkout_needs_no_mark(tmp_path):
    assert not paths.claim(tmp_path / "work")
    assert not (tmp_path / "work").exists()
    paths.demand_course()
