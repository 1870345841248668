"""Checks of lesson 04, activation functions."""

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.course.checks import Tried, check, differing, numbers, same, shown
from helpers.reader import say


@check(
    "04/tanh-slope",
    hints=[
        {
            "en": "At x = 0, t is 0 and the slope is 1; far out, t is 1 or −1 and the slope is 0. "
            "Which simple formula in t does that?",
            "ko": "x = 0에서는 t가 0이고 기울기가 1입니다. 먼 곳에서는 t가 1이나 −1이고 기울기가 "
            "0입니다. t로 된 어떤 간단한 식이 그럴까요?",
        },
        {
            "en": "It must give 0 for t = 1 *and* for t = −1, and it has no corner at t = 0: a "
            "square does that.",
            "ko": "t = 1에서도 t = −1*에서도* 0이어야 하고, t = 0에서 꺾이지 않습니다. 제곱을 쓰면 "
            "됩니다.",
        },
        {"en": "`1 - t**2`", "ko": "`1 - t**2`"},
    ],
)
def check_tanh_slope(tanh_slope: Callable) -> str | None:
    """Judge a function x -> slope of tanh at x, number by number."""
    x = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])
    t = np.tanh(x)
    slope = numbers(tanh_slope(x))
    if slope.shape != x.shape:
        return say(
            en=f"For 5 numbers there must be 5 slopes; yours have the shape {slope.shape}.",
            ko=f"수 5개에는 기울기도 5개여야 합니다. 지금 모양은 {slope.shape}입니다.",
        )
    mistakes = [
        (
            t,
            say(
                en="That is tanh itself; its slope is asked for.",
                ko="그것은 tanh의 값입니다. 기울기를 구해야 합니다.",
            ),
        ),
        (
            t * (1 - t),
            say(
                en="That is sigmoid's rule. With t = 0 it gives 0, but in the middle tanh is "
                "steepest: its slope is 1.",
                ko="그것은 시그모이드의 식입니다. t = 0이면 0이 되는데, tanh는 가운데가 가장 "
                "가파르고 "
                "기울기가 1입니다.",
            ),
        ),
        (
            1 - t,
            say(
                en="On the left, where t is near −1, that gives nearly 2; but tanh is flat there.",
                ko="t가 −1에 가까운 왼쪽에서 2에 가까운 값이 나옵니다. tanh는 거기에서 평평합니다.",
            ),
        ),
        (
            1 - np.abs(t),
            say(
                en="Right at −1, 0 and 1, but in between it falls too fast: the slope has no "
                "corner at t = 0.",
                ko="t가 −1, 0, 1일 때는 맞지만 그 사이에서는 너무 빨리 떨어집니다. 기울기는 t = "
                "0에서 "
                "꺾이지 않습니다.",
            ),
        ),
        (
            1 - x**2,
            say(
                en="You square x; the rule takes tanh's own value t.",
                ko="x를 제곱했습니다. tanh의 값 t를 써야 합니다.",
            ),
        ),
    ]
    for wrong, sentence in mistakes:
        if same(slope, wrong):
            return sentence
    fresh = np.random.default_rng().normal(size=7).round(2)
    if wrong := Tried(tanh_slope, [(x,), (fresh,)]).first_wrong(lambda x: 1 - np.tanh(x) ** 2):
        if np.shape(wrong.said) != wrong.right.shape:
            return say(
                en="The slopes of 7 other numbers must be 7: compute them from `x`.",
                ko="다른 수 7개에는 기울기도 7개여야 합니다. `x`에서 계산하세요.",
            )
        at = differing(wrong.right, wrong.said)
        right, said = shown(wrong.right[at], np.asarray(wrong.said)[at])
        return say(
            en=f"At x = {wrong.given[0][at]:g} the slope is {right}; you say {said}.",
            ko=f"x = {wrong.given[0][at]:g}에서 기울기는 {right}인데 {said}이(가) 나옵니다.",
        )
    return None


def _walk(slope_at, weight, learning_rate, num_steps):
    for _ in range(num_steps):
        weight = weight - learning_rate * slope_at(weight)
    return weight


def _valley(weight):
    """Return the slope of (2 weight - 3)², the lesson's valley."""
    return 4 * (2 * weight - 3)


@check(
    "04/walk",
    hints=[
        {
            "en": "One step: new weight = weight − learning rate · slope. `slope_at(weight)` is "
            "the slope at the place where the weight is *now*.",
            "ko": "한 걸음은 새 가중치 = 가중치 − 학습률 · 기울기입니다. `slope_at(weight)`는 "
            "*지금* 가중치가 있는 자리의 기울기입니다.",
        },
        {
            "en": "Keep the loop; its line starts with `weight = weight - `.",
            "ko": "반복문은 그대로 두세요. 그 안의 줄은 `weight = weight - `로 시작합니다.",
        },
        {
            "en": "`weight = weight - learning_rate * slope_at(weight)`",
            "ko": "`weight = weight - learning_rate * slope_at(weight)`",
        },
    ],
)
def check_walk(walk: Callable) -> str | None:
    """Judge a function (slope_at, weight, learning_rate, num_steps) -> weight after the walk."""
    fresh = np.random.default_rng()
    trials = [(_valley, -1.0, 0.05, 1), (_valley, -1.0, 0.05, 3), (_valley, 4.0, 0.1, 0)]
    trials += [(np.tanh, float(fresh.uniform(1, 3)), 0.7, int(fresh.integers(4, 9)))]
    tried = Tried(walk, trials)
    if tried.agrees(lambda slope_at, *rest: _walk(lambda w: -slope_at(w), *rest)):
        return say(
            en="You walk uphill: the loss grows. Go *against* the slope.",
            ko="올라가고 있습니다. 손실이 커집니다. 기울기의 *반대쪽*으로 가세요.",
        )
    if tried.agrees(lambda slope_at, weight, rate, num: _walk(slope_at, weight, 1, num)):
        return say(
            en="Your steps are as long as the slope itself: multiply it by the learning rate.",
            ko="걸음의 길이가 기울기 그대로입니다. 학습률을 곱하세요.",
        )
    if tried.agrees(lambda slope_at, weight, rate, num: _walk(lambda w: np.sign(slope_at(w)),
                                                              weight, rate, num)):  # fmt: skip
        return say(
            en="All your steps are equally long: only the sign of the slope counts. On a steep "
            "place the step must be longer.",
            ko="걸음의 길이가 모두 같습니다. 기울기의 부호만 쓰고 있습니다. 가파른 곳에서는 걸음이 "
            "더 길어야 합니다.",
        )
    if tried.agrees(
        lambda slope_at, weight, rate, num: _walk(slope_at, weight, rate, min(num, 1))
    ) or tried.agrees(lambda slope_at, weight, rate, num: _walk(slope_at, weight, rate, 1)):
        return say(
            en="That is a single step, however many are asked for.",
            ko="몇 걸음을 가라고 하든 한 걸음만 갑니다.",
        )
    if tried.agrees(lambda slope_at, weight, rate, num: weight - num * rate * slope_at(weight)):
        return say(
            en="You use the slope at the start for all steps. Ask `slope_at` again after each "
            "step: the curve is not equally steep everywhere.",
            ko="출발점의 기울기를 끝까지 쓰고 있습니다. 곡선의 기울기는 자리마다 다르므로 한 걸음 "
            "갈 때마다 `slope_at`에 다시 물어보세요.",
        )
    if wrong := tried.first_wrong(_walk):
        slope_at, weight, rate, num_steps = wrong.given
        start = float(slope_at(weight))
        if num_steps == 1 and np.isclose(float(wrong.said), -rate * start):
            return say(
                en="That is the step alone. Add it to the weight: weight + step.",
                ko="그것은 걸음뿐입니다. 지금 가중치에서 그만큼 *움직여야* 합니다.",
            )
        return say(
            en=f"From the weight {weight:.3g}, where the slope is {start:.3g}, {num_steps} "
            f"step{'s' * (num_steps != 1)} with the learning rate {rate} "
            f"lead{'s' * (num_steps == 1)} to "
            f"{float(wrong.right):.4g}; you say {float(wrong.said):.4g}.",
            ko=f"기울기가 {start:.3g}인 가중치 {weight:.3g}에서 학습률 {rate}로 {num_steps}걸음 "
            f"가면 {float(wrong.right):.4g}인데 {float(wrong.said):.4g}이(가) 나옵니다.",
        )
    return None


_START, _NUM_STEPS, _DEEPER = -2.5, 60, 2.0
#: A rate that gets there; of those that don't, the smaller ones step too short.
_GOOD_RATE = 0.1


def _slope_of_valleys(weight):
    """Return the slope of the lesson's `valleys`, worked out."""
    away = (weight + 1.5) / 0.4
    return 4 * (weight - 2) + 16 * 2 * away / 0.4 * np.exp(-(away**2))


@check(
    "04/escape",
    hints=[
        {
            "en": "The walk must jump *across* the left valley. Does it need longer or shorter "
            "steps?",
            "ko": "왼쪽 골짜기를 *건너뛰어야* 합니다. 걸음이 더 길어야 할까요, 더 짧아야 할까요?",
        },
        {
            "en": "Try 0.02, 0.05, 0.1, 0.2 and look at each walk.",
            "ko": "0.02, 0.05, 0.1, 0.2를 차례로 해 보고 걸음을 살펴보세요.",
        },
        {"en": "`my_rate = 0.1`", "ko": "`my_rate = 0.1`"},
    ],
)
def check_escape(my_rate: float) -> str | None:
    """Judge a learning rate by where the walk on the lesson's two valleys ends."""
    if isinstance(my_rate, str):
        return say(
            en=f"{my_rate!r} is a text, in quotation marks: a number stands without them.",
            ko=f"{my_rate!r}은(는) 따옴표로 둘러싼 글자입니다. 수는 따옴표 없이 쓰세요.",
        )
    try:
        rate = float(my_rate)
    except (TypeError, ValueError):
        return say(
            en=f"The learning rate must be a number, not {my_rate!r}.",
            ko=f"학습률은 수여야 합니다. 받은 값: {my_rate!r}",
        )
    if not rate > 0:
        return say(
            en="With a learning rate of 0 the walk stands still, and below 0 it goes uphill.",
            ko="학습률이 0이면 움직이지 않고, 0보다 작으면 위로 올라갑니다.",
        )
    with np.errstate(all="ignore"):
        end = _walk(_slope_of_valleys, _START, rate, _NUM_STEPS)
    if abs(end - _DEEPER) < 0.2:
        return None
    if rate < _GOOD_RATE:
        return say(
            en=f"After {_NUM_STEPS} steps the weight is {end:.3g}, not at the bottom of the right "
            "valley: the steps are too short to get there.",
            ko=f"{_NUM_STEPS}걸음 뒤에 가중치가 {end:.3g}입니다. 아직 오른쪽 골짜기의 바닥이 "
            "아닙니다. 걸음이 짧아서 거기까지 가지 못합니다.",
        )
    return say(
        en=f"After {_NUM_STEPS} steps the weight is {end:.3g}, not at the bottom of the right "
        "valley: the steps are too long to come to rest there.",
        ko=f"{_NUM_STEPS}걸음 뒤에 가중치가 {end:.3g}입니다. 오른쪽 골짜기의 바닥이 아닙니다. "
        "걸음이 너무 길어서 거기에 멈추지 못합니다.",
    )


@check(
    "04/dead",
    hints=[
        {
            "en": "A neuron is a column. When is a column dead: if one of its numbers is 0, or if "
            "all are?",
            "ko": "뉴런은 열입니다. 열의 수 가운데 하나가 0이면 죽은 것일까요, 모두 0이어야 "
            "죽은 것일까요?",
        },
        {
            "en": "`outputs == 0` is a table of true and false; `np.all(..., axis=0)` goes down "
            "its columns.",
            "ko": "`outputs == 0`은 참과 거짓으로 된 표입니다. `np.all(..., axis=0)`은 열을 따라 "
            "내려가며 봅니다.",
        },
        {
            "en": "`np.sum(np.all(outputs == 0, axis=0))`",
            "ko": "`np.sum(np.all(outputs == 0, axis=0))`",
        },
    ],
)
def check_dead(count_dead: Callable) -> str | None:
    """Judge a function (N, neurons) -> number of neurons that are 0 in every row."""
    # Three pictures, six neurons: columns 1 and 4 are dead, and row 1 is silent.
    outputs = np.array([[1, 0, 0, 2, 0, 3], [0, 0, 0, 0, 0, 0], [2, 0, 1, 0, 0, 0.5]])
    fresh = np.random.default_rng().integers(0, 2, (3, 20)) * 0.5
    trials = [(outputs,), (np.ones((2, 3)),), (np.array([[0.0, 1], [0, 2]]),)]
    trials += [(np.array([[1.0, 0], [2, 0]]),), (fresh,)]
    tried = Tried(count_dead, trials)
    if any(map(np.ndim, tried.said)):
        return say(
            en="How many are dead is one number; you return several. `np.sum` counts the true ones "
            "of a list, `len` its places.",
            ko="죽은 뉴런이 몇 개인지, 답은 수 하나인데 여러 개가 나옵니다. `np.sum`은 참인 것을, "
            "`len`은 자리의 수를 셉니다.",
        )
    if tried.agrees(lambda outputs: (outputs == 0).sum()):
        return say(
            en="You count single zeros. A living neuron may be 0 for some pictures; dead is one "
            "that is 0 for all of them.",
            ko="0을 하나하나 세고 있습니다. 살아 있는 뉴런도 어떤 그림에서는 0을 냅니다. 모든 "
            "그림에서 0인 뉴런만 죽은 것입니다.",
        )
    if tried.agrees(lambda outputs: (outputs == 0).any(axis=0).sum()):
        return say(
            en="You count neurons that are 0 for *one* picture or more; they must be 0 for all.",
            ko="그림 *하나에서라도* 0인 뉴런을 세고 있습니다. 모든 그림에서 0이어야 합니다.",
        )
    if tried.agrees(lambda outputs: (outputs == 0).all(axis=1).sum()):
        return say(
            en="You count the pictures for which all neurons are silent. Neurons are columns: go "
            "along axis 0.",
            ko="모든 뉴런이 조용한 그림을 세고 있습니다. 뉴런은 열이므로 0번 축을 따라 보아야 "
            "합니다.",
        )
    if tried.agrees(lambda outputs: (outputs == 0).all(axis=0).mean()):
        return say(
            en="That is the share of dead neurons; give their number.",
            ko="그것은 죽은 뉴런의 비율입니다. 개수를 구하세요.",
        )
    if tried.agrees(lambda outputs: outputs.any(axis=0).sum()):
        return say(
            en="Those are the living ones.",
            ko="그것은 살아 있는 뉴런의 수입니다.",
        )
    if wrong := tried.first_wrong(lambda outputs: (outputs == 0).all(axis=0).sum()):
        table = wrong.given[0].tolist()
        right, said = wrong.shown()
        return say(
            en=f"In the table {table} the number of columns that are 0 throughout is "
            f"{right}; you count {said}.",
            ko=f"표 {table}에서 모든 행이 0인 열은 {right}개인데 {said}이(가) 나옵니다.",
        )
    return None


_HIDDEN, _YES_NO, _ONE_OF_MANY, _SEVERAL = (
    "between two layers",
    "spam or not, from one score",
    "which of ten digits",
    "which of five topics, maybe several at once",
)
_RIGHT = {_HIDDEN: "relu", _YES_NO: "sigmoid", _ONE_OF_MANY: "softmax", _SEVERAL: "sigmoid"}


@check(
    "04/choices",
    hints=[
        {
            "en": "Which function lets the gradient through? Which gives a single probability? "
            "Which shares 1 out?",
            "ko": "그레이디언트를 잘 지나가게 하는 함수는 무엇일까요? 확률 하나를 내는 함수는 "
            "무엇일까요? 1을 나누어 주는 함수는 무엇일까요?",
        },
        {
            "en": "If several topics may be true at once, their probabilities need not make 1: "
            "each is a question of yes or no.",
            "ko": "여러 주제가 한꺼번에 참일 수 있으면 확률의 합이 1일 필요가 없습니다. 저마다 "
            "예/아니요의 물음입니다.",
        },
        {
            "en": "One of the three is used twice: sigmoid, for spam and for the topics.",
            "ko": "셋 가운데 하나는 두 번 씁니다. 스팸과 주제에 시그모이드를 씁니다.",
        },
    ],
)
def check_choices(choices: Any) -> str | None:
    """Judge which activation function stands where, a dict of names by place."""
    if not isinstance(choices, dict) or set(choices) != set(_RIGHT):
        return say(
            en="Keep the four places as they are, and write a name after each.",
            ko="네 자리의 이름은 그대로 두고, 그 뒤에 함수의 이름을 쓰세요.",
        )
    choices = {place: str(name).strip().lower() for place, name in choices.items()}
    if unknown := sorted(set(choices.values()) - {"relu", "sigmoid", "softmax"}):
        return say(
            en=f'Choose among "relu", "sigmoid" and "softmax"; {unknown[0]!r} is none of them.',
            ko='"relu", "sigmoid", "softmax" 가운데에서 고르세요. '
            f"{unknown[0]!r}은(는) 그 가운데 없습니다.",
        )
    reasons = {
        (_HIDDEN, "sigmoid"): say(
            en="Between the layers sigmoids make the gradient vanish, as you measured.",
            ko="층과 층 사이에 시그모이드를 쓰면, 재어 본 것처럼 그레이디언트가 사라집니다.",
        ),
        (_HIDDEN, "softmax"): say(
            en="Between the layers nothing is to be shared out: softmax would let one neuron "
            "silence the others.",
            ko="층과 층 사이에는 나누어 줄 것이 없습니다. 소프트맥스를 쓰면 한 뉴런이 다른 "
            "뉴런들을 "
            "누릅니다.",
        ),
        (_YES_NO, "softmax"): say(
            en="The softmax of a single score is always 1: every message would be spam.",
            ko="점수가 하나이면 소프트맥스는 언제나 1입니다. 모든 메시지가 스팸이 됩니다.",
        ),
        (_YES_NO, "relu"): say(
            en="ReLU may give 7, which is no probability of spam.",
            ko="ReLU는 7 같은 수도 냅니다. 스팸일 확률이 될 수 없습니다.",
        ),
        (_ONE_OF_MANY, "sigmoid"): say(
            en="With ten sigmoids a picture could be a 3 with 90 % and an 8 with 90 %; it is one "
            "digit, so the ten must make 1.",
            ko="시그모이드 열 개를 쓰면 3일 확률도 90 %, 8일 확률도 90 %일 수 있습니다. 숫자는 "
            "하나이므로 열 개의 합이 1이어야 합니다.",
        ),
        (_ONE_OF_MANY, "relu"): say(
            en="ReLU gives ten numbers that do not make 1 together: no probabilities.",
            ko="ReLU가 내는 수 열 개는 합이 1이 아니므로 확률이 아닙니다.",
        ),
        (_SEVERAL, "softmax"): say(
            en="Softmax shares out 1, so that two topics can't both get 90 %, though both may be "
            "in the text.",
            ko="소프트맥스는 1을 나누어 주므로, 글에 두 주제가 다 있어도 둘 다 90 %가 될 수 "
            "없습니다.",
        ),
        (_SEVERAL, "relu"): say(
            en="For each topic a probability is wanted; ReLU may give any number from 0 up.",
            ko="주제마다 확률이 필요한데, ReLU는 0 이상의 아무 수나 냅니다.",
        ),
    }
    for place, right in _RIGHT.items():
        if choices[place] != right:
            return reasons[place, choices[place]]
    return None
