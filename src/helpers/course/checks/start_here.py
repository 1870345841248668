"""Checks of lesson 00, start here."""

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.course.checks import Tried, apart, check, same
from helpers.reader import say
from helpers.vision.digits import shipped_reader
from helpers.vision.photos import to_mnist


@check(
    "00/count",
    hints=[
        {
            "en": "The picture is a table. How many rows are there, and how many numbers in each?",
            "ko": "그림은 표입니다. 행이 몇 개이고, 한 행에 수가 몇 개 있을까요?",
        },
        {
            "en": "28 rows of 28 numbers each: which operation counts them all?",
            "ko": "28개짜리 행이 28개 있습니다. 모두 세려면 어떤 계산을 해야 할까요?",
        },
        {"en": "Write `count = 28 * 28`.", "ko": "`count = 28 * 28`이라고 쓰세요."},
    ],
)
def check_count(count: Any) -> str | None:
    """Judge the count of pixels in an MNIST picture."""
    if np.ndim(count):
        return say(
            en="One number is asked for, how many there are, and no list or table of them.",
            ko="수가 몇 개인지, 답은 수 하나입니다. 리스트나 표가 아닙니다.",
        )
    if count == 28:
        return say(
            en="28 is one row; there are 28 rows.",
            ko="28은 한 행에 있는 수입니다. 행이 28개 있습니다.",
        )
    if count == 56:
        return say(
            en="28 + 28 counts one row and one column: multiply instead.",
            ko="28 + 28은 한 행과 한 열만 센 것입니다. 곱해야 합니다.",
        )
    if count == 10:
        return say(
            en="Ten numbers come *out*; the question is how many go *in*.",
            ko="10개는 *나오는* 수입니다. *들어가는* 수를 물었습니다.",
        )
    if isinstance(count, str):
        return say(
            en=f"{count!r} is a text, in quotation marks: a number stands without them.",
            ko=f"{count!r}은(는) 따옴표로 둘러싼 글자입니다. 수는 따옴표 없이 쓰세요.",
        )
    if not same(count, 784):
        return say(
            en=f"The picture has 28 rows of 28 numbers; that is not {count}.",
            ko=f"그림은 28개씩 28행입니다. {count}개가 아닙니다.",
        )
    return None


@check(
    "00/most-likely",
    hints=[
        {
            "en": "The digits 0 to 9 stand in order: the first probability is that of the 0.",
            "ko": "0부터 9까지 차례대로입니다. 첫 번째 확률이 0의 확률입니다.",
        },
        {
            "en": "The place of the greatest number is the digit, and `np.argmax` gives the place.",
            "ko": "가장 큰 수가 있는 자리가 곧 숫자이고, `np.argmax`가 그 자리를 알려 줍니다.",
        },
        {
            "en": "Write `return np.argmax(probabilities)`.",
            "ko": "`return np.argmax(probabilities)`라고 쓰세요.",
        },
    ],
)
def check_most_likely(most_likely: Callable) -> str | None:
    """Judge a function from ten probabilities to the most likely digit."""
    clear = np.array([0.05, 0.02, 0.03, 0.61, 0.04, 0.05, 0.01, 0.08, 0.06, 0.05])
    unsure = np.array([0.06, 0.05, 0.07, 0.02, 0.09, 0.1, 0.08, 0.04, 0.4, 0.09])
    last, first = np.roll(unsure, 1), np.roll(unsure, 2)  # the place of the greatest in them
    fresh = np.random.default_rng().dirichlet(np.ones(10))
    trials = [(clear,), (unsure,), (last,), (first,), (fresh,)]
    tried = Tried(most_likely, trials)
    if tried.agrees(np.max):
        return say(
            en="You return the greatest probability; the digit is the *place* where it stands.",
            ko="가장 큰 확률을 돌려주었습니다. 숫자는 그 확률이 있는 *자리*입니다.",
        )
    if tried.agrees(lambda probabilities: np.argmax(probabilities) + 1):
        return say(
            en="You count from 1, but the first place belongs to the digit 0.",
            ko="1부터 세고 있습니다. 첫 번째 자리는 숫자 0의 자리입니다.",
        )
    if tried.agrees(np.argmin):
        return say(
            en="That is the *least* likely digit.",
            ko="그것은 확률이 가장 *작은* 숫자입니다.",
        )
    if tried.agrees(lambda probabilities: np.argmax(probabilities[:-1])):
        return say(
            en="The last probability, that of the 9, is never looked at: `range(9)` ends with 8.",
            ko="마지막 확률, 곧 9의 확률을 한 번도 보지 않습니다. `range(9)`는 8에서 끝납니다.",
        )
    if wrong := tried.first_wrong(np.argmax):
        probabilities = wrong.given[0].round(2).tolist()
        right, said = wrong.shown()
        return say(
            en=f"For {probabilities} the answer is {right}, you say {said}.",
            ko=f"{probabilities}이면 답은 {right}인데 {said}이(가) 나옵니다.",
        )
    return None


#: The least probability of a 4 in the open exercise.
SURE = 0.9


@check(
    "00/drawing",
    hints=[
        {
            "en": "Begin with a 4 that you would recognise: five rows of four characters are "
            "enough.",
            "ko": "먼저 여러분이 알아볼 수 있는 4를 그리세요. 글자 네 개짜리 다섯 줄이면 됩니다.",
        },
        {
            "en": "A stroke down on the left, a bar across, and a long stroke down on the right.",
            "ko": "왼쪽에 내려긋는 획, 가운데에 가로획, 오른쪽에 길게 내려긋는 획이 있으면 됩니다.",
        },
        {
            "en": "The rows `#..#`, `#..#`, `####`, `...#`, `...#` make a 4. To use fewer, make "
            "the strokes shorter, then leave out one `#` at a time.",
            "ko": "`#..#`, `#..#`, `####`, `...#`, `...#`을 차례로 쓰면 4가 됩니다. 더 줄이려면 "
            "획을 짧게 한 다음 `#`을 하나씩 빼 보세요.",
        },
    ],
)
def check_drawing(drawing: Any) -> str | None:
    """Judge a drawing of characters that the shipped network reads as a 4."""
    lines = drawing.split("\n") if isinstance(drawing, str) else drawing
    if not isinstance(lines, list | tuple) or not all(isinstance(line, str) for line in lines):
        return say(
            en=f"The drawing must be a text of several lines, not {drawing!r}.",
            ko=f"그림은 여러 줄로 된 글이어야 합니다. {drawing!r}은(는) 글이 아닙니다.",
        )
    width = max(map(len, lines), default=0)
    ink = np.array([[mark not in " ." for mark in line.ljust(width)] for line in lines])
    if not ink.any():
        return say(
            en="There is only paper in the drawing: put in some `#`.",
            ko="그림에 종이밖에 없습니다. `#`을 넣어 보세요.",
        )
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    picture = to_mnist(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    (probabilities,) = shipped_reader()(picture[None])
    digit, four = int(probabilities.argmax()), float(probabilities[4])
    if digit != 4:
        return say(
            en=f"The network reads this as {digit}, and finds a 4 only {four:.0%} likely.",
            ko=f"신경망은 {digit}(으)로 읽고, 4일 확률은 {four:.0%}라고 합니다.",
        )
    if four < SURE:
        likely = apart(four, SURE, digits=0)
        return say(
            en=f"The network reads a 4, but only with {likely}: make it surer.",
            ko=f"신경망이 4로 읽기는 하지만 확률이 {likely}입니다. 더 확신하게 만들어 보세요.",
        )
    return None
