"""Checks of lesson 03, pooling."""

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.course.checks import Tried, check
from helpers.reader import say


@check(
    "03/by-hand",
    hints=[
        {
            "en": "A window of 3 rows and 3 columns on a table of 4: how many places does it "
            "have in each direction, if it moves by 1?",
            "ko": "4행 4열짜리 표에서 3행 3열짜리 윈도를 한 칸씩 움직이면, 방향마다 자리가 몇 "
            "곳입니까?",
        },
        {
            "en": "The first window covers rows 1 to 3 and columns 1 to 3; the second covers the "
            "same rows and columns 2 to 4.",
            "ko": "첫 번째 윈도는 1~3번째 행과 1~3번째 열을 덮습니다. 두 번째 윈도는 같은 행에서 "
            "2~4번째 열을 덮습니다.",
        },
        {
            "en": "The first row of the result is `[5, 7]`. Find the second in the same way.",
            "ko": "결과의 첫째 행은 `[5, 7]`입니다. 둘째 행도 같은 방법으로 구하세요.",
        },
    ],
)
def check_by_hand(pooled: Any) -> str | None:
    """Judge max pooling, window 3 and stride 1, of the lesson's table."""
    pooled = np.asarray(pooled, float)
    right = np.array([[5, 7], [6, 7]])
    if pooled.shape != (2, 2):
        return say(
            en=f"The result must have 2 rows and 2 columns, since 4 − 3 + 1 = 2; yours has the "
            f"shape {pooled.shape}.",
            ko="4 − 3 + 1 = 2이므로 결과는 2행 2열이어야 합니다. 지금 모양은 "
            f"{pooled.shape}입니다.",
        )
    if np.array_equal(pooled, [[5, 7], [6, 3]]):
        return say(
            en="That is window 2 with stride 2. Here the window has 3 rows and 3 columns and moves "
            "by 1, so that the windows overlap.",
            ko="그것은 윈도 2, 스트라이드 2의 결과입니다. 여기에서는 윈도가 3행 3열이고 한 칸씩 "
            "움직이므로 서로 겹칩니다.",
        )
    if np.allclose(pooled, [[2, 20 / 9], [19 / 9, 2]], atol=0.06):
        return say(
            en="Those are the means of the windows; max pooling keeps the largest number.",
            ko="그것은 윈도의 평균입니다. 최대 풀링은 가장 큰 수를 남깁니다.",
        )
    if np.array_equal(pooled, right.T):
        return say(
            en="Rows and columns are exchanged: the first row holds the windows that lie side by "
            "side at the top.",
            ko="행과 열이 뒤바뀌었습니다. 첫째 행에는 위쪽에 나란히 놓인 윈도의 답이 들어갑니다.",
        )
    if not np.array_equal(pooled, right):
        row, column = np.argwhere(pooled != right)[0]
        return say(
            en=f"Look again at the window of row {row + 1}, column {column + 1} of the result: "
            f"{pooled[row, column]:g} is not the largest of its nine numbers.",
            ko=f"결과의 {row + 1}번째 행 {column + 1}번째 열을 다시 보세요. "
            f"{pooled[row, column]:g}은(는) 그 윈도의 아홉 수 가운데 가장 큰 수가 아닙니다.",
        )
    return None


@check(
    "03/global-average",
    hints=[
        {
            "en": "How did section 6 take the largest number of each channel? There the array had "
            "four axes, here it has three.",
            "ko": "6절에서는 채널마다 가장 큰 수를 어떻게 구했습니까? 거기에서는 배열의 축이 네 "
            "개였고, 여기에서는 세 개입니다.",
        },
        {
            "en": "Without the axis of the pictures, rows are axis 0 and columns axis 1. "
            "`maps.mean(axis=...)` takes the mean along the axes you name.",
            "ko": "그림의 축이 없으므로 행이 0번 축, 열이 1번 축입니다. `maps.mean(axis=...)`은 "
            "지정한 축을 따라 평균을 냅니다.",
        },
        {"en": "`maps.mean(axis=(0, 1))`", "ko": "`maps.mean(axis=(0, 1))`"},
    ],
)
def check_global_average(global_average: Callable) -> str | None:
    """Judge a function (H, W, C) -> (C,), the mean of each channel."""
    maps = np.random.default_rng(0).integers(0, 20, (2, 3, 4)).astype(float)
    pooled = np.asarray(global_average(maps), float)
    if pooled.shape == ():
        return say(
            en="You give one number for everything: the channels must stay apart, one number each.",
            ko="모두를 합쳐 수 하나만 나왔습니다. 채널을 섞지 말고 채널마다 수를 하나씩 남기세요.",
        )
    if pooled.shape == (2, 3):
        return say(
            en="You take the mean *across* the channels and keep the places; it must be the other "
            "way round.",
            ko="채널끼리 평균을 내고 자리를 남겼습니다. 반대로 자리들의 평균을 내고 채널을 "
            "남겨야 합니다.",
        )
    if pooled.shape != (4,):
        return say(
            en=f"Maps of the shape (2, 3, 4) must leave 4 numbers; yours have the shape "
            f"{pooled.shape}. Both the rows and the columns must go.",
            ko=f"모양이 (2, 3, 4)인 맵에서는 수 4개가 남아야 하는데 모양이 {pooled.shape}입니다. "
            "행과 열을 모두 없애야 합니다.",
        )
    if np.array_equal(pooled, maps.max(axis=(0, 1))):
        return say(
            en="That is global *max* pooling; the mean is asked for.",
            ko="그것은 전역 *최대* 풀링입니다. 평균을 구해야 합니다.",
        )
    if np.array_equal(pooled, maps.sum(axis=(0, 1))):
        return say(
            en="That is the sum of each channel: divide by the number of places.",
            ko="그것은 채널마다의 합입니다. 자리의 수로 나누어야 합니다.",
        )
    fresh = np.random.default_rng().normal(size=(5, 2, 3))
    if wrong := Tried(global_average, [(maps,), (fresh,)]).first_wrong(
        lambda maps: maps.mean(axis=(0, 1))
    ):
        right, said = (np.round(np.asarray(one, float), 2).tolist() for one in wrong[1:])
        return say(
            en=f"Channels with the means {right} give {said}.",
            ko=f"평균이 {right}인 채널에서 {said}이(가) 나옵니다.",
        )
    return None


@check(
    "03/pooling-kernel",
    hints=[
        {
            "en": "With windows of 2, the mean is (a + b + c + d) / 4. By what is each pixel "
            "multiplied?",
            "ko": "윈도가 2이면 평균은 (a + b + c + d) / 4입니다. 화소마다 얼마를 곱하는 셈입니까?",
        },
        {
            "en": "All weights are equal, and together they make 1. How many are there?",
            "ko": "가중치는 모두 같고, 더하면 1입니다. 가중치는 모두 몇 개입니까?",
        },
        {
            "en": "`np.full((rows, columns), number)` makes an array filled with one number; here "
            "the number is `1 / size**2`.",
            "ko": "`np.full((행, 열), 수)`는 같은 수로 채운 배열을 만듭니다. 여기에서는 그 수가 "
            "`1 / size**2`입니다.",
        },
    ],
)
def check_pooling_kernel(pooling_kernel: Callable) -> str | None:
    """Judge a function size -> (size, size) kernel of average pooling."""
    for size in (2, 3):
        kernel = np.asarray(pooling_kernel(size), float)
        if kernel.shape != (size, size):
            return say(
                en=f"For the size {size} the kernel must have the shape ({size}, {size}); yours "
                f"has {kernel.shape}.",
                ko=f"size가 {size}이면 커널의 모양은 ({size}, {size})여야 합니다. 지금 모양은 "
                f"{kernel.shape}입니다.",
            )
        if np.allclose(kernel, 1):
            return say(
                en="With weights of 1 the convolution gives the sum of the window, not its mean.",
                ko="가중치가 모두 1이면 윈도의 평균이 아니라 합이 나옵니다.",
            )
        if not np.isclose(kernel.sum(), 1):
            return say(
                en=f"On paper of brightness 1 your kernel of size {size} gives "
                f"{kernel.sum():.3g}; the mean is 1. How many pixels lie under the window?",
                ko=f"밝기가 1인 종이에서 크기 {size}인 커널이 {kernel.sum():.3g}을(를) 답합니다. "
                "평균은 1이어야 합니다. 윈도 아래에 화소가 몇 개 있습니까?",
            )
        if not np.allclose(kernel, kernel.mean()):
            return say(
                en="In a mean every pixel counts the same: all weights must be equal.",
                ko="평균에서는 모든 화소가 똑같은 몫을 합니다. 가중치가 모두 같아야 합니다.",
            )
    return None
