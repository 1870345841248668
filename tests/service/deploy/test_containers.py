"""The containers: compose.yaml and the Dockerfile say nothing that the service does not know."""

import re
import shutil
import subprocess

import pytest
import yaml

from helpers.paths import ROOT
from helpers.service.app import PARTS
from helpers.service.deploy.gateway import UPSTREAMS
from helpers.service.settings import Settings

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "annyeong"}
CADDYFILE = ROOT / "deploy" / "Caddyfile"


@pytest.mark.parametrize("name", OURS)
def test_each_container_runs_its_part(name):
    assert SERVICES[name]["command"] == ["--part", name]
    assert name in {*PARTS, "gateway"}


def test_the_gateway_finds_every_part_by_its_name():
    environment = SERVICES["gateway"]["environment"]
    urls = {name: environment[f"ANNYEONG_{name.upper()}_URL"] for name in UPSTREAMS}
    assert urls == {name: f"http://{name}:8000" for name in OURS if name != "gateway"}


def test_every_variable_is_a_setting():
    named = set(re.findall(r"ANNYEONG_(\w+)=", DOCKERFILE))
    for service in OURS.values():
        named |= {name.removeprefix("ANNYEONG_") for name in service["environment"]}
    assert {name.lower() for name in named} <= Settings.model_fields.keys()


def test_an_empty_token_is_no_token(monkeypatch):
    monkeypatch.setenv("ANNYEONG_TOKEN", "")
    assert Settings().token is None


def test_only_the_gateway_is_reached_from_outside_and_from_this_machine_alone():
    ports = {name: service["ports"] for name, service in OURS.items() if "ports" in service}
    assert ports == {"gateway": ["127.0.0.1:8000:8000"]}
    others = SERVICES.keys() - OURS.keys()
    assert all(SERVICES[name]["profiles"] == ["tls"] for name in others)  # which is asked for


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_takes_no_more_than_its_share_and_is_started_again(name):
    service = SERVICES[name]
    for limit in ("mem_limit", "cpus", "pids_limit"):
        assert service[limit]
    assert service["restart"] == "unless-stopped"
    assert service["init"]  # so that what ended leaves no zombie, and a signal reaches Python
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]


def test_what_is_stuck_ends_before_it_is_unhealthy_for_long():
    health = re.search(r"^HEALTHCHECK (.+)", DOCKERFILE, re.MULTILINE)[1]
    for option in ("start-period", "interval", "timeout", "retries"):
        assert f"--{option}=" in health
    for service in OURS.values():
        assert 0 < service["environment"]["ANNYEONG_STUCK_SECONDS"] <= 60


def test_the_proxy_sends_to_the_gateway_under_a_name_that_it_knows():
    caddyfile = CADDYFILE.read_text(encoding="utf-8")
    assert "reverse_proxy gateway:8000" in caddyfile
    assert "./deploy/Caddyfile:/etc/caddy/Caddyfile:ro" in SERVICES["tls"]["volumes"]
    assert SERVICES["tls"]["environment"]["DOMAIN"] == "${DOMAIN:-localhost}"
    assert SERVICES["gateway"]["environment"]["ANNYEONG_HOSTS"] == "${DOMAIN:-}"
    most = int(re.search(r"max_size (\d+)MB", caddyfile)[1]) * 1_000_000
    assert Settings().max_body_bytes < most < 1.2 * Settings().max_body_bytes
    longest = int(re.search(r"write (\d+)s", caddyfile)[1])
    assert longest > Settings().upstream_seconds > Settings().mosaic_seconds


@pytest.mark.skipif(not shutil.which("caddy"), reason="caddy is not installed")
def test_caddy_accepts_it(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    found = run("caddy", "validate", "--adapter", "caddyfile", "--config", str(CADDYFILE))
    assert found.returncode == 0, found.stderr


def packages_in(lock):
    """Return of each ``name==version ; condition`` its hashes."""
    found = {}
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            found[line.rstrip(" \\").partition(" ;")[0]] = hashes = set()
        elif "--hash=" in line:
            hashes.add(line.strip(" \\"))
    return found


def test_the_image_installs_the_files_of_the_lock_and_nothing_else():
    assert "pip install --no-cache-dir --require-hashes -r requirements-service.lock" in DOCKERFILE
    assert DOCKERFILE.count("pip install") == 1
    all_packages, service = map(packages_in, ("requirements.lock", "requirements-service.lock"))
    assert {"fastapi", "uvicorn", "onnxruntime"} <= {name.partition("==")[0] for name in service}
    assert not any(name.startswith(("tensorflow", "jupyter")) for name in service)
    for name, hashes in service.items():
        assert hashes
        assert hashes == all_packages[name]
    assert "://" not in (ROOT / "requirements-service.lock").read_text(encoding="utf-8")


def test_the_image_is_built_from_files_that_are_there():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert f"!{source}\n" in ignored, source


def test_compose_accepts_it():
    for command in (["docker", "compose"], ["docker-compose"]):
        is_there = shutil.which(command[0]) and not run(*command, "version").returncode
        if is_there:
            words = ["-f", str(ROOT / "compose.yaml"), "--profile", "tls", "config", "--quiet"]
            found = run(*command, *words)
            assert found.returncode == 0, found.stderr
            return
    pytest.skip("docker compose is not installed")


def run(*words):
    return subprocess.run(words, capture_output=True, text=True)
