"""What every lesson promises: its exercises mark themselves, its notebooks are whole."""

import json
import pkgutil
import re
import sys
from importlib import import_module
from pathlib import Path

import nbformat
import pytest
from answers import judged

from helpers.course import checks
from helpers.course.checks import Check, Outcome
from helpers.course.lint import find_faults
from helpers.course.source import exercises, lesson_paths, read_lesson
from helpers.paths import NOTEBOOKS, ROOT
from helpers.reader import LANGUAGES

LESSONS = [read_lesson(path) for path in lesson_paths()]
CHECKS = [
    found
    for module in pkgutil.iter_modules(checks.__path__, f"{checks.__name__}.")
    for found in vars(import_module(module.name)).values()
    if isinstance(found, Check)
]
UNSTABLE = {"nbval-ignore-output", "nbval-skip"}
NOT_COMPARED = {"image/png", "image/jpeg", "image/svg+xml"}
HANGUL = re.compile("[가-힣]")

each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
each_language = pytest.mark.parametrize("lang", LANGUAGES)
each_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
each_exercise = pytest.mark.parametrize(
    ("lesson", "exercise"),
    [
        pytest.param(lesson, exercise, id=f"{lesson.name}-{number}")
        for lesson in LESSONS
        for number, exercise in enumerate(exercises(lesson), 1)
    ],
)


@pytest.fixture(autouse=True)
def reader(request, tmp_path, monkeypatch):
    """A reader of the test's `lang`, in no learner's copy."""
    monkeypatch.chdir(tmp_path)
    params = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    monkeypatch.setenv("COURSE_LANG", params.get("lang", "en"))


# The source


@each_lesson
def test_a_lesson_has_no_faults(lesson):
    assert list(map(str, find_faults(lesson))) == []


@each_lesson
def test_what_is_marked_korean_is_korean(lesson):
    korean = [cell for cell in lesson.cells if cell.lang == "ko"]
    assert [cell.line for cell in korean if not HANGUL.search(cell.source)] == []
    assert all(HANGUL.search(cell.alt["ko"]) for cell in lesson.cells if cell.alt)


# The exercises


@each_exercise
@each_language
def test_the_blank_is_not_written_yet(lesson, exercise, lang):
    assert judged(lesson, exercise, exercise.blank.source).outcome is Outcome.NOT_YET


@each_exercise
@each_language
def test_the_solution_is_right(lesson, exercise, lang):
    verdict = judged(lesson, exercise, exercise.solution.source)
    assert verdict.outcome is Outcome.RIGHT, verdict


@each_exercise
@each_language
def test_a_right_answer_written_otherwise_is_right(lesson, exercise, lang):
    verdicts = [judged(lesson, exercise, other.source) for other in exercise.alternatives]
    assert [verdict.outcome for verdict in verdicts] == [Outcome.RIGHT] * len(verdicts), verdicts


@each_exercise
@each_language
def test_each_mistake_has_an_answer_of_its_own(lesson, exercise, lang):
    verdicts = [judged(lesson, exercise, mistake.source) for mistake in exercise.mistakes]
    assert [verdict.outcome for verdict in verdicts] == [Outcome.WRONG] * len(verdicts)
    assert len({verdict.text for verdict in verdicts}) == len(verdicts)
    for verdict in verdicts:
        assert bool(HANGUL.search(verdict.text)) == (lang == "ko"), verdict


@each_exercise
def test_an_answer_is_judged_the_same_again(lesson, exercise):
    for answer in (exercise.blank, exercise.solution, *exercise.mistakes):
        first, second = (judged(lesson, exercise, answer.source) for _ in range(2))
        assert repr(first) == repr(second)


# The checks


@each_check
def test_a_check_is_used_by_the_lesson_it_is_named_after(check):
    users = {
        lesson.name[:2]
        for lesson in LESSONS
        for cell in lesson.tagged("check")
        if re.search(rf"\b{check.__name__}\b", cell.source)
        and any(f"from {check.__module__} import" in other.source for other in lesson.cells)
    }
    assert users == {check.name.split("/")[0]}


def test_no_two_checks_share_a_name():
    """Progress is kept under the name; the quiz of a lesson has one too."""
    names = [check.name for check in CHECKS]
    assert len({*names, *(f"{lesson.name[:2]}/quiz" for lesson in LESSONS)}) == len(names + LESSONS)


@each_check
def test_hints_are_in_both_languages(check):
    assert check._hints
    for hint in check._hints:
        assert set(hint) == set(LANGUAGES)
        assert all(text.strip() for text in hint.values())
        assert not HANGUL.search(hint["en"])
    assert HANGUL.search(check._hints[0]["ko"])


# The notebooks; that every cell ran, and their size, `test_notebooks` holds


def notebook(lesson, lang):
    path = NOTEBOOKS / lang / f"{lesson.name}.ipynb"
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


def code_of(lesson, lang):
    return [cell for cell in notebook(lesson, lang).cells if cell.cell_type == "code"]


def texts(output):
    """Return what an output shows, pictures left out, by kind."""
    if output.output_type == "stream":
        return {output.name: output.text}
    return {kind: data for kind, data in output.data.items() if not kind.startswith("image/")}


@each_lesson
@each_language
def test_a_notebook_runs_on_any_python(lesson, lang):
    assert notebook(lesson, lang).metadata.kernelspec.name == "python3"


@each_lesson
@each_language
def test_outputs_are_answers_and_no_noise(lesson, lang):
    outputs = [output for cell in code_of(lesson, lang) for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {
        "stream", "execute_result", "display_data",
    }  # fmt: skip
    assert not any("stderr" in texts(output) for output in outputs)
    assert not any("widget" in kind for output in outputs for kind in texts(output))


@each_lesson
@each_language
def test_at_least_three_cells_are_compared(lesson, lang):
    stable = [c for c in code_of(lesson, lang) if UNSTABLE.isdisjoint(c.metadata.get("tags", []))]
    assert sum(any(map(texts, cell.outputs)) for cell in stable) >= 3


@each_lesson
@each_language
def test_outputs_name_no_place_of_this_machine(lesson, lang):
    shown = json.dumps([texts(o) for cell in code_of(lesson, lang) for o in cell.outputs])
    places = {str(ROOT), str(Path.home()), sys.prefix, "/home/", "/Users/", "/tmp/", ":\\\\"}
    assert [place for place in places if place in shown] == []


@each_lesson
@each_language
def test_nothing_is_fetched(lesson, lang):
    """Code addresses this machine alone, and no page that is shown loads anything."""
    far = re.compile(r"https?://(?!127\.0\.0\.1|localhost)")
    loads = re.compile(r"<(?:script|link|img|iframe)\b[^>]*https?:|url\(\W?https?:|@import")
    cells = code_of(lesson, lang)
    assert [cell.source for cell in cells if far.search(cell.source)] == []
    shown = [text for cell in cells for output in cell.outputs for text in texts(output).values()]
    assert [text for text in shown if loads.search(str(text))] == []
