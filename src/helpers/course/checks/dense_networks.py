"""Checks of lesson 05, dense networks."""

import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from helpers.course.checks import Tried, apart, check, numbers, same, shown
from helpers.data import load_mnist
from helpers.nn.dense import backward, build_dnn, cross_entropy, forward
from helpers.nn.optimizers import SGD
from helpers.reader import say


@check(
    "05/count-parameters",
    hints=[
        {
            "en": "Begin with a single layer, `[3, 2]`: 2 neurons, each with 3 inputs. How many "
            "weights has a neuron, and what else does it have?",
            "ko": "먼저 층이 하나뿐인 `[3, 2]`를 생각합시다. 입력이 3개인 뉴런이 2개입니다. "
            "뉴런 하나에는 가중치가 몇 개 있고, 그 밖에 무엇이 더 있을까요?",
        },
        {
            "en": "A layer between the widths a and b has (a + 1) * b parameters. Go through the "
            "list from one pair of neighbours to the next and add them up.",
            "ko": "너비 a와 b 사이의 층에는 파라미터가 (a + 1) * b개 있습니다. 목록에서 이웃한 "
            "두 수를 차례로 꺼내며 더하세요.",
        },
        {
            "en": "`sum((a + 1) * b for a, b in zip(widths[:-1], widths[1:]))`",
            "ko": "`sum((a + 1) * b for a, b in zip(widths[:-1], widths[1:]))`",
        },
    ],
)
def check_count_parameters(count_parameters: Callable) -> str | None:
    """Judge a function (widths) -> number of weights and biases of a dense network."""
    counted = count_parameters([5, 4, 3, 2])
    if np.ndim(counted):
        return say(
            en="You return a number for each layer: add them up.",
            ko="층마다 수가 하나씩 나옵니다. 모두 더하세요.",
        )
    if counted == 5 * 4 + 4 * 3 + 3 * 2:
        return say(
            en="The biases are missing: each neuron has one.",
            ko="편향이 빠졌습니다. 뉴런마다 하나씩 있습니다.",
        )
    if counted == 5 * 4 + 4 * 3 + 3 * 2 + 3:
        return say(
            en="One bias for a whole layer is too few: each of its neurons has its own.",
            ko="편향이 층마다 하나뿐입니다. 뉴런마다 하나씩 있어야 합니다.",
        )
    if counted == 5 * (4 + 1) + 4 * (3 + 1) + 3 * (2 + 1):
        return say(
            en="You gave the biases to a layer's inputs: they belong to its neurons, the outputs.",
            ko="편향을 층의 입력마다 하나씩 세었습니다. 편향은 출력인 뉴런마다 있습니다.",
        )
    if counted in (5 * 4 * 3 * 2, 5 * 4 * 3 * 2 + 4 + 3 + 2):
        return say(
            en="You multiplied all the widths together. Only neighbouring layers are connected: "
            "count layer by layer, and add.",
            ko="모든 너비를 한꺼번에 곱했습니다. 이어져 있는 것은 이웃한 층뿐입니다. 층마다 "
            "따로 세어서 더하세요.",
        )
    if counted == (5 + 1) * 4 + (4 + 1) * 3:
        return say(
            en="The last layer is missing: three layers lie between the four widths.",
            ko="마지막 층이 빠졌습니다. 너비가 네 개이면 그 사이에 층이 세 개 있습니다.",
        )
    trials = [([5, 4, 3, 2],), ([3, 2],), ([784, 128, 10],), ([2, 7, 1, 6, 3],)]
    if wrong := Tried(count_parameters, trials).first_wrong(
        lambda widths: sum((a + 1) * b for a, b in pairwise(widths))
    ):
        (widths,) = wrong.given
        right, said = wrong.shown()
        return say(
            en=f"A network of the widths {widths} has {right} parameters, you say {said}.",
            ko=f"너비가 {widths}인 신경망의 파라미터는 {right}개인데 {said}이(가) 나옵니다.",
        )
    return None


def _slopes(x, w, v, y, *, direct=1, through=1, square=lambda miss: 2 * miss):
    """Return the slopes of w and v; what is given by name makes them those of a mistake."""
    h = w * x
    of_s = square(h + v * max(h, 0) - y)
    return of_s * (direct + through * v * (h > 0)) * x, of_s * max(h, 0)


@check(
    "05/slopes",
    hints=[
        {
            "en": "Write the forward pass first: `h`, `a`, `s`. Then begin at the end, with the "
            "slope at `s`, which is `2 * (s - y)`.",
            "ko": "먼저 앞으로 가는 계산 `h`, `a`, `s`를 쓰세요. 그런 다음 맨 끝, `s`의 "
            "기울기 `2 * (s - y)`에서 시작합니다.",
        },
        {
            "en": "`h` reaches `s` by two paths: directly, and through `a`. The slope at `h` is "
            "the sum of both.",
            "ko": "`h`가 `s`에 이르는 길은 두 갈래입니다. 하나는 곧바로, 하나는 `a`를 거쳐 "
            "갑니다. `h`의 기울기는 두 길의 기울기를 더한 것입니다.",
        },
        {
            "en": "`of_h = of_s + of_s * v * (h > 0)`, then `of_w = of_h * x` and "
            "`of_v = of_s * a`.",
            "ko": "`of_h = of_s + of_s * v * (h > 0)`이고, `of_w = of_h * x`, `of_v = of_s * a`"
            "입니다.",
        },
    ],
)
def check_slopes(slopes: Callable) -> str | None:
    """Judge a function (x, w, v, y) -> slopes of w and v in h = w x, s = h + v relu(h)."""
    trials = [(3.0, 0.5, 2.0, 1.0), (2.0, -0.5, 3.0, 1.0), (-1.5, -0.4, 0.7, 2.0)]
    trials += [(2.0, 0.5, -3.0, 1.0), (-2.0, 0.5, -3.0, 1.0), (1.0, -0.4, 2.0, 0.5)]
    trials += np.random.default_rng().normal(size=(4, 4)).tolist()
    found = numbers(slopes(*trials[0]))
    if np.shape(found) != (2,):
        return say(
            en="Return two numbers, the slope of w and the slope of v: `return of_w, of_v`.",
            ko="w의 기울기와 v의 기울기, 두 수를 돌려주세요: `return of_w, of_v`",
        )
    tried = Tried(slopes, trials)
    for rule, en, ko in _SLIPS:
        if tried.agrees(rule):
            return say(en=en, ko=ko)
    if wrong := tried.first_wrong(_slopes):
        if not any(w * x > 0 and not same(said, _slopes(x, w, v, y))
                   for (x, w, v, y), said in zip(trials, tried.said, strict=True)):  # fmt: skip
            return say(
                en="For a negative h your slopes are wrong: there the ReLU gives 0 and lets no "
                "slope through.",
                ko="h가 음수일 때 틀립니다. 그때 ReLU는 0을 내고 기울기도 지나가지 못하게 합니다.",
            )
        x, w, v, y = (f"{number:.3g}" for number in wrong.given)
        right, said = shown(list(wrong.right), list(wrong.said), 4)
        return say(
            en=f"At x = {x}, w = {w}, v = {v}, y = {y} the slopes of w and v are {right}; "
            f"you say {said}. Nudge a weight and see which of yours is wrong.",
            ko=f"x = {x}, w = {w}, v = {v}, y = {y}이면 w와 v의 기울기는 차례로 {right}인데 "
            f"{said}이(가) 나옵니다. 가중치를 조금 움직여 보고 어느 쪽이 틀렸는지 찾으세요.",
        )
    return None


#: What a typical mistake gives, and what to say of it.
_SLIPS: list[tuple[Callable, str, str]] = [
    (
        lambda *given: _slopes(*given)[::-1],
        "These are the right slopes in the wrong order: first w, then v.",
        "기울기는 맞지만 순서가 바뀌었습니다. w의 기울기가 먼저, v의 기울기가 나중입니다.",
    ),
    (
        lambda *given: _slopes(*given, square=lambda miss: -2 * miss),
        "The signs are the wrong way round: where s is too large, a larger s makes the loss grow.",
        "부호가 반대입니다. s가 정답보다 클 때에는 s가 커질수록 손실도 커집니다.",
    ),
    (
        lambda *given: _slopes(*given, square=lambda miss: miss),
        "All is half as large as it should be: the slope of a square, (s - y)², is 2 (s - y).",
        "모두 절반밖에 되지 않습니다. 제곱 (s - y)²의 기울기는 2 (s - y)입니다.",
    ),
    (
        lambda *given: _slopes(*given, square=lambda miss: 2 * abs(miss)),
        "Where s is smaller than y, the sign is wrong: the slope of a square, 2 (s - y), is "
        "negative there.",
        "s가 y보다 작을 때 부호가 틀립니다. 그때 제곱의 기울기 2 (s - y)는 음수입니다.",
    ),
    (
        lambda *given: _slopes(*given, direct=0),
        "One path from w to the loss is missing: h also goes into s directly. Slopes of several "
        "paths add up.",
        "w에서 손실로 가는 길이 하나 빠졌습니다. h는 s에 곧바로도 들어갑니다. 길이 여럿이면 "
        "기울기를 더합니다.",
    ),
    (
        lambda *given: _slopes(*given, through=0),
        "One path from w to the loss is missing, the one through the ReLU. Slopes of several "
        "paths add up.",
        "w에서 손실로 가는 길 가운데 ReLU를 지나는 길이 빠졌습니다. 길이 여럿이면 기울기를 "
        "더합니다.",
    ),
    (
        lambda x, w, v, y: np.array(_slopes(x, w, v, y)) / (x, 1),
        "Your slope of w stops at h: multiply by x, since h = w · x.",
        "w의 기울기가 h에서 멈추었습니다. h = w · x이므로 x를 곱해야 합니다.",
    ),
    (
        lambda x, w, v, y: np.array(_slopes(x, w, v, y)) * (w / x, 1),
        "You multiply the slope of h by w; since h = w · x, a nudge of w moves h by x times as "
        "much: multiply by x.",
        "h의 기울기에 w를 곱했습니다. h = w · x이므로 w를 조금 움직이면 h는 그 x배만큼 "
        "움직입니다. x를 곱하세요.",
    ),
]


_NUDGE = 1e-3  # a loss that is linear in each number has no error of its own


def _nudged(x, weights, grad):
    """Return the slopes of x, weights and bias, each found by nudging, one number at a time."""
    bias = np.zeros(weights.shape[1])

    def loss():
        return np.sum(grad * (x @ weights + bias))

    slopes = []
    for table in (x, weights, bias):
        found = np.zeros_like(table)
        for place in np.ndindex(table.shape):
            table[place] += _NUDGE
            above = loss()
            table[place] -= 2 * _NUDGE
            found[place] = (above - loss()) / (2 * _NUDGE)
            table[place] += _NUDGE
        slopes.append(found)
    return slopes


@check(
    "05/dense-backward",
    hints=[
        {
            "en": "The slope of the weight between input i and neuron j, for one picture, is "
            "`x[i] * grad[j]`; over all pictures these are added up. Which product of two tables "
            "adds over the pictures?",
            "ko": "그림 한 장에서 입력 i와 뉴런 j 사이의 가중치의 기울기는 `x[i] * grad[j]`이고, "
            "모든 그림에 대해 더합니다. 그림을 따라 더하는 행렬 곱은 어느 것일까요?",
        },
        {
            "en": "Look at the shapes. `(inputs, N) @ (N, neurons)` adds over the pictures: that "
            "is `x.T @ grad`. For the inputs, add over the neurons: `(N, neurons) @ (neurons, "
            "inputs)`.",
            "ko": "모양을 보세요. `(inputs, N) @ (N, neurons)`는 그림을 따라 더합니다. 곧 "
            "`x.T @ grad`입니다. 입력의 기울기는 뉴런을 따라 더하므로 `(N, neurons) @ (neurons, "
            "inputs)`입니다.",
        },
        {
            "en": "`grad @ weights.T`, `x.T @ grad` and `grad.sum(axis=0)`",
            "ko": "`grad @ weights.T`, `x.T @ grad`, `grad.sum(axis=0)`",
        },
    ],
)
def check_dense_backward(dense_backward: Callable) -> str | None:
    """Judge a function (x, weights, grad) -> slopes of x, weights and bias, against nudging."""
    fixed, fresh = np.random.default_rng(0), np.random.default_rng()
    for rng, num, inputs, neurons in [(fixed, 4, 3, 2), (fixed, 1, 2, 4), (fresh, 3, 5, 6)]:
        x, weights = rng.normal(size=(num, inputs)), rng.normal(size=(inputs, neurons))
        grad = rng.normal(size=(num, neurons))
        given = say(
            en=f"With {num} picture{'s' * (num > 1)}, {inputs} inputs and {neurons} neurons",
            ko=f"그림 {num}장, 입력 {inputs}개, 뉴런 {neurons}개일 때",
        )
        try:
            found = dense_backward(x, weights, grad)
        except ValueError as error:
            if not re.search("mismatch|aligned|broadcast", str(error)):  # of @, np.dot, *
                raise
            return say(
                en=f"{given} the shapes don't fit: in `a @ b`, the columns of a must be as many "
                "as the rows of b. Which table needs a `.T`?",
                ko=f"{given} 모양이 맞지 않습니다. `a @ b`에서는 a의 열과 b의 행의 수가 같아야 "
                "합니다. 어느 표에 `.T`가 필요할까요?",
            )
        if len(found) != 3:
            return say(
                en="Return three tables: `return grad_x, grad_weights, grad_bias`.",
                ko="표 세 개를 돌려주세요: `return grad_x, grad_weights, grad_bias`",
            )
        mistake = _wrong_slopes(
            [np.asarray(one, float) for one in found],
            _nudged(x.copy(), weights.copy(), grad), x, grad, given,
        )  # fmt: skip
        if mistake:
            return mistake
    return None


def _wrong_slopes(found, right, x, grad, given):
    """Name the first table of slopes that is wrong, and the likely mistake."""
    shapes, right_shapes = ([one.shape for one in tables] for tables in (found, right))
    if shapes != right_shapes and sorted(shapes) == sorted(right_shapes):
        return say(
            en="The three tables are there, but not in this order: first the slopes of x, then "
            "those of the weights, then those of the bias.",
            ko="표 세 개가 다 있지만 순서가 다릅니다. x의 기울기, 가중치의 기울기, 편향의 기울기 "
            "순서입니다.",
        )
    names = ("grad_x", "grad_weights", "grad_bias")
    for name, ours, wanted in zip(names, found, right, strict=True):
        if name == "grad_bias" and ours.shape == grad.shape != wanted.shape:
            return say(
                en="`grad_bias` still has a row for each picture: one bias serves them all, so "
                "add up the rows.",
                ko="`grad_bias`에 아직 그림마다 한 행이 있습니다. 편향 하나를 모든 그림에 함께 "
                "쓰므로 행을 모두 더하세요.",
            )
        if ours.shape != wanted.shape:
            return say(
                en=f"{given}, `{name}` must have the shape {wanted.shape}; yours has "
                f"{ours.shape}. A slope has the shape of what it belongs to.",
                ko=f"{given} `{name}`의 모양은 {wanted.shape}이어야 하는데 {ours.shape}입니다. "
                "기울기의 모양은 제 짝의 모양과 같습니다.",
            )
        if not np.allclose(ours, wanted, rtol=1e-4, atol=1e-5):
            if len(x) > 1 and np.allclose(ours * len(x), wanted, rtol=1e-4, atol=1e-5):
                return say(
                    en=f"`{name}` is the mean over the pictures; it must be the sum. (The division "
                    "by their number is already in `grad`.)",
                    ko=f"`{name}`이(가) 그림들의 평균입니다. 합이어야 합니다. (그림의 수로 나누는 "
                    "것은 `grad`에 이미 들어 있습니다.)",
                )
            place = tuple(int(i) for i in np.argwhere(~np.isclose(ours, wanted, rtol=1e-4))[0])
            return say(
                en=f"{given}: nudging gives `{name}[{str(place).strip('(,)')}]` the slope "
                f"{wanted[place]:.4f}; you say {ours[place]:.4f}.",
                ko=f"{given} 조금 움직여 보면 `{name}[{str(place).strip('(,)')}]`의 기울기는 "
                f"{wanted[place]:.4f}인데 {ours[place]:.4f}이(가) 나옵니다.",
            )
    return None


@check(
    "05/reorder",
    hints=[
        {
            "en": "Row 5 of the weights belongs to pixel 5. Which old pixel stands in place 0 of "
            "the shuffled picture?",
            "ko": "가중치의 5번 행은 5번 화소의 것입니다. 섞은 그림의 0번 자리에는 원래 몇 번 "
            "화소가 놓일까요?",
        },
        {
            "en": "In `image[order]` place 0 holds the old pixel `order[0]`. So row 0 of the new "
            "weights must be the old row `order[0]`.",
            "ko": "`image[order]`의 0번 자리에는 원래의 `order[0]`번 화소가 있습니다. 그러므로 새 "
            "가중치의 0번 행은 원래의 `order[0]`번 행이어야 합니다.",
        },
        {"en": "`weights[order]`", "ko": "`weights[order]`"},
    ],
)
def check_reorder(reorder: Callable) -> str | None:
    """Judge a function (weights, order) -> weights that fit the inputs x[order]."""
    if _shuffles_columns(reorder):
        return say(
            en="You shuffled the columns: these are the neurons. The pixels' weights are the rows.",
            ko="열을 섞었습니다. 열은 뉴런입니다. 화소마다의 가중치는 행(row)에 있습니다.",
        )
    weights, order = np.random.default_rng(0).normal(size=(4, 3)), np.array([3, 0, 2, 1])
    found = numbers(reorder(weights, order))
    if found.shape != weights.shape:
        return say(
            en=f"The weights must keep their shape, {weights.shape}; yours is {found.shape}.",
            ko=f"가중치의 모양 {weights.shape}은(는) 그대로여야 합니다. 지금 모양은 "
            f"{found.shape}입니다.",
        )
    if np.array_equal(found, weights):
        return say(
            en="The weights are as before: each would meet a pixel that is not its own.",
            ko="가중치가 그대로입니다. 이대로는 가중치가 제 것이 아닌 화소를 만납니다.",
        )
    if np.array_equal(found, weights[np.argsort(order)]):
        return say(
            en="That is the way back: it would undo the shuffling. Go the same way as the pixels.",
            ko="거꾸로 갔습니다. 그것은 섞은 것을 되돌리는 순서입니다. 화소와 같은 방향으로 "
            "섞으세요.",
        )
    fresh = np.random.default_rng().normal(size=(5, 2)), np.random.default_rng().permutation(5)
    if _runs_over_columns(reorder):
        return say(
            en="Some rows are left as they were: go over all places of `order`, as many as there "
            "are rows, not columns.",
            ko="바뀌지 않은 행이 있습니다. 열의 수가 아니라 행의 수만큼, `order`의 모든 자리를 "
            "거쳐야 합니다.",
        )
    if Tried(reorder, [(weights, order), fresh]).first_wrong(lambda weights, order: weights[order]):
        return say(
            en="On a shuffled picture the layer does not give what it gave before: "
            "`image[order] @ new` must equal `image @ weights`.",
            ko="섞은 그림에서 층의 답이 예전과 다릅니다. `image[order] @ new`가 "
            "`image @ weights`와 같아야 합니다.",
        )
    return None


def _shuffles_columns(reorder):
    """Return whether the answer moves the columns: on a square table, where it can."""
    weights, order = np.arange(16.0).reshape(4, 4), np.array([1, 3, 0, 2])
    try:
        return np.array_equal(reorder(weights, order), weights[:, order])
    except IndexError:
        return False


def _runs_over_columns(reorder):
    """Return whether the answer fills as many rows as there are columns, and leaves the rest."""
    weights, order = np.arange(1.0, 13).reshape(4, 3), np.array([1, 3, 0, 2])
    found = numbers(reorder(weights, order))
    return np.array_equal(found[:3], weights[order][:3]) and found[3].any() == 0


TO_BEAT = 0.96  # of the test digits
BUDGET = 8_000  # parameters: as many as all 784 pixels need for 10 hidden neurons
_TRAINED_ON = 50_000  # pictures; the others are the learner's to try on


@check(
    "05/keep",
    hints=[
        {
            "en": "Most pictures are black along their border. What happens if you cut it off?",
            "ko": "그림의 가장자리는 거의 언제나 검은색입니다. 잘라 내면 어떻게 될까요?",
        },
        {
            "en": "A stroke is wider than a pixel, so neighbouring pixels are nearly equal. "
            "Lesson 03 put one number in place of 2 × 2.",
            "ko": "획은 화소 하나보다 굵으므로 이웃한 화소끼리는 거의 같습니다. 3번 수업에서는 "
            "2 × 2칸을 수 하나로 바꾸었습니다.",
        },
        {
            "en": "`images.reshape(len(images), 14, 2, 14, 2).mean(axis=(2, 4))`; it becomes even "
            "better with the border cut off first.",
            "ko": "`images.reshape(len(images), 14, 2, 14, 2).mean(axis=(2, 4))`. 먼저 가장자리를 "
            "잘라 내면 더 좋아집니다.",
        },
    ],
)
def check_keep(keep: Callable) -> str | None:
    """Judge a function (N, 28, 28) -> (N, ...) by a network of 8,000 parameters that it feeds."""
    (x_train, y_train), (x_test, y_test) = load_mnist()
    few = np.asarray(keep(x_test[:3] / np.float32(255)))
    if few.ndim < 2 or len(few) != 3:
        return say(
            en=f"For 3 pictures `keep` must return 3 rows of numbers; yours has the shape "
            f"{few.shape}.",
            ko=f"그림이 3장이면 `keep`은 수를 3행 돌려주어야 합니다. 지금 모양은 {few.shape}"
            "입니다.",
        )
    num = few[0].size
    width = (BUDGET - 10) // (num + 1 + 10)
    if width < 1:
        return say(
            en=f"You keep {num:,} numbers: not even one neuron fits into {BUDGET:,} parameters.",
            ko=f"수를 {num:,}개 남겼습니다. 파라미터 {BUDGET:,}개로는 뉴런을 하나도 둘 수 "
            "없습니다.",
        )
    kept, tested = (
        np.asarray(keep(images / np.float32(255)), np.float32).reshape(len(images), num)
        for images in (x_train[:_TRAINED_ON], x_test)
    )
    if not np.abs(kept).max() <= 10:  # neither too large nor NaN
        return say(
            en=f"Your numbers reach {np.abs(kept).max():g}. The learning rate suits numbers about "
            "as large as the pixels, from 0 to 1.",
            ko=f"남긴 수가 {np.abs(kept).max():g}까지 커집니다. 학습률은 화소처럼 0에서 1쯤인 수에 "
            "맞추어져 있습니다.",
        )
    share = _read_with(kept, y_train[:_TRAINED_ON], tested, y_test, width)
    if share >= TO_BEAT:
        return None
    reached = apart(share, TO_BEAT)
    got = say(
        en=f"{num} numbers, {width} hidden neurons: {reached} of the test digits. The number to "
        f"beat is {TO_BEAT:.0%}.",
        ko=f"수 {num}개, 은닉 뉴런 {width}개로 테스트 숫자의 {reached}를 읽습니다. 넘어야 할 "
        f"수는 {TO_BEAT:.0%}입니다.",
    )
    if width < 25:
        return got + say(
            en=" Keep fewer numbers, so that you can afford more neurons.",
            ko=" 수를 더 적게 남기면 뉴런을 더 많이 둘 수 있습니다.",
        )
    return got + say(
        en=" There are enough neurons, but your numbers don't tell the digits apart well enough.",
        ko=" 뉴런은 충분하지만, 남긴 수로는 숫자를 아직 잘 구별하지 못합니다.",
    )


def _read_with(kept, labels, tested, test_labels, width):
    """Train as the lesson does; return the share of the test digits that are read right."""
    layers = build_dnn([kept.shape[1], width, 10], seed=0)
    optimizer = SGD(layers, momentum=0.9)
    rng = np.random.default_rng(0)
    orders = [rng.permutation(len(kept)) for _ in range(3)]
    batches = np.concatenate(orders).reshape(-1, 100)
    for step, rows in enumerate(batches):
        _, grad = cross_entropy(forward(layers, kept[rows]), labels[rows])
        backward(layers, grad)
        optimizer.learning_rate = 0.2 * (1 - step / len(batches))
        optimizer.step()
    return float(np.mean(forward(layers, tested).argmax(axis=1) == test_labels))
