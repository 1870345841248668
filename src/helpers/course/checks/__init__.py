"""Exercises that mark themselves: what a check is; each lesson's checks lie beside.

A check is a judge with a name and hints. The judge takes what the learner made and
returns ``None`` if it is right, else one sentence that names the likely mistake::

    @check("02/double", hints=[dict(en="Twice is times two.", ko="두 배는 곱하기 2입니다.")])
    def check_double(answer):
        if answer(3) == 9:
            return say(en="That is the square.", ko="그것은 제곱입니다.")
        if answer(3) != 6:
            return say(en="Twice 3 is 6.", ko="3의 두 배는 6입니다.")
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import update_wrapper, wraps
from inspect import isfunction

import numpy as np

from helpers.course import progress
from helpers.reader import say


class Outcome(Enum):
    """The four cases a check tells apart."""

    NOT_YET = "✎"
    WRONG = "✘"
    UNJUDGED = "⚠"
    RIGHT = "✔"


@dataclass(frozen=True)
class Message:
    """A sentence to the learner, shown as Markdown in a notebook and as text elsewhere."""

    mark: str
    text: str

    def __repr__(self) -> str:
        return f"{self.mark} {self.text}"

    def _repr_markdown_(self) -> str:
        return repr(self)


@dataclass(frozen=True, repr=False)
class Verdict(Message):
    """What a check says of an answer."""

    outcome: Outcome


class Check:
    """A judge that a learner calls; see the module for how one is written.

    Parameters
    ----------
    judge : callable
        Takes the answer; returns ``None`` if it is right, else a sentence.
    name : str
        ``"lesson/exercise"``, under which the progress is kept.
    hints : list of dict
        The ladder, from a nudge to nearly the answer; each with ``en`` and ``ko``.
    """

    def __init__(self, judge: Callable, name: str, hints: list[dict[str, str]]):
        update_wrapper(self, judge)
        self.name = name
        self._judge = judge
        self._hints = hints
        self._hints_given = 0

    def __call__(self, answer) -> Verdict:
        """Judge `answer`; an answer that is right is recorded in the learner's progress."""
        outcome, text = self._outcome(answer)
        if outcome is Outcome.RIGHT:
            progress.record(self.name)
        else:
            text += " " + say(
                en=f"(A hint: run `{self.__name__}.hint()` in a new cell.)",
                ko=f"(힌트가 필요하면 새 셀에서 `{self.__name__}.hint()`를 실행하십시오.)",
            )
        return Verdict(outcome.value, text, outcome)

    def hint(self) -> Message:
        """Return the next hint of the ladder; at its end, the last one again."""
        self._hints_given = min(self._hints_given + 1, len(self._hints))
        mark = f"{say(en='Hint', ko='힌트')} {self._hints_given}/{len(self._hints)}:"
        return Message(mark, say(**self._hints[self._hints_given - 1]))

    def _outcome(self, answer) -> tuple[Outcome, str]:
        try:
            mistake = self._judge(_guarded(answer))
        except _NotYet:
            return Outcome.NOT_YET, say(
                en="Not written yet: put your answer in place of `...`, run that cell, "
                "then this one.",
                ko="아직 작성하지 않았습니다. `...` 자리에 답을 쓰고 그 셀을 실행한 다음, "
                "이 셀을 다시 실행하십시오.",
            )
        except _ReturnsNothing:
            return Outcome.WRONG, say(
                en="Your function gives nothing back: end it with `return` and the result.",
                ko="함수가 아무것도 돌려주지 않습니다. 결과를 `return`으로 돌려주십시오.",
            )
        except Exception as error:  # whatever the learner's code raises
            reason = f"{type(error).__name__}: {error}".splitlines()[0].replace("`", "'")
            return Outcome.UNJUDGED, say(
                en=f"This can't be judged: your code stops with `{reason}`.",
                ko=f"채점할 수 없습니다. 코드가 `{reason}` 오류로 멈춥니다.",
            )
        if mistake is None:
            return Outcome.RIGHT, say(en="Right!", ko="맞습니다!")
        return Outcome.WRONG, mistake


def check(name: str, hints: list[dict[str, str]]) -> Callable[[Callable], Check]:
    """Make a judge a `Check`; see the module."""
    return lambda judge: Check(judge, name, hints)


class _NotYet(Exception):
    """The blank is still there."""


class _ReturnsNothing(Exception):
    """The learner's function returns None."""


def _guarded(answer):
    """Return the answer, a function wrapped so that what it returns is looked at too."""
    if not isfunction(answer):  # a model can be called too, and has more to be judged
        return _filled(answer)

    @wraps(answer)
    def guarded(*args, **kwargs):
        try:
            result = answer(*args, **kwargs)
        except IndexError:  # NumPy's message names the ellipsis as one of the right indices
            raise
        except Exception as error:
            if "ellipsis" in str(error).lower():
                raise _NotYet from error
            raise
        if result is None:
            raise _ReturnsNothing
        return _filled(result)

    return guarded


def _filled(value):
    if _has_blank(value):
        raise _NotYet
    return value


def _has_blank(value) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype == object and _has_blank(value.tolist())
    if isinstance(value, dict):
        return _has_blank(list(value.values()))
    if isinstance(value, list | tuple | set):
        return any(map(_has_blank, value))
    return value is ...
