"""Every line of the READMEs that gives a command works as it is printed."""

import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from helpers import __version__
from helpers.cli import main, parser
from helpers.course.source import lesson_paths, read_lesson
from helpers.paths import ROOT

READMES = {"en": "README.md", "ko": "README.ko.md"}
TEXTS = {lang: (ROOT / name).read_text(encoding="utf-8") for lang, name in READMES.items()}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def commands(text):
    """Return the commands in a text, those of its blocks and those within a line."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    lines = [line for kind, block in blocks if not kind for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S))
    programs = re.compile(r"(\./)?(annyeong|make|conda|pip|uv|curl)\b")
    return [shlex.split(line, comments=True) for line in lines if programs.match(line)]


def own(text):
    """Return the words after `annyeong` of each command that has some."""
    found = []
    for words in commands(text):
        places = [place for place, word in enumerate(words[:-1]) if word.endswith("annyeong")]
        if places and words[places[-1] + 1] != "--live-stream":  # conda's, with its environment
            found.append(words[places[-1] + 1 :])
    return found


@pytest.mark.parametrize("lang", READMES)
def test_each_command_of_ours_is_understood(lang, capsys):
    assert len(own(TEXTS[lang])) >= 10
    for words in own(TEXTS[lang]):
        assert parser().parse_args(words).run, words


def test_both_languages_give_the_same_commands():
    ours, theirs = ([[w for w in words if w not in ("--lang", "ko")] for words in own(text)]
                    for text in TEXTS.values())  # fmt: skip
    assert sorted(ours) == sorted(theirs)


@pytest.mark.parametrize("lang", READMES)
def test_each_goal_of_make_is_there(lang):
    goals = {words[1] for words in commands(TEXTS[lang]) if words[0] == "make" and words[1:]}
    assert goals
    assert {goal for goal in goals if not re.search(rf"^{goal}:", MAKEFILE, re.M)} == set()


@pytest.mark.parametrize("lang", READMES)
def test_the_reading_of_a_photo_works_as_printed(lang, monkeypatch, capsys, tmp_path):
    (words,) = [words for words in own(TEXTS[lang]) if words[0] == "read"]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").symlink_to(ROOT / "data", target_is_directory=True)
    assert main(words) == 0
    assert (tmp_path / "reading.png").is_file()
    code = re.search(r"^```python\n(.*?)^```$", TEXTS[lang], re.M | re.S)[1]
    names = {}
    exec(code, names)
    assert "".join(str(digit.value) for digit in names["digits"]) in capsys.readouterr().out


@pytest.mark.parametrize("lang", READMES)
def test_the_table_of_lessons_has_each_lesson_with_its_minutes(lang):
    rows = re.findall(rf"\]\(notebooks/{lang}/(.+?)\.ipynb\).* (\d+) \|$", TEXTS[lang], re.M)
    lessons = [read_lesson(path) for path in lesson_paths()]
    assert rows == [(lesson.name, str(lesson.minutes)) for lesson in lessons]


@pytest.mark.skipif(os.name == "nt", reason="a script of the shell")
def test_the_command_of_the_checkout_runs_that_of_its_environment(tmp_path):
    shutil.copy(ROOT / "annyeong", tmp_path)
    run = subprocess.run([tmp_path / "annyeong"], capture_output=True, text=True)
    assert (run.returncode, run.stderr.count("\n")) == (1, 1)
    assert "make lab" in run.stderr
    (tmp_path / ".venv/bin").mkdir(parents=True)
    command = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m helpers.cli "$@"\n'
    (tmp_path / ".venv/bin/annyeong").write_text(command)
    (tmp_path / ".venv/bin/annyeong").chmod(0o755)
    run = subprocess.run(["./annyeong", "--version"], cwd=tmp_path, capture_output=True, text=True)
    assert run.stdout == f"annyeong {__version__}\n"
