import multiprocessing
import os

import pytest

from helpers.course import progress
from helpers.course.progress import passed, record


@pytest.fixture
def work(course, monkeypatch):
    """The learner's folder in the tiny course; the learner has the English copy open."""
    monkeypatch.setattr(progress, "WORK", course / "work")
    (course / "work/en").mkdir(parents=True)
    monkeypatch.chdir(course / "work/en")
    return course / "work"


def test_what_is_recorded_is_passed(work):
    assert passed() == set()
    for name in ("02/output-size", "02/quiz", "11/quiz", "02/quiz"):
        record(name)
    assert passed() == {"02/output-size", "02/quiz", "11/quiz"}


@pytest.mark.parametrize("folder", ["notebooks/en", "work", "work/progress", "work/en/deep", "en"])
def test_nothing_is_recorded_outside_the_learners_copies(work, monkeypatch, folder):
    (work.parent / folder).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(work.parent / folder)
    record("02/quiz")
    assert passed() == set()
    assert "annyeong lab" in repr(progress.progress())


def test_work_is_recorded_where_the_editor_starts_the_kernel_elsewhere(work, monkeypatch):
    monkeypatch.chdir(work.parent)
    monkeypatch.setenv("JPY_SESSION_NAME", str(work / "en/02-feature-maps.ipynb"))
    record("02/quiz")
    assert passed() == {"02/quiz"}


def test_both_languages_share_the_progress(work, monkeypatch):
    record("02/quiz")
    (work / "ko").mkdir()
    monkeypatch.chdir(work / "ko")
    record("02/kernel")
    assert passed() == {"02/quiz", "02/kernel"}


def _record_many(work, first):
    progress.WORK = work
    os.chdir(work / "en")
    for number in range(200):
        record(f"02/{first + number % 150}")


def test_markers_are_whole_after_two_processes_write_at_once(work):
    processes = multiprocessing.get_context("spawn")
    writers = [processes.Process(target=_record_many, args=(work, n)) for n in (0, 75)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert passed() == {f"02/{number}" for number in range(225)}


def test_the_bar_counts_exercises_and_quiz(work):
    record("99/double")
    record("02/kernel")
    shown = progress.progress()
    assert repr(shown) == "  1/3   99 Double and halve\n  1/3   The whole course"
    row = (
        "<tr><td style='text-align:left'>{0}</td><td><progress value='1' max='3' "
        "style='width:8em' aria-label='{0}'></progress></td><td>1 / 3</td></tr>"
    )
    rows = row.format("99 Double and halve") + row.format("The whole course")
    assert shown._repr_html_() == f"<table>{rows}</table>"


def test_the_bar_never_overflows(work):
    for name in ("double", "half", "quiz", "of-an-older-edition"):
        record(f"99/{name}")
    assert repr(progress.progress()).startswith("  3/3   99 Double and halve")


@pytest.mark.parametrize(("lang", "text"), [("en", "Your progress"), ("ko", "여기에 진도가")])
def test_elsewhere_a_fixed_sentence_stands_for_the_bar(course, monkeypatch, lang, text):
    monkeypatch.chdir(course)
    monkeypatch.setenv("COURSE_LANG", lang)
    shown = progress.progress()
    assert text in repr(shown)
    assert shown._repr_html_() is None
