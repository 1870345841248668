"""Find the faults of a lesson: what its source must have and what it must not.

`helpers.course.source` says how a lesson is written.
"""

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

from helpers.course.glossary import anchor, unexplained
from helpers.course.source import YAML, Cell, Lesson, exercises, read_lesson
from helpers.paths import NOTEBOOKS, ROOT
from helpers.reader import LANGUAGES

MAX_CELL_LINES = 25  # what a learner takes in at one look
MAX_LINE_WIDTH = 90  # longer lines do not fit into the page beside JupyterLab's file list
MIN_EXERCISES = 2
MIN_MISTAKES = 3  # an exercise with fewer has not been tried on what learners do
MIN_ALTERNATIVES = 2  # a check with fewer may accept one spelling of the answer only
MIN_QUESTIONS = 5


@dataclass(frozen=True, order=True)
class Fault:
    """Something in a lesson that must be fixed, with its file and line."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        path = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{path.as_posix()}:{self.line}: {self.message}"


_Faults = Iterator[tuple[int, str]]  # line, message


def find_faults(lesson: Lesson) -> list[Fault]:
    """Return every fault of a lesson, in the order of its lines.

    Examples
    --------
    >>> cell = Cell(kind="code", source="!ls", line=7)
    >>> [str(fault) for fault in find_faults(Lesson(Path("99-tiny.md"), (cell,)))][-1]
    '99-tiny.md:7: not Python, or a shell or magic command: invalid syntax'
    """
    found = [
        *_prose_faults(lesson),
        *_heading_faults(lesson),
        *_code_faults(lesson),
        *_claim_faults(lesson),
        *_exercise_faults(lesson),
        *_quiz_faults(lesson),
        *_picture_faults(lesson),
        *_link_faults(lesson),
        *_term_faults(lesson),
    ]
    return sorted(Fault(lesson.path, line, message) for line, message in found)


def _prose_faults(lesson: Lesson) -> _Faults:
    """Every English cell is followed at once by the same in Korean."""
    langs = [cell.lang if cell.source.strip() else None for cell in lesson.cells]
    for before, cell, after in zip([None, *langs], lesson.cells, [*langs[1:], None], strict=False):
        if cell.kind != "markdown":
            if cell.lang:
                yield cell.line, "code in one language; it is written once, for both"
        elif cell.lang not in LANGUAGES:
            yield cell.line, "prose outside a region with lang"
        elif cell.lang == "en" and after != "ko":
            yield cell.line, "English prose without its Korean"
        elif cell.lang == "ko" and before != "en":
            yield cell.line, "Korean prose without its English"


def _heading_faults(lesson: Lesson) -> _Faults:
    """There is one title, no level is skipped, and both languages have the same levels."""
    prose = _prose(lesson)
    for english, korean in pairwise(prose):
        if (english.lang, korean.lang) == ("en", "ko"):
            levels = [[level for _, level, _ in _headings(cell)] for cell in (english, korean)]
            if levels[0] != levels[1]:
                yield korean.line, "headings differ from the English ones in number or level"
    for lang in LANGUAGES:
        headings = [h for cell in prose if cell.lang == lang for h in _headings(cell)]
        if not headings or headings[0][1] != 1:
            yield 1, f"no title: the {lang} prose must start with a heading of level 1"
        for (_, above, _), (line, level, text) in pairwise(headings):
            if level == 1 or level > above + 1:
                yield line, f"heading {text!r} has level {level} after level {above}"


def _code_faults(lesson: Lesson) -> _Faults:
    for cell in lesson.cells:
        if cell.kind != "code":
            continue
        lines = cell.source.split("\n")
        if len(lines) > MAX_CELL_LINES:
            yield cell.line, f"a cell of {len(lines)} lines; the maximum is {MAX_CELL_LINES}"
        for number, line in enumerate(lines, cell.line):
            if len(line) > MAX_LINE_WIDTH:
                yield (
                    number,
                    f"a line of {len(line)} characters; the maximum is {MAX_LINE_WIDTH}",
                )
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
    found = exercises(lesson)
    for exercise in found:
        line = exercise.blank.line
        if "..." not in exercise.blank.source:
            yield line, "an exercise without a blank (...)"
        if exercise.check is None:
            yield line, "an exercise without a check in the next cell"
        if exercise.solution is None:
            yield line, "an exercise without a solution"
        if len(exercise.mistakes) < MIN_MISTAKES:
            yield line, f"an exercise with fewer than {MIN_MISTAKES} mistakes (mistake)"
        if len(exercise.alternatives) < MIN_ALTERNATIVES:
            yield (
                line,
                f"an exercise with fewer than {MIN_ALTERNATIVES} right answers written in "
                "another way (alternative)",
            )
    if len(found) < MIN_EXERCISES:
        yield 1, f"fewer than {MIN_EXERCISES} exercises"


def _quiz_faults(lesson: Lesson) -> _Faults:
    cells = lesson.tagged("quiz")
    if len(cells) != 1:
        yield 1, f"{len(cells)} quizzes; a lesson has one"
        return
    line = cells[0].line
    try:
        questions = yaml.load(cells[0].source, YAML)
    except yaml.MarkedYAMLError as error:
        yield line + error.problem_mark.line, f"the quiz is not YAML: {error.problem}"
        return
    if not isinstance(questions, list):
        yield line, "the quiz is not a list of questions"
        return
    if len(questions) < MIN_QUESTIONS:
        yield line, f"a quiz of {len(questions)} questions; the minimum is {MIN_QUESTIONS}"
    nodes = yaml.compose(cells[0].source, YAML).value
    for number, (question, node) in enumerate(zip(questions, nodes, strict=True), 1):
        for fault in _question_faults(question):
            yield line + node.start_mark.line, f"quiz question {number}: {fault}"


def _question_faults(question: Any) -> Iterator[str]:
    choices = question.get("choices") if isinstance(question, dict) else None
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        yield "it needs a question and choices"
        return
    texts = [question.get("question"), *choices, *(choice.get("because") for choice in choices)]
    if not all(map(_is_in_each_language, texts)):
        yield "a question, a choice or a reason is not a text in each language"
    if len(choices) < 2 or sum(bool(choice.get("right")) for choice in choices) != 1:
        yield "it needs at least two choices, exactly one of them right"


def _is_in_each_language(text: Any) -> bool:
    wordings = [text.get(lang) for lang in LANGUAGES] if isinstance(text, dict) else [None]
    return all(isinstance(wording, str) and wording.strip() for wording in wordings)


def _picture_faults(lesson: Lesson) -> _Faults:
    for cell in _prose(lesson):
        text = _without_code(cell.source)
        for picture in re.finditer(r"!\[\s*\]\(|<img(?![^>]*\balt=\"[^\"]+\")[^>]*>", text):
            yield _line_at(cell, text, picture.start()), "a picture without alternative text"
    for cell in lesson.cells:
        if cell.alt and not all(map(cell.alt.get, LANGUAGES)):
            yield cell.line, "alternative text in one language only"


def _link_faults(lesson: Lesson) -> _Faults:
    """Links are written as the notebook needs them, which lies beside the other notebooks."""
    for cell in _prose(lesson):
        if cell.lang not in LANGUAGES:
            continue
        text = _without_code(cell.source)
        for link in re.finditer(r"\]\(<?([^)>\s]+)|(?:src|href)=\"([^\"]+)\"", text):
            target = link[1] or link[2]
            if not re.match(r"[a-z]+:", target) and not _has_target(lesson, cell.lang, target):
                yield _line_at(cell, text, link.start()), f"the link {target!r} leads nowhere"


def _has_target(lesson: Lesson, lang: str, target: str) -> bool:
    """Return whether a link of the notebook in `lang` leads to a file or a heading that exists."""
    file, _, anchor = unquote(target).partition("#")
    if file and not (file.endswith(".ipynb") and "/" not in file):
        # Resolve it: the folder of the notebooks does not exist before the first build.
        return not file.startswith("/") and (NOTEBOOKS / lang / file).resolve().exists()
    if file:
        path = lesson.path.with_name(file).with_suffix(".md")
        if not path.is_file():
            return False
        lesson = read_lesson(path)
    return not anchor or anchor in _anchors(lesson, lang)


def _anchors(lesson: Lesson, lang: str) -> set[str]:
    """Return the anchors of a lesson's headings."""
    headings = [text for c in _prose(lesson) if c.lang == lang for _, _, text in _headings(c)]
    return set(map(anchor, headings))


def _term_faults(lesson: Lesson) -> _Faults:
    """Each term that a later lesson teaches is explained where it is used."""
    for lang in LANGUAGES:
        for line, word in unexplained(lesson, lang):
            yield (
                line,
                f"{word!r} is taught in a later lesson: explain it in brackets, emphasise it where "
                "the text does, or link that lesson",
            )


# In a list a block is indented; its closing fence is at least as long as its opening one.
_FENCE = re.compile(r"^ *(`{3,}|~{3,})[^`\n]*\n.*?(^ *\1[`~]* *$|\Z)", re.MULTILINE | re.DOTALL)
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)[^\n]+?(?<!`)\1(?!`)")
_HEADING = re.compile(r"^(#{1,6}) +(.+?)\s*$", re.MULTILINE)


def _prose(lesson: Lesson) -> list[Cell]:
    return [cell for cell in lesson.cells if cell.kind == "markdown"]


def _headings(cell: Cell) -> list[tuple[int, int, str]]:
    """Return line, level and text of each heading in a cell."""
    text = _without_fences(cell.source)
    return [(_line_at(cell, text, m.start()), len(m[1]), m[2]) for m in _HEADING.finditer(text)]


def _without_fences(text: str) -> str:
    """Blank fenced blocks, so that the other lines keep their numbers."""
    return _FENCE.sub(lambda found: "\n" * found[0].count("\n"), text)


def _without_code(text: str) -> str:
    """Blank fenced blocks and code spans, so that the other lines keep their numbers."""
    return _CODE_SPAN.sub("", _without_fences(text))


def _line_at(cell: Cell, text: str, position: int) -> int:
    return cell.line + text.count("\n", 0, position)
