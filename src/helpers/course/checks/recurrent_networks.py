"""Checks of lesson 11, recurrent networks."""

from collections.abc import Callable

import numpy as np

from helpers.course.checks import Tried, check, differing, numbers, shown
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
            "en": "`for x_t in x:` goes through the steps. In the loop, `h_t` is on both sides "
            "of the `=`: the old one on the right, the new one on the left.",
            "ko": "`for x_t in x:`로 한 시점씩 갑니다. 반복문 안에서 `h_t`는 `=`의 양쪽에 "
            "나옵니다. 오른쪽은 앞 시점의 상태, 왼쪽은 새 상태입니다.",
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

    answer = numbers(last_state(x, kernel, recurrent_kernel, bias))
    if answer.shape == (4, 2):
        return say(
            en="You return the state after every step; return the last one only.",
            ko="시점마다의 상태가 모두 나옵니다. 마지막 상태만 돌려주세요.",
        )
    if answer.shape == (2,) and not answer.any():
        return say(
            en="The state is still zeros, as before the first step.",
            ko="상태가 첫 시점 전의 0 그대로입니다.",
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
            ko="상태가 아무것도 기억하지 못하고 마지막 x_t만 담고 있습니다. 앞 시점의 상태를 "
            "합에 넣고, 0으로 채우는 것은 반복문 앞에서 한 번만 하세요.",
        )
    if np.allclose(answer, read(x[::-1])):
        return say(
            en="You read from the end to the beginning: read x in the order given.",
            ko="끝에서 처음으로 읽고 있습니다. x를 주어진 순서대로 읽으세요.",
        )
    if np.allclose(answer, read(x, bias=0)):
        return say(en="The bias is missing in the sum.", ko="합에 편향이 빠졌습니다.")
    if np.allclose(answer, read(x, bend=lambda sums: sums)):
        return say(
            en="tanh is missing: without it the state can grow from step to step without end.",
            ko="tanh가 빠졌습니다. tanh가 없으면 상태가 시점이 지날수록 끝없이 커질 수 있습니다.",
        )
    if np.allclose(answer, np.tanh(read(x, bend=lambda sums: sums))):
        return say(
            en="You take tanh once, at the end; it belongs in every step.",
            ko="tanh를 끝에서 한 번만 씁니다. 시점마다 써야 합니다.",
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
        right, said = wrong.shown()
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
    "11/gates",
    hints=[
        {
            "en": "One gate at a time. When `write` is 1, what must happen to the old c_t, and "
            "what to the value? And when it is 0? Which gate decides whether h_t shows anything?",
            "ko": "게이트를 하나씩 생각해 보세요. `write`가 1이면 옛 c_t와 새 값은 어떻게 되어야 "
            "할까요? 0이면 어떨까요? h_t로 내보일지는 어느 게이트가 정할까요?",
        },
        {
            "en": "The input gate opens just when something is to be written, and then the forget "
            "gate must shut: c_t = f * c_t + i * new has room for one value only.",
            "ko": "입력 게이트는 쓸 때만 열립니다. 그때 망각 게이트는 닫혀야 합니다. "
            "c_t = f * c_t + i * new에는 값 하나만 들어갈 수 있기 때문입니다.",
        },
        {
            "en": "`i = write`, `f = 1 - write`; the output gate is `ask`, and new is the value.",
            "ko": "`i = write`, `f = 1 - write`이고, 출력 게이트는 `ask`, 새것은 값입니다.",
        },
    ],
)
def check_gates(gates: Callable) -> str | None:
    """Judge a function (write, ask, value) -> i, f, new, o by what an LSTM does with it."""
    cases = [(write, ask, value) for write in (0, 1) for ask in (0, 1) for value in (0.8, -0.6)]
    made = {case: numbers(gates(*case)) for case in cases}
    for (write, ask, value), four in made.items():
        case = f"write={write}, ask={ask}, value={value}"
        if four.shape != (4,):
            return say(
                en=f"gates({case}) must return four numbers, i, f, new and o; its shape is "
                f"{four.shape}.",
                ko=f"gates({case})는 수 네 개 i, f, new, o를 돌려주어야 하는데 모양이 "
                f"{four.shape}입니다.",
            )
        if not all(0 <= gate <= 1 for gate in four[[0, 1, 3]]):
            return say(
                en=f"A gate is between 0 and 1; with {case} yours are i = {four[0]:g}, "
                f"f = {four[1]:g}, o = {four[3]:g}.",
                ko=f"게이트는 0과 1 사이입니다. {case}이면 i = {four[0]:g}, f = {four[1]:g}, "
                f"o = {four[3]:g}이(가) 나옵니다.",
            )
        if not abs(four[2]) <= 1:
            return say(
                en=f"New comes out of a tanh, so it is between -1 and 1; with {case} yours is "
                f"{four[2]:g}.",
                ko=f"새것은 tanh에서 나오므로 -1과 1 사이입니다. {case}이면 {four[2]:g}이(가) "
                "나옵니다.",
            )
    for (write, ask, value), (_, _, new, _) in made.items():
        if write and new * value < 0:
            return say(
                en=f"With write={write}, ask={ask}, value={value} new is {new:g}: it must have "
                "the sign of the value that is to be kept.",
                ko=f"write={write}, ask={ask}, value={value}이면 새것이 {new:g}입니다. 새것의 "
                "부호는 기억할 값의 부호와 같아야 합니다.",
            )
    c_t = 0.0
    for step in range(40):  # one value, a long wait, and then the question
        i, f, new, o = map(
            float, gates(int(step == 0), int(step == 39), 0.4 if step == 0 else -0.9)
        )
        c_t = f * c_t + i * new
        if fault := _memory_fault(o * np.tanh(c_t), 0.4, step == 39, step, True):
            return fault
    for random in [np.random.default_rng(0)] * 10 + [np.random.default_rng()] * 10:
        writes, asks = random.random((2, 30)) < [[0.2], [0.5]]
        writes[0] = True
        values = random.choice([-1, 1], 30) * random.uniform(0.3, 1, 30)
        c_t, kept, age, num_written = 0.0, 0.0, 0, 0
        for write, ask, value in zip(writes.tolist(), asks.tolist(), values.tolist(), strict=True):
            i, f, new, o = map(float, gates(int(write), int(ask), value))
            c_t = f * c_t + i * new
            age += 1
            if write:
                kept, age, num_written = value, 0, num_written + 1
            if fault := _memory_fault(o * np.tanh(c_t), kept, ask, age, num_written == 1):
                return fault
    return None


def _memory_fault(h_t, kept, asked, age, is_first):
    """Return what is wrong with the output of one step, or None."""
    if not asked and abs(h_t) > 0.05:
        return say(
            en=f"Nobody asked, and h_t is {h_t:.2f}: it must be 0 then. Which gate hides c_t?",
            ko=f"묻지 않았는데 h_t가 {h_t:.2f}입니다. 이때는 0이어야 합니다. c_t를 가리는 게이트는 "
            "어느 것일까요?",
        )
    if not asked or (h_t * kept > 0 and abs(h_t) > 0.1):
        return None
    if abs(h_t) <= 0.1 and age == 0:
        return say(
            en=f"{kept:.2f} was written and asked for in the same step, but h_t is {h_t:.2f}: the "
            "value does not come in, or does not show.",
            ko=f"{kept:.2f}을(를) 쓰면서 바로 물었는데 h_t가 {h_t:.2f}입니다. 값이 들어오지 않거나 "
            "내보이지 않습니다.",
        )
    if is_first:
        return say(
            en=f"{kept:.2f} was written {age} steps ago, and h_t is {h_t:.2f} when asked. In "
            "between nothing was written: it must neither fade nor let other values in.",
            ko=f"{age}시점 전에 {kept:.2f}을(를) 썼는데 물었을 때 h_t가 {h_t:.2f}입니다. 그사이에 "
            "쓴 것이 없으므로 희미해져도, 다른 값이 섞여도 안 됩니다.",
        )
    return say(
        en=f"The last value written is {kept:.2f}, but h_t is {h_t:.2f} when asked: what was "
        "written before it is still there.",
        ko=f"마지막에 쓴 값은 {kept:.2f}인데 물었을 때 h_t가 {h_t:.2f}입니다. 그전에 쓴 값이 아직 "
        "남아 있습니다.",
    )


@check(
    "11/step_back",
    hints=[
        {
            "en": "Forwards: sum = x_t W + h_before U + b, then h_t = tanh(sum). Backwards take "
            "the same two in the other order, as in lesson 05.",
            "ko": "앞으로 갈 때는 sum = x_t W + h_before U + b를 구하고 h_t = tanh(sum)을 "
            "구했습니다. 거슬러 올 때는 5번 수업처럼 둘을 거꾸로 지납니다.",
        },
        {
            "en": "The slope of tanh is `1 - h_t**2`: times that, number by number. Then back "
            "through U, which needs its transpose, `recurrent_kernel.T`.",
            "ko": "tanh의 기울기는 `1 - h_t**2`입니다. 수마다 곱하세요. 그다음 U를 거슬러 가려면 "
            "전치 행렬 `recurrent_kernel.T`가 필요합니다.",
        },
        {
            "en": "`(grad_h * (1 - h_t**2)) @ recurrent_kernel.T`",
            "ko": "`(grad_h * (1 - h_t**2)) @ recurrent_kernel.T`",
        },
    ],
)
def check_step_back(step_back: Callable) -> str | None:
    """Judge a function (grad_h, h_t, recurrent_kernel) -> the gradient of the state before."""
    draws = [np.random.default_rng(0)] * 2 + [np.random.default_rng()]
    trials = [
        (
            random.normal(size=units),
            random.uniform(-0.9, 0.9, units),
            random.normal(size=[units] * 2),
        )
        for random, units in zip(draws, (3, 2, 5), strict=True)
    ]
    tried = Tried(step_back, trials)
    if tried.agrees(lambda grad, h, kernel: grad @ kernel.T):
        return say(
            en="The slope of tanh is missing: each number of the gradient times `1 - h_t**2`.",
            ko="tanh의 기울기가 빠졌습니다. 그레이디언트의 수마다 `1 - h_t**2`를 곱하세요.",
        )
    if tried.agrees(lambda grad, h, kernel: grad * (1 - h**2)):
        return say(
            en="That is the gradient of the sum inside tanh; it still has to go back through the "
            "recurrent kernel to the state before.",
            ko="그것은 tanh 안에 있는 합의 그레이디언트입니다. 앞 시점의 상태까지 가려면 순환 "
            "커널도 거슬러 가야 합니다.",
        )
    if tried.agrees(lambda grad, h, kernel: (grad * (1 - h**2)) @ kernel):
        return say(
            en="Forwards h @ U takes unit to unit; on the way back rows and columns change "
            "places: use `recurrent_kernel.T`.",
            ko="앞으로 갈 때 h @ U였다면, 거슬러 올 때는 행과 열이 바뀝니다. "
            "`recurrent_kernel.T`를 쓰세요.",
        )
    if tried.agrees(lambda grad, h, kernel: (grad @ kernel.T) * (1 - h**2)):
        return say(
            en="First back through tanh, then through the kernel: you have the two in the order "
            "of the way forwards.",
            ko="tanh를 먼저, 커널을 나중에 거슬러 가야 합니다. 순서가 앞으로 갈 때와 같습니다.",
        )
    if tried.agrees(lambda grad, h, kernel: (grad * (1 - np.tanh(h) ** 2)) @ kernel.T):
        return say(
            en="h_t has been through tanh already: its slope is `1 - h_t**2`.",
            ko="h_t는 이미 tanh를 거친 값입니다. 기울기는 `1 - h_t**2`입니다.",
        )
    if wrong := tried.first_wrong(
        lambda grad, h, kernel: np.array([(grad * (1 - h**2) * row).sum() for row in kernel])
    ):
        units = len(wrong.right)
        if np.shape(wrong.said) != (units,):
            return say(
                en=f"With {units} units the gradient has the shape ({units},), not "
                f"{np.shape(wrong.said)}.",
                ko=f"유닛이 {units}개이면 그레이디언트의 모양은 ({units},)인데 "
                f"{np.shape(wrong.said)}이(가) 나옵니다.",
            )
        right, said = wrong.shown()
        return say(
            en=f"With {units} units the gradient must be {right}; yours is {said}.",
            ko=f"유닛이 {units}개일 때 그레이디언트는 {right}인데 {said}이(가) 나옵니다.",
        )
    return None


@check(
    "11/kept",
    hints=[
        {
            "en": "Take one number of c_t. After a step with f = 0.5 a half is left; after another "
            "with f = 0.5, a half of the half.",
            "ko": "c_t의 수 하나만 봅시다. f = 0.5인 시점 뒤에는 절반이 남고, f = 0.5인 시점이 "
            "한 번 더 지나면 절반의 절반이 남습니다.",
        },
        {
            "en": "Multiply the gates of all steps, for each column by itself.",
            "ko": "열마다 따로, 모든 시점의 게이트를 곱하세요.",
        },
        {
            "en": "`np.prod(forget_gates, axis=0)`",
            "ko": "`np.prod(forget_gates, axis=0)`",
        },
    ],
)
def check_kept(kept: Callable) -> str | None:
    """Judge a function (forget gates, (T, units)) -> the share of c_0 that is left, (units,)."""
    gates = np.array([[1.0, 0.5], [0.4, 0.9], [0.5, 0.6]])  # the smallest are not all last
    answer = numbers(kept(gates))
    if answer.shape == (3,):
        return say(
            en="You return a number for each step; there must be one for each column: use "
            "`axis=0`.",
            ko="시점마다 수가 하나씩 나옵니다. 열마다 하나여야 합니다. `axis=0`을 쓰세요.",
        )
    if answer.shape == ():
        return say(
            en="You return a single number; each column of c_t keeps a share of its own.",
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
            ko="그것은 마지막 시점에서 남는 몫일 뿐입니다. 그 앞의 시점에서도 잊었습니다.",
        )
    if np.allclose(answer, gates.min(axis=0)):
        return say(
            en="The smallest gate is not the whole story: the other steps forget on top of it.",
            ko="가장 작은 게이트만으로는 모자랍니다. 다른 시점에서도 더 잊습니다.",
        )
    fresh = np.random.default_rng().uniform(0.3, 1, (5, 4))
    if wrong := Tried(kept, [(gates,), (fresh,)]).first_wrong(lambda gates: gates.prod(axis=0)):
        if np.shape(wrong.said) != wrong.right.shape:
            return say(
                en=f"For {len(wrong.right)} columns there must be {len(wrong.right)} numbers.",
                ko=f"열이 {len(wrong.right)}개이면 수도 {len(wrong.right)}개여야 합니다.",
            )
        at = differing(wrong.right, wrong.said)
        column = wrong.given[0][:, at[0]].round(3).tolist()
        right, said = shown(wrong.right[at], np.asarray(wrong.said)[at])
        return say(
            en=f"With the gates {column} a share of {right} is left; you say {said}.",
            ko=f"게이트가 {column}이면 {right}이(가) 남아야 하는데 {said}이(가) 나옵니다.",
        )
    return None
