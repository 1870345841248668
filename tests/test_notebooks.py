"""The notebooks as files, and what the comparison of their outputs lets pass."""

import os
import re
import shutil
import subprocess
import sys
from xml.etree import ElementTree

import nbformat
import pytest
from nbformat import v4

from helpers.paths import NOTEBOOKS

MOST_BYTES = 1_000_000
PATHS = sorted(NOTEBOOKS.glob("*/*.ipynb"))
DRAWN = re.compile(r"Text\(|\[?<(matplotlib|Axes|BarContainer)")
KEYS = [f"{path.parent.name}/{path.stem}" for path in PATHS]


@pytest.mark.parametrize("path", PATHS, ids=KEYS)
def test_every_code_cell_was_run(path):
    """What has no execution count is not compared by nbval: the test would be of nothing."""
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


@pytest.mark.parametrize("path", PATHS, ids=KEYS)
def test_the_file_stays_light(path):
    assert path.stat().st_size < MOST_BYTES


@pytest.mark.parametrize("path", PATHS, ids=KEYS)
def test_no_cell_ends_in_what_only_draws(path):
    """A cell that draws ends in a semicolon, or Matplotlib's object stands above the picture."""
    outputs = [
        output.get("data", {})
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", ())
    ]
    texts = [data.get("text/plain", "") for data in outputs if data.keys() == {"text/plain"}]
    assert [text for text in texts if DRAWN.match(text)] == []


def said(text, name="stdout"):
    return [v4.new_output("stream", name=name, text=text)]


CASES = {
    "same": ("print(1)", said("1\n"), "passed"),
    "other": ("print(1)", said("2\n"), "failure"),
    "more": ("print(1)", [], "failure"),
    "less": ("", said("1\n"), "failure"),
    "log": ("import sys; print(1, file=sys.stderr)", [], "passed"),
    "no log": ("", said("1\n", "stderr"), "passed"),
    "blanks": ("print('a  ')", said("a\n"), "passed"),
    "blanks inside": ("print('a  b')", said("a b\n"), "failure"),
    "address": ("print('<at 0x7f00aa00bb11>')", said("<at 0x7f00aa00bb22>\n"), "passed"),
    "seconds": ("print('2/2 - 1s 20ms/step')", said("2/2 - 3s 45ms/step\n"), "passed"),
    "raises": ("1 / 0", [], "failure"),
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """The outcome of each case, as `pytest notebooks` finds it."""
    folder = tmp_path_factory.mktemp("notebooks")
    for name in ("conftest.py", "pytest.ini", "sanitizers.cfg"):
        shutil.copy(NOTEBOOKS / name, folder)
    cells = [
        v4.new_code_cell(source, outputs=outputs, execution_count=1)
        for source, outputs, _ in CASES.values()
    ]
    nbformat.write(v4.new_notebook(cells=cells), folder / "cases.ipynb")
    subprocess.run(
        [sys.executable, "-m", "pytest", "--junitxml", folder / "found.xml", folder],
        env={name: value for name, value in os.environ.items() if "PYTEST" not in name},
        capture_output=True,
    )
    tests = ElementTree.parse(folder / "found.xml").iter("testcase")
    found = ["passed" if not len(test) else test[0].tag for test in tests]
    return dict(zip(CASES, found, strict=True))


@pytest.mark.parametrize("case", CASES)
def test_comparison(case, outcomes):
    assert outcomes[case] == CASES[case][2]
