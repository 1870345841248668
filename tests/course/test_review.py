import json
import os
from datetime import datetime, timedelta, timezone

import pytest

from helpers.course import progress, review
from helpers.course.review import QUESTIONS_A_DAY, answered, waiting

SEOUL = timezone(timedelta(hours=9))
MORNING = datetime(2026, 3, 2, 8, tzinfo=SEOUL)
DAY = timedelta(days=1)


@pytest.fixture
def learner(course, monkeypatch):
    """A learner in the tiny course; a function that passes its quiz, or another one's."""
    monkeypatch.setattr(progress, "WORK", course / "work")
    monkeypatch.setenv("COURSE_LANG", "en")
    (course / "work/en").mkdir(parents=True)
    monkeypatch.chdir(course / "work/en")
    monkeypatch.setattr(review, "_now", lambda: MORNING)

    def passes(lesson, at):
        if lesson != "99":
            text = (course / "lessons/99-tiny.md").read_text(encoding="utf-8")
            text = text.replace("en: What is", f"en: In {lesson}, what is")
            (course / f"lessons/{lesson}-more.md").write_text(text, encoding="utf-8")
        progress.record(f"{lesson}/quiz")
        os.utime(progress.folder() / f"{lesson}-quiz", (at.timestamp(),) * 2)

    return passes


def texts(cards):
    return [card.content["question"]["en"] for card in cards]


def test_a_quiz_comes_back_from_the_next_day_on(learner):
    assert waiting(MORNING) == []
    learner("99", MORNING.replace(hour=0))
    assert waiting(MORNING) == waiting(MORNING.replace(hour=23)) == []
    assert len(waiting(MORNING + DAY)) == QUESTIONS_A_DAY


def test_a_day_has_a_few_questions_from_all_lessons_in_turn(learner):
    learner("98", MORNING - DAY)
    learner("99", MORNING - DAY)
    cards = waiting(MORNING)
    assert [(card.key[:2], card.number) for card in cards] == [
        ("98", 0), ("99", 0), ("98", 1), ("99", 1), ("98", 2),
    ]  # fmt: skip
    for count, card in enumerate(cards, 1):
        answered(card, is_right=True, now=MORNING)
        assert waiting(MORNING) == cards[count:]


def test_what_was_wrong_is_back_the_next_day_and_what_was_right_ever_later(learner):
    learner("99", MORNING - DAY)
    wrong, right, *_ = waiting(MORNING)
    pauses, now = [], MORNING
    for _ in range(4):
        answered(right, is_right=True, now=now)
        answered(wrong, is_right=False, now=now)
        assert wrong in waiting(now + DAY)
        days = next(day for day in range(1, 400) if right in waiting(now + day * DAY))
        pauses.append(days)
        now += days * DAY
    assert pauses == sorted(set(pauses))
    assert pauses[0] > 1


@pytest.mark.parametrize("damage", ["", "[]", '{"card_id": 0', '{"card_id": 0, "state": 9}'])
def test_a_damaged_record_makes_a_question_new_and_nothing_worse(learner, damage):
    learner("99", MORNING - DAY)
    first, second, *_ = waiting(MORNING)
    for card in (first, second):
        answered(card, is_right=True, now=MORNING)
    (progress.folder() / "review" / f"{first.key}.json").write_text(damage)
    assert first in waiting(MORNING)
    assert second not in waiting(MORNING)
    assert progress.passed() == {"99/quiz"}


def test_a_record_is_written_whole(learner, monkeypatch):
    learner("99", MORNING - DAY)
    card = waiting(MORNING)[0]
    answered(card, is_right=True, now=MORNING)
    (path,) = (progress.folder() / "review").iterdir()
    before = path.read_text()

    def power_cut(*_):
        raise OSError

    monkeypatch.setattr(os, "replace", power_cut)
    with pytest.raises(OSError):  # noqa: PT011
        answered(card, is_right=False, now=MORNING)
    assert path.read_text() == before
    assert json.loads(before)["last_review"] == "2026-03-01T23:00:00+00:00"


def test_in_a_notebook_the_first_answer_to_a_question_counts(learner):
    learner("99", MORNING - DAY)
    shown = review.review()
    assert len(shown.questions) == QUESTIONS_A_DAY
    right = [c["right"] for c in shown.questions[0]["choices"]].index(True)
    shown.chosen = [right, -1, -1, -1, -1]
    shown.chosen = [1 - right, -1, -1, -1, -1]
    (path,) = (progress.folder() / "review").iterdir()
    assert datetime.fromisoformat(json.loads(path.read_text())["due"]) > MORNING + DAY
    assert len(review.review().questions) == QUESTIONS_A_DAY - 1


def test_all_right_in_a_review_passes_no_quiz(learner):
    learner("99", MORNING - DAY)
    review.review().passed = True
    assert progress.passed() == {"99/quiz"}


@pytest.mark.parametrize(("lang", "text"), [("en", "Nothing to review"), ("ko", "아직 복습할")])
def test_where_nothing_waits_a_sentence_says_so(learner, monkeypatch, lang, text):
    (progress.folder().parent / lang).mkdir(exist_ok=True)
    monkeypatch.chdir(progress.folder().parent / lang)
    assert text in repr(review.review())


def test_in_a_terminal_reasons_follow_each_answer(learner, monkeypatch, capsys):
    learner("99", MORNING - DAY)
    monkeypatch.setattr(review.Random, "shuffle", lambda self, choices: None)
    said = iter(["x", "b", "a", ""])
    monkeypatch.setattr("builtins.input", lambda prompt: next(said))
    review.in_terminal()
    lines = capsys.readouterr().out.splitlines()
    assert lines[2:9] == [
        "1/5  What is `2 * 3`?",
        "   a) 6",
        "   b) 9",
        "One of a, b.",
        "✘ 9: A square.",
        "✔ 6: 3 + 3 < 7",
        "",
    ]
    assert lines[9].startswith("2/5  Two?")
    assert len(waiting(MORNING)) == QUESTIONS_A_DAY - 2
