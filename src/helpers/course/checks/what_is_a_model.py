"""Checks of lesson 01, what a model is."""

import math
from collections.abc import Callable

import numpy as np

from helpers.course.checks import Tried, check, shown
from helpers.reader import say


@check(
    "01/rectangle-sum",
    hints=[
        {
            "en": "Which entry of the table holds the sum of everything down to the rectangle's "
            "lower right corner? What is too much in it?",
            "ko": "직사각형의 오른쪽 아래 귀퉁이까지 모두 더한 값은 표의 어디에 있나요? 그 "
            "값에는 무엇이 더 들어 있나요?",
        },
        {
            "en": "It also holds the part above the rectangle and the part left of it. If you "
            "subtract both, their common corner, above *and* left, is subtracted twice.",
            "ko": "직사각형의 위쪽과 왼쪽이 더 들어 있습니다. 둘을 빼면 왼쪽 위에서 겹치는 "
            "부분이 두 번 빠집니다.",
        },
        {
            "en": "`table[y + height, x + width] - table[y, x + width] - table[y + height, x] "
            "+ table[y, x]`",
            "ko": "`table[y + height, x + width] - table[y, x + width] - table[y + height, x] "
            "+ table[y, x]`",
        },
    ],
)
def check_rectangle_sum(rectangle_sum: Callable) -> str | None:
    """Judge a function (table, x, y, width, height) -> sum of the pixels in a rectangle."""
    tables = [_summed(np.random.default_rng(seed).integers(1, 100, (7, 9))) for seed in (1, None)]
    inside = [(2, 3, 4, 2), (1, 1, 5, 3), (3, 2, 4, 3)]  # x, y, width, height
    at_the_edges = [(0, 0, 9, 7), (0, 3, 2, 4), (4, 0, 5, 1)]
    tried = Tried(rectangle_sum, [(table, *case) for table in tables for case in inside])
    if tried.agrees(lambda table, x, y, w, h: table[y + h, x + w]):
        return say(
            en="That is the sum of everything from the upper left corner of the picture: take "
            "away what lies above the rectangle and what lies left of it.",
            ko="그림의 왼쪽 위 끝에서부터 모두 더한 값입니다. 직사각형의 위쪽과 왼쪽에 있는 "
            "부분을 빼세요.",
        )
    if tried.agrees(lambda table, x, y, w, h: table[y : y + h, x : x + w].sum()):
        return say(
            en="You add up numbers of the table, and each of them is a sum already: the four "
            "numbers at the corners are enough.",
            ko="표에 있는 수를 더했는데, 표의 수는 하나하나가 이미 합입니다. 네 귀퉁이의 수만 "
            "있으면 됩니다.",
        )
    if tried.agrees(lambda table, x, y, w, h: _inside(table, x, y, w, h) - table[y, x]):
        return say(
            en="The corner above *and* left of the rectangle was subtracted twice: add it once.",
            ko="직사각형의 왼쪽 위에서 겹치는 부분을 두 번 뺐습니다. 한 번 더하세요.",
        )
    if tried.agrees(lambda table, x, y, w, h: _inside(table, y, x, h, w)):
        return say(
            en="Rows and columns are exchanged: the table is read as `table[row, column]`, and y "
            "counts the rows.",
            ko="행과 열이 바뀌었습니다. 표는 `table[행, 열]`로 읽고, y가 행 번호입니다.",
        )
    if tried.agrees(lambda table, x, y, w, h: _inside(table, x, y, w - 1, h - 1)) or tried.agrees(
        lambda table, x, y, w, h: _inside(table, x - 1, y - 1, w, h)
    ):
        return say(
            en="You are one row and one column off: the table begins with a row and a column of "
            "zeros, so there is no 1 to subtract.",
            ko="한 행, 한 열씩 어긋났습니다. 표의 첫 행과 첫 열이 0이므로 1을 뺄 필요가 없습니다.",
        )
    if tried.agrees(lambda table, x, y, w, h: _inside(table, x, y, h, w)):
        return say(
            en="Width and height are exchanged: `x + width` is a column, `y + height` is a row.",
            ko="너비와 높이가 바뀌었습니다. `x + width`는 열 번호, `y + height`는 행 번호입니다.",
        )
    wrong = tried.first_wrong(_inside) or Tried(
        rectangle_sum, [(table, *case) for table in tables for case in at_the_edges]
    ).first_wrong(_inside)
    if wrong:
        _, x, y, width, height = wrong.given
        right, said = wrong.shown()
        return say(
            en=f"For x={x}, y={y}, width={width}, height={height} of a trial picture the sum "
            f"is {right}, you say {said}.",
            ko=f"시험용 그림에서 x={x}, y={y}, 너비 {width}, 높이 {height}인 직사각형의 합은 "
            f"{right}인데 {said}이(가) 나옵니다.",
        )
    return None


def _summed(image):
    """Return the table of a picture: at each place the sum of all pixels above and left of it."""
    return np.pad(image.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))


def _inside(table, x, y, width, height):
    right, bottom = x + width, y + height
    return table[bottom, right] - table[y, right] - table[bottom, x] + table[y, x]


@check(
    "01/stage",
    hints=[
        {
            "en": "Each feature gives one vote. Which of its two numbers is it when the value is "
            "below the threshold, and which when it is not?",
            "ko": "특징마다 표를 하나씩 냅니다. 값이 문턱값보다 작으면 두 수 가운데 어느 것이고, "
            "작지 않으면 어느 것인가요?",
        },
        {
            "en": "Add the votes up, and compare the sum with `limit`: `>=` gives True or False.",
            "ko": "표를 모두 더한 다음 `limit`와 비교하세요. `>=`의 결과가 True나 False입니다.",
        },
        {
            "en": "`np.where(np.less(values, thresholds), below, above)` gives all votes at once; "
            "`.sum() >= limit` does the rest.",
            "ko": "`np.where(np.less(values, thresholds), below, above)`를 쓰면 표가 한꺼번에 "
            "나옵니다. 여기에 `.sum() >= limit`를 붙이면 됩니다.",
        },
    ],
)
def check_stage(passes: Callable) -> str | None:
    """Judge a function (values, thresholds, below, above, limit) -> whether a stage passes."""
    # The votes are 1, 0.25 and 0.5: in all 1.75, each an exact number in binary.
    stage = tuple(
        np.array(numbers)
        for numbers in ([0.5, -0.25, 0.125], [0, 0, 0], [0.125, 0.25, 0.375], [1.0, 0.75, 0.5])
    )
    answer = passes(*stage, 1.5)
    if isinstance(answer, str):
        return say(
            en=f"{answer!r} is a text, in quotation marks: return what the comparison with "
            "`limit` gives, True or False.",
            ko=f"{answer!r}은(는) 따옴표로 둘러싼 글자입니다. `limit`와 비교한 결과인 True나 "
            "False를 그대로 돌려주세요.",
        )
    if not isinstance(answer, bool | np.bool_):
        _, said = shown(True, answer)
        return say(
            en=f"The answer must be True or False, you say {said}: compare the sum of the "
            "votes with `limit`.",
            ko=f"답은 True나 False여야 하는데 {said}이(가) 나옵니다. 표의 합을 `limit`와 "
            "비교하세요.",
        )
    trials = [
        (*rng.normal(size=(4, size)), rng.normal())
        for rng in (np.random.default_rng(1), np.random.default_rng())
        for size in (1, 2, 3, 4, 5, 7) * 3
    ]
    tried = Tried(passes, trials)
    if tried.agrees(
        lambda values, thresholds, below, above, limit: _passes(
            values, thresholds, above, below, limit
        )
    ):
        return say(
            en="The votes are exchanged: a value below the threshold gives the vote `below`.",
            ko="표가 서로 바뀌었습니다. 값이 문턱값보다 작을 때 `below`의 표를 내야 합니다.",
        )
    if passes(*stage, 100):
        return say(
            en="A limit of 100 is passed by votes that make 1.75 in all: return whether their sum "
            "is at least `limit` (sum `>=` limit).",
            ko="표의 합이 1.75인데 기준이 100이어도 통과합니다. 표의 합이 `limit` 이상인지(`>=`) "
            "비교하세요.",
        )
    if passes(*stage, 2):
        return say(
            en="Three features vote 1, 0.25 and 0.5, which make 1.75 and don't pass a limit of 2. "
            "Add up one vote from each feature, the number itself; don't count the features.",
            ko="세 특징의 표가 1, 0.25, 0.5이면 합이 1.75이므로 기준 2를 통과하지 못합니다. "
            "특징마다 표를 하나만 골라 그 값을 더하세요. 특징의 수를 세면 안 됩니다.",
        )
    if passes(*stage, 1.7) and not passes(*stage, 1.75):
        return say(
            en="A sum that just reaches the limit passes: use `>=`.",
            ko="합이 기준과 같아도 통과입니다. `>=`를 쓰세요.",
        )
    if not (answer and passes(*stage, 1.75)):
        return say(
            en="Three features vote 1, 0.25 and 0.5, which make 1.75 and pass a limit of 1.5; you "
            "say False.",
            ko="세 특징의 표가 1, 0.25, 0.5이면 합이 1.75이므로 기준 1.5를 통과해야 하는데 "
            "False가 나옵니다.",
        )
    if not passes(np.array([2]), np.array([2]), np.array([0]), np.array([1]), 0.5):
        return say(
            en="A value equal to its threshold is not below it: the vote is `above`.",
            ko="값이 문턱값과 같으면 작은 것이 아니므로 `above`의 표를 내야 합니다.",
        )
    if passes(*map(np.array, ([1, 1], [0, 0], [0, 0], [0.75, -0.5])), 0.5):
        return say(
            en="Votes of 0.75 and −0.5 make 0.25 and don't pass a limit of 0.5; you say True. "
            "Decide only when all votes are added up: a later one may be negative.",
            ko="표가 0.75와 −0.5이면 합이 0.25이므로 기준 0.5를 통과하지 못하는데 True가 "
            "나옵니다. 뒤에 음수인 표가 올 수 있으므로, 표를 모두 더한 다음에 정하세요.",
        )
    if wrong := tried.first_wrong(_passes):
        *lists, limit = (np.round(one, 2).tolist() for one in wrong.given)
        right, said = wrong.shown()
        return say(
            en="Values, thresholds, votes below and above "
            f"{lists} at the limit {limit} give {right}, you say {said}.",
            ko=f"값, 문턱값, below, above가 {lists}, 기준이 {limit}이면 {right}인데 "
            f"{said}이(가) 나옵니다.",
        )
    return None


def _passes(values, thresholds, below, above, limit):
    return bool(np.where(values < thresholds, below, above).sum() >= limit)


@check(
    "01/parameters",
    hints=[
        {
            "en": "How many numbers are in a table of 3 rows and 4 columns? In ten such tables?",
            "ko": "3행 4열짜리 표에는 수가 몇 개 있나요? 그런 표가 10개이면 모두 몇 개인가요?",
        },
        {
            "en": "Multiply within a shape, add over the shapes. `math.prod((3, 4))` is 12.",
            "ko": "모양 안의 수는 곱하고, 모양끼리는 더합니다. `math.prod((3, 4))`는 12입니다.",
        },
        {
            "en": "`sum(math.prod(shape) for shape in shapes)`",
            "ko": "`sum(math.prod(shape) for shape in shapes)`",
        },
    ],
)
def check_parameters(count_parameters: Callable) -> str | None:
    """Judge a function: list of shapes -> how many numbers there are in all."""
    trials = [([(3, 3, 2, 4), (4,)],), ([(128, 10), (10,), (5, 5, 1, 32)],), ([(6,)],)]
    tried = Tried(count_parameters, trials)
    if tried.agrees(lambda shapes: sum(map(sum, shapes))):
        return say(
            en="A table of 3 rows and 4 columns holds 3 × 4 numbers, not 3 + 4: multiply within "
            "a shape.",
            ko="3행 4열짜리 표에는 수가 3 + 4개가 아니라 3 × 4개 있습니다. 모양 안의 수는 "
            "곱하세요.",
        )
    if tried.agrees(len):
        return say(
            en="You count the tables; count the numbers that are in them.",
            ko="표의 개수를 셌습니다. 표 안에 든 수의 개수를 세세요.",
        )
    if tried.agrees(lambda shapes: math.prod(map(math.prod, shapes))):
        return say(
            en="The tables are multiplied with each other: add the numbers of one to those of "
            "the next.",
            ko="표끼리도 곱했습니다. 표마다 센 수는 더해야 합니다.",
        )
    if tried.agrees(lambda shapes: math.prod(shapes[0])):
        return say(
            en="Only one of the tables is counted: go on to the others.",
            ko="표를 하나만 셌습니다. 나머지 표도 세어서 더하세요.",
        )
    if wrong := tried.first_wrong(lambda shapes: sum(map(math.prod, shapes))):
        shapes = ", ".join(map(str, wrong.given[0]))
        right, said = wrong.shown()
        return say(
            en=f"Tables of the shapes {shapes} hold {right} numbers, you say {said}.",
            ko=f"모양이 {shapes}인 표에는 수가 {right}개 있는데 {said}이(가) 나옵니다.",
        )
    return None
