"""No answer that is wrong by one slip, or knows nothing, is called right."""

import re
import signal
from contextlib import contextmanager

import numpy as np
import pytest
from answers import defined_by, judged
from mutants import DISGUISES, disguised, guesses, mutants, vandal

from helpers.course.checks import Outcome
from helpers.course.source import exercises, lesson_paths, read_lesson

SECONDS = 10  # of the processor, in which an answer is judged, or it runs for ever
#: By the clock, for an answer that waits for ever; a busy machine is slow.
SECONDS_WAITING = 60

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not hasattr(signal, "setitimer"), reason="needs an alarm to end a loop that does not"
    ),
]
each_exercise = pytest.mark.parametrize(
    ("lesson", "exercise"),
    [
        pytest.param(lesson, exercise, id=f"{lesson.name}-{number}")
        for lesson in map(read_lesson, lesson_paths())
        for number, exercise in enumerate(exercises(lesson), 1)
    ],
)


@pytest.fixture(autouse=True)
def somewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_LANG", "en")
    # Trials that are drawn anew for a learner are the same here at each run.
    drawn = np.random.default_rng
    monkeypatch.setattr(np.random, "default_rng", lambda seed=0: drawn(0 if seed is None else seed))


class TooLong(BaseException):
    """Which no check takes for an error of the answer."""


@contextmanager
def in_time():
    def end(*_):
        raise TooLong

    alarms = [
        (signal.ITIMER_PROF, signal.SIGPROF, SECONDS),
        (signal.ITIMER_REAL, signal.SIGALRM, SECONDS_WAITING),
    ]
    before = [signal.signal(number, end) for _, number, _ in alarms]
    for timer, _, seconds in alarms:
        signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        for (timer, number, _), handler in zip(alarms, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)


def is_called_right(lesson, exercise, answer):
    # Loaded before the alarm, which would leave a library half imported.
    defined_by(next(cell for cell in lesson.cells if cell.kind == "code").source)
    try:
        with in_time():
            return judged(lesson, exercise, answer).outcome is Outcome.RIGHT
    except (TooLong, Exception):  # it does not even run
        return False


@each_exercise
@pytest.mark.filterwarnings("ignore")
def test_a_slip_is_not_called_right(lesson, exercise):
    survivors = {
        line
        for line, answer in mutants(exercise.solution.source)
        if is_called_right(lesson, exercise, answer)
    }
    assert sorted(survivors - set(exercise.equivalents)) == []
    assert sorted(set(exercise.equivalents) - survivors) == [], "told equivalent, and is not"


@each_exercise
@pytest.mark.filterwarnings("ignore")
def test_a_blind_guess_is_not_called_right(lesson, exercise):
    survivors = [
        answer
        for answer in guesses(exercise.solution.source)
        if is_called_right(lesson, exercise, answer)
    ]
    assert survivors == []


@each_exercise
@pytest.mark.filterwarnings("ignore")
def test_an_answer_that_spoils_its_arguments_spoils_no_later_trial(lesson, exercise):
    if spoiling := vandal(exercise.solution.source):
        judged(lesson, exercise, spoiling)
    assert judged(lesson, exercise, exercise.solution.source).outcome is Outcome.RIGHT


#: "The answer is 3, you say 3", which helps nobody.
SAYS_THE_SAME = re.compile(
    r"\b(?:is|be|become|gives?|has|have|hold|make|take) ([^;,]*?\w[\w.]*)[;,.]? "
    r"(?:(?:and )?you (?:say|count|give|answer)|yours (?:is|gives)) \1(?![\w.])"
)


@each_exercise
@pytest.mark.parametrize("change", DISGUISES.values(), ids=DISGUISES)
@pytest.mark.filterwarnings("ignore")
def test_another_kind_of_answer_is_told_as_what_it_is(lesson, exercise, change):
    """Not as an error of code that ran well, nor by two numbers that look alike."""
    right = exercise.solution.source
    try:
        verdict = judged(lesson, exercise, disguised(right, change))
    except TypeError:  # what cannot be multiplied
        return
    if verdict.outcome is Outcome.RIGHT:  # a text is the same text, a mask the same mask
        assert change in (DISGUISES["text"], DISGUISES["nearly"])
    elif change != DISGUISES["nearly"]:
        assert verdict.outcome is Outcome.WRONG, verdict
    assert not SAYS_THE_SAME.search(verdict.text), verdict
