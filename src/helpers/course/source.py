"""A lesson's source: one Markdown file, Korean and English side by side, code once.

A lesson is a jupytext Markdown notebook. Prose stands twice, English then Korean, in
regions that carry ``lang``; code stands once, in fenced blocks that may carry tags:

``exercise``
    What the learner fills in, with ``...`` for the blanks. It may use nothing but the
    lesson's first code cell and its own lines, so that it can be judged alone.
``check`` (after it)
    Hands the learner's answer to its check from `helpers.course.checks`.
``solution`` (after that)
    One right answer, which the notebook shows folded.
``alternative``, ``mistake``, ``equivalent`` (after that)
    What the notebook leaves out and the tests hand to the check: right answers written in
    another way, typical wrong ones, and, in a raw block of YAML, the changes to the solution
    that leave it right: ``"the changed line": why``.

``claim``
    Asserts and nothing else: what the prose says, held true. The notebook folds it. When it
    fails on an edited lesson, the cells after it still run.
``fold``
    Code that only draws: the notebook folds it and shows its picture.

A raw block tagged ``quiz`` holds the quiz as YAML. A block that draws a picture says what
is to be seen in ``alt_en`` and ``alt_ko``.
"""

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import jupytext
import yaml

from helpers.paths import LESSONS, NOTEBOOKS, ROOT
from helpers.reader import LANGUAGES

LONGEST_CELL = 25
WIDEST_LINE = 90  # more does not fit into the page beside JupyterLab's file list
FEWEST_QUESTIONS = 5
FEWEST_MISTAKES = 3
FEWEST_ALTERNATIVES = 2


@dataclass(frozen=True)
class Cell:
    """One cell of a lesson: its kind, its text and the line where the text begins."""

    kind: str  # "markdown", "code" or "raw", as in a notebook
    source: str
    line: int
    tags: tuple[str, ...] = ()
    lang: str | None = None
    alt: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Lesson:
    """A lesson: where it lies and its cells in order."""

    path: Path
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """The file's name without its suffix, ``"02-feature-maps"``."""
        return self.path.stem

    def tagged(self, tag: str) -> list[Cell]:
        """Return the cells that carry `tag`, in order."""
        return [cell for cell in self.cells if tag in cell.tags]

    @property
    def quiz(self) -> list[dict]:
        """The questions of the lesson's quiz; see `helpers.course.quiz`."""
        return [
            question for cell in self.tagged("quiz") for question in yaml.safe_load(cell.source)
        ]


@dataclass(frozen=True, order=True)
class Fault:
    """Something in a lesson that must be mended, with its file and line."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        path = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{path.as_posix()}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Exercise:
    """An exercise as the source has it, with the answers that the tests try its check on."""

    blank: Cell
    check: Cell | None
    solution: Cell | None
    alternatives: tuple[Cell, ...]
    mistakes: tuple[Cell, ...]
    equivalents: dict[str, str]  # a changed line of the solution that is right too: why


def lesson_paths(names: list[str] | None = None) -> list[Path]:
    """Return the lessons' paths in order; `names` picks some, by number or by name.

    Raises
    ------
    ValueError
        If a name fits no lesson.
    """
    paths = sorted(LESSONS.glob("[0-9][0-9]-*.md"))
    if not names:
        return paths
    for name in names:
        if not any(_fits(path, name) for path in paths):
            known = ", ".join(path.stem for path in paths)
            raise ValueError(f"no lesson is called {name!r}; there are: {known}")
    return [path for path in paths if any(_fits(path, name) for name in names)]


def _fits(path: Path, name: str) -> bool:
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
    text = path.read_text(encoding="utf-8")
    cells, position = [], 0
    for cell in jupytext.reads(text, fmt="md:markdown").cells:
        # Whole lines, since a short cell such as `image` may also stand in a fence's text.
        lines = re.compile(rf"^{re.escape(cell.source)}$", re.MULTILINE)
        position = found.start() if (found := lines.search(text, position)) else position
        cells.append(
            Cell(
                kind=cell.cell_type,
                source=cell.source,
                line=text.count("\n", 0, position) + 1,
                tags=tuple(cell.metadata.get("tags", ())),
                lang=cell.metadata.get("lang"),
                alt={
                    lang: cell.metadata[f"alt_{lang}"]
                    for lang in LANGUAGES
                    if f"alt_{lang}" in cell.metadata
                },
            )
        )
        position += len(cell.source)
    return Lesson(path, tuple(cells))


def exercises(lesson: Lesson) -> list[Exercise]:
    """Return the exercises of a lesson, each with the cells that belong to it."""
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
                    for line, why in yaml.safe_load(other.source).items()
                },
            )
        )
    return found


def find_faults(lesson: Lesson) -> list[Fault]:
    """Return everything that must be mended in a lesson, in the order of its lines."""
    found = [
        *_prose_faults(lesson),
        *_heading_faults(lesson),
        *_code_faults(lesson),
        *_claim_faults(lesson),
        *_exercise_faults(lesson),
        *_quiz_faults(lesson),
        *_picture_faults(lesson),
        *_link_faults(lesson),
    ]
    return sorted(Fault(lesson.path, line, message) for line, message in found)


_Faults = Iterator[tuple[int, str]]


def _prose(lesson: Lesson) -> list[Cell]:
    return [cell for cell in lesson.cells if cell.kind == "markdown"]


def _prose_faults(lesson: Lesson) -> _Faults:
    """Each English cell is followed at once by its Korean twin."""
    langs = [cell.lang if cell.source.strip() else None for cell in lesson.cells]
    for before, cell, after in zip([None, *langs], lesson.cells, [*langs[1:], None], strict=False):
        if cell.kind != "markdown":
            if cell.lang:
                yield cell.line, "code in one language; it stands once, for both"
        elif cell.lang not in LANGUAGES:
            yield cell.line, "prose outside a region with lang"
        elif cell.lang == "en" and after != "ko":
            yield cell.line, "English prose without its Korean"
        elif cell.lang == "ko" and before != "en":
            yield cell.line, "Korean prose without its English"


# In a list a block is indented; it ends with as many marks as it began with, or more.
_FENCE = re.compile(r"^ *(`{3,}|~{3,})[^`\n]*\n.*?(^ *\1[`~]* *$|\Z)", re.MULTILINE | re.DOTALL)
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)[^\n]+?(?<!`)\1(?!`)")
_HEADING = re.compile(r"^(#{1,6}) +(.+?)\s*$", re.MULTILINE)


def _without_code(text: str) -> str:
    """Blank fenced blocks and code spans, keeping the lines where they are."""
    text = _FENCE.sub(lambda found: "\n" * found[0].count("\n"), text)
    return _CODE_SPAN.sub("", text)


def _headings(cell: Cell) -> list[tuple[int, int, str]]:
    """Return line, level and text of each heading in a cell."""
    text = _FENCE.sub(lambda found: "\n" * found[0].count("\n"), cell.source)
    return [(_line(cell, text, m.start()), len(m[1]), m[2]) for m in _HEADING.finditer(text)]


def _line(cell: Cell, text: str, position: int) -> int:
    return cell.line + text.count("\n", 0, position)


def _heading_faults(lesson: Lesson) -> _Faults:
    """One title, no level skipped, the same levels in both languages."""
    prose = _prose(lesson)
    for english, korean in pairwise(prose):
        if (english.lang, korean.lang) == ("en", "ko"):
            levels = [[level for _, level, _ in _headings(cell)] for cell in (english, korean)]
            if levels[0] != levels[1]:
                yield korean.line, "headings differ from the English ones in number or level"
    for lang in LANGUAGES:
        headings = [h for cell in prose if cell.lang == lang for h in _headings(cell)]
        if not headings or headings[0][1] != 1:
            yield 1, f"no title: the {lang} prose must begin with a heading of level 1"
        for (_, above, _), (line, level, text) in pairwise(headings):
            if level == 1 or level > above + 1:
                yield line, f"heading {text!r} has level {level} after level {above}"


def _code_faults(lesson: Lesson) -> _Faults:
    for cell in lesson.cells:
        if cell.kind != "code":
            continue
        lines = cell.source.split("\n")
        if len(lines) > LONGEST_CELL:
            yield cell.line, f"a cell of {len(lines)} lines; {LONGEST_CELL} is the most"
        for number, line in enumerate(lines, cell.line):
            if len(line) > WIDEST_LINE:
                yield number, f"a line of {len(line)} characters; {WIDEST_LINE} is the most"
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            number = cell.line + (error.lineno or 1) - 1
            yield number, f"not Python, or a shell or magic command: {error.msg}"


def _claim_faults(lesson: Lesson) -> _Faults:
    """Find claims that do more than assert: that make a name a later cell could need."""
    for cell in lesson.tagged("claim"):
        with suppress(SyntaxError):  # which is a fault of its own
            for node in ast.parse(cell.source).body:
                if not isinstance(node, ast.Assert):
                    yield cell.line + node.lineno - 1, "a claim holds asserts and nothing else"


def _exercise_faults(lesson: Lesson) -> _Faults:
    for exercise in exercises(lesson):
        line = exercise.blank.line
        if "..." not in exercise.blank.source:
            yield line, "an exercise without a blank (...)"
        if exercise.check is None:
            yield line, "an exercise without a check in the cell after it"
        if exercise.solution is None:
            yield line, "an exercise without a solution"
        if len(exercise.mistakes) < FEWEST_MISTAKES:
            yield (
                line,
                f"an exercise with fewer than {FEWEST_MISTAKES} mistakes to try its check on",
            )
        if len(exercise.alternatives) < FEWEST_ALTERNATIVES:
            yield (
                line,
                f"an exercise with fewer than {FEWEST_ALTERNATIVES} right answers written "
                "otherwise (alternative) to try its check on",
            )
    if len(exercises(lesson)) < 2:
        yield 1, "fewer than two exercises"


def _quiz_faults(lesson: Lesson) -> _Faults:
    cells = lesson.tagged("quiz")
    if len(cells) != 1:
        yield 1, f"{len(cells)} quizzes; a lesson has one"
        return
    line = cells[0].line
    try:
        questions = yaml.safe_load(cells[0].source)
    except yaml.MarkedYAMLError as error:
        yield line + error.problem_mark.line, f"the quiz is not YAML: {error.problem}"
        return
    if not isinstance(questions, list):
        yield line, "the quiz is not a list of questions"
        return
    if len(questions) < FEWEST_QUESTIONS:
        yield line, f"a quiz of {len(questions)} questions; {FEWEST_QUESTIONS} is the least"
    nodes = yaml.compose(cells[0].source).value
    for number, (question, node) in enumerate(zip(questions, nodes, strict=True), 1):
        for fault in _question_faults(question):
            yield line + node.start_mark.line, f"quiz question {number}: {fault}"


def _question_faults(question: dict) -> Iterator[str]:
    choices = question.get("choices") if isinstance(question, dict) else None
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        yield "it needs a question and choices"
        return
    texts = [question.get("question"), *choices, *(choice.get("because") for choice in choices)]
    if not all(map(_in_each_language, texts)):
        yield "a question, a choice or the reason behind it is not a text in each language"
    if len(choices) < 2 or sum(bool(choice.get("right")) for choice in choices) != 1:
        yield "it needs two choices or more, just one of them right"


def _in_each_language(text) -> bool:
    wordings = [text.get(lang) for lang in LANGUAGES] if isinstance(text, dict) else [None]
    return all(isinstance(wording, str) and wording.strip() for wording in wordings)


def _picture_faults(lesson: Lesson) -> _Faults:
    for cell in _prose(lesson):
        text = _without_code(cell.source)
        for picture in re.finditer(r"!\[\s*\]\(|<img(?![^>]*\balt=\"[^\"]+\")[^>]*>", text):
            yield _line(cell, text, picture.start()), "a picture without alternative text"
    for cell in lesson.cells:
        if cell.alt and not all(map(cell.alt.get, LANGUAGES)):
            yield cell.line, "alternative text in one language only"


def _link_faults(lesson: Lesson) -> _Faults:
    """Links are written as they stand in the notebook, beside the other lessons."""
    for cell in _prose(lesson):
        if cell.lang not in LANGUAGES:
            continue
        text = _without_code(cell.source)
        for link in re.finditer(r"\]\(<?([^)>\s]+)|(?:src|href)=\"([^\"]+)\"", text):
            target = link[1] or link[2]
            if not re.match(r"[a-z]+:", target) and not _leads_somewhere(lesson, cell, target):
                yield _line(cell, text, link.start()), f"the link {target!r} leads nowhere"


def _leads_somewhere(lesson: Lesson, cell: Cell, target: str) -> bool:
    file, _, anchor = unquote(target).partition("#")
    if file and not (file.endswith(".ipynb") and "/" not in file):
        # Resolved, since the folder of the notebooks is not there before the first build.
        return not file.startswith("/") and (NOTEBOOKS / cell.lang / file).resolve().exists()
    if file:
        path = (LESSONS / file).with_suffix(".md")
        if not path.is_file():
            return False
        lesson = read_lesson(path)
    return not anchor or anchor in _anchors(lesson, cell.lang)


def _anchors(lesson: Lesson, lang: str) -> set[str]:
    """Return the anchors that JupyterLab gives to the headings: their text, with hyphens."""
    headings = [text for c in _prose(lesson) if c.lang == lang for _, _, text in _headings(c)]
    return {re.sub(r"[`*]", "", text).replace(" ", "-") for text in headings}
