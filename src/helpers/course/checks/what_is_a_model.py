"""Checks of lesson 01, what a model is."""

import numpy as np

from helpers.course.checks import check
from helpers.reader import say


@check(
    "01/rectangle-sum",
    hints=[
        {
            "en": "Which entry of the table holds the sum of everything down to the rectangle's "
            "lower right corner? What is too much in it?",
            "ko": "직사각형의 오른쪽 아래 모서리까지 모두 더한 값은 표의 어디에 있습니까? 그 "
            "값에는 무엇이 더 들어 있습니까?",
        },
        {
            "en": "Too much are the part above the rectangle and the part left of it. Their "
            "common corner, above *and* left, goes away twice.",
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
def check_rectangle_sum(rectangle_sum):
    """Judge a function (table, x, y, width, height) -> sum of the pixels in a rectangle."""
    image = np.random.default_rng(1).integers(1, 100, (9, 9))
    table = np.pad(image.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    answer, right = rectangle_sum(table, 1, 3, 4, 2), image[3:5, 1:5].sum()
    if answer == image[:5, :5].sum():
        return say(
            en="That is the sum of everything from the upper left corner of the picture: take "
            "away what lies above the rectangle and what lies left of it.",
            ko="그림의 왼쪽 위 끝에서부터 모두 더한 값입니다. 직사각형의 위쪽과 왼쪽에 있는 "
            "부분을 빼십시오.",
        )
    if answer == right - image[:3, :1].sum():
        return say(
            en="The corner above *and* left of the rectangle was taken away twice: add it once.",
            ko="직사각형의 왼쪽 위에서 겹치는 부분을 두 번 뺐습니다. 한 번 더하십시오.",
        )
    if answer == image[1:3, 3:7].sum():
        return say(
            en="Rows and columns are exchanged: the table is read as `table[row, column]`, and y "
            "counts the rows.",
            ko="줄과 칸이 바뀌었습니다. 표는 `table[줄, 칸]`으로 읽고, y가 줄 번호입니다.",
        )
    if answer in (image[3:4, 1:4].sum(), image[2:4, :4].sum()):
        return say(
            en="You are one row and one column off: the table begins with a row and a column of "
            "zeros, so nothing has to be taken off by 1.",
            ko="한 줄, 한 칸씩 어긋났습니다. 표의 첫 줄과 첫 칸이 0이므로 1을 뺄 필요가 없습니다.",
        )
    for case in [(1, 3, 4, 2), (0, 0, 9, 9), (5, 2, 3, 6)]:
        x, y, width, height = case
        answer, right = rectangle_sum(table, *case), image[y : y + height, x : x + width].sum()
        if answer != right:
            return say(
                en=f"For x={x}, y={y}, width={width}, height={height} of a trial picture the sum "
                f"is {right}, you say {answer}.",
                ko=f"시험용 그림에서 x={x}, y={y}, 너비 {width}, 높이 {height}인 직사각형의 합은 "
                f"{right}인데 {answer}이(가) 나옵니다.",
            )


@check(
    "01/stage",
    hints=[
        {
            "en": "Each feature gives one vote. Which of its two numbers is it when the value is "
            "below the threshold, and which when it is not?",
            "ko": "특징마다 표를 하나씩 냅니다. 값이 문턱값보다 작으면 두 수 가운데 어느 것이고, "
            "작지 않으면 어느 것입니까?",
        },
        {
            "en": "Add the votes up, and compare the sum with `limit`: `>=` gives True or False.",
            "ko": "표를 모두 더한 다음 `limit`와 비교하십시오. `>=`의 결과가 True나 False입니다.",
        },
        {
            "en": "`np.where(np.less(values, thresholds), below, above)` gives all votes at once; "
            "`.sum() >= limit` does the rest.",
            "ko": "`np.where(np.less(values, thresholds), below, above)`를 쓰면 표가 한꺼번에 "
            "나옵니다. 여기에 `.sum() >= limit`를 붙이면 됩니다.",
        },
    ],
)
def check_stage(passes):
    """Judge a function (values, thresholds, below, above, limit) -> whether a stage passes."""
    # The votes are 1, 0.25 and 0.5: in all 1.75, each an exact number in binary.
    stage = [0.5, -0.25, 0.125], [0, 0, 0], [0.125, 0.25, 0.375], [1.0, 0.75, 0.5]
    answer = passes(*stage, 1.5)
    if not isinstance(answer, bool | np.bool_):
        return say(
            en=f"The answer must be True or False, you say {answer}: compare the sum of the "
            "votes with `limit`.",
            ko=f"답은 True나 False여야 하는데 {answer}이(가) 나옵니다. 표의 합을 `limit`와 "
            "비교하십시오.",
        )
    if passes(*stage, 1.25) and not answer:
        return say(
            en="The votes are exchanged: a value below the threshold gives the vote `below`.",
            ko="표가 서로 바뀌었습니다. 값이 문턱값보다 작을 때 `below`의 표를 내야 합니다.",
        )
    if passes(*stage, 100):
        return say(
            en="A limit of 100 is passed by votes that make 1.75 in all: use `limit`.",
            ko="표의 합이 1.75인데 기준이 100이어도 통과합니다. `limit`와 비교하십시오.",
        )
    if passes(*stage, 2):
        return say(
            en="Three features vote 1, 0.25 and 0.5, which make 1.75 and don't pass a limit of 2. "
            "Add up the votes themselves; don't count the features that say yes.",
            ko="세 특징의 표가 1, 0.25, 0.5이면 합이 1.75이므로 기준 2를 통과하지 못합니다. "
            "찬성한 특징의 수를 세지 말고 표의 값을 더하십시오.",
        )
    if passes(*stage, 1.7) and not passes(*stage, 1.75):
        return say(
            en="A sum that just reaches the limit passes: use `>=`.",
            ko="합이 기준과 같아도 통과입니다. `>=`를 쓰십시오.",
        )
    if not (answer and passes(*stage, 1.75)):
        return say(
            en="Three features vote 1, 0.25 and 0.5, which make 1.75 and pass a limit of 1.5; you "
            "say False.",
            ko="세 특징의 표가 1, 0.25, 0.5이면 합이 1.75이므로 기준 1.5를 통과해야 하는데 "
            "False가 나옵니다.",
        )
    if not passes([2], [2], [0], [1], 0.5):
        return say(
            en="A value equal to its threshold is not below it: the vote is `above`.",
            ko="값이 문턱값과 같으면 작은 것이 아니므로 `above`의 표를 내야 합니다.",
        )


@check(
    "01/parameters",
    hints=[
        {
            "en": "How many numbers are in a table of 3 rows and 4 columns? In ten such tables?",
            "ko": "3줄 4칸짜리 표에는 수가 몇 개 있습니까? 그런 표가 10개이면 모두 몇 개입니까?",
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
def check_parameters(count_parameters):
    """Judge a function: list of shapes -> how many numbers there are in all."""
    shapes = [(3, 3, 2, 4), (4,)]
    counted = count_parameters(shapes)
    if counted == 16:
        return say(
            en="A table of 3 rows and 4 columns holds 3 × 4 numbers, not 3 + 4: multiply within "
            "a shape.",
            ko="3줄 4칸짜리 표에는 수가 3 + 4개가 아니라 3 × 4개 있습니다. 모양 안의 수는 "
            "곱하십시오.",
        )
    if counted == 2:
        return say(
            en="You count the tables; count the numbers that are in them.",
            ko="표의 개수를 셌습니다. 표 안에 든 수의 개수를 세십시오.",
        )
    if counted == 72 * 4:
        return say(
            en="The tables are multiplied with each other: add the numbers of one to those of "
            "the next.",
            ko="표끼리도 곱했습니다. 표마다 센 수는 더해야 합니다.",
        )
    if counted == 72:
        return say(
            en="Only one of the tables is counted: go on to the others.",
            ko="표를 하나만 셌습니다. 나머지 표도 세어서 더하십시오.",
        )
    if counted != 76 or count_parameters([(128, 10), (10,), (5, 5, 1, 32)]) != 2090:
        return say(
            en=f"The shapes (3, 3, 2, 4) and (4,) hold 76 numbers, you say {counted}.",
            ko=f"모양이 (3, 3, 2, 4)와 (4,)인 표에는 수가 76개 있는데 {counted}이(가) 나옵니다.",
        )
