"""Binder, a devcontainer and a release install what everybody else does."""

import json
import os
import re
import stat

import pytest
import test_readme
import yaml
from packaging.requirements import Requirement
from test_environment import EXTRAS

from helpers import __version__
from helpers.cli import parser
from helpers.paths import ROOT

DOCS = {lang: (ROOT / f"docs/elsewhere{end}.md").read_text(encoding="utf-8")
        for lang, end in {"en": "", "ko": ".ko"}.items()}  # fmt: skip
DEVCONTAINER = ROOT / ".devcontainer"
POST_BUILD = ROOT / "binder/postBuild"


def pips(path):
    """Return what an environment takes from conda, and what from PyPI by its name."""
    *conda, pip = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))["dependencies"]
    packages = [line for line in pip["pip"] if line != "-e ."]
    return conda, {Requirement(line).name: line for line in packages}


def test_binder_has_the_packages_of_environment_yml_that_a_learner_needs():
    conda, packages = pips("environment.yml")
    needed_to_build = {"hatchling", "editables"}
    for_others = {Requirement(line).name for line in EXTRAS["test"] + EXTRAS["site"]}
    others = for_others - needed_to_build
    wanted = {name: line for name, line in packages.items() if name not in others}
    assert pips("binder/environment.yml") == (conda, wanted)


def test_binder_runs_commands_that_there_are():
    text = POST_BUILD.read_text(encoding="utf-8")
    assert text.startswith("#!/bin/bash\n")
    if os.name == "posix":
        assert POST_BUILD.stat().st_mode & stat.S_IXUSR
    commands = re.findall(r"^\s*annyeong (.+)$", text, re.MULTILINE)
    assert commands
    for command in commands:
        parser().parse_args(command.replace('"$lang"', "ko").split())  # else SystemExit


def test_the_devcontainer_sets_the_course_up_as_make_does():
    container = json.loads((DEVCONTAINER / "devcontainer.json").read_text(encoding="utf-8"))
    target = container["postCreateCommand"].removeprefix("make ")
    assert f"READY = {target}\n" in (ROOT / "Makefile").read_text(encoding="utf-8")
    python = container["image"].rpartition(":")[2]
    assert f"python={python}" in pips("environment.yml")[0]
    assert str(8888) in container["portsAttributes"]


@pytest.mark.parametrize(
    ("name", "origin", "is_allowed"),
    [
        ("happy-zebra-1", "https://happy-zebra-1-8888.app.github.dev", True),
        ("happy-zebra-1", "https://sad-zebra-2-8888.app.github.dev", False),
        ("happy-zebra-1", "https://happy-zebra-1-8888.app.github.dev.evil.org", False),
        (None, "https://happy-zebra-1-8888.app.github.dev", False),
    ],
)
def test_in_a_codespace_its_own_address_may_ask_jupyterlab(name, origin, is_allowed, monkeypatch):
    from traitlets.config import Config, PyFileConfigLoader

    monkeypatch.delenv("GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN", raising=False)
    if name:
        monkeypatch.setenv("CODESPACE_NAME", name)
    else:
        monkeypatch.delenv("CODESPACE_NAME", raising=False)
    loaded = PyFileConfigLoader("jupyter_lab_config.py", path=str(DEVCONTAINER)).load_config()
    assert isinstance(loaded, Config)
    pattern = loaded.get("ServerApp", {}).get("allow_origin_pat")
    assert bool(pattern and re.match(pattern, origin)) == is_allowed


def test_a_release_is_tested_and_then_built_by_make():
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))
    jobs = workflow["jobs"]
    assert jobs["test"]["uses"] == "./.github/workflows/test.yml"
    assert jobs["release"]["needs"] == "test"
    steps = [step.get("run", "") for step in jobs["release"]["steps"]]
    assert any(step.startswith("make dist") for step in steps)
    assert any("tests/release.py" in step for step in steps)
    tests = (ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8")
    assert "workflow_call:" in tests


@pytest.mark.parametrize("lang", DOCS)
def test_each_command_of_ours_is_understood(lang):
    commands = test_readme.own(DOCS[lang].replace("sudo -E ", ""))
    assert {"lab", "hub", "reset", "doctor", "build"} <= {words[0] for words in commands}
    for words in commands:
        assert parser().parse_args([word for word in words if word != "&&"]).run


@pytest.mark.parametrize("text", [*DOCS.values(), *test_readme.TEXTS.values()])
def test_the_wheel_that_is_named_is_the_one_that_is_built(text):
    names = set(re.findall(r"annyeong_deep_learning-[\w.-]+\.whl", text))
    assert names == {f"annyeong_deep_learning-{__version__}-py3-none-any.whl"}


@pytest.mark.parametrize("lang", DOCS)
def test_links_lead_to_headings(lang):
    headings = re.findall(r"^## (.+)$", DOCS[lang], re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    links = re.findall(r"\]\(#(.+?)\)", DOCS[lang])
    assert links
    assert set(links) <= anchors


def test_both_languages_say_as_much():
    shapes = [re.findall(r"^(## |- |```|\| )", text, re.MULTILINE) for text in DOCS.values()]
    assert shapes[0] == shapes[1]
