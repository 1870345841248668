"""Strict nbval: what it leaves out of the comparison, and how it cleans the rest.

The languages of a lesson run one after the other in the same worker, and what the first
has trained the second takes (`tests/trainings.py`).
"""

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path, PurePath

import pytest
from nbval.kernel import RunningKernel
from xdist.scheduler import LoadScopeScheduling

from helpers.paths import ROOT

# What libraries log and how they draw differs between machines; an answer does not.
# The frames of an explorer are recorded by the build alone.
NOT_COMPARED = ("stderr", "image/svg+xml", "application/vnd.annyeong.explorer+json")
SANITIZERS = Path(__file__).with_name("sanitizers.cfg")
#: Where a run keeps its trainings, for its workers and kernels.
TRAININGS = "ANNYEONG_TRAININGS"
SECONDS = 600  # for a cell
#: What a lesson that trains a network has in one of its cells.
TRAINING = ("fit(", "train(", "GradientTape(")


def pytest_configure(config):
    config.option.nbval_sanitize_with = str(SANITIZERS)
    if TRAININGS not in os.environ:
        folder = os.environ[TRAININGS] = tempfile.mkdtemp()
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        config.add_cleanup(lambda: os.environ.pop(TRAININGS))


@cache
def _trains(file):
    """Tell whether a collected notebook trains a network, by what its cells call."""
    sources = [cell.source for cell in file.nb.cells if cell.cell_type == "code"]
    return any(call in source for call in TRAINING for source in sources)


class ByLesson(LoadScopeScheduling):
    """A worker runs a lesson as a whole: its cells in their order, and both languages."""

    def _split_scope(self, nodeid):
        return PurePath(nodeid.partition("::")[0]).stem


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return ByLesson(config, log)


def pytest_collection_modifyitems(items):
    """Begin with the lessons that train, the longest; keep both languages together.

    The cells of a notebook stay in their order.
    """
    items.sort(
        key=lambda item: (not _trains(item.parent), item.path.stem, item.path.parent.name)
    )


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


def _error_of(kernel, source):
    """Run code in a kernel; return the error it stops with, or None."""
    request, error = kernel.execute_cell_input(source), None
    kernel.await_reply(request, timeout=SECONDS)
    while True:
        message = kernel.get_message("iopub", timeout=SECONDS)
        if message["parent_header"].get("msg_id") != request:
            continue
        content = message["content"]
        if message["msg_type"] == "error":
            error = f"{content['ename']}: {content['evalue']}"
        if content.get("execution_state") == "idle":
            return error


_start = RunningKernel.__init__


def _start_remembering(self, *args, **options):
    _start(self, *args, **options)
    module, folder = str(ROOT / "tests/trainings.py"), os.environ[TRAININGS]
    code = f"import runpy; runpy.run_path({module!r})['install']({folder!r})"
    assert _error_of(self, code) is None


RunningKernel.__init__ = _start_remembering


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Run each cell twice in a row in the lessons that train nothing."""
    yield
    if not _trains(item.parent):
        error = _error_of(item.parent.kernel, item.cell.source)
        if error:
            pytest.fail(f"run a second time it stops: {error}", pytrace=False)


# nbval hears the kernel when a cell has ended: a bar that moves all the time drowns it.
os.environ.setdefault("TQDM_MININTERVAL", "2")
