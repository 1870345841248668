"""Nothing of ours reports to anybody: no process, from the first import on.

ONNX Runtime writes down who reports in the home directory, and reports, unless the environment
says no before it is loaded, or `CI` is set: so each process here has a new home and an
environment with nothing in it, and the tests look at what is left in that home.
"""

import json
import os
import subprocess
import sys

import pytest

from helpers.paths import MODELS, PHOTOS, ROOT
from helpers.service.deploy.process import running

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a home is not its variable there")

#: Refuses every address but this machine's to Python itself, too: what asks fails aloud.
GUARD = ROOT / "tests" / "offline" / "guard"
OFF = {
    "ORT_DISABLE_TELEMETRY": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
    "ENABLE_RUNTIME_UPTIME_TELEMETRY": "0",
}


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """Clear the environment of this process; return the new home that it names."""
    for name in os.environ.keys() - {"PATH", "SYSTEMROOT"}:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(GUARD), str(ROOT / "src")]))
    return home


def left_in(home):
    return [path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()]


def run(*words, **kwargs):
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, check=True, **kwargs
    )


def test_importing_ours_turns_it_off_and_leaves_who_wants_it_alone(bare):
    program = f"import os, helpers; print([os.environ[name] for name in {list(OFF)}])"
    assert run("-c", program).stdout.strip() == str(list(OFF.values()))
    wanted = os.environ | {"RAY_USAGE_STATS_ENABLED": "1"}
    assert "'1', '1', '0'" in run("-c", program, env=wanted).stdout


def test_annyeong_read_leaves_nothing(bare):
    done = run("-m", "helpers.cli", "read", PHOTOS / "zip-02.jpg")
    assert done.stdout.startswith("92182")
    assert left_in(bare) == []


def test_annyeong_chat_leaves_nothing(bare):
    done = run("-m", "helpers.cli", "chat", "--engine", "gru", input="안녕하세요\n\n")
    assert "안녕" in done.stdout
    assert left_in(bare) == []


def test_the_service_leaves_nothing(bare):
    with running("--part", "vision") as service:
        photo, headers = (PHOTOS / "zip-02.jpg").read_bytes(), {"Content-Type": "image/jpeg"}
        answer = service.client.post("/digits", content=photo, headers=headers)
        assert answer.json()["text"] == "92182"
    assert left_in(bare) == []


def test_a_kernel_has_it_off_whatever_the_learner_imports_first(bare):
    """A kernel inherits what `annyeong lab` hands to JupyterLab."""
    handed = run(
        "-c",
        "import json, pathlib, helpers.cli\n"
        "from helpers.course.lab import _environment\n"
        "print(json.dumps(_environment(pathlib.Path('state'), 'token')))",
    )
    run(
        "-c",
        "import onnxruntime, sys\n"
        "onnxruntime.InferenceSession(sys.argv[1])\n"
        "assert 'helpers' not in sys.modules\n",
        MODELS / "digits.onnx",
        env=json.loads(handed.stdout),
    )
    assert left_in(bare) == []
