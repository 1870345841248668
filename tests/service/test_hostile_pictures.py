"""Pictures made anew to do harm: none ends the process, takes far too much or ends in a 5xx."""

import json
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.service.deploy.process import running
from service.hostile import made_anew

FRESH = secrets.randbelow(2**32)


@pytest.mark.parametrize("seed", [0, pytest.param(FRESH, id="fresh")])
def test_no_file_ends_the_process_or_takes_much(seed):
    command = [sys.executable, "-m", "service.decoding", str(seed)]
    tests = Path(__file__).parents[1]
    run = subprocess.run(command, cwd=tests, capture_output=True, text=True, check=False)
    last = run.stderr.rstrip().rpartition("\n")[2]
    assert run.returncode == 0, f"seed {seed}: the process ended at {last!r} ({run.returncode})"
    told = json.loads(run.stdout)
    assert sum(told["outcomes"].values()) >= 500
    assert told["outcomes"].pop("decoded") >= 50
    for sentence in told["outcomes"]:
        assert sentence.endswith("."), seed
        assert "\n" not in sentence, seed
    assert told["slowest"][0] < 2, (seed, told["slowest"])
    assert told["memory"] < 300e6, (seed, told["memory"])


def test_the_service_answers_and_stays_up(tmp_path):
    print("seed", FRESH)  # shown where it fails
    some = list(made_anew(FRESH).items())[::5]  # most are read, which takes longer than decoding
    with running("--part", "vision", folder=tmp_path / "kept") as service:
        for name, data in some:
            answer = service.client.post(
                "/digits", content=data, headers={"Content-Type": "image/png"}
            )
            assert answer.status_code in (200, 413, 415, 422), (name, answer.text)
        assert service.client.get("/health").json() == {"status": "ok"}
