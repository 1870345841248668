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
            (number,), right, said = wrong.given, *wrong.shown()
            return say(
                en=f"Twice {number} is {right}, you say {said}.",
                ko=f"{number}의 두 배는 {right}인데 {said}이(가) 나옵니다.",
            )
        return None

What is no number at all, or of no one shape, never reaches a rule: `numbers` raises `Unfit`,
and whatever else stops the judge instead of the learner's code is told as an answer of another
kind than the exercise asks for.
"""

import ast
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, KeysView, ValuesView
from dataclasses import dataclass
from enum import Enum
from functools import update_wrapper, wraps
from inspect import iscoroutine, isfunction
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
        results: list[Any] = []
        try:
            mistake = self._judge(_guarded(answer, results))
        except _NotYet:
            return Outcome.NOT_YET, say(
                en="Not written yet: put your answer in place of `...`, run that cell, "
                "then this one.",
                ko="아직 작성하지 않았습니다. `...` 자리에 답을 쓰고 그 셀을 실행한 다음, "
                "이 셀을 다시 실행하세요.",
            )
        except _ReturnsNothing:
            return Outcome.WRONG, say(
                en="Your function gives nothing back, in one case at least: end it with `return` "
                "and the result in every case.",
                ko="함수가 아무것도 돌려주지 않는 경우가 있습니다. 어떤 경우에도 결과를 "
                "`return`으로 돌려주세요.",
            )
        except Unfit as unfit:
            return Outcome.WRONG, str(unfit)
        except Exception as error:  # the learner's code may raise anything
            if not self._is_by(answer, error):
                return Outcome.WRONG, _of_another_kind(results[-1] if results else answer)
            reason = f"{type(error).__name__}: {error}".splitlines()[0].replace("`", "'")
            return Outcome.UNJUDGED, say(
                en=f"This can't be judged: your code stops with `{reason}`.",
                ko=f"채점할 수 없습니다. 코드가 `{reason}` 오류로 멈춥니다.",
            )
        if mistake is None:
            return Outcome.RIGHT, say(en="Right!", ko="맞습니다!")
        return Outcome.WRONG, mistake

    def _is_by(self, answer: Any, error: Exception) -> bool:
        """Return whether the learner's code raised an error, and not the judge at what it got."""
        if not isfunction(answer):
            return callable(answer)
        frames = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
        # Called with other arguments than it takes, it has no frame of its own.
        called_wrongly = frames[-1].co_filename == __file__ and frames[-1].co_name == "guarded"
        files = {code.co_filename for code in frames if code is not self._judge.__code__}
        return called_wrongly or answer.__code__.co_filename in files


def check(name: str, hints: list[dict[str, str]]) -> Callable[[Callable[[Any], str | None]], Check]:
    """Turn a judge into a `Check`; the module's docstring has an example."""
    return lambda judge: Check(judge, name, hints)


class Trial(NamedTuple):
    """One trial of an answer: its arguments, the right result and the answer's result."""

    given: tuple
    right: Any
    said: Any

    def shown(self) -> tuple[str, str]:
        """Return the texts of both results, which differ; see `shown`."""
        return shown(self.right, self.said)


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


class Unfit(Exception):
    """An answer that no rule can be tried on; says why."""


def numbers(said: Any) -> np.ndarray:
    """Return the numbers of an answer as an array of floats, whatever holds them.

    Raises
    ------
    Unfit
        If it holds something else, such as text, or rows of different lengths.

    Examples
    --------
    >>> numbers([(1, 2), (3, np.float32(4))]).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    try:
        array = np.asarray(said)
        # NumPy would read the text "1" as 1, and None as no number.
        if all(
            hasattr(one, "__float__") and not isinstance(one, str | bytes) for one in array.flat
        ):
            return array.astype(float)
    except (TypeError, ValueError):
        if isinstance(said, list | tuple) and all(isinstance(row, list | tuple) for row in said):
            lengths = [len(row) for row in said]
            if len(set(lengths)) > 1:
                raise Unfit(
                    say(
                        en=f"The rows must be of one length; yours have {lengths} numbers.",
                        ko=f"행의 길이가 모두 같아야 하는데, 행마다 수가 {lengths}개입니다.",
                    )
                ) from None
    raise Unfit(_of_another_kind(said))


def shown(right: Any, said: Any, digits: int = 3) -> tuple[str, str]:
    """Return the texts of two results, with as many digits as it takes to tell them apart.

    Examples
    --------
    >>> shown(3, "3"), shown(1 / 3, 0.3334), shown([1, 2.0], np.array([1.5, 2]))
    (('3', "'3'"), ('0.3333', '0.3334'), ('[1, 2]', '[1.5, 2]'))
    """
    for places in range(digits, 18):
        texts = _text(right, places), _text(said, places)
        if texts[0] != texts[1]:
            return texts
    return texts[0], f"{texts[1]} ({type(said).__name__})"


def apart(share: float, goal: float, digits: int = 1) -> str:
    """Return a share in per cent, with as many digits as tell it from a goal that it misses.

    Examples
    --------
    >>> apart(0.94, 0.96), apart(0.9596, 0.96), apart(0.896, 0.9, digits=0)
    ('94.0%', '95.96%', '89.6%')
    """
    for places in range(digits, 9):
        if (text := f"{share:.{places}%}") != f"{goal:.{places}%}":
            break
    return text


def _text(value: Any, digits: int) -> str:
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, bool | str | int | None):
        return repr(value)
    if isinstance(value, float):
        whole = abs(value) < 1e15 and value == int(value)
        return str(int(value)) if whole else f"{value:.{digits}g}"
    if isinstance(value, list | tuple):
        before, after = "[]" if isinstance(value, list) else "()"
        inside = ", ".join(_text(one, digits) for one in value)
        return f"{before}{inside}{',' * (before == '(' and len(value) == 1)}{after}"
    text = repr(value)
    return text if len(text) < 100 else f"{text[:100]} ..."


def differing(right: Any, said: Any) -> tuple[int, ...]:
    """Return the first place in which two arrays of one shape differ.

    Examples
    --------
    >>> differing([[1, 2], [3, 4]], [[1, 2], [5, 4]])
    (1, 0)
    """
    said = np.asarray(said)
    return next(at for at, one in np.ndenumerate(np.asarray(right)) if not same(said[at], one))


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
        rows = [one.tolist() if isinstance(one, np.ndarray) else one for one in (said, right)]
        return (
            all(isinstance(one, list | tuple) for one in rows)
            and len(rows[0]) == len(rows[1])
            and all(map(same, *rows))
        )
    if said.shape != right.shape:
        return False
    if all(np.issubdtype(one.dtype, np.number) or one.dtype == bool for one in (said, right)):
        return bool(np.allclose(said, right, rtol=1e-4, atol=1e-6, equal_nan=True))
    return said.dtype.kind == right.dtype.kind and bool(np.all(said == right))


class _NotYet(Exception):
    """The blank has not been filled in."""


class _ReturnsNothing(Exception):
    """The learner's function returns None."""


def _guarded(answer: Any, results: list[Any]) -> Any:
    """Return the answer; a function is wrapped, to pass it copies and to collect its results."""
    if not isfunction(answer):  # a model is callable too, but its attributes are judged as well
        if isinstance(answer, Iterator):
            raise Unfit(
                say(
                    en="This can be gone through once only, and a check looks more often: make a "
                    "list of it, `list(...)`.",
                    ko="이것은 한 번만 훑을 수 있는데 채점은 여러 번 봅니다. `list(...)`로 "
                    "리스트를 만드세요.",
                )
            )
        return _filled(answer)

    @wraps(answer)
    def guarded(*args, **kwargs):
        try:
            result = _settled(answer(*_copied(args), **_copied(kwargs)))
        except IndexError:  # NumPy's message lists the ellipsis among the valid indices
            raise
        except Exception as error:
            if "ellipsis" in str(error).lower() or ... in answer.__code__.co_consts:
                raise _NotYet from error
            raise
        if result is None:
            raise _ReturnsNothing
        refuse_coroutine(result)
        results.append(result)
        return _filled(result)

    return guarded


def refuse_coroutine(result: Any) -> None:
    """Raise `Unfit` for what an ``async def`` gives back when it is called as a function."""
    if iscoroutine(result):
        result.close()
        raise Unfit(
            say(
                en="A function written with `async def` gives back no result when it is called, "
                "but something to wait for: write `def`.",
                ko="`async def`로 쓴 함수는 불러도 결과가 아니라 기다릴 것을 돌려줍니다. `def`로 "
                "쓰세요.",
            )
        )


def _settled(result: Any) -> Any:
    """Return a result in which what is given one by one has become a list."""
    if isinstance(result, Iterator | KeysView | ValuesView):
        return [_settled(one) for one in result]
    if type(result) in (list, tuple):
        return type(result)(map(_settled, result))
    return result


def _of_another_kind(value: Any) -> str:
    """Say that an answer is of another kind than what is asked for."""
    if isinstance(value, np.ndarray) and value.dtype.kind not in "SUO":
        kind = say(en=f"an array of the shape {value.shape}", ko=f"모양이 {value.shape}인 배열")
    else:
        text = re.sub(r" at 0x\w+", "", _text(value, 3)).replace("`", "'").replace("\n", " ")
        kind = f"`{text[:40]}{' ...' * (len(text) > 40)}` ({type(value).__name__})"
    return say(
        en=f"Your answer is {kind}, and the exercise asks for something of another kind.",
        ko=f"나온 답은 {kind}입니다. 연습 문제에서 구하는 것과 종류가 다릅니다.",
    )


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
    """Return whether the cell with the answer failed when it was last run.

    Its name then still has its earlier value. Of the cell run just before this one IPython
    knows whether it failed; of one before others, a hint's say, only whether it is Python.
    """
    shell: Any = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    last = getattr(shell, "last_execution_result", None)
    if last is None or last.info is None:
        return False
    *before, cell = shell.history_manager.input_hist_raw
    judged = "|".join(re.findall(r"check_\w+\(\s*(\w+)", cell))
    if not judged:
        return False
    if not last.success and re.search(rf"^\s*(def\s+)?({judged})\b", last.info.raw_cell, re.M):
        return True
    sets_it = re.compile(rf"^\s*(def\s+({judged})\b|({judged})\b[^=\n(]*=(?!=))", re.M)
    latest = next((one for one in reversed(before) if sets_it.search(one)), "")
    try:
        ast.parse(shell.transform_cell(latest))
    except SyntaxError:
        return True
    return False


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
