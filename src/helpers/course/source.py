"""The source of a lesson: one Markdown file with English and Korean side by side and code once.

A lesson is a jupytext Markdown notebook. Prose is written twice, English then Korean, in
regions that carry ``lang``. Code is written once, in fenced blocks that may carry tags:

``exercise``
    What the learner fills in, with ``...`` for the blanks. It may use only the lesson's first
    code cell and its own lines, so that it can be judged alone.
``check`` (after it)
    Gives the learner's answer to its check from `helpers.course.checks`.
``solution`` (after that)
    One right answer. The notebook shows it folded.
``alternative``, ``mistake``, ``equivalent`` (after that)
    Left out of the notebook; the tests give them to the check: right answers written in
    another way, typical wrong ones, and, in a raw block of YAML, the changes to the solution
    that leave it right: ``"the changed line": why``.

``claim``
    Asserts and nothing else: what the prose says, held true. The notebook folds it. When it
    fails on an edited lesson, the cells after it still run.
``fold``
    Code that only draws: the notebook folds it and shows its picture.

A raw block tagged ``quiz`` holds the quiz as YAML. A block that draws a picture describes it
in ``alt_en`` and ``alt_ko``. `helpers.course.lint` reports where a lesson breaks these rules.
"""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from helpers.paths import LESSONS
from helpers.reader import LANGUAGES, say

YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast


@dataclass(frozen=True)
class Cell:
    """One cell of a lesson: its kind, its text and the line of the file where the text begins."""

    kind: str  # "markdown", "code" or "raw", as in a notebook
    source: str
    line: int
    tags: tuple[str, ...] = ()
    lang: str | None = None
    alt: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Lesson:
    """A lesson: the path of its file and its cells in order."""

    path: Path
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """The file's name without its suffix, ``"02-feature-maps"``."""
        return self.path.stem

    def tagged(self, tag: str) -> list[Cell]:
        """Return the cells that have `tag`, in order."""
        return [cell for cell in self.cells if tag in cell.tags]

    def title(self, lang: str) -> str:
        """Return the heading of the whole lesson in a language; its name if it has none."""
        found = re.search(r"^# (.+?)\s*$", self._prose(lang), re.MULTILINE)
        return found[1] if found else self.name

    @property
    def minutes(self) -> int | None:
        """How long the lesson says it takes; None if it does not say."""
        found = re.search(r"(\d+) minutes", self._prose("en"))
        return int(found[1]) if found else None

    def _prose(self, lang: str) -> str:
        return "\n".join(c.source for c in self.cells if c.kind == "markdown" and c.lang == lang)

    @property
    def quiz(self) -> list[dict[str, Any]]:
        """The questions of the lesson's quiz; see `helpers.course.quiz`."""
        return [
            question for cell in self.tagged("quiz") for question in yaml.load(cell.source, YAML)
        ]


@dataclass(frozen=True)
class Exercise:
    """An exercise in the source, with the answers that the tests give to its check."""

    blank: Cell
    check: Cell | None
    solution: Cell | None
    alternatives: tuple[Cell, ...]
    mistakes: tuple[Cell, ...]
    equivalents: dict[str, str]  # changed line of the solution that is still right -> why


def lesson_paths(names: list[str] | None = None) -> list[Path]:
    """Return the paths of the lessons in order; `names` selects some, by number or by name.

    Raises
    ------
    ValueError
        If no lesson has one of the names.
    """
    paths = sorted(LESSONS.glob("[0-9][0-9]-*.md"))
    if not names:
        return paths
    for name in names:
        if not any(_is_named(path, name) for path in paths):
            known = ", ".join(path.stem for path in paths)
            raise ValueError(
                say(
                    en=f"no lesson is called {name!r}; there are: {known}",
                    ko=f"{name!r}(이)라는 수업은 없습니다. 있는 수업: {known}",
                )
            )
    return [path for path in paths if any(_is_named(path, name) for name in names)]


def _is_named(path: Path, name: str) -> bool:
    stem = Path(name).stem
    return stem == path.stem or (stem.isdigit() and stem.zfill(2) == path.stem[:2])


def read_lesson(path: str | Path) -> Lesson:
    """Read the lesson at `path`.

    Examples
    --------
    >>> lesson = read_lesson(LESSONS / "02-feature-maps.md")
    >>> lesson.name, lesson.cells[0].lang
    ('02-feature-maps', 'en')
    """
    path = Path(path)
    return Lesson(path, _cells(path.read_text(encoding="utf-8")))


# The three forms of a cell in jupytext's Markdown: prose, raw text and code.
_CELL = re.compile(
    r"^<!-- #(?P<form>region|raw)(?P<about>.*) -->\n(?P<text>(?s:.*?))^<!-- #end(?P=form) -->$"
    r"|^```(?P<language>\w+)(?P<options>.*)\n(?P<code>(?s:.*?))^```$",
    re.MULTILINE,
)
_OPTION = re.compile(r"""(\w+)=("(?:[^"\\]|\\.)*"|\[[^]]*\])""")
_FRONT_MATTER = re.compile(r"---\n(?s:.*?)^---$", re.MULTILINE)


@cache
def _cells(text: str) -> tuple[Cell, ...]:
    """Return the cells of a lesson's text, as `jupytext.reads` would: that takes 2 s to import."""
    cells = []

    def add(kind: str, begin: int, end: int, options: str = "", magic: str = "") -> None:
        source = text[begin:end]
        begin += len(source) - len(source.lstrip("\n"))
        found = {name: json.loads(value) for name, value in _OPTION.findall(options)}
        alt = {lang: found[f"alt_{lang}"] for lang in LANGUAGES if f"alt_{lang}" in found}
        line = text.count("\n", 0, begin) + 1
        tags, lang = tuple(found.get("tags", ())), found.get("lang")
        cells.append(Cell(kind, magic + source.strip("\n"), line, tags, lang, alt))

    header = _FRONT_MATTER.match(text)
    position = header.end() if header else 0
    for found in [*_CELL.finditer(text, position), None]:
        begin = found.start() if found else len(text)
        if text[position:begin].strip():
            add("markdown", position, begin)
        if not found:
            break
        if found["form"]:
            kind = "markdown" if found["form"] == "region" else "raw"
            add(kind, *found.span("text"), found["about"])
        else:
            other = found["language"] != "python"
            add("code", *found.span("code"), found["options"], f"%%{found['language']}\n" * other)
        position = found.end()
    return tuple(cells)


def exercises(lesson: Lesson) -> list[Exercise]:
    """Return the exercises of a lesson, each with its own cells."""
    found = []
    cells = [cell for cell in lesson.cells if cell.kind != "markdown"]
    for start, cell in enumerate(cells):
        if "exercise" not in cell.tags:
            continue
        rest = cells[start + 1 :]
        end = next((i for i, other in enumerate(rest) if "exercise" in other.tags), len(rest))
        own = {
            tag: tuple(other for other in rest[:end] if tag in other.tags)
            for tag in ("solution", "alternative", "mistake", "equivalent")
        }
        found.append(
            Exercise(
                blank=cell,
                check=rest[0] if rest and "check" in rest[0].tags else None,
                solution=own["solution"][0] if own["solution"] else None,
                alternatives=own["alternative"],
                mistakes=own["mistake"],
                equivalents={
                    line: why
                    for other in own["equivalent"]
                    for line, why in yaml.load(other.source, YAML).items()
                },
            )
        )
    return found


def unbroken(text: str) -> str:
    r"""Return Markdown in which no sign begins a line, and no number stands alone on one.

    Examples
    --------
    >>> unbroken("90 %, 6 × 6, a = [n](n.md) − 1 (lesson 05), but `90 % 7`")
    '90\xa0%, 6\xa0×\xa06, a\xa0=\xa0[n](n.md)\xa0−\xa01 (lesson\xa005), but `90 % 7`'
    """
    return _SIGN.sub(
        lambda found: found[0] if found["kept"] else found[0].replace(" ", "\N{NO-BREAK SPACE}"),
        text,
    )


# Code, mathematics and headings, whose names are in links, are kept as they are.
_SIGN = re.compile(
    r"(?P<kept>^#[^\n]*|```.*?```|`[^`]*`|\$[^$]*\$)"
    r"|(?<=\d) %|(?<=[\d)]) / (?=[\d(])|(?<=[\w)*]) [−×≈=+] (?=[\w(*−√\[])"
    r"|(?<=\b[Ll]esson) (?=\d)|(?<=\b[Ss]ection) (?=\d)",
    re.DOTALL | re.MULTILINE,
)
