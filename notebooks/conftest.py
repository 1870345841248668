"""Strict nbval: what it leaves out of the comparison, and how it cleans the rest."""

import os
from pathlib import Path

import pytest
from nbval.kernel import RunningKernel

# What libraries log and how they draw differs between machines; an answer does not.
NOT_COMPARED = ("stderr", "image/svg+xml")
SANITIZERS = Path(__file__).with_name("sanitizers.cfg")


def pytest_configure(config):
    config.option.nbval_sanitize_with = str(SANITIZERS)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file():
    files = yield
    for file in files:
        if hasattr(file, "skip_compare"):
            file.skip_compare += NOT_COMPARED
    return files


def _execute(self, source, allow_stdin=None):
    return self.kc.execute(source, allow_stdin=allow_stdin, stop_on_error=False)


# nbval keeps no history; there IPython would look for the `;` that hides a result.
RunningKernel.execute_cell_input = _execute

# nbval hears the kernel when a cell has ended: a bar that moves all the time drowns it.
os.environ.setdefault("TQDM_MININTERVAL", "2")
