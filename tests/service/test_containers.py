"""The containers: compose.yaml and the Dockerfile say nothing that the service does not know."""

import re
import shutil
import subprocess

import pytest
import yaml

from helpers.paths import ROOT
from helpers.service.app import PARTS
from helpers.service.gateway import create_gateway
from helpers.service.settings import Settings

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
SERVICES = COMPOSE["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_each_container_runs_its_part(name):
    assert SERVICES[name]["command"] == ["--part", name]
    assert name in {*PARTS, "gateway"}


def test_the_gateway_finds_every_part_by_its_name():
    upstreams = create_gateway(Settings()).state.upstreams
    urls = {
        name: SERVICES["gateway"]["environment"][f"ANNYEONG_{name.upper()}_URL"]
        for name in upstreams
    }
    assert urls == {name: f"http://{name}:8000" for name in SERVICES if name != "gateway"}


def test_every_variable_is_a_setting():
    named = set(re.findall(r"ANNYEONG_(\w+)=", DOCKERFILE))
    for service in SERVICES.values():
        named |= {name.removeprefix("ANNYEONG_") for name in service["environment"]}
    assert {name.lower() for name in named} <= Settings.model_fields.keys()


def test_an_empty_token_is_no_token(monkeypatch):
    monkeypatch.setenv("ANNYEONG_TOKEN", "")
    assert Settings().token is None


def test_only_the_gateway_is_reached_from_outside_and_from_this_machine_alone():
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"gateway": ["127.0.0.1:8000:8000"]}


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
            found = run(*command, "-f", str(ROOT / "compose.yaml"), "config", "--quiet")
            assert found.returncode == 0, found.stderr
            return
    pytest.skip("docker compose is not installed")


def run(*words):
    return subprocess.run(words, capture_output=True, text=True)
