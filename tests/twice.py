"""Run notebooks with each code cell twice in a row: no cell spoils what it needs itself.

    python tests/twice.py [NOTEBOOK ...]

A learner runs a cell again after each change. What stops the second time is named, and the
notebook goes on after it; the exit code tells whether there was any. What the first language has
trained, both times, the second takes (`tests/trainings.py`).
"""

import os
import sys
import tempfile
from copy import deepcopy
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from helpers.paths import NOTEBOOKS, ROOT

SECONDS = 1200  # a training, twice, on a busy machine


def main(words):
    paths = [Path(word).resolve() for word in words] or sorted(NOTEBOOKS.glob("*/*.ipynb"))
    with tempfile.TemporaryDirectory() as trainings:
        num_failed = sum(failed_cells(path, trainings) for path in paths)
    print(f"{len(paths)} notebooks, {num_failed} cells that do not stand being run twice")
    return int(num_failed > 0)


def failed_cells(path: Path, trainings: str) -> int:
    """Run a notebook and print what fails; return how many cells that are."""
    notebook = nbformat.read(path, as_version=4)
    module = str(ROOT / "tests/trainings.py")
    start = f"import runpy; runpy.run_path({module!r})['install']({trainings!r})"
    twins = [twin for cell in notebook.cells for twin in _twice(cell)]
    notebook.cells = [nbformat.v4.new_code_cell(start), *twins]
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        allow_errors=True,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute(env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"})
    num_failed = 0
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                num_failed += 1
                first = cell.source.split("\n")[0]
                print(f"{path.parent.name}/{path.name}: {first!r}: {output.ename}: {output.evalue}")
    return num_failed


def _twice(cell):
    twin = deepcopy(cell)
    twin.id = f"{cell.id}-again"
    return [cell, twin] if cell.cell_type == "code" else [cell]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
