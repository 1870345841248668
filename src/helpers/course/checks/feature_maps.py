"""Checks of lesson 02, feature maps."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from helpers.course.checks import Tried, apart, check, differing, numbers, shown
from helpers.data import load_mnist
from helpers.reader import say


def _convolved(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return (sliding_window_view(image, kernel.shape) * kernel).sum(axis=(2, 3))


@check(
    "02/convolve",
    hints=[
        {
            "en": "How many rows can the kernel's top row lie on? Section 2 cuts out the window "
            "with `corner[0:3, 2:5]`: write it with `row`, `column`, `height` and `width`.",
            "ko": "커널의 맨 위 행이 놓일 수 있는 행은 몇 개일까요? 2절에서는 윈도를 "
            "`corner[0:3, 2:5]`처럼 잘라 냈습니다. `row`, `column`, `height`, `width`로 써 보세요.",
        },
        {
            "en": "`rows = image.shape[0] - height + 1`, and the columns in the same way.",
            "ko": "`rows = image.shape[0] - height + 1`입니다. 열의 수도 같은 방법으로 구하세요.",
        },
        {
            "en": "`window = image[row : row + height, column : column + width]`; what goes into "
            "the map is `np.sum(window * kernel)`.",
            "ko": "`window = image[row : row + height, column : column + width]`이고, 특징 맵에는 "
            "`np.sum(window * kernel)`을 넣습니다.",
        },
    ],
)
def check_convolve(convolve: Callable) -> str | None:
    """Judge a function (image (H, W), kernel (kh, kw)) -> feature map, without padding."""
    random = np.random.default_rng(2)
    trials = [
        (random.integers(-9, 10, image) / 2, random.integers(-3, 4, kernel) / 2)
        for image, kernel in [
            ((7, 5), (2, 3)),
            ((4, 9), (3, 1)),
            ((6, 8), (1, 4)),
            ((5, 6), (3, 3)),
        ]
    ]
    tried = Tried(convolve, trials)
    for given, said in zip(trials, tried.said, strict=True):
        if wrong_shape := _shape_fault(*given, numbers(said).shape):
            return wrong_shape
    if tried.agrees(lambda image, kernel: _convolved(image, kernel[::-1, ::-1])):
        return say(
            en="Your kernel is turned upside down and left to right. Leave it as it is: each "
            "weight times the pixel under it.",
            ko="커널이 위아래와 좌우로 뒤집혀 있습니다. 뒤집지 말고 가중치마다 바로 아래에 있는 "
            "화소를 곱하세요.",
        )
    if tried.agrees(lambda image, kernel: _convolved(image, np.ones_like(kernel))):
        return say(
            en="Your map adds up the pixels and leaves the weights out: multiply the window by "
            "the kernel first.",
            ko="화소만 더하고 가중치는 쓰지 않았습니다. 먼저 윈도와 커널을 곱하세요.",
        )
    if tried.agrees(lambda image, kernel: _convolved(image, kernel) / kernel.size):
        return say(
            en="Your numbers are the means of the products: add the products up, and divide by "
            "nothing.",
            ko="곱의 평균이 나옵니다. 나누지 말고 곱을 모두 더하기만 하세요.",
        )
    if wrong := tried.first_wrong(_convolved):
        image, kernel = wrong.given
        row, column = at = differing(wrong.right, wrong.said)
        right, said = shown(wrong.right[at], np.asarray(wrong.said)[at])
        return say(
            en=f"With a {image.shape} picture and a {kernel.shape} kernel, row {row}, column "
            f"{column} of the map must be {right}; yours is {said}.",
            ko=f"{image.shape} 그림과 {kernel.shape} 커널이면 특징 맵의 {row}행 {column}열은 "
            f"{right}이어야 하는데 {said}이(가) 나옵니다.",
        )
    return None


def _shape_fault(image, kernel, shape):
    """Return what is wrong with the shape of a map, or None."""
    right = _convolved(image, kernel).shape
    if shape == tuple(side - 1 for side in right):
        return say(
            en=f"Your map is one row and one column too small: in {image.shape[0]} rows a kernel "
            f"of {kernel.shape[0]} has {right[0]} places, since the first counts too.",
            ko=f"특징 맵의 행과 열이 하나씩 모자랍니다. {image.shape[0]}행 안에 "
            f"{kernel.shape[0]}행 커널이 들어갈 자리는 처음 자리까지 {right[0]}곳입니다.",
        )
    if shape != right:
        return say(
            en=f"A {image.shape} picture and a {kernel.shape} kernel give a map of the shape "
            f"{right}; yours has {shape}.",
            ko=f"{image.shape} 그림과 {kernel.shape} 커널이면 특징 맵의 모양은 {right}인데 "
            f"{shape}이(가) 나옵니다.",
        )
    return None


@check(
    "02/kernel",
    hints=[
        {
            "en": "The kernel of section 2 compares the row below with the row above. Which "
            "columns must yours compare?",
            "ko": "2절의 커널은 아래 행과 위 행을 비교했습니다. 이번에는 어느 열(column)과 어느 "
            "열을 비교해야 할까요?",
        },
        {
            "en": "Black (0) left, white (1) right must give a positive sum: which column "
            "needs the +1?",
            "ko": "왼쪽이 검정(0), 오른쪽이 흰색(1)일 때 합이 양수여야 합니다. +1은 어느 열에 "
            "있어야 할까요?",
        },
        {
            "en": "Every row is the same: `[-1, 0, 1]`. Write three of them into `np.array`.",
            "ko": "세 행이 모두 `[-1, 0, 1]`로 같습니다. 세 행을 `np.array`에 넣으세요.",
        },
    ],
)
def check_kernel(kernel: Any) -> str | None:
    """Judge a (3, 3) kernel that responds to a step from black to white along x."""
    kernel = numbers(kernel)
    if kernel.shape != (3, 3):
        return say(
            en=f"The kernel must have 3 rows and 3 columns; yours has the shape {kernel.shape}.",
            ko=f"커널은 3행 3열이어야 합니다. 지금 모양은 {kernel.shape}입니다.",
        )
    if not kernel.any():
        return say(
            en="All weights are 0: such a kernel responds to nothing.",
            ko="가중치가 모두 0입니다. 이런 커널은 무엇에도 반응하지 않습니다.",
        )
    if not abs(kernel.sum()) <= 1e-6:  # also if it is not a number
        return say(
            en=f"On even white paper your kernel responds with {kernel.sum():g}: its weights must "
            "add up to 0.",
            ko=f"고른 흰 종이에서 커널의 반응이 {kernel.sum():g}입니다. 가중치의 합이 0이어야 "
            "합니다.",
        )
    # Black on the left and white on the right, with the edge before or after the middle.
    answers = kernel[:, 1:].sum(), kernel[:, 2].sum()
    if max(answers) <= 0 and min(answers) < 0:
        return say(
            en="The sign is the wrong way round: black on the left and white on the right gives a "
            "negative number.",
            ko="부호가 반대입니다. 왼쪽이 검정, 오른쪽이 흰색일 때 음수가 나옵니다.",
        )
    if min(answers) < 0:
        return say(
            en="The same edge gives a positive number at one step and a negative one at the "
            "next: let the weights grow from left to right.",
            ko="같은 경계에서 한 번은 양수, 한 번은 음수가 나옵니다. 가중치가 왼쪽에서 오른쪽으로 "
            "갈수록 커지게 하세요.",
        )
    if max(answers) == 0:
        return say(
            en="Your kernel is silent on the left edge of a vertical stroke: it compares "
            "rows, not columns.",
            ko="세로획의 왼쪽 경계에서 커널의 반응이 0입니다. 열이 아니라 행을 비교하고 있습니다.",
        )
    if abs(kernel[1:].sum()) > 1e-6 or abs(kernel[2].sum()) > 1e-6:
        return say(
            en="Your kernel responds to horizontal edges too: let the weights of each row "
            "add up to 0.",
            ko="가로 경계에도 반응하는 커널입니다. 각 행의 가중치 합을 0으로 만드세요.",
        )
    return None


@check(
    "02/output-size",
    hints=[
        {
            "en": "Begin with the simplest case: 28 rows, a kernel of 3, stride 1, no padding. "
            "How many places did you see in section 3?",
            "ko": "가장 간단한 경우부터 생각합시다. 28행, 커널 3, 스트라이드 1, 패딩 없음일 때 "
            "3절에서 자리가 몇 곳이었나요?",
        },
        {
            "en": "Padding adds rows on two sides; the first place counts as well as the steps.",
            "ko": "패딩은 양쪽에 행을 더합니다. 그리고 움직인 횟수에 처음 자리를 더해야 합니다.",
        },
        {
            "en": "`(size + 2 * padding - kernel) // stride + 1`",
            "ko": "`(size + 2 * padding - kernel) // stride + 1`",
        },
    ],
)
def check_output_size(output_size: Callable) -> str | None:
    """Judge a function (size, kernel, stride, padding) -> rows of the feature map."""
    # An even kernel too, at a stride that hides nothing in what is left over.
    trials = [(28, 3, 1, 0), (28, 5, 1, 2), (28, 5, 2, 0), (7, 3, 3, 1), (11, 4, 3, 2)]
    trials += [(12, 4, 1, 0)]
    tried = Tried(output_size, trials)
    if tried.agrees(lambda size, kernel, stride, padding: (size + 2 * padding - kernel) // stride):
        return say(
            en="28 rows and a kernel of 3 give 26 places, you say 25: the first place counts too.",
            ko="28행에 커널 3이면 자리가 26곳인데 25가 나옵니다. 처음 자리도 세어야 합니다.",
        )
    if tried.agrees(lambda size, kernel, stride, padding: (size + padding - kernel) // stride + 1):
        return say(
            en="Padding 2 adds two rows above *and* two below: 4 in all.",
            ko="패딩 2는 위에 두 행, *아래에도* 두 행, 모두 네 행을 더합니다.",
        )
    if tried.agrees(
        lambda size, kernel, stride, padding: (size + 2 * padding - kernel) / stride + 1
    ):
        return say(
            en="12.5 rows can't be: use `//`, which drops what is left over.",
            ko="12.5행은 있을 수 없습니다. 나머지를 버리는 `//`를 쓰세요.",
        )
    if tried.agrees(lambda size, kernel, stride, padding: size + 2 * padding - kernel + 1):
        return say(
            en="The stride changes nothing in your answer: divide the distance by it.",
            ko="스트라이드를 바꾸어도 답이 같습니다. 움직일 거리를 스트라이드로 나누세요.",
        )
    if wrong := tried.first_wrong(
        lambda size, kernel, stride, padding: (size + 2 * padding - kernel) // stride + 1
    ):
        size, kernel, stride, padding = wrong.given
        right, said = wrong.shown()
        return say(
            en=f"size {size}, kernel {kernel}, stride {stride}, padding {padding} give "
            f"{right}, you say {said}.",
            ko=f"크기 {size}, 커널 {kernel}, 스트라이드 {stride}, 패딩 {padding}이면 "
            f"{right}인데 {said}이(가) 나옵니다.",
        )
    return None


@check(
    "02/weights",
    hints=[
        {
            "en": "How many weights does one kernel have? How many kernels does one filter have?",
            "ko": "커널 하나의 가중치는 몇 개일까요? 필터 하나에는 커널이 몇 개 있을까요?",
        },
        {
            "en": "One bias belongs to each filter, and there are as many filters as output "
            "channels.",
            "ko": "편향은 필터마다 하나씩이고, 필터는 출력 채널의 수만큼 있습니다.",
        },
        {
            "en": "`(kernel_height * kernel_width * in_channels + 1) * out_channels`",
            "ko": "`(kernel_height * kernel_width * in_channels + 1) * out_channels`",
        },
    ],
)
def check_weights(count_weights: Callable) -> str | None:
    """Judge a function (height, width, in, out) -> number of weights with biases."""
    tried = Tried(count_weights, [(3, 3, 16, 32), (5, 3, 1, 2), (1, 4, 3, 6)])
    if tried.agrees(lambda height, width, inputs, outputs: height * width * inputs * outputs):
        return say(
            en="The biases are missing: one for each output channel.",
            ko="편향이 빠졌습니다. 출력 채널마다 하나씩 있습니다.",
        )
    if tried.agrees(lambda height, width, inputs, outputs: (height * width + 1) * outputs):
        return say(
            en="A filter has one kernel for *each* input channel: multiply by them too.",
            ko="필터에는 입력 채널*마다* 커널이 하나씩 있습니다. 입력 채널의 수도 곱하세요.",
        )
    if tried.agrees(lambda height, width, inputs, outputs: height * width * inputs * outputs + 1):
        return say(
            en="One bias for the whole layer is too few: each filter has its own.",
            ko="편향이 층 전체에 하나뿐입니다. 필터마다 하나씩 있어야 합니다.",
        )
    if wrong := tried.first_wrong(
        lambda height, width, inputs, outputs: (height * width * inputs + 1) * outputs
    ):
        height, width, inputs, outputs = wrong.given
        right, said = wrong.shown()
        return say(
            en=f"{outputs} filters of {height} × {width} on {inputs} channels have {right} "
            f"weights, you say {said}.",
            ko=f"입력 채널 {inputs}개, {height} × {width} 필터 {outputs}개인 층의 가중치는 "
            f"{right}개인데 {said}이(가) 나옵니다.",
        )
    return None


SLASH_ROWS = range(8, 19)  # of the 2 that the lesson shows, the first test digit
LOUD = 0.5  # of the strongest answer: what counts as a detection
FEWEST_ROWS = 6  # on which the slash is found; edges between two strokes take fewer


def _is_on_slash(shape: tuple[int, int]) -> np.ndarray:
    """Return where the slash of the 2 is, a band of 5 pixels: True or False for each pixel."""
    row, column = np.indices(shape)
    middle = 15 - 0.6 * (row - SLASH_ROWS[0])
    return (row >= SLASH_ROWS[0]) & (row <= SLASH_ROWS[-1]) & (abs(column - middle) <= 2.5)


@check(
    "02/slash",
    hints=[
        {
            "en": "Section 9 shows how little of the picture 5 × 5 pixels are. The hook at the "
            "upper left is slanted too, but it is short: use all 9 × 9.",
            "ko": "9절에서 보았듯이 5 × 5 화소는 그림의 아주 작은 부분입니다. 왼쪽 위의 갈고리도 "
            "기울었지만 짧습니다. 9 × 9를 모두 써 보세요.",
        },
        {
            "en": "Positive weights where the slash has ink, negative ones beside it. The slash "
            "is steeper than a diagonal: about 10 rows down for 6 columns to the left.",
            "ko": "획이 지나는 자리에는 양수, 그 옆에는 음수를 넣으세요. 이 획은 대각선보다 "
            "가파릅니다. 아래로 10행 내려가는 동안 왼쪽으로 6열쯤 갑니다.",
        },
        {
            "en": "Cut the slash out of the picture: `piece = x_test[1][9:18, 8:17] / 255`. No "
            "number in it is negative; what must you subtract so that other strokes count against "
            "it?",
            "ko": "그림에서 획을 잘라 내세요. `piece = x_test[1][9:18, 8:17] / 255`에는 음수가 "
            "없습니다. 다른 획이 놓이면 답이 작아지도록 무엇을 빼야 할까요?",
        },
    ],
)
def check_slash(kernel: Any) -> str | None:
    """Judge a kernel by what it finds in the 2: the slash, and nothing else."""
    kernel = numbers(kernel)
    if kernel.ndim != 2 or not all(side in (3, 5, 7, 9) for side in kernel.shape):
        return say(
            en="The kernel must have 3, 5, 7 or 9 rows, and 3, 5, 7 or 9 columns, so that it has a "
            f"middle; yours has the shape {kernel.shape}.",
            ko="커널에 가운데가 있도록 행의 수와 열의 수는 각각 3, 5, 7, 9 가운데 하나여야 합니다. "
            f"지금 모양은 {kernel.shape}입니다.",
        )
    (_, _), (x_test, _) = load_mnist()
    border = [(side // 2, side // 2) for side in kernel.shape]
    answers = _convolved(np.pad(x_test[1] / 255, border), kernel)
    strongest = answers.max()
    if not strongest > 0:  # nor if it is no number
        return say(
            en="Your map of the 2 is nowhere positive: give the pixels of the slash positive "
            "weights.",
            ko="2의 특징 맵에 양수가 하나도 없습니다. 획이 지나는 자리에 양수 가중치를 주세요.",
        )
    on_slash = _is_on_slash(answers.shape)
    elsewhere = np.where(on_slash, 0, answers)
    row, column = np.unravel_index(elsewhere.argmax(), elsewhere.shape)
    if elsewhere.max() == strongest:
        return say(
            en=f"Your kernel is loudest in row {row}, column {column}, and that is not the slash.",
            ko=f"커널의 반응이 가장 큰 곳은 {row}행 {column}열인데, 그곳은 사선이 아닙니다.",
        )
    if elsewhere.max() > LOUD * strongest:
        return say(
            en=f"The slash is loudest, but row {row}, column {column} is outside it and has "
            f"{apart(elsewhere.max() / strongest, LOUD, 0)} of that: get it below {LOUD:.0%}.",
            ko=f"사선의 반응이 가장 크지만, 사선 밖인 {row}행 {column}열도 그 "
            f"{apart(elsewhere.max() / strongest, LOUD, 0)}입니다. {LOUD:.0%} 아래로 낮추세요.",
        )
    found = int((np.where(on_slash, answers, 0) > LOUD * strongest).any(axis=1).sum())
    if found < FEWEST_ROWS:
        return say(
            en=f"Nothing but the slash is loud, but only {found} of its {len(SLASH_ROWS)} rows: "
            f"find at least {FEWEST_ROWS}.",
            ko=f"사선에서만 반응이 크지만, {len(SLASH_ROWS)}행 가운데 {found}행에서만 큽니다. "
            f"적어도 {FEWEST_ROWS}행에서 커야 합니다.",
        )
    return None
