"""Checks of lesson 15, pretrained-models."""

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.course.checks import Tried, check, differing, numbers, shown
from helpers.reader import say


@check(
    "15/memory",
    hints=[
        {
            "en": "How many bits does the whole model have? How many bits are a byte?",
            "ko": "모델 전체는 몇 비트일까요? 몇 비트가 1바이트인가요?",
        },
        {
            "en": "Parameters times bits, divided by 8, are bytes. A GB is 10⁹ of them.",
            "ko": "파라미터 수에 비트를 곱하고 8로 나누면 바이트입니다. 1 GB는 10⁹바이트입니다.",
        },
        {
            "en": "`num_parameters * bits / 8 / 1e9`",
            "ko": "`num_parameters * bits / 8 / 1e9`",
        },
    ],
)
def check_memory(memory: Callable) -> str | None:
    """Judge a function (number of parameters, bits) -> GB of the weights."""
    ours = memory(8e9, 16)
    if not np.issubdtype(np.asarray(ours).dtype, np.number) or np.ndim(ours):
        return say(
            en=f"The function must give back a number, not {ours!r}.",
            ko=f"함수는 수를 돌려주어야 합니다. 지금은 {ours!r}입니다.",
        )
    if np.isclose(ours, 128):
        return say(
            en="That is eight times too much: a byte has 8 bits.",
            ko="여덟 배나 큽니다. 1바이트는 8비트입니다.",
        )
    if np.isclose(ours, 16e9):
        return say(
            en="Those are bytes; divide by 10⁹ for GB.",
            ko="바이트가 나왔습니다. 10⁹으로 나누면 GB입니다.",
        )
    if np.isclose(ours, 16e9 / 2**30):
        return say(
            en="You divide by 2³⁰; here 1 GB is 10⁹ bytes, as on the pages of the hub.",
            ko="2³⁰으로 나누었습니다. 여기서는 허브의 페이지처럼 1 GB를 10⁹바이트로 셉니다.",
        )
    if np.isclose(memory(8e9, 4), ours):
        return say(
            en="With 4 bits the result is the same as with 16: `bits` must come into it.",
            ko="4비트에서도 16비트와 같은 값이 나옵니다. `bits`도 계산에 넣으세요.",
        )
    trials = [(8e9, 16), (1e9, 4), (92e6, 32), (1_543_714_304, 8)]
    if wrong := Tried(memory, trials).first_wrong(
        lambda num_parameters, bits: num_parameters * bits / 8 / 1e9
    ):
        num_parameters, bits = wrong.given
        right, said = wrong.shown()
        return say(
            en=f"{num_parameters:,.0f} parameters of {bits} bits take {right} GB; you say {said}.",
            ko=f"{bits}비트 파라미터 {num_parameters:,.0f}개는 {right} GB인데 "
            f"{said}이(가) 나옵니다.",
        )
    return None


@check(
    "15/by-hand",
    hints=[
        {
            "en": "With 3 bits, one of them the sign, the largest whole number is 2² − 1. Which is "
            "the largest weight, if you leave out its sign?",
            "ko": "3비트 가운데 한 비트는 부호이므로 가장 큰 정수는 2² − 1입니다. 부호를 빼고 "
            "보면 가장 큰 가중치는 무엇일까요?",
        },
        {
            "en": "The scale is 0.9 / 3. Divide each weight by it and round to the nearest whole "
            "number.",
            "ko": "배율은 0.9 / 3입니다. 가중치마다 배율로 나누어 가장 가까운 정수로 반올림하세요.",
        },
        {
            "en": "0.5 / 0.3 is 1.67, so 2. A restored weight is such a number times the scale: "
            "2 · 0.3 = 0.6.",
            "ko": "0.5 / 0.3은 1.67이므로 2입니다. 되살린 가중치는 이 정수에 배율을 곱한 "
            "것입니다. 2 · 0.3 = 0.6입니다.",
        },
    ],
)
def check_by_hand(by_hand: dict[str, Any]) -> str | None:
    """Judge the quantisation of −0.9, 0.5, 0.25 and −0.1 with 3 bits."""
    rows = ("scale", "numbers", "restored")
    if isinstance(by_hand, dict) and (missing := [row for row in rows if row not in by_hand]):
        return say(
            en=f"`{missing[0]}` is missing: keep the three names as they are.",
            ko=f"`{missing[0]}`이(가) 없습니다. 세 이름은 그대로 두세요.",
        )
    scale, kept, restored = (numbers(by_hand[row]) for row in rows)
    if scale.size != 1:
        return say(
            en="The scale is one number, which all four weights share.",
            ko="배율은 가중치 네 개가 함께 쓰는 수 하나입니다.",
        )
    if kept.shape != (4,) or restored.shape != (4,):
        return say(
            en="Four weights give four whole numbers and four restored weights.",
            ko="가중치가 네 개이므로 정수도 네 개, 되살린 가중치도 네 개입니다.",
        )
    if any(np.allclose(scale, 0.9 / steps, rtol=0.005) for steps in (4, 7, 8)):
        return say(
            en="The scale is too small: with 3 bits, one of them the sign, the largest whole "
            "number is 2² − 1 = 3.",
            ko="배율이 너무 작습니다. 3비트 가운데 한 비트는 부호이므로 가장 큰 정수는 "
            "2² − 1 = 3입니다.",
        )
    if np.allclose(scale, 0.5 / 3, rtol=0.005):
        return say(
            en="The sign doesn't count: the largest absolute weight is 0.9, not 0.5.",
            ko="부호는 따지지 않습니다. 절댓값이 가장 큰 가중치는 0.5가 아니라 0.9입니다.",
        )
    if not np.allclose(scale, 0.3, atol=1e-4):
        _, ours = shown(0.3, scale.item())
        return say(
            en=f"The scale is the largest absolute weight divided by 3; you say {ours}.",
            ko=f"배율은 절댓값이 가장 큰 가중치를 3으로 나눈 것인데 {ours}이(가) 나옵니다.",
        )
    if np.allclose(kept, [-3, 1, 0, 0]):
        return say(
            en="You cut the decimals off; 1.67 is nearer to 2, and 0.83 nearer to 1.",
            ko="소수점 아래를 잘라 냈습니다. 1.67은 2에, 0.83은 1에 더 가깝습니다.",
        )
    right = np.array([-3, 2, 1, 0])
    for weight, number, said in zip((-0.9, 0.5, 0.25, -0.1), right, kept, strict=True):
        if not np.isclose(number, said):
            return say(
                en=f"{weight} / 0.3 is {weight / 0.3:.2f}; the nearest whole number is not "
                f"{said:g}.",
                ko=f"{weight} / 0.3은 {weight / 0.3:.2f}입니다. 가장 가까운 정수는 {said:g}이(가) "
                "아닙니다.",
            )
    if not np.allclose(restored, right * 0.3, rtol=0, atol=0.006):
        return say(
            en="The whole numbers are right. A restored weight is its whole number times the "
            "scale: the old weight isn't there any more.",
            ko="정수는 맞습니다. 되살린 가중치는 정수에 배율을 곱한 것입니다. 원래 가중치는 이제 "
            "남아 있지 않습니다.",
        )
    return None


#: Nothing lies half-way between two whole numbers, where the last digit decides the rounding.
_WEIGHTS = np.array([[0.93, -1.4, 0.32, 0.0], [0.02, 0.05, -0.07, 0.01], [-30.0, 4.0, 9.0, 21.0]])


@check(
    "15/restore",
    hints=[
        {
            "en": "Each row has a largest absolute weight of its own. `axis=1` looks for it along "
            "the row.",
            "ko": "행마다 절댓값이 가장 큰 가중치가 따로 있습니다. `axis=1`은 행을 따라 찾습니다.",
        },
        {
            "en": "`keepdims=True` keeps the scales as a column, so that each row is divided by "
            "its own.",
            "ko": "`keepdims=True`를 주면 배율이 한 열로 남아서, 행마다 자기 배율로 나누어집니다.",
        },
        {
            "en": "`scales = np.abs(weights).max(axis=1, keepdims=True) / (2 ** (bits - 1) - 1)`, "
            "then divide, round, multiply.",
            "ko": "`scales = np.abs(weights).max(axis=1, keepdims=True) / (2 ** (bits - 1) - 1)`로 "
            "나누고, 반올림하고, 다시 곱하세요.",
        },
    ],
)
def check_restore(restore: Callable) -> str | None:
    """Judge a function (weights (R, C), bits) -> weights rounded with one scale a row."""
    ours = restore(_WEIGHTS, 4)
    try:
        shape = np.shape(ours)
    except ValueError:  # weights and scales, say
        shape = ()
    if shape != _WEIGHTS.shape:
        return say(
            en="The function must give back the restored weights alone, in the shape in which "
            f"they came, {_WEIGHTS.shape}.",
            ko=f"되살린 가중치만, 받은 모양 그대로 돌려주어야 합니다. 받은 모양: {_WEIGHTS.shape}",
        )
    ours = numbers(ours)
    right = _rounded(_WEIGHTS, 7)
    if np.allclose(ours, right, rtol=1e-4, atol=1e-6):
        fresh = np.random.default_rng().normal(size=(2, 5))
        trials = [(_WEIGHTS, 8), (_WEIGHTS[:2], 3), (fresh, 4)]
        if wrong := Tried(restore, trials).first_wrong(
            lambda weights, bits: _rounded(weights, 2 ** (bits - 1) - 1)
        ):
            weights, bits = wrong.given
            if np.shape(wrong.said) != weights.shape:
                return say(
                    en=f"Weights of the shape {weights.shape} come back in the shape "
                    f"{np.shape(wrong.said)}.",
                    ko=f"모양이 {weights.shape}인 가중치가 모양 {np.shape(wrong.said)}(으)로 "
                    "돌아옵니다.",
                )
            row = differing(wrong.right, wrong.said)[0]
            right, said = shown(wrong.right[row], np.asarray(wrong.said)[row])
            return say(
                en=f"With {bits} bits the row {weights[row].round(3)} must become {right}; you "
                f"say {said}.",
                ko=f"{bits}비트에서 행 {weights[row].round(3)}은(는) {right}이(가) 되어야 하는데 "
                f"{said}이(가) 나옵니다.",
            )
        return None
    if np.allclose(ours, _WEIGHTS):
        return say(
            en="The weights come back unchanged: between dividing and multiplying they must be "
            "rounded to whole numbers.",
            ko="가중치가 그대로 돌아옵니다. 나눈 다음, 다시 곱하기 전에 정수로 반올림해야 합니다.",
        )
    if np.allclose(ours, _rounded(_WEIGHTS, 7, axis=None)):
        return say(
            en="The second row came back as zeros: you use one scale for the whole table, and the "
            "30 of the third row decides it. Give each row its own.",
            ko="둘째 행이 모두 0이 되었습니다. 표 전체에 배율 하나를 쓰면 셋째 행의 30이 그 배율을 "
            "정합니다. 행마다 배율을 따로 두세요.",
        )
    if np.allclose(ours, _rounded(_WEIGHTS, 7, axis=0)):
        return say(
            en="You have one scale for each column; `axis=1` goes along a row.",
            ko="배율이 열마다 하나입니다. 행을 따라가려면 `axis=1`입니다.",
        )
    if np.allclose(ours, np.round(_WEIGHTS / _scales(_WEIGHTS, 7))):
        return say(
            en="Those are the whole numbers; multiply them by the scales to get weights again.",
            ko="정수가 나왔습니다. 배율을 곱해야 다시 가중치가 됩니다.",
        )
    if np.allclose(ours, _rounded(_WEIGHTS, 15)) or np.allclose(ours, _rounded(_WEIGHTS, 16)):
        return say(
            en="You use too many steps: of the 4 bits one is the sign, so that the largest whole "
            "number is 7.",
            ko="단계가 너무 많습니다. 4비트 가운데 한 비트는 부호이므로 가장 큰 정수는 7입니다.",
        )
    if np.allclose(ours, np.trunc(_WEIGHTS / _scales(_WEIGHTS, 7)) * _scales(_WEIGHTS, 7)):
        return say(
            en="You cut the decimals off: `np.round` goes to the nearest whole number, and its "
            "error is half as large.",
            ko="소수점 아래를 잘라 냈습니다. `np.round`는 가장 가까운 정수로 가므로 오차가 "
            "절반입니다.",
        )
    row = differing(right, ours)[0]
    must, own = shown(right[row], ours[row])
    return say(
        en=f"With 4 bits the row {_WEIGHTS[row]} must become {must}; you say {own}.",
        ko=f"4비트에서 행 {_WEIGHTS[row]}은(는) {must}이(가) 되어야 하는데 {own}이(가) 나옵니다.",
    )


def _scales(weights, highest, axis=1):
    return np.abs(weights).max(axis=axis, keepdims=True) / highest


def _rounded(weights, highest, axis=1):
    scales = _scales(weights, highest, axis)
    return np.round(weights / scales) * scales


@check(
    "15/threshold",
    hints=[
        {
            "en": "Sort the scores in your mind: under which of them lies the share asked for?",
            "ko": "점수를 작은 것부터 늘어놓았다고 생각해 봅시다. 어느 점수 아래에 그 비율이 "
            "들어올까요?",
        },
        {
            "en": "Such a number is called a *quantile*, and NumPy has a function of that name.",
            "ko": "그런 값을 *분위수*(quantile)라고 하고, 넘파이에 같은 이름의 함수가 있습니다.",
        },
        {"en": "`np.quantile(scores, share)`", "ko": "`np.quantile(scores, share)`"},
    ],
)
def check_threshold(choose_threshold: Callable) -> str | None:
    """Judge a function (scores off the topic, share) -> score under which the share lies."""
    scores = np.random.default_rng(15).permutation(np.linspace(0.3, 0.85, 201) ** 4)
    ours = numbers(choose_threshold(scores, 0.9))
    if np.ndim(ours) != 0:
        return say(
            en=f"The threshold is one number; you give back {np.size(ours)} of them.",
            ko=f"문턱값은 수 하나입니다. 지금은 {np.size(ours)}개가 나옵니다.",
        )
    under = np.mean(scores < ours)
    if abs(under - 0.1) < 0.02:
        return say(
            en="Only a tenth lies under it: you refuse the share that should be let through.",
            ko="그 아래에는 10분의 1밖에 없습니다. 거절할 비율과 통과시킬 비율이 바뀌었습니다.",
        )
    if np.isclose(ours, 0.9):
        return say(
            en="That is the share itself; give back the score under which that share lies.",
            ko="그것은 비율입니다. 그 비율이 아래에 들어오는 점수를 찾아야 합니다.",
        )
    spread = scores.min() + 0.9 * np.ptp(scores)
    if np.isclose(ours, scores.max() * 0.9) or np.isclose(ours, spread):
        return say(
            en="You take a share of the way to the highest score; count scores instead, since they "
            "are not evenly spread.",
            ko="가장 높은 점수까지의 거리를 나누었습니다. 점수는 고르게 놓여 있지 않으므로, "
            "거리가 아니라 개수를 세세요.",
        )
    if np.isclose(ours, scores[int(0.9 * len(scores))]):
        return say(
            en="You take the score at nine tenths of the list, but the list is in no order: sort "
            "it first.",
            ko="리스트의 10분의 9 자리에 있는 점수를 골랐는데, 리스트는 정렬되어 있지 않습니다. "
            "먼저 정렬하세요.",
        )
    for values, share in ((scores, 0.9), (1 - scores, 0.9), (scores, 0.5), (scores[:70], 0.7)):
        under = np.mean(values < choose_threshold(values.copy(), share))
        if abs(under - share) > 0.02:
            return say(
                en=f"Asked for {share:.0%}, your threshold has {under:.0%} of the scores under it.",
                ko=f"{share:.0%}를 달라고 했는데, 그 문턱값 아래에는 점수의 {under:.0%}가 "
                "있습니다.",
            )
    return None
