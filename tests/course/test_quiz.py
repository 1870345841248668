import re

import pytest

from helpers.course import progress
from helpers.course.quiz import Quiz, quiz


@pytest.fixture(autouse=True)
def english(course, monkeypatch):
    monkeypatch.chdir(course)
    monkeypatch.setenv("COURSE_LANG", "en")


def bundle(widget):
    data, _ = widget._repr_mimebundle_()
    return data


@pytest.mark.parametrize(
    ("lang", "question", "reason", "right"),
    [
        ("en", "What is `2 * 3`?", "A square.", "Right."),
        ("ko", "`2 * 3`은 얼마입니까?", "제곱입니다.", "맞습니다."),
    ],
)
def test_questions_are_in_the_readers_language(monkeypatch, lang, question, reason, right):
    monkeypatch.setenv("COURSE_LANG", lang)
    shown = quiz("99")
    assert len(shown.questions) == 5
    assert shown.questions[0] == {
        "text": question,
        "choices": [
            {"text": "6", "because": "3\N{NO-BREAK SPACE}+\N{NO-BREAK SPACE}3 < 7", "right": True},
            {"text": "9", "because": reason, "right": False},
        ],
    }
    assert shown.words["right"] == right


def test_no_percent_sign_begins_a_line():
    choice = {"text": "Up to 90 %", "because": "Up to 90 %", "right": True}
    (question,) = Quiz("99/quiz", [{"text": "Up to 90 %", "choices": [choice]}]).questions
    (given,) = question["choices"]
    texts = {question["text"], given["text"], given["because"]}
    assert texts == {"Up to 90\N{NO-BREAK SPACE}%"}


def test_the_text_is_fixed_and_gives_no_answer_away():
    text = bundle(quiz("99-tiny"))["text/plain"]
    assert text == repr(quiz("99"))
    assert text.startswith("1. What is `2 * 3`?\n   a) 6\n   b) 9\n\n2. Two?\n   a) Yes")


def test_the_page_is_fixed_escaped_and_has_every_reason():
    page = bundle(quiz("99"))["text/html"]
    assert page == bundle(quiz("99"))["text/html"]
    assert page.startswith("<ol><li>What is <code>2 * 3</code>?<ol type='a'><li>6</li><li>9</li>")
    assert "<li>✔ 3 + 3 &lt; 7</li><li>✘ A square.</li>" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert page.count("<details>") == 5
    assert len(re.findall("<li>[✔✘] ", page)) == 10
    assert not re.search(r"\bid=|[0-9a-f]{16}|http", page)


def test_passing_is_recorded_in_the_learners_copy_alone(course, monkeypatch):
    monkeypatch.setattr(progress, "WORK", course / "work")
    (course / "work/en").mkdir(parents=True)
    quiz("99").passed = True
    assert progress.passed() == set()
    monkeypatch.chdir(course / "work/en")
    shown = quiz("99")
    assert progress.passed() == set()
    shown.passed = True
    assert progress.passed() == {"99/quiz"}


def test_choices_are_kept_where_a_page_finds_them_again():
    shown = quiz("99")
    assert shown.get_state()["chosen"] == [-1] * 5
    shown.set_state({"chosen": [0, -1, -1, -1, 1]})  # as the page does
    assert shown.get_state()["chosen"] == [0, -1, -1, -1, 1]


def test_markup_in_a_question_stays_text():
    choice = {"text": "<b>", "because": "<i>", "right": True}
    page = bundle(Quiz("99/quiz", [{"text": "<script>&`<`", "choices": [choice]}]))["text/html"]
    assert "<li>&lt;script&gt;&amp;<code>&lt;</code><ol type='a'><li>&lt;b&gt;</li>" in page
    assert "<li>✔ &lt;i&gt;</li>" in page


def test_an_unknown_lesson_is_named():
    with pytest.raises(ValueError, match="no lesson is called '98'; there are: 99-tiny"):
        quiz("98")
