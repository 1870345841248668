"""Exercises that mark themselves: what a check is; each lesson's checks lie beside.

A check is a judge with a name and hints. The judge takes what the learner made and
returns ``None`` if it is right, else one sentence that names the likely mistake. A function is
tried on several trials, whose sizes differ in every dimension, and held against the rules of the
right answer and of the mistakes::

    @check("02/double", hints=[dict(en="Twice is times two.", ko="두 배는 곱하기 2입니다.")])
    def check_double(double):
        tried = Tried(double, [(3,), (-0.5,), (7,)])
        if tried.agrees(lambda number: number**2):
            return say(en="That is the square.", ko="그것은 제곱입니다.")
        if wrong := tried.first_wrong(lambda number: 2 * number):
            (number,) = wrong.given
            return say(
                en=f"Twice {number} is {wrong.right}, you say {wrong.said}.",
                ko=f"{number}의 두 배는 {wrong.right}인데 {wrong.said}이(가) 나옵니다.",
            )
"""

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import update_wrapper, wraps
from inspect import isfunction
from types import GeneratorType
from typing import Any, NamedTuple

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
        if _is_of_yesterday():
            outcome, text = (
                Outcome.UNJUDGED,
                say(
                    en="The cell with your answer stopped with an error, so this would judge the "
                    "answer before it: fix that cell, run it, then run this one.",
                    ko="답을 쓴 셀이 오류로 멈추어서, 지금 채점하면 그전의 답을 채점하게 됩니다. "
                    "그 셀을 고쳐 실행한 다음 이 셀을 다시 실행하세요.",
                ),
            )
            return Verdict(outcome.value, text, outcome)
        outcome, text = self._outcome(answer)
        if outcome is Outcome.RIGHT:
            try:
                progress.record(self.name)
            except OSError:
                text += " " + say(
                    en="(It could not be saved: the folder `work/progress` cannot be written.)",
                    ko="(기록하지는 못했습니다. `work/progress` 폴더에 쓸 수 없습니다.)",
                )
        else:
            text += " " + say(
                en=f"(A hint: run `{self.__name__}.hint()` in a new cell.)",
                ko=f"(힌트가 필요하면 새 셀에서 `{self.__name__}.hint()`를 실행하세요.)",
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
                "이 셀을 다시 실행하세요.",
            )
        except _ReturnsNothing:
            return Outcome.WRONG, say(
                en="Your function gives nothing back: end it with `return` and the result.",
                ko="함수가 아무것도 돌려주지 않습니다. 결과를 `return`으로 돌려주세요.",
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


class Trial(NamedTuple):
    """One trial of an answer: what it was given, what is right, what it said."""

    given: tuple
    right: Any
    said: Any


class Tried:
    """What a learner's function makes of several trials.

    Parameters
    ----------
    answer : callable
    trials : iterable of tuple
        The arguments of each trial. Each rule and the answer get copies of their own.
    """

    def __init__(self, answer: Callable, trials: Iterable[tuple]):
        self.trials = list(trials)
        self.said = [answer(*_copied(given)) for given in self.trials]

    def agrees(self, rule: Callable) -> bool:
        """Tell whether the answer says what a rule says, in every trial."""
        return self.first_wrong(rule) is None

    def first_wrong(self, rule: Callable) -> Trial | None:
        """Return the first trial in which the answer does not say what a rule says."""
        for given, said in zip(self.trials, self.said, strict=True):
            right = rule(*_copied(given))
            if not same(said, right):
                return Trial(given, right, said)
        return None


def same(said, right) -> bool:
    """Tell whether an answer is the right one, whatever holds its numbers.

    Lists, tuples and arrays of the same shape are the same, and so are numbers that differ as
    float32 rounds them.

    Examples
    --------
    >>> same((1, np.float32(0.1)), [1, 0.1]), same([1, 2], [[1, 2]]), same("7", 7)
    (True, False, False)
    """
    if isinstance(right, str | bool | None):
        return isinstance(said, np.bool_ | type(right)) and bool(said == right)
    if isinstance(right, dict):
        return (
            isinstance(said, dict)
            and said.keys() == right.keys()
            and all(same(said[key], right[key]) for key in right)
        )
    try:
        said, right = np.asarray(said), np.asarray(right)
    except ValueError:  # lists in a list, of different lengths
        return len(said) == len(right) and all(map(same, said, right))
    if said.shape != right.shape:
        return False
    if all(np.issubdtype(one.dtype, np.number) or one.dtype == bool for one in (said, right)):
        return bool(np.allclose(said, right, rtol=1e-4, atol=1e-6, equal_nan=True))
    return said.dtype.kind == right.dtype.kind and bool(np.all(said == right))


class _NotYet(Exception):
    """The blank is still there."""


class _ReturnsNothing(Exception):
    """The learner's function returns None."""


def _guarded(answer):
    """Return the answer; a function wrapped, so that it gets copies and its results are seen."""
    if not isfunction(answer):  # a model can be called too, and has more to be judged
        return _filled(answer)

    @wraps(answer)
    def guarded(*args, **kwargs):
        try:
            result = answer(*_copied(args), **_copied(kwargs))
            if isinstance(result, GeneratorType | map | filter | zip):
                result = list(result)
        except IndexError:  # NumPy's message names the ellipsis as one of the right indices
            raise
        except Exception as error:
            if "ellipsis" in str(error).lower() or ... in answer.__code__.co_consts:
                raise _NotYet from error
            raise
        if result is None:
            raise _ReturnsNothing
        return _filled(result)

    return guarded


def _copied(given):
    """Return arguments of their own: what one answer does to them, the next does not meet."""
    if isinstance(given, np.ndarray):
        return given.copy()
    if isinstance(given, dict):
        return {key: _copied(value) for key, value in given.items()}
    if type(given) in (list, tuple, set):
        return type(given)(map(_copied, given))
    return given


def _is_of_yesterday() -> bool:
    """Tell whether the cell run before this one failed and holds the answer judged here.

    After a SyntaxError in it the name still has its earlier value.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    last = getattr(shell, "last_execution_result", None)
    if last is None or last.success or last.info is None:
        return False
    cell = shell.history_manager.input_hist_raw[-1]
    judged = re.findall(r"check_\w+\(\s*(\w+)", cell)
    return any(re.search(rf"^\s*(def\s+)?{name}\b", last.info.raw_cell, re.M) for name in judged)


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
