"""Checks of lesson 02, feature maps."""

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.course.checks import Tried, check
from helpers.reader import say


@check(
    "02/kernel",
    hints=[
        {
            "en": "The kernel of section 2 compares the row below with the row above. Which "
            "columns must yours compare?",
            "ko": "2절의 커널은 아래 행과 위 행을 비교했습니다. 이번에는 어느 열(column)과 어느 "
            "열을 비교해야 합니까?",
        },
        {
            "en": "Black (0) left, white (1) right must give a positive sum: which column "
            "needs the +1?",
            "ko": "왼쪽이 검정(0), 오른쪽이 흰색(1)일 때 합이 양수여야 합니다. +1은 어느 열에 "
            "있어야 합니까?",
        },
        {
            "en": "Every row is the same: `[-1, 0, 1]`. Write three of them into `np.array`.",
            "ko": "세 행이 모두 `[-1, 0, 1]`로 같습니다. 세 행을 `np.array`에 넣으세요.",
        },
    ],
)
def check_kernel(kernel: Any) -> str | None:
    """Judge a (3, 3) kernel that responds to a step from black to white along x."""
    kernel = np.asarray(kernel, float)
    if kernel.shape != (3, 3):
        return say(
            en=f"The kernel must have 3 rows and 3 columns; yours has the shape {kernel.shape}.",
            ko=f"커널은 3행 3열이어야 합니다. 지금 모양은 {kernel.shape}입니다.",
        )
    if not abs(kernel.sum()) <= 1e-6:  # also if it is not a number
        return say(
            en=f"On even white paper your kernel responds with {kernel.sum():g}: its weights must "
            "add up to 0.",
            ko=f"고른 흰 종이에서 커널이 {kernel.sum():g}을(를) 답합니다. 가중치의 합이 0이어야 "
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
            en="One and the same edge gives a positive number at one step and a negative one at "
            "the next: let the weights grow from left to right.",
            ko="같은 경계에서 한 번은 양수, 한 번은 음수가 나옵니다. 가중치가 왼쪽에서 오른쪽으로 "
            "갈수록 커지게 하세요.",
        )
    if max(answers) == 0:
        return say(
            en="Your kernel is silent on the left edge of an vertical stroke: it compares "
            "rows, not columns.",
            ko="세로획의 왼쪽 경계에서 커널의 답이 0입니다. 열이 아니라 행을 비교하고 있습니다.",
        )
    if abs(kernel[1:].sum()) > 1e-6 or abs(kernel[2].sum()) > 1e-6:
        return say(
            en="Your kernel responds to horizontal edges too: let the weights of each row "
            "add up to 0.",
            ko="가로 경계에도 답하는 커널입니다. 각 행의 가중치 합을 0으로 만드세요.",
        )
    return None


@check(
    "02/output-size",
    hints=[
        {
            "en": "Begin with the simplest case: 28 rows, a kernel of 3, stride 1, no padding. "
            "How many places did you see in section 3?",
            "ko": "가장 간단한 경우부터 생각합시다. 28행, 커널 3, 스트라이드 1, 패딩 없음일 때 "
            "3절에서 자리가 몇 곳이었습니까?",
        },
        {
            "en": "Padding adds rows on two sides; the first place counts as well as the steps.",
            "ko": "패딩은 양쪽에 행을 더합니다. 그리고 걸음 수에 처음 자리를 더해야 합니다.",
        },
        {
            "en": "`(size + 2 * padding - kernel) // stride + 1`",
            "ko": "`(size + 2 * padding - kernel) // stride + 1`",
        },
    ],
)
def check_output_size(output_size: Callable) -> str | None:
    """Judge a function (size, kernel, stride, padding) -> rows of the feature map."""
    trials = [(28, 3, 1, 0), (28, 5, 1, 2), (28, 5, 2, 0), (7, 3, 3, 1), (11, 4, 3, 2)]
    tried = Tried(output_size, trials)
    if tried.agrees(lambda size, kernel, stride, padding: (size + 2 * padding - kernel) // stride):
        return say(
            en="28 rows and a kernel of 3 give 26 places, you say 25: the first place counts too.",
            ko="28행에 커널 3이면 26자리인데 25가 나옵니다. 처음 자리도 세어야 합니다.",
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
        return say(
            en=f"size {size}, kernel {kernel}, stride {stride}, padding {padding} give "
            f"{wrong.right}, you say {wrong.said}.",
            ko=f"크기 {size}, 커널 {kernel}, 스트라이드 {stride}, 패딩 {padding}이면 "
            f"{wrong.right}인데 {wrong.said}이(가) 나옵니다.",
        )
    return None


@check(
    "02/weights",
    hints=[
        {
            "en": "How many weights does one kernel have? How many kernels does one filter have?",
            "ko": "커널 하나의 가중치는 몇 개입니까? 필터 하나에는 커널이 몇 개 있습니까?",
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
        return say(
            en=f"{outputs} filters of {height} × {width} on {inputs} channels have {wrong.right} "
            f"weights, you say {wrong.said}.",
            ko=f"입력 채널 {inputs}개, {height} × {width} 필터 {outputs}개인 층의 가중치는 "
            f"{wrong.right}개인데 {wrong.said}이(가) 나옵니다.",
        )
    return None
