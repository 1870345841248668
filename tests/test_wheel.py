"""The course from the wheel that `make dist` builds, in an environment of its own.

Nothing is downloaded: the environment has the packages of the tests' own, and the wheel.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import urllib.request
import zipfile
from pathlib import Path

import pytest

from helpers.paths import DATA, LESSONS, NOTEBOOKS, PHOTOS, ROOT

pytestmark = pytest.mark.slow
LARGEST = 60e6  # bytes
LANGUAGES = {
    "en": ("Your copies of the lessons are in ", "Open annyeong/en/home.ipynb in JupyterLab's"),
    "ko": ("수업 사본을 ", "JupyterLab 왼쪽의 파일 브라우저에서 annyeong/ko/home.ipynb"),
}
#: A lesson up to its first passed exercise, as a learner runs it: its cells come from the copy.
RUN = """
import sys, nbformat
from nbclient import NotebookClient
from pathlib import Path
path = Path(sys.argv[1])
whole = nbformat.read(path, as_version=4)
code = [cell for cell in whole.cells if cell.cell_type == "code"]
tags = [cell.metadata.get("tags", []) for cell in code]
check = next(place for place, own in enumerate(tags) if "check" in own)
solution = next(cell for cell in whole.cells if "solution" in cell.metadata.get("tags", []))
blank = next(cell for cell in code if "exercise" in cell.metadata.get("tags", []))
blank.source = solution.source.partition("```python\\n")[2].partition("\\n```")[0]
whole.cells = code[: check + 1]
NotebookClient(whole, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
print(*(output.get("text", "") for cell in whole.cells for output in cell.outputs))
from helpers import paths
print(paths.DATA)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built as `make dist` does but into a folder of the test's."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (recipe,) = re.findall(r"^dist:.*\n\t\$\(BIN\)/python (.+)$", makefile, re.MULTILINE)
    folder = tmp_path_factory.mktemp("dist")
    words = [sys.executable, *recipe.split(), "-d", str(folder)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """Another environment with the wheel: a function of words that `subprocess.run` runs in it."""
    home = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    ours = {"base": str(home), "platbase": str(home)}
    scheme = "venv"
    bin_, packages = (Path(sysconfig.get_path(k, scheme, ours)) for k in ("scripts", "purelib"))
    python = bin_ / Path(sys.executable).name
    install = f"-m pip -q --python {python} install --no-deps --no-index {wheel}"
    subprocess.run([sys.executable, *install.split()], check=True)
    # What stands in the .pth files of that folder, such as this checkout, does not count there.
    (packages / "tests.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    for part in ("share/jupyter", "etc/jupyter"):
        shutil.copytree(
            Path(sys.prefix, part), home / part, copy_function=_link, dirs_exist_ok=True
        )
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    clean |= {"COURSE_LANG": "en", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    clean |= {
        f"JUPYTER_{name}_DIR": str(tmp_path_factory.mktemp(name)) for name in ("CONFIG", "RUNTIME")
    }

    def start(*words, cwd, **more):
        command = [bin_ / "annyeong"] if words[0] != "python" else [python]
        words = [*command, *words[words[0] == "python" :]]
        return subprocess.Popen(
            words,
            cwd=cwd,
            env=clean | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )

    def run(*words, **more):
        process = start(*words, **more)
        return process.communicate(timeout=300)[0], process.returncode

    run.start, run.home = start, home
    return run


def _link(source, target):
    """Copy a file where its environment is on the same disk, without its bytes."""
    if not os.path.exists(target):
        try:
            os.link(source, target)
        except OSError:
            shutil.copy(source, target)


@pytest.fixture
def empty(tmp_path):
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


def test_it_holds_the_whole_course_and_nothing_else_and_is_small(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    found = {name for name in names if name.startswith("helpers/shipped/")}
    parts = {
        "data": (DATA, "**/*.*"),
        "lessons": (LESSONS, "*.*"),
        "notebooks": (NOTEBOOKS, "[ek][no]/[0-9]*.ipynb"),
    }
    wanted = {
        f"helpers/shipped/{part}/{path.relative_to(folder).as_posix()}"
        for part, (folder, pattern) in parts.items()
        for path in folder.glob(pattern)
    }
    assert found == wanted | {"helpers/shipped/requirements.lock"}
    assert not [name for name in names if "test" in name]
    assert wheel.stat().st_size < LARGEST


def test_all_is_well_and_a_photo_is_read_where_there_is_no_course(environment, empty):
    told, code = environment("doctor", cwd=empty)
    assert told.splitlines()[-1] == "✔ Everything is in its place."  # a taken port does no harm
    assert code == 0
    reading, code = environment("read", str(PHOTOS / "zip-02.jpg"), cwd=empty)
    assert (reading.split()[0], code) == ("92182", 0)
    for words in (["review"], ["reset", "02"]):
        told, code = environment(*words, cwd=empty)
        assert told.startswith("There is no course in this folder")
        assert code == 1
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_laid_out_once_and_found_from_inside(environment, empty, lang):
    where, what = LANGUAGES[lang]
    words = ("lab", "--no-server", "--lang", lang)
    told, code = environment(*words, cwd=empty)
    first, then = told.splitlines()
    assert first.startswith(where)
    assert str(empty / "annyeong" / lang) in first
    assert then.startswith(what)
    assert code == 0
    copies = empty / "annyeong" / lang
    assert {path.name for path in copies.glob("[0-9]*")} == {
        path.name for path in (NOTEBOOKS / lang).glob("[0-9]*")
    }
    (copies / "02-feature-maps.ipynb").write_text("mine")
    told, _ = environment(*words, cwd=copies)
    assert told.startswith(what)
    assert not (copies / "annyeong").exists()
    told, code = environment("reset", "2", "--lang", lang, cwd=empty)
    assert "annyeong/" + lang + "/02-feature-maps.mine.ipynb" in told
    assert (copies / "02-feature-maps.mine.ipynb").read_text() == "mine"


def test_an_update_is_told_and_keeps_what_is_the_learners(environment, empty):
    """As if the wheel's lesson were newer than the one that was laid."""
    environment("lab", "--no-server", cwd=empty)
    laid = empty / "annyeong/en/.laid.json"
    record = json.loads(laid.read_text())
    old = json.dumps({"cells": [{"cell_type": "code", "source": "old"}]})
    for name, content in (("03-pooling", old), ("04-activation-functions", old + " ")):
        (empty / f"annyeong/en/{name}.ipynb").write_text(content)
    code = (
        "import sys, json, dataclasses; from helpers.course.work import _Edition\n"
        "print(json.dumps(dataclasses.asdict(_Edition.of(sys.argv[1].encode()))))"
    )
    record["03-pooling.ipynb"] = json.loads(environment("python", "-c", code, old, cwd=empty)[0])
    laid.write_text(json.dumps(record))
    told, _ = environment("lab", "--no-server", cwd=empty)
    assert told.splitlines()[0] == "New in the course: 03-pooling.ipynb"
    assert "old" in (empty / "annyeong/en/04-activation-functions.ipynb").read_text()


def test_a_folder_of_somebody_elses_is_left_alone(environment, empty):
    (empty / "annyeong").mkdir()
    (empty / "annyeong/mine.txt").touch()
    told, code = environment("lab", cwd=empty)
    assert told.count("\n") == 1
    assert "is not from this course" in told
    assert code == 1
    assert [path.name for path in empty.rglob("*")] == ["annyeong", "mine.txt"]


def test_notebooks_are_handed_out_but_built_in_a_checkout(environment, empty):
    for words in (["build", "02"], ["site"]):
        told, code = environment(*words, cwd=empty)
        assert "clone" in told
        assert code == 1
    assert environment("build", "2", "--no-solutions", cwd=empty) == (
        "handouts/en/02-feature-maps.ipynb\nhandouts/ko/02-feature-maps.ipynb\n",
        0,
    )


@pytest.mark.parametrize(("lang", "lesson"), [("en", "02"), ("ko", "00")])
def test_a_lesson_runs_and_counts(environment, empty, lang, lesson):
    environment("lab", "--no-server", "--lang", lang, cwd=empty)
    (notebook,) = (empty / "annyeong" / lang).glob(f"{lesson}-*")
    told, code = environment("python", "-c", RUN, str(notebook), cwd=empty)
    assert code == 0, told
    assert str(environment.home) in told.splitlines()[-1]  # the data of the wheel, not copied
    passed = [path.name for path in (empty / "annyeong/progress").iterdir()]
    assert len(passed) == 1
    assert passed[0].startswith(f"{lesson}-")


@pytest.mark.skipif(os.name == "nt", reason="ends processes by signals")
def test_the_home_page_opens_in_jupyterlab(environment, empty):
    process = environment.start("lab", "--no-browser", cwd=empty)
    try:
        heard = []
        for line in process.stdout:
            heard.append(line)
            if address := re.search(r"http\S+", line):
                break
        else:
            pytest.fail("".join(heard))
        assert heard[0].startswith("Your copies of the lessons are in ")
        assert "/lab/tree/home.ipynb?" in address[0]
        root, _, query = address[0].partition("lab/tree/home.ipynb")
        with urllib.request.urlopen(f"{root}api/contents{query}") as answer:
            assert len(json.load(answer)["content"]) == len(list(NOTEBOOKS.glob("en/*.ipynb"))) + 1
        with urllib.request.urlopen(f"{root}api/kernelspecs{query}") as answer:
            spec = json.load(answer)["kernelspecs"]["python3"]["spec"]
        assert spec["argv"][0].startswith(str(environment.home))
    finally:
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[0]
    assert said.endswith("JupyterLab has stopped; your work is in annyeong/en.\n")


def test_on_a_hub_its_jupyterlab_gets_what_the_course_adds(environment, empty):
    told, code = environment("hub", "--lang", "ko", cwd=empty)
    assert code == 0
    assert str(environment.home) in told
    share = environment.home / "share/jupyter"
    kernel = json.loads((share / "kernels/python3/kernel.json").read_text())
    assert kernel["argv"][0].startswith(str(environment.home))
    settings = json.loads((share / "lab/settings/overrides.json").read_text())
    assert settings["@jupyterlab/translation-extension:plugin"] == {"locale": "ko_KR"}
    assert (share / "labextensions/annyeong/lab.js").is_file()
    # No second JupyterLab, which the hub would not pass on.
    told, code = environment("lab", cwd=empty, JUPYTERHUB_SERVICE_PREFIX="/user/me/")
    assert told.splitlines()[1].startswith("Open annyeong/en/home.ipynb")
    assert code == 0
