"""Checks of lesson 03, pooling."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from helpers.course.checks import Tried, check, differing, numbers, same, shown
from helpers.reader import say


def _pooled(image: np.ndarray, size: int, stride: int, keep: Callable) -> np.ndarray:
    windows = sliding_window_view(image, (size, size))[::stride, ::stride]
    return np.array([[keep(window) for window in row] for row in windows], float)


@check(
    "03/pool",
    hints=[
        {
            "en": "How many rows does the formula give for `image.shape[0]`, `size` and `stride`? "
            "And from which row and column of the image does the window of this place start?",
            "ko": "`image.shape[0]`, `size`, `stride`를 식에 넣으면 몇 행이 나올까요? 그리고 이 "
            "자리의 윈도는 그림의 몇 번째 행, 몇 번째 열에서 시작할까요?",
        },
        {
            "en": "`rows = (image.shape[0] - size) // stride + 1`, and the columns in the same "
            "way. The window starts at row `row * stride` and column `column * stride`.",
            "ko": "`rows = (image.shape[0] - size) // stride + 1`이고 열의 수도 같은 방법으로 "
            "구하세요. 윈도는 `row * stride`행, `column * stride`열에서 시작합니다.",
        },
        {
            "en": "`top, left = row * stride, column * stride`, then `window = "
            "image[top : top + size, left : left + size]`; it leaves `keep(window)`.",
            "ko": "`top, left = row * stride, column * stride`로 두면 윈도는 "
            "`image[top : top + size, left : left + size]`이고, 남기는 수는 `keep(window)`입니다.",
        },
    ],
)
def check_pool(pool: Callable) -> str | None:
    """Judge a function (image (H, W), size, stride, keep) -> pooled map."""
    random = np.random.default_rng(3)
    trials: list[tuple[Any, ...]] = [
        (random.integers(-9, 10, shape).astype(float), size, stride, keep)
        for shape, size, stride, keep in [
            ((7, 11), 3, 2, np.max),
            ((8, 5), 2, 2, np.min),
            ((5, 9), 2, 3, np.mean),
            ((6, 7), 4, 1, np.ptp),
        ]
    ]
    tried = Tried(pool, trials)
    if tried.agrees(lambda image, size, stride, keep: _pooled(image, size, size, keep)):
        return say(
            en="Your windows move by their own size; they must move by `stride`.",
            ko="윈도가 자기 크기만큼 움직입니다. `stride`만큼 움직여야 합니다.",
        )
    if tried.agrees(lambda image, size, stride, keep: _pooled(image, size, stride, np.max)):
        return say(
            en="You always keep the largest number: use the function `keep`.",
            ko="언제나 가장 큰 수를 남깁니다. `keep` 함수를 쓰세요.",
        )
    for (image, size, stride, keep), said in zip(trials, tried.said, strict=True):
        right = _pooled(image, size, stride, keep)
        setting = f"window {size}, stride {stride}", f"윈도 {size}, 스트라이드 {stride}"
        said = numbers(said)
        if said.shape != right.shape:
            return say(
                en=f"For a {image.shape} image, {setting[0]}, the result must have the shape "
                f"{right.shape}; yours has {said.shape}.",
                ko=f"{image.shape} 그림, {setting[1]}이면 결과의 모양은 {right.shape}이어야 하는데 "
                f"{said.shape}이(가) 나옵니다.",
            )
        if not same(said, right):
            row, column = differing(right, said)
            must, got = shown(right[row, column], said[row, column])
            return say(
                en=f"For a {image.shape} image, {setting[0]}, `keep` {keep.__name__}: row {row}, "
                f"column {column} of the result must be {must}; yours is {got}.",
                ko=f"{image.shape} 그림, {setting[1]}, `keep`이 {keep.__name__}이면 결과의 {row}행 "
                f"{column}열은 {must}이어야 하는데 {got}이(가) 나옵니다.",
            )
    return None


@check(
    "03/by-hand",
    hints=[
        {
            "en": "A window of 3 rows and 3 columns on a table of 4: how many places does it "
            "have in each direction, if it moves by 1?",
            "ko": "4행 4열짜리 표에서 3행 3열짜리 윈도를 한 칸씩 움직이면, 방향마다 자리가 몇 "
            "곳일까요?",
        },
        {
            "en": "Counted from 0, the first window covers rows 0 to 2 and columns 0 to 2; the "
            "second covers the same rows and columns 1 to 3.",
            "ko": "0부터 세어 첫 번째 윈도는 0~2행과 0~2열을 덮습니다. 두 번째 윈도는 같은 "
            "행에서 1~3열을 덮습니다.",
        },
        {
            "en": "The first row of the result is `[5, 7]`. Find the second in the same way.",
            "ko": "결과의 첫째 행은 `[5, 7]`입니다. 둘째 행도 같은 방법으로 구하세요.",
        },
    ],
)
def check_by_hand(pooled: Any) -> str | None:
    """Judge max pooling, window 3 and stride 1, of the lesson's table."""
    pooled = numbers(pooled)
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
            en=f"Look again at row {row}, column {column} of the result (counted from 0): "
            f"{pooled[row, column]:g} is not the largest of the nine numbers in its window.",
            ko=f"결과의 {row}행 {column}열을 다시 보세요(0부터 셉니다). "
            f"{pooled[row, column]:g}은(는) 그 윈도의 아홉 수 가운데 가장 큰 수가 아닙니다.",
        )
    return None


@check(
    "03/global-average",
    hints=[
        {
            "en": "How did section 6 take the largest number of each channel? There the array had "
            "four axes, here it has three.",
            "ko": "6절에서는 채널마다 가장 큰 수를 어떻게 구했나요? 거기에서는 배열의 축이 네 "
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
    pooled = numbers(global_average(maps))
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
            en="That is global *max* pooling; take the mean instead.",
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
        right, said = wrong.shown()
        return say(
            en=f"Channels with the means {right} give {said}.",
            ko=f"평균이 {right}인 채널에서 {said}이(가) 나옵니다.",
        )
    return None


@check(
    "03/twins",
    hints=[
        {
            "en": "A window forgets where its numbers stood. What may you do with the four "
            "numbers of a window without changing the largest or the mean?",
            "ko": "윈도는 수가 어디에 있었는지를 잊습니다. 최댓값도 평균도 바꾸지 않고 윈도 안의 "
            "수 네 개로 무엇을 할 수 있을까요?",
        },
        {
            "en": "Take any picture whose windows hold different numbers, and move the numbers "
            "around *within* each window, for example by exchanging its two rows.",
            "ko": "윈도마다 서로 다른 수가 든 그림을 하나 정하고, 윈도 *안에서* 수의 자리를 "
            "바꾸세요. 예를 들어 두 행을 맞바꿉니다.",
        },
        {
            "en": "`other = one[[1, 0, 3, 2]]` exchanges the two rows of every window.",
            "ko": "`other = one[[1, 0, 3, 2]]`는 모든 윈도의 두 행을 맞바꿉니다.",
        },
    ],
)
def check_twins(twins: Any) -> str | None:
    """Judge two pictures (4, 4) that differ in 12 pixels and not after pooling by 2."""
    twins = numbers(twins)
    if twins.shape != (2, 4, 4):
        return say(
            en=f"Two pictures of 4 × 4 have the shape (2, 4, 4); yours have {twins.shape}.",
            ko=f"4 × 4 그림 두 장이면 모양이 (2, 4, 4)여야 하는데 {twins.shape}입니다.",
        )
    if not (np.isfinite(twins).all() and 0 <= twins.min() <= twins.max() <= 1):
        return say(
            en=f"The numbers must be from 0 to 1; yours are from {twins.min():g} to "
            f"{twins.max():g}.",
            ko=f"수는 0에서 1까지여야 하는데 {twins.min():g}에서 {twins.max():g}까지입니다.",
        )
    num_different = int((~np.isclose(twins[0], twins[1])).sum())
    if num_different < 12:
        return say(
            en=f"The pictures differ in {num_different} of the 16 pixels: make it at least 12.",
            ko=f"두 그림은 화소 16개 가운데 {num_different}개가 다릅니다. 12개 이상이 다르게 "
            "만드세요.",
        )
    for name, keep in ((say("Max", "최대"), np.max), (say("Average", "평균"), np.mean)):
        one, other = (_pooled(picture, 2, 2, keep) for picture in twins)
        if not same(one, other):
            row, column = np.argwhere(~np.isclose(one, other))[0]
            return say(
                en=f"{name} pooling tells them apart: the window in row {row}, column {column} "
                f"leaves {one[row, column]:.3g} and {other[row, column]:.3g}.",
                ko=f"{name} 풀링이 둘을 구별합니다. {row}행 {column}열의 윈도가 "
                f"{one[row, column]:.3g}와(과) {other[row, column]:.3g}을(를) 남깁니다.",
            )
    return None


@check(
    "03/pooling-kernel",
    hints=[
        {
            "en": "With windows of 2, the mean is (a + b + c + d) / 4. By what is each pixel "
            "multiplied?",
            "ko": "윈도가 2이면 평균은 (a + b + c + d) / 4입니다. 화소마다 얼마를 곱하는 셈일까요?",
        },
        {
            "en": "All weights are equal and add up to 1. How many are there?",
            "ko": "가중치는 모두 같고, 더하면 1입니다. 가중치는 모두 몇 개일까요?",
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
    for size in (2, 3, 5, 8):
        kernel = numbers(pooling_kernel(size))
        if kernel.shape != (size, size):
            return say(
                en=f"For the size {size} the kernel must have the shape ({size}, {size}); yours "
                f"has {kernel.shape}.",
                ko=f"size가 {size}이면 커널의 모양은 ({size}, {size})이어야 합니다. 지금 모양은 "
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
                "평균은 1이어야 합니다. 윈도 아래에 화소가 몇 개 있나요?",
            )
        if not np.allclose(kernel, kernel.mean()):
            return say(
                en="In a mean every pixel counts the same: all weights must be equal.",
                ko="평균에서는 모든 화소가 똑같은 몫을 합니다. 가중치가 모두 같아야 합니다.",
            )
    return None
