"""The home page: all lessons, what was passed, where to go on, and today's review.

It is a notebook beside the learner's copies, ``work/<lang>/home.ipynb``, laid out anew at each
start with its outputs, so that it can be read before a kernel runs.
"""

import json
import re
from html import escape
from pathlib import Path
from typing import Any

from helpers.course import work
from helpers.course.navigation import HOME, topic
from helpers.course.progress import Standing, bar, standings, where_to_go_on
from helpers.paths import WORK
from helpers.reader import language, say, speaking

#: What the lessons are about, from a lesson's number on.
PARTS = {
    "00": {"en": "Pictures: convolutional networks", "ko": "그림: 합성곱 신경망"},
    "09": {"en": "Language: from tokens to transformers", "ko": "언어: 토큰에서 트랜스포머까지"},
    "16": {"en": "The service: your networks at work", "ko": "서비스: 신경망에게 일 시키기"},
}
_LEFT = " style='text-align:left'"
_CODE = "from helpers.course.home import home\n\nhome()"


def home() -> None:
    """Show the home page as of now, with today's questions from the quizzes that were passed."""
    from IPython.display import HTML, display

    from helpers.course.review import review, waiting

    now = standings()
    display(HTML(summary(now, len(waiting()))))
    display(HTML(lessons(now)))
    display(review())


def summary(standings: list[Standing], questions: int = 0) -> str:
    """Return where to go on, the bar of the whole course and what waits below, as HTML."""
    done, total = sum(one.done for one in standings), sum(one.total for one in standings)
    following = where_to_go_on(standings)
    if following is None:
        way = say(en="You have passed everything. Well done!", ko="모두 통과했습니다. 축하합니다!")
    elif done:
        way = f"{say(en='Go on where you stopped:', ko='이어서 하기:')} {_link(following)}"
    else:
        way = f"{say(en='Begin here:', ko='여기에서 시작하세요:')} {_link(following)}"
    whole = say(
        en=f"{done} of {total} exercises and quizzes",
        ko=f"연습 문제와 퀴즈 {total}개 가운데 {done}개",
    )
    below = say(
        en=f"Below the lessons, {questions} questions wait to be reviewed today.",
        ko=f"수업 목록 아래에 오늘 복습할 문제가 {questions}개 있습니다.",
    )
    return (
        f"<p style='font-size:1.25em'><b>{way}</b></p>"
        f"<p>{bar(done, total, whole, '60%')} {whole}</p>" + f"<p>{below}</p>" * (questions > 0)
    )


def lessons(standings: list[Standing]) -> str:
    """Return the table of the lessons, part by part, and the heading of the review, as HTML."""
    names = say(en="|Lesson|Minutes|Passed|Exercises|Quiz", ko="|수업|시간(분)|진도|연습 문제|퀴즈")
    head = "".join(f"<th{_LEFT}>{name}</th>" for name in names.split("|"))
    rows = []
    for one in standings:
        if part := PARTS.get(one.lesson.name[:2]):
            rows.append(f"<tr><th colspan='6'{_LEFT}>{part[language()]}</th></tr>")
        rows.append(_row(one))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f"{table}<h2>{say(en='Review of the day', ko='오늘의 복습')}</h2>"


def _row(one: Standing) -> str:
    title = one.lesson.title(language())
    cells = (
        one.lesson.name[:2],
        f"<a href='{one.lesson.name}.ipynb'>{escape(title)}</a>",
        str(one.lesson.minutes or ""),
        bar(one.done, one.total, title),
        f"{one.solved} / {one.exercises}",
        say(en="✔&nbsp;passed", ko="✔&nbsp;통과") if one.has_passed_quiz else "–",
    )
    return f"<tr>{''.join(f'<td{_LEFT}>{cell}</td>' for cell in cells)}</tr>"


def _link(one: Standing) -> str:
    name = f"{one.lesson.name[:2]} {escape(topic(one.lesson, language()))}"
    return f"<a href='{one.lesson.name}.ipynb'>{name}</a>"


def lay_home(lang: str, news: list[work.News]) -> Path:
    """Write the home page beside the learner's copies, as it is now.

    What the learner has written on it is kept under another name.

    Parameters
    ----------
    lang : str
        ``"en"`` or ``"ko"``.
    news : list of News
        What the last update of the course has brought.
    """
    path = WORK / lang / HOME
    with speaking(lang):
        content = json.dumps(_notebook(lang, news), indent=1, ensure_ascii=False)
    work.replace(path, content.encode())
    return path


def _notebook(lang: str, news: list[work.News]) -> dict[str, Any]:
    now = standings()
    title = say(en="# Annyeong, Deep Learning", ko="# 안녕, 딥러닝")
    told = [_linked(line) for line in work.in_words([*news, *_kept(lang, news)])]
    today = say(
        en="<p>To see today's questions, run this cell: click here and press Shift + Enter.</p>",
        ko="<p>오늘의 문제를 보려면 이 셀을 실행하세요. 여기를 누르고 Shift + Enter를 칩니다.</p>",
    )
    outputs = [
        {"output_type": "display_data", "data": {"text/html": page}, "metadata": {}}
        for page in (summary(now), lessons(now), today)
    ]
    return {
        "cells": [
            {
                "cell_type": "markdown",
                "id": "title",
                "metadata": {},
                "source": "\n\n".join([title, *told]),
            },
            {
                "cell_type": "code",
                "id": "home",
                "metadata": {"jupyter": {"source_hidden": True}},
                "source": _CODE,
                "execution_count": None,
                "outputs": outputs,
            },
        ],
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
            "annyeong": {"lang": lang},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _kept(lang: str, news: list[work.News]) -> list[work.News]:
    """Return the newer editions that lie beside a copy since an earlier start."""
    return [one for one in work.newer_editions(lang) if one not in news]


def _linked(line: str) -> str:
    return re.sub(r"([\w.-]+?\.ipynb)", r"[\1](\1)", line)
