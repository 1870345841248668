"""The quiz of a lesson: questions written as data in the lesson, shown as a small widget.

In the lesson the quiz is YAML in a raw block tagged ``quiz``, a list of::

    - question: {en: "How many ...?", ko: "몇 개 ...?"}
      choices:
        - {en: "One", ko: "하나", right: true, because: {en: "...", ko: "..."}}
        - {en: "Two", ko: "둘", because: {en: "...", ko: "..."}}

Backticks in a text mark code. Where no kernel runs, a static page with the same questions
replaces the widget.
"""

import html
import re
from typing import Any

import anywidget
import traitlets
from traitlets.utils.bunch import Bunch

from helpers.course import progress
from helpers.course.page import STYLE, asleep, page_code
from helpers.course.source import lesson_paths, read_lesson, unbroken
from helpers.reader import language, say

Question = dict[str, Any]


def quiz(lesson: str) -> "Quiz":
    """Return the quiz of a lesson for the notebook to show.

    Parameters
    ----------
    lesson : str
        Its number or its name, ``"02"`` or ``"02-feature-maps"``.

    Raises
    ------
    ValueError
        If there is no such lesson.
    """
    source = read_lesson(lesson_paths([lesson])[0])
    return Quiz(f"{source.name[:2]}/quiz", in_language(source.quiz, language()))


def in_language(questions: list[dict[str, Any]], lang: str) -> list[Question]:
    """Return questions, as a lesson writes them, in one language."""
    return [
        {
            "text": question["question"][lang],
            "choices": [
                {
                    "text": choice[lang],
                    "because": choice["because"][lang],
                    "right": bool(choice.get("right")),
                }
                for choice in question["choices"]
            ],
        }
        for question in questions
    ]


def held_together(questions: list[Question]) -> list[Question]:
    """Return questions for a page, on which no sign begins a line."""
    return [
        {
            "text": unbroken(question["text"]),
            "choices": [
                {**choice, "text": unbroken(choice["text"]), "because": unbroken(choice["because"])}
                for choice in question["choices"]
            ],
        }
        for question in questions
    ]


def quiz_words() -> dict[str, str]:
    """Return what a quiz says, in the reader's language."""
    return {
        "right": say(en="Right.", ko="맞습니다."),
        "wrong": say(en="Not quite.", ko="아쉽습니다."),
        "score": say(en="{right} of {all} right", ko="{all}문제 가운데 {right}문제 정답"),
        **asleep(),
    }


class Quiz(anywidget.AnyWidget):
    """The quiz as a widget: choose an answer, read the reason; all answers right pass it.

    Parameters
    ----------
    name : str
        The name under which the progress is recorded, ``"02/quiz"``.
    questions : list of dict
        ``text`` and ``choices``, each with ``text``, ``because`` and ``right``.
    """

    _esm = page_code("quiz.js")
    _css = STYLE
    questions: traitlets.List[Question] = traitlets.List().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    #: The choice at each question, from 0; -1 where none is chosen yet.
    chosen: traitlets.List[int] = traitlets.List(traitlets.Int()).tag(sync=True)
    passed = traitlets.Bool(False).tag(sync=True)

    def __init__(self, name: str, questions: list[Question]):
        super().__init__(
            questions=held_together(questions), words=quiz_words(), chosen=[-1] * len(questions)
        )
        self._name = name
        self.observe(self._record, "passed")

    def _record(self, change: Bunch) -> None:
        if change.new:
            progress.record(self._name)

    def __repr__(self) -> str:
        return "\n\n".join(
            f"{number}. {question['text']}\n"
            + "\n".join(
                f"   {letter}) {choice['text']}"
                for letter, choice in zip("abcdefgh", question["choices"], strict=False)
            )
            for number, question in enumerate(self.questions, 1)
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, "text/plain": repr(self), "text/html": self._page()}, metadata

    def _page(self) -> str:
        answers = say(en="Answers and reasons", ko="정답과 해설")
        return "<ol>" + "".join(_question_html(q, answers) for q in self.questions) + "</ol>"


def _question_html(question: Question, answers: str) -> str:
    choices = "".join(f"<li>{_with_code(choice['text'])}</li>" for choice in question["choices"])
    reasons = "".join(
        f"<li>{'✔' if choice['right'] else '✘'} {_with_code(choice['because'])}</li>"
        for choice in question["choices"]
    )
    return (
        f"<li>{_with_code(question['text'])}<ol type='a'>{choices}</ol>"
        f"<details><summary>{answers}</summary><ol type='a'>{reasons}</ol></details></li>"
    )


def _with_code(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
