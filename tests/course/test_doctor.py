import hashlib
import os
import socket
import subprocess
import sys
from types import SimpleNamespace

import psutil
import pytest

from helpers import checksums
from helpers.cli import main
from helpers.course import doctor
from helpers.course.doctor import examine
from helpers.paths import ROOT


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "en")


@pytest.fixture
def distributions(tmp_path, monkeypatch):
    """Install distributions in name only: a function of name, version and requirements."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(name, version="1.0", *requirements):
        folder = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir()
        lines = [f"Name: {name}", f"Version: {version}"]
        lines += [f"Requires-Dist: {requirement}" for requirement in requirements]
        (folder / "METADATA").write_text("\n".join(lines), encoding="utf-8")

    return install


def the_one(report):
    (problem,) = report
    return problem


def test_all_is_well_here():
    report = examine()
    assert report == ()
    assert report.is_well
    assert repr(report) == report._repr_markdown_() == "✔ Everything is in its place."


def test_it_speaks_korean(monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "ko")
    assert repr(examine()) == "✔ 모두 제자리에 있습니다."


@pytest.mark.parametrize(("version", "count"), [((3, 10), 1), ((3, 11), 0), ((3, 13), 0)])
def test_python_version(monkeypatch, version, count):
    monkeypatch.setattr(sys, "version_info", (*version, 0))
    assert len(list(doctor._python())) == count


def test_python_too_new(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    assert "This is Python 3.14" in the_one(doctor._python()).sentence


def test_missing_packages_are_named_through_what_requires_them(distributions):
    distributions("a-course", "1.0", "absent-one", "a-tool ; extra == 'course'")
    distributions("a-tool", "1.0", "absent-two", "elsewhere ; python_version < '3'", "a-course")
    problem = the_one(examine(project="a-course"))
    assert problem.sentence == "Not installed: absent-one, absent-two."
    assert problem.fix.endswith("-m pip install --require-hashes -r requirements.lock")


def test_without_the_lock_versions_cannot_be_checked(tmp_path):
    problem = the_one(examine(lock=tmp_path / "requirements.lock"))
    assert problem.sentence == "requirements.lock is missing, so the versions can't be checked."
    assert "requirements.lock" in problem.fix


def test_tools_for_tests_are_not_missed(distributions):
    distributions("a-course", "1.0", "absent-one ; extra == 'test'")
    assert examine(project="a-course").is_well


def test_package_itself_not_installed():
    problem = the_one(examine(project="absent-course"))
    assert problem.fix.endswith("-m pip install --no-deps --no-build-isolation -e .")


def test_version_off_the_lock(distributions, tmp_path):
    distributions("a-tool", "2.0")
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        "a-tool==1.5 ; python_version >= '3' \\\n    --hash=sha256:00\n    # via a-course\n"
        "a-tool==1.4 ; python_version < '3' \\\n    --hash=sha256:00\n"
        "absent==1.0 \\\n    --hash=sha256:00\n"
    )
    problem = the_one(examine(lock=lock))
    assert problem.sentence.endswith("(in brackets): a-tool 2.0 (1.5).")
    assert "requirements.lock" in problem.fix


@pytest.fixture
def from_a_wheel(monkeypatch):
    for module in (doctor, checksums):
        monkeypatch.setattr(module, "IS_CHECKOUT", False)


def test_a_wheel_may_have_come_with_other_versions(distributions, tmp_path, from_a_wheel):
    """An installer takes the newest that pyproject.toml allows."""
    distributions("a-tool", "2.0")
    lock = tmp_path / "requirements.lock"
    lock.write_text("a-tool==1.5 \\\n    --hash=sha256:00\n")
    report = examine(lock=lock)
    assert the_one(report).fix.endswith("pip install a-tool==1.5")
    assert report.is_well


def test_what_a_wheel_lacks_comes_with_its_extra(distributions, from_a_wheel):
    distributions("a-course", "1.0", "absent")
    assert "annyeong-deep-learning[course]" in the_one(examine(project="a-course")).fix


def test_a_damaged_file_of_a_wheel_comes_back_with_it(data, from_a_wheel):
    (data / "digits.npz").write_bytes(b"")
    assert "--force-reinstall --no-deps" in the_one(examine(data=data)).fix


def test_two_flavours_of_opencv(distributions):
    distributions("opencv-python", "4.12.0")
    problem = the_one(doctor._opencv())
    assert problem.sentence.startswith("opencv-python, opencv-python-headless overwrite")
    assert "uninstall -y opencv-python opencv-python-headless\n" in problem.fix


def test_opencv_5(distributions):
    distributions("opencv-python-headless", "5.0.0")
    assert "OpenCV 4" in the_one(doctor._opencv()).sentence


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A data folder with a font and one more file, as its README lists them."""
    lines = []
    for name in (doctor.FONT, "digits.npz"):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
        lines.append(f"{hashlib.sha256(name.encode()).hexdigest()}  {name}")
    (tmp_path / "data" / "README.md").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(checksums, "ROOT", tmp_path)
    return tmp_path / "data"


def test_data_in_order(data):
    assert examine(data=data).is_well


@pytest.mark.parametrize("spoil", ["unlink", "cut"])
def test_data_broken(data, spoil):
    path = data / "digits.npz"
    path.unlink() if spoil == "unlink" else path.write_bytes(b"digits.np")
    problem = the_one(examine(data=data))
    assert problem.sentence.startswith("data/digits.npz is missing or")
    assert problem.fix == "git checkout -- data/digits.npz"


@pytest.mark.parametrize("content", [b"", bytes(range(256))])
def test_data_without_their_checksums(data, content):
    (data / "README.md").write_bytes(content)
    assert the_one(examine(data=data)).sentence.startswith("data/README.md is missing or damaged")


def test_no_hangul_font(data):
    (data / doctor.FONT).unlink()
    assert the_one(examine(data=data)).sentence.startswith("There is no Hangul font")


def test_memory(monkeypatch):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=0.25e9))
    assert the_one(examine()).sentence == "Only 0.2 GB of memory is free; a lesson needs 1 GB."


def test_disk(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: SimpleNamespace(free=0.5e9))
    assert the_one(examine()).sentence.startswith("Only 0.5 GB of the disk is free")


@pytest.mark.skipif(os.name == "nt", reason="names the commands of POSIX")
@pytest.mark.parametrize("place", ["work", "work/progress", "home"])
def test_what_cannot_be_written(monkeypatch, tmp_path, place):
    refused = tmp_path / place
    for name in ("work/progress", "work/en", "home"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.setattr(doctor, "WORK", tmp_path / "work")
    monkeypatch.setattr(doctor.Path, "home", lambda: tmp_path / "home")
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: path != refused)
    problem = the_one(examine())
    assert problem.sentence == f"{refused} cannot be written: your work would not be saved."
    assert f"chown -R $(id -u) {refused}" in problem.fix


def test_a_course_that_cannot_be_written_is_told_before_work_is_made(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "WORK", tmp_path / "course" / "work")
    (tmp_path / "course").mkdir()
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: path != tmp_path / "course")
    assert the_one(examine()).sentence.startswith(f"{tmp_path / 'course'} cannot be written")


def test_files_named_like_packages(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("helpers.py", "numpy/__init__.py", "numpy/mine.py", "mine.py", "json.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    report = examine()
    assert [problem.sentence.split("`")[1] for problem in report] == [
        "import helpers", "import json", "import numpy",
    ]  # fmt: skip
    assert report.is_well


def test_taken_port_is_told_but_does_no_harm():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        report = examine(port=port)
    assert f"Port {port} is taken" in the_one(report).sentence
    assert report.is_well
    assert repr(report).endswith("✔ Everything is in its place.")
    assert examine(port=port) == ()


def test_report_names_the_command(data):
    (data / "digits.npz").unlink()
    report = examine(data=data)
    assert not report.is_well
    assert repr(report).splitlines()[1] == "    git checkout -- data/digits.npz"
    assert "```\ngit checkout -- data/digits.npz\n```" in report._repr_markdown_()


def test_command_tells_by_its_code_whether_the_course_can_run(monkeypatch, capsys):
    assert main(["doctor"]) == 0
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    assert main(["doctor"]) == 1
    assert "✘ This is Python 3.14;" in capsys.readouterr().out


def test_command_speaks_when_no_package_is_installed():
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r})\n"
    code += "from helpers.cli import main; sys.exit(main(['doctor']))"
    found = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, encoding="utf-8"
    )
    assert found.returncode == 1
    assert found.stdout.startswith("✘ Not installed: packaging.")


def test_commands_that_need_a_missing_package_send_to_the_doctor(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "jupyter_core.paths", None)
    monkeypatch.delitem(sys.modules, "helpers.course.lab", raising=False)
    assert main(["lab"]) == 1
    sentence = "jupyter_core.paths is not installed; `annyeong doctor` tells you how to fix it.\n"
    assert capsys.readouterr().err == sentence
