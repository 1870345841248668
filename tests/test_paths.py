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
