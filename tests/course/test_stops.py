import json
import os
import subprocess
import sys

import pytest

from helpers.course.stops import STARTUP, notebook_code, sentence_for

CELLS = [
    "import numpy as np\nrows = np.ones(3)\n\ndef total(rows):\n    return rows.sum()",
    "answer = ...",
]


@pytest.fixture
def shell(tmp_path):
    """A function: what IPython, as in a kernel of the lab, prints for some cells."""
    folder = tmp_path / "en"
    folder.mkdir()
    cells = [{"cell_type": "code", "source": [cell]} for cell in CELLS]
    (folder / "05-tiny.ipynb").write_text(json.dumps({"cells": cells}))

    def run(*cells, **env):
        script = (
            "from IPython.core.interactiveshell import InteractiveShell\n"
            "shell = InteractiveShell.instance(colors='nocolor')\n"
            f"shell.run_cell({STARTUP!r})\n"
            f"for cell in {cells!r}:\n"
            "    print('failed' if shell.run_cell(cell).error_in_exec else 'well')\n"
        )
        return subprocess.run(
            [sys.executable, "-P", "-c", script],
            cwd=folder,
            env=os.environ | {"IPYTHONDIR": str(tmp_path)} | env,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    return run


def test_a_claim_that_fails_says_a_sentence_and_stops_nothing(shell):
    said = shell("share = 0.5", "assert share > 0.98", "print(share)")
    assert "Traceback" not in said
    assert "does not hold any more (`assert share > 0.98`). If you changed something" in said
    assert said.splitlines()[-2:] == ["0.5", "well"]
    assert "failed" in said


def test_a_claim_about_a_number_that_was_edited_says_the_sentence_too(shell):
    said = shell(
        "errors = {2: 0.5}\nassert errors[3] < 1",
        "import numpy as np\nfor n in range(2):\n    np.testing.assert_allclose(n, 0)",
        "errors[3]",
    )
    assert said.count("does not hold any more") == 2
    assert said.count("Traceback") == 1  # of the lookup that is no claim
    assert "Not equal to tolerance" not in said


def test_a_name_from_a_cell_above_is_told_of(shell):
    said = shell("print(rows.sum())", "print(rowz)")
    assert "`rows` is made in a cell above" in said
    assert "NameError: name 'rowz' is not defined" in said  # the learner's own slip


def test_packages_go_before_files_of_the_same_name(shell, tmp_path):
    for name in ("helpers", "numpy", "mine"):
        (tmp_path / "en" / f"{name}.py").write_text("value = 3")
    said = shell("import numpy, mine\nprint(numpy.pi, mine.value)", "from helpers import value")
    assert said.startswith("3.14159")
    assert "helpers.py has the name of a package" in said
    assert "Give it another name, such as my_helpers" in said
    assert "Traceback" not in said


def test_an_interruption_is_no_traceback(shell):
    assert "Traceback" not in shell("raise KeyboardInterrupt")


def test_the_learners_own_errors_keep_their_traceback(shell):
    said = shell("def half(n):\n    assert n % 2 == 0\n    return n // 2", "half(3)", "1 / 0")
    assert said.count("Traceback") == 2
    assert "ZeroDivisionError" in said


def test_the_sentences_are_in_korean_too(monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "ko")
    assert sentence_for(KeyboardInterrupt(), "").startswith("멈췄습니다.")
    assert "위의 셀을 먼저 실행하세요" in sentence_for(NameError(name="rows"), "rows = 1")
    assert "annyeong doctor" in sentence_for(ModuleNotFoundError(name="faiss"), "import faiss")
    error = PermissionError(13, "Permission denied", "work/progress/05-slopes")
    assert "05-slopes" in sentence_for(error, "")


def test_the_notebook_of_the_kernel_is_looked_into(tmp_path, monkeypatch):
    for name, code in [("05-one.ipynb", "first = 1"), ("06-two.ipynb", "second = 2")]:
        cells = [{"cell_type": "code", "source": code}, {"cell_type": "markdown", "source": "x"}]
        (tmp_path / name).write_text(json.dumps({"cells": cells}))
    (tmp_path / "07-broken.ipynb").write_text("{")
    monkeypatch.chdir(tmp_path)
    assert "first" in notebook_code()
    assert "second" in notebook_code()
    monkeypatch.setenv("JPY_SESSION_NAME", "somewhere/06-two.ipynb")
    assert notebook_code() == "second = 2"
