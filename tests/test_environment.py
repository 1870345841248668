"""pyproject.toml says what is needed; the lock and environment.yml must not say otherwise."""

import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from helpers.course import doctor
from helpers.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = {
    name: [line for line in lines if not line.startswith(PROJECT["name"])]
    for name, lines in PROJECT["optional-dependencies"].items()
}
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PYTHONS = ("3.11", "3.12", "3.13")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
WORKFLOW = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")


def requirements(lines):
    return {canonicalize_name(Requirement(line).name): Requirement(line) for line in lines}


def locked():
    """Return requirement and number of hashes of each line of the lock."""
    blocks = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.MULTILINE)
    blocks = [block for block in blocks if not block.startswith("#") and block.strip()]
    return [
        (Requirement(block.split("\\\n")[0]), len(re.findall(r"--hash=sha256:[0-9a-f]{64}", block)))
        for block in blocks
    ]


def test_environment_yml_pins_what_the_lessons_and_the_tests_need_as_the_lock_does():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *conda, pip = environment["dependencies"]
    *packages, own = pip["pip"]
    assert environment["name"] == "annyeong"
    assert conda == ["python=3.12", "pip"]
    assert own == "-e ."
    needed = [EXTRAS[extra] for extra in ("course", "service", "language", "site", "test")]
    named = {canonicalize_name(Requirement(line).name): Requirement(line) for line in packages}
    wanted = {
        canonicalize_name(Requirement(line).name): Requirement(line)
        for line in sum(needed, PROJECT["dependencies"])
    }
    pins = {canonicalize_name(pinned.name): pinned.specifier for pinned, _ in locked()}
    assert named.keys() == wanted.keys()
    for name, requirement in named.items():
        assert requirement.specifier == pins[name], name
        assert (requirement.extras, str(requirement.marker)) == (
            wanted[name].extras,
            str(wanted[name].marker),
        )


def test_lock_pins_every_line_with_hashes_and_no_address():
    assert "://" not in LOCK
    for requirement, hashes in locked():
        (pin,) = requirement.specifier
        assert pin.operator == "==", requirement
        assert hashes > 0, requirement


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("python", PYTHONS)
def test_lock_satisfies_every_requirement_everywhere(python, platform):
    here = default_environment() | {
        "python_version": python,
        "python_full_version": f"{python}.9",
        "sys_platform": platform,
    }
    pins = {
        canonicalize_name(line.name): str(line.specifier).removeprefix("==")
        for line, _ in locked()
        if line.marker is None or line.marker.evaluate(here)
    }
    for name, requirement in requirements(
        PROJECT["dependencies"] + [line for lines in EXTRAS.values() for line in lines]
    ).items():
        if requirement.marker is None or requirement.marker.evaluate(here):
            assert requirement.specifier.contains(pins[name], prereleases=True), requirement


def test_pythons_agree():
    allowed = SpecifierSet(PROJECT["requires-python"])
    minors = [minor for minor in range(8, 20) if f"3.{minor}.9" in allowed]
    assert tuple(f"3.{minor}" for minor in minors) == PYTHONS
    assert ((3, minors[0]), (3, minors[-1])) == (doctor.OLDEST, doctor.NEWEST)
    assert f"(3, {minors[0]}) <= sys.version_info < (3, {minors[-1] + 1})" in MAKEFILE
    assert f"--python-version {PYTHONS[0]}" in MAKEFILE
    assert set(re.findall(r'"(3\.\d+)"', WORKFLOW)) == set(PYTHONS)


def test_make_explains_each_of_its_commands():
    (targets,) = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    explained = re.findall(r"^([a-z-]+):.*?## \S", MAKEFILE, re.MULTILINE)
    assert sorted(explained) == sorted(targets.split())


def test_windows_is_linted_as_make_does():
    recipe = re.search(r"^lint:.*\n((?:\t.+\n)+)", MAKEFILE, re.MULTILINE)[1]
    commands = [line.strip().removeprefix("$(BIN)/") for line in recipe.splitlines()]
    assert commands
    assert [line.strip() for line in WORKFLOW.splitlines() if line.strip() in commands] == commands


def test_a_service_needs_neither_tensorflow_nor_jupyter():
    base = requirements(PROJECT["dependencies"] + EXTRAS["service"])
    assert not {"tensorflow", "keras", "jupyterlab", "ipykernel", "matplotlib"} & base.keys()


def test_the_command_starts_without_tensorflow():
    code = (
        "import sys\n"
        "from helpers.cli import main\n"
        "try:\n"
        "    main(['read', '--help'])\n"
        "except SystemExit as end:\n"
        "    assert not end.code\n"
        "heavy = {'tensorflow', 'keras', 'matplotlib', 'jupyterlab', 'jupytext'}\n"
        "print(heavy & sys.modules.keys())\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.endswith("set()\n")
