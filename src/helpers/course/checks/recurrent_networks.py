"""Checks of lesson 11, recurrent networks."""

from collections.abc import Callable

import numpy as np

from helpers.course.checks import Tried, check
from helpers.reader import say


@check(
    "11/last_state",
    hints=[
        {
            "en": "Before the loop the state is zeros, as many as `bias` has numbers: "
            "`h_t = np.zeros(len(bias))`.",
            "ko": "반복문 앞에서 상태는 0으로 채워져 있습니다. 개수는 `bias`와 같습니다. "
            "`h_t = np.zeros(len(bias))`",
        },
        {
            "en": "`for x_t in x:` goes through the steps. In the loop, `h_t` stands on both sides "
            "of the `=`: the old one on the right, the new one on the left.",
            "ko": "`for x_t in x:`로 한 걸음씩 갑니다. 반복문 안에서 `h_t`는 `=`의 양쪽에 "
            "나옵니다. 오른쪽은 앞걸음의 상태, 왼쪽은 새 상태입니다.",
        },
        {
            "en": "`h_t = np.tanh(x_t @ kernel + h_t @ recurrent_kernel + bias)` in the loop, and "
            "`return h_t` after it.",
            "ko": "반복문 안에 `h_t = np.tanh(x_t @ kernel + h_t @ recurrent_kernel + bias)`, "
            "반복문이 끝난 다음에 `return h_t`를 쓰세요.",
        },
    ],
)
def check_last_state(last_state: Callable) -> str | None:
    """Judge a function (x, kernel, recurrent_kernel, bias) -> the state after the last step."""
    rng = np.random.default_rng(0)
    x, kernel = rng.normal(size=(4, 3)), rng.normal(size=(3, 2))
    recurrent_kernel, bias = rng.normal(size=(2, 2)), rng.normal(size=2)

    def read(x, recurrent_kernel=recurrent_kernel, bias=bias, bend=np.tanh):
        h_t = np.zeros(2)
        for x_t in x:
            h_t = bend(x_t @ kernel + h_t @ recurrent_kernel + bias)
        return h_t

    answer = np.asarray(last_state(x, kernel, recurrent_kernel, bias))
    if answer.shape == (4, 2):
        return say(
            en="You give back the state after every step; only the last one is asked for.",
            ko="걸음마다의 상태가 모두 나옵니다. 마지막 상태만 돌려주세요.",
        )
    if answer.shape == (2,) and not answer.any():
        return say(
            en="The state is still zeros, as before the first step.",
            ko="상태가 첫걸음 전의 0 그대로입니다.",
        )
    if answer.shape != (2,):
        return say(
            en=f"With 2 units the state has the shape (2,), not {answer.shape}.",
            ko=f"유닛이 2개이면 상태의 모양은 (2,)인데 {answer.shape}이(가) 나옵니다.",
        )
    if np.allclose(answer, read(x[-1:])):
        return say(
            en="Your state remembers nothing: only the last x_t is in it. Put the old state into "
            "the sum, and set it to zeros once, before the loop.",
            ko="상태가 아무것도 기억하지 못하고 마지막 x_t만 담고 있습니다. 앞걸음의 상태를 "
            "합에 넣고, 0으로 채우는 것은 반복문 앞에서 한 번만 하세요.",
        )
    if np.allclose(answer, read(x[::-1])):
        return say(
            en="You read from the end to the beginning: go through x as it stands.",
            ko="끝에서 처음으로 읽고 있습니다. x를 주어진 순서대로 읽으세요.",
        )
    if np.allclose(answer, read(x, bias=0)):
        return say(en="The bias is missing in the sum.", ko="합에 편향이 빠졌습니다.")
    if np.allclose(answer, read(x, bend=lambda sums: sums)):
        return say(
            en="tanh is missing: without it the state can grow from step to step without end.",
            ko="tanh가 빠졌습니다. tanh가 없으면 상태가 걸음마다 끝없이 커질 수 있습니다.",
        )
    if np.allclose(answer, np.tanh(read(x, bend=lambda sums: sums))):
        return say(
            en="You take tanh once, at the end; it belongs in every step.",
            ko="tanh를 끝에서 한 번만 씁니다. 걸음마다 써야 합니다.",
        )
    fresh = np.random.default_rng()
    trials: list[tuple] = [(x, kernel, recurrent_kernel, bias)]
    trials += [
        tuple(
            fresh.normal(size=shape)
            for shape in ((steps, inputs), (inputs, units), (units, units), units)
        )
        for steps, inputs, units in ((3, 2, 5), (6, 4, 1))
    ]
    if wrong := Tried(last_state, trials).first_wrong(_last_state):
        steps = len(wrong.given[0])
        right, said = (np.asarray(state, float).round(3).tolist() for state in wrong[1:])
        return say(
            en=f"After {steps} steps the state must be {right}; yours is {said}.",
            ko=f"{steps}시점이 지난 뒤의 상태는 {right}인데 {said}이(가) 나옵니다.",
        )
    return None


def _last_state(x, kernel, recurrent_kernel, bias):
    h_t = np.zeros(len(bias))
    for x_t in x:
        h_t = np.tanh(x_t @ kernel + h_t @ recurrent_kernel + bias)
    return h_t


@check(
    "11/count",
    hints=[
        {
            "en": "Take one block first: each of its units has a weight for each input, a weight "
            "for each number of h_t, and one bias.",
            "ko": "먼저 묶음 하나를 생각하세요. 유닛마다 입력 하나에 가중치 하나, h_t의 수 "
            "하나에 가중치 하나, 그리고 편향이 하나 있습니다.",
        },
        {
            "en": "h_t has as many numbers as there are units.",
            "ko": "h_t에는 유닛의 수만큼 수가 있습니다.",
        },
        {
            "en": "`num_blocks * units * (num_inputs + units + 1)`",
            "ko": "`num_blocks * units * (num_inputs + units + 1)`",
        },
    ],
)
def check_count(count_parameters: Callable) -> str | None:
    """Judge a function (num_blocks, num_inputs, units) -> the number of parameters."""
    for blocks, inputs, units in [(1, 8, 16), (4, 8, 16), (3, 5, 2)]:
        answer, right = (
            count_parameters(blocks, inputs, units),
            blocks * units * (inputs + units + 1),
        )
        if answer == right:
            continue
        case = f"count_parameters({blocks}, {inputs}, {units})"
        if answer == blocks * units * (inputs + units):
            return say(
                en=f"{case} is short by {blocks * units}: the biases are missing.",
                ko=f"{case}에서 {blocks * units}개가 모자랍니다. 편향이 빠졌습니다.",
            )
        if answer == blocks * units * (inputs + 1):
            return say(
                en=f"{case} counts the weights of the inputs alone; the state has weights too, "
                "the recurrent kernel.",
                ko=f"{case}에서 입력의 가중치만 세었습니다. 상태에도 가중치가 있습니다. "
                "순환 커널을 더하세요.",
            )
        if answer == units * (inputs + units + 1):
            return say(
                en=f"{case} counts one block; there are {blocks}, each with weights of its own.",
                ko=f"{case}에서 묶음을 하나만 세었습니다. 묶음은 {blocks}개이고 저마다 "
                "가중치가 따로 있습니다.",
            )
        if answer == blocks * (units * (inputs + units) + 1):
            return say(
                en=f"{case} has one bias for a block; each of its {units} units has one.",
                ko=f"{case}에서 편향을 묶음마다 하나만 세었습니다. 편향은 유닛마다 하나씩, "
                f"묶음마다 {units}개입니다.",
            )
        return say(
            en=f"{case} must be {right}; you say {answer}.",
            ko=f"{case}은(는) {right}이어야 하는데 {answer}이(가) 나옵니다.",
        )
    return None


@check(
    "11/kept",
    hints=[
        {
            "en": "Take one number of c_t. After a step with f = 0.5 a half is left; after another "
            "with f = 0.5, a half of the half.",
            "ko": "c_t의 수 하나만 봅시다. f = 0.5인 걸음 뒤에는 절반이 남고, f = 0.5인 걸음을 "
            "한 번 더 가면 절반의 절반이 남습니다.",
        },
        {
            "en": "Multiply the gates of all steps, for each column by itself.",
            "ko": "열마다 따로, 모든 걸음의 게이트를 곱하세요.",
        },
        {
            "en": "`np.prod(forget_gates, axis=0)`",
            "ko": "`np.prod(forget_gates, axis=0)`",
        },
    ],
)
def check_kept(kept: Callable) -> str | None:
    """Judge a function (forget gates, (T, units)) -> the share of c_0 that is left, (units,)."""
    gates = np.array([[1.0, 0.5], [0.5, 0.9], [0.4, 0.5]])
    answer = np.asarray(kept(gates))
    if answer.shape == (3,):
        return say(
            en="You give back a number for each step; one for each column is asked for: take "
            "`axis=0`.",
            ko="걸음마다 수가 하나씩 나옵니다. 열마다 하나여야 합니다. `axis=0`을 쓰세요.",
        )
    if answer.shape == ():
        return say(
            en="You give back a single number; each column of c_t is kept to a share of its own.",
            ko="수가 하나만 나옵니다. c_t의 열마다 남는 몫이 다릅니다.",
        )
    if answer.shape != (2,):
        return say(
            en=f"For 2 columns the answer has the shape (2,), not {answer.shape}.",
            ko=f"열이 2개이면 답의 모양은 (2,)인데 {answer.shape}이(가) 나옵니다.",
        )
    if np.allclose(answer, gates.mean(axis=0)):
        return say(
            en="That is the mean of the gates. One gate that is shut wipes everything out, and no "
            "mean shows that.",
            ko="그것은 게이트의 평균입니다. 게이트가 한 번만 닫혀도 모두 지워지는데, 평균으로는 "
            "알 수 없습니다.",
        )
    if np.allclose(answer, gates.sum(axis=0)):
        return say(
            en="You add the gates up: with three gates of 1 the memory would triple.",
            ko="게이트를 더했습니다. 그러면 게이트 셋이 모두 1일 때 기억이 세 배가 됩니다.",
        )
    if np.allclose(answer, gates[-1]):
        return say(
            en="That is what the last step alone keeps; the steps before it have forgotten too.",
            ko="그것은 마지막 걸음에서 남는 몫일 뿐입니다. 그 앞의 걸음에서도 잊었습니다.",
        )
    if np.allclose(answer, gates.min(axis=0)):
        return say(
            en="The smallest gate is not the whole story: the other steps forget on top of it.",
            ko="가장 작은 게이트만으로는 모자랍니다. 다른 걸음에서도 더 잊습니다.",
        )
    fresh = np.random.default_rng().uniform(0.3, 1, (5, 4))
    if wrong := Tried(kept, [(gates,), (fresh,)]).first_wrong(lambda gates: gates.prod(axis=0)):
        column = wrong.given[0][:, 0].round(3).tolist()
        said = np.ravel(np.asarray(wrong.said, float))[0]
        return say(
            en=f"With the gates {column} a share of {wrong.right[0]:.3g} is left; you say "
            f"{said:.3g}.",
            ko=f"게이트가 {column}이면 {wrong.right[0]:.3g}이(가) 남아야 하는데 {said:.3g}이(가) "
            "나옵니다.",
        )
    return None
