"""Exercises that mark themselves: what a check is. Each lesson has a module of checks here.

A check is a judge with a name and hints. The judge takes the learner's answer and returns
``None`` if it is right, else one sentence that names the likely mistake. A function is run on
several trials, whose sizes differ in every dimension, and compared with the rule of the right
answer and those of typical mistakes::

    @check("02/double", hints=[dict(en="Twice is times two.", ko="두 배는 곱하기 2입니다.")])
    def check_double(double: Callable) -> str | None:
        tried = Tried(double, [(3,), (-0.5,), (7,)])
        if tried.agrees(lambda number: number**2):
            return say(en="That is the square.", ko="그것은 제곱입니다.")
        if wrong := tried.first_wrong(lambda number: 2 * number):
            (number,) = wrong.given
            return say(
                en=f"Twice {number} is {wrong.right}, you say {wrong.said}.",
                ko=f"{number}의 두 배는 {wrong.right}인데 {wrong.said}이(가) 나옵니다.",
            )
        return None
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
    """The four cases that a check tells apart."""

    NOT_YET = "✎"
    WRONG = "✘"
    UNJUDGED = "⚠"
    RIGHT = "✔"


@dataclass(frozen=True)
class Message:
    """A sentence for the learner: Markdown in a notebook, text elsewhere."""

    mark: str
    text: str

    def __repr__(self) -> str:
        return f"{self.mark} {self.text}"

    def _repr_markdown_(self) -> str:
        return repr(self)


@dataclass(frozen=True, repr=False)
class Verdict(Message):
    """What a check says about an answer."""

    outcome: Outcome

    def _repr_markdown_(self) -> str:
        kind = self.outcome.name.lower().replace("_", "-")  # the style sheet has a colour for it
        return f'<div class="annyeong-verdict annyeong-{kind}">\n\n{self!r}\n\n</div>'


class Check:
    """A judge that a learner calls; the module's docstring shows how to write one.

    Parameters
    ----------
    judge : callable
        Takes the answer; returns ``None`` if it is right, else a sentence.
    name : str
        ``"lesson/exercise"``, the name under which the progress is recorded.
    hints : list of dict
        From a nudge to nearly the answer; each with ``en`` and ``ko``.
    """

    __name__: str  # the judge's, by `update_wrapper`

    def __init__(self, judge: Callable[[Any], str | None], name: str, hints: list[dict[str, str]]):
        update_wrapper(self, judge)
        self.name = name
        self._judge = judge
        self._hints = hints
        self._hints_given = 0

    def __call__(self, answer: Any) -> Verdict:
        """Judge `answer`; a right answer is recorded in the learner's progress."""
        if _is_stale():
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
        """Return the next hint; after the last one, the last one again."""
        self._hints_given = min(self._hints_given + 1, len(self._hints))
        mark = f"{say(en='Hint', ko='힌트')} {self._hints_given}/{len(self._hints)}:"
        return Message(mark, say(**self._hints[self._hints_given - 1]))

    def _outcome(self, answer: Any) -> tuple[Outcome, str]:
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
        except Exception as error:  # the learner's code may raise anything
            reason = f"{type(error).__name__}: {error}".splitlines()[0].replace("`", "'")
            return Outcome.UNJUDGED, say(
                en=f"This can't be judged: your code stops with `{reason}`.",
                ko=f"채점할 수 없습니다. 코드가 `{reason}` 오류로 멈춥니다.",
            )
        if mistake is None:
            return Outcome.RIGHT, say(en="Right!", ko="맞습니다!")
        return Outcome.WRONG, mistake


def check(name: str, hints: list[dict[str, str]]) -> Callable[[Callable[[Any], str | None]], Check]:
    """Turn a judge into a `Check`; the module's docstring has an example."""
    return lambda judge: Check(judge, name, hints)


class Trial(NamedTuple):
    """One trial of an answer: its arguments, the right result and the answer's result."""

    given: tuple
    right: Any
    said: Any


class Tried:
    """The results of a learner's function in several trials.

    Parameters
    ----------
    answer : callable
    trials : iterable of tuple
        The arguments of each trial. The answer and each rule get copies of their own.
    """

    def __init__(self, answer: Callable, trials: Iterable[tuple]):
        self.trials = list(trials)
        self.said = [answer(*_copied(given)) for given in self.trials]

    def agrees(self, rule: Callable) -> bool:
        """Return whether the answer gives the same as a rule in every trial."""
        return self.first_wrong(rule) is None

    def first_wrong(self, rule: Callable) -> Trial | None:
        """Return the first trial in which the answer differs from a rule; None if there is none."""
        for given, said in zip(self.trials, self.said, strict=True):
            right = rule(*_copied(given))
            if not same(said, right):
                return Trial(given, right, said)
        return None


def same(said: Any, right: Any) -> bool:
    """Return whether an answer is the right one, whatever type holds its numbers.

    Lists, tuples and arrays with the same numbers are the same, and so are numbers that differ
    only by the rounding of float32.

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
    """The blank has not been filled in."""


class _ReturnsNothing(Exception):
    """The learner's function returns None."""


def _guarded(answer: Any) -> Any:
    """Return the answer; a function is wrapped, to pass it copies and to look at its results."""
    if not isfunction(answer):  # a model is callable too, but its attributes are judged as well
        return _filled(answer)

    @wraps(answer)
    def guarded(*args, **kwargs):
        try:
            result = answer(*_copied(args), **_copied(kwargs))
            if isinstance(result, GeneratorType | map | filter | zip):
                result = list(result)
        except IndexError:  # NumPy's message lists the ellipsis among the valid indices
            raise
        except Exception as error:
            if "ellipsis" in str(error).lower() or ... in answer.__code__.co_consts:
                raise _NotYet from error
            raise
        if result is None:
            raise _ReturnsNothing
        return _filled(result)

    return guarded


def _copied(given: Any) -> Any:
    """Return a copy of an argument, so that an answer that changes it changes no other trial."""
    if isinstance(given, np.ndarray):
        return given.copy()
    if isinstance(given, dict):
        return {key: _copied(value) for key, value in given.items()}
    if type(given) in (list, tuple, set):
        return type(given)(map(_copied, given))
    return given


def _is_stale() -> bool:
    """Return whether the answer's cell was run just before this one and failed.

    After a SyntaxError in that cell the name still has its earlier value.
    """
    shell: Any = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    last = getattr(shell, "last_execution_result", None)
    if last is None or last.success or last.info is None:
        return False
    cell = shell.history_manager.input_hist_raw[-1]
    judged = re.findall(r"check_\w+\(\s*(\w+)", cell)
    return any(re.search(rf"^\s*(def\s+)?{name}\b", last.info.raw_cell, re.M) for name in judged)


def _filled(value: Any) -> Any:
    """Return `value`.

    Raises
    ------
    _NotYet
        If it holds a blank, ``...``.
    """
    if _has_blank(value):
        raise _NotYet
    return value


def _has_blank(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype == object and _has_blank(value.tolist())
    if isinstance(value, dict):
        return _has_blank(list(value.values()))
    if isinstance(value, list | tuple | set):
        return any(map(_has_blank, value))
    return value is ...
