"""Review that makes it stay: a few questions a day from the quizzes that were passed.

When a question comes again is up to FSRS (Free Spaced Repetition Scheduler, J. Ye, J. Su and
Y. Cao, *A stochastic shortest path algorithm for optimizing spaced repetition scheduling*, KDD
2022): a right answer puts it off for days, then weeks, then months; after a wrong one it is back
the next day. Each question that was asked has a small file in ``work/progress/review/``, written
whole, so that no crash can damage more than one.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from traitlets.utils.bunch import Bunch

from helpers.course import progress
from helpers.course.checks import Message
from helpers.course.quiz import Question, Quiz, in_language
from helpers.course.source import lesson_paths, read_lesson
from helpers.paths import written_whole
from helpers.reader import language, say

if TYPE_CHECKING:
    from fsrs import Card, Scheduler

#: Five minutes, with the reasons.
QUESTIONS_A_DAY = 5


@dataclass(frozen=True)
class Flashcard:
    """A question of a quiz that was passed.

    Parameters
    ----------
    key : str
        The lesson's number and a digest of the question: ``"02-1a2b3c4d"``.
    number : int
        The question's place in its quiz, from 0.
    content : dict
        The question as the lesson writes it, in both languages.
    """

    key: str
    number: int
    content: dict[str, Any]

    def asked(self, today: date) -> Question:
        """Return the question in the reader's language, its choices in the order of the day."""
        (question,) = in_language([self.content], language())
        Random(f"{self.key} {today}").shuffle(question["choices"])
        return question


def waiting(now: datetime | None = None) -> list[Flashcard]:
    """Return today's questions: those whose day has come, then new ones of earlier days' quizzes.

    Parameters
    ----------
    now : datetime, optional
        With its time zone; this moment if omitted.
    """
    now = now or _now()
    cards = [(card, _read(card.key)) for card in _passed_before(now)]
    today = sum(known is not None and _is_on(known.last_review, now) for _, known in cards)
    come = [(known.due, card) for card, known in cards if known and _has_come(known, now)]
    come.sort(key=lambda pair: pair[0])
    new = [card for card, known in cards if known is None]
    new.sort(key=lambda card: card.number)  # from all lessons in turn
    return [*(card for _, card in come), *new][: max(QUESTIONS_A_DAY - today, 0)]


def answered(card: Flashcard, *, is_right: bool, now: datetime | None = None) -> None:
    """Record the first answer to a question, which tells when it comes again.

    Raises
    ------
    OSError
        If the record cannot be written.
    """
    from fsrs import Card, Rating

    now = (now or _now()).astimezone(UTC)
    rating = Rating.Good if is_right else Rating.Again
    reviewed, _ = _scheduler().review_card(_read(card.key) or Card(card_id=0), rating, now)
    with written_whole(_path(card.key)) as temporary:
        temporary.write_text(reviewed.to_json(), encoding="utf-8")


class Review(Quiz):
    """Today's questions as a quiz, each of which is recorded as it is answered first."""

    def __init__(self, cards: list[Flashcard]):
        today = _now().date()
        super().__init__("review", [card.asked(today) for card in cards])
        self._cards = cards
        self._is_answered = [False] * len(cards)
        self.observe(self._record_answers, "chosen")

    def _record_answers(self, change: Bunch) -> None:
        for number, (card, place) in enumerate(zip(self._cards, change.new, strict=False)):
            if place >= 0 and not self._is_answered[number]:
                self._is_answered[number] = True
                right = self.questions[number]["choices"][place]["right"]
                answered(card, is_right=right)

    def _record(self, change: Bunch) -> None:
        """All answers right pass no quiz here."""


def review() -> Review | Message:
    """Return today's questions for a notebook to show, or what to say if there are none."""
    cards = waiting()
    return Review(cards) if cards else Message("✔", nothing())


def nothing() -> str:
    """Return what to say when no question is waiting."""
    if not _passed_before(_now()):
        return say(
            en="Nothing to review yet. Each quiz that you pass is asked again from the next day "
            "on, a few questions a day.",
            ko="아직 복습할 문제가 없습니다. 퀴즈를 통과하면 다음 날부터 하루에 몇 문제씩 다시 "
            "나옵니다.",
        )
    return say(
        en="Nothing more to review today. Come back tomorrow!",
        ko="오늘 복습은 다 했습니다. 내일 다시 오세요!",
    )


def in_terminal() -> None:
    """Ask today's questions in the terminal, until all are answered or a line is empty."""
    cards, today = waiting(), _now().date()
    if not cards:
        print(nothing())
        return
    print(
        say(
            en="Type the letter of your answer. An empty line ends the review.\n",
            ko="답의 글자를 입력하세요. 빈 줄을 입력하면 복습이 끝납니다.\n",
        )
    )
    right = 0
    for number, card in enumerate(cards, 1):
        question = card.asked(today)
        print(f"{number}/{len(cards)}  {question['text']}")
        choices = dict(zip("abcdefgh", question["choices"], strict=False))
        for letter, choice in choices.items():
            print(f"   {letter}) {choice['text']}")
        while (said := input("> ").strip().lower()) and said not in choices:
            print(say(en=f"One of {', '.join(choices)}.", ko=f"{', '.join(choices)} 중에서요."))
        if not said:
            return
        is_right = choices[said]["right"]
        answered(card, is_right=is_right)
        right += is_right
        for choice in [choices[said], *(c for c in choices.values() if c["right"])][: 2 - is_right]:
            print(f"{'✔' if choice['right'] else '✘'} {choice['text']}: {choice['because']}")
        print()
    print(say(en=f"{right} of {len(cards)} right.", ko=f"{len(cards)}문제 중 {right}문제 정답."))


def _passed_before(now: datetime) -> list[Flashcard]:
    """Return the questions of the quizzes that were passed on an earlier day, in their order."""
    passed = progress.passed_at()
    return [
        card
        for path in lesson_paths()
        if (at := passed.get(f"{path.stem[:2]}/quiz"))
        and not _is_on(datetime.fromtimestamp(at, now.tzinfo), now)
        for card in _flashcards(path)
    ]


def _flashcards(path: Path) -> list[Flashcard]:
    return [
        Flashcard(f"{path.stem[:2]}-{_digest(question['question']['en'])}", number, question)
        for number, question in enumerate(read_lesson(path).quiz)
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _is_on(moment: datetime | None, now: datetime) -> bool:
    """Tell whether a moment is on the same day as `now`, where the learner is."""
    return moment is not None and moment.astimezone(now.tzinfo).date() == now.date()


def _has_come(card: "Card", now: datetime) -> bool:
    return card.due.astimezone(now.tzinfo).date() <= now.date() and not _is_on(
        card.last_review, now
    )


def _now() -> datetime:
    return datetime.now().astimezone()


@cache
def _scheduler() -> "Scheduler":
    """Return the scheduler: in days, not in minutes, and the same for everybody."""
    from fsrs import Scheduler

    return Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def _path(key: str) -> Path:
    return progress.folder() / "review" / f"{key}.json"


def _read(key: str) -> "Card | None":
    """Return what is known of a question; None if it was not asked yet, or the file is damaged."""
    from fsrs import Card

    try:
        return Card.from_json(_path(key).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
