import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from helpers.paths import ROOT

# Doctests are looked for in every module: not in these, which share one name, and not in the
# guard, which would be in force here once it is imported.
collect_ignore_glob = ["conftest.py", "*/conftest.py", "offline/guard/*"]


def pytest_collection_modifyitems(items):
    """Begin with the files that take long: at the end one worker would wait for the other."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def clone(tmp_path_factory):
    """A copy of the checkout, so that no test writes into the learner's own ``work/``."""
    copy = tmp_path_factory.mktemp("clone")
    for name in ("src", "lessons", "notebooks", "data"):
        shutil.copytree(
            ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".*")
        )
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, copy)
    return copy


@pytest.fixture(scope="session")
def annyeong(clone, tmp_path_factory):
    """Start the command in the copy of the checkout: a function that returns its process.

    `config` is what stands in the user's own configuration of JupyterLab.
    """

    def start(*words, config=""):
        folder = tmp_path_factory.mktemp("jupyter")
        (folder / "jupyter_lab_config.py").write_text(config)
        return subprocess.Popen(
            [sys.executable, "-m", "helpers.cli", *words],
            cwd=clone,
            env={
                **os.environ,
                "COURSE_LANG": "en",
                "PYTHONPATH": str(clone / "src"),
                "PYTHONUNBUFFERED": "1",
                "JUPYTER_CONFIG_DIR": str(folder),
                "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            preexec_fn=_heed_signals if os.name == "posix" else None,
        )

    return start


@pytest.fixture(scope="session")
def slope():
    """Measure how a loss changes with one number of an array: a function, by finite differences."""

    def measure(loss, array, place, nudge=1e-6):
        before = array[place]
        array[place] = before + nudge
        above = loss()
        array[place] = before - nudge
        below = loss()
        array[place] = before
        return (above - below) / (2 * nudge)

    return measure


def _heed_signals():
    """Undo what `nohup` and a shell's `&` do to the tests, or it would be handed down."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture(scope="session")
def annyeong_lab(annyeong):
    """Start ``annyeong lab``: a context manager that gives its process and its address."""
    # A test in a browser asks JupyterLab itself whether a kernel is ready.
    exposed = "c.LabApp.expose_app_in_browser = True\n"

    @contextmanager
    def start(*words, config=""):
        process = annyeong("lab", "--no-browser", *words, config=exposed + config)
        try:
            heard = []
            for line in process.stdout:
                heard.append(line)
                if address := re.search(r"http\S+", line):
                    process.said = "".join(heard)  # until the address, with it
                    yield process, address[0]
                    break
            else:
                pytest.fail("annyeong lab did not start:\n" + "".join(heard))
        finally:
            process.terminate()
            process.communicate(timeout=60)

    return start
