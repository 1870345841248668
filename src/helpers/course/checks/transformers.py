"""Checks of lesson 14, transformers."""

from collections.abc import Callable

import numpy as np

from helpers.course.checks import Tried, check
from helpers.reader import say


@check(
    "14/add-and-normalize",
    hints=[
        {
            "en": "First add the two tables. Then do to each row what the cell above does to one "
            "vector.",
            "ko": "먼저 두 표를 더하세요. 그다음 위의 셀이 벡터 하나에 한 일을 행마다 하면 됩니다.",
        },
        {
            "en": "`axis=-1` takes the mean along each row, and `keepdims=True` keeps it as a "
            "column, so that it can be subtracted from the table.",
            "ko": "`axis=-1`은 행마다 평균을 내고, `keepdims=True`는 그 평균을 세로 한 열로 남겨 "
            "표에서 뺄 수 있게 합니다.",
        },
        {
            "en": "With `total = x + step`: `(total - total.mean(axis=-1, keepdims=True)) / "
            "total.std(axis=-1, keepdims=True)`",
            "ko": "`total = x + step`이라 하면 `(total - total.mean(axis=-1, keepdims=True)) / "
            "total.std(axis=-1, keepdims=True)`입니다.",
        },
    ],
)
def check_add_and_normalize(add_and_normalize: Callable) -> str | None:
    """Judge a function (x (T, D), step (T, D)) -> normalised rows of their sum."""
    x = np.array([[1.0, 5, 2, 0], [4, -2, 3, 9], [0, 1, 0, 7]])
    step = np.array([[1.0, 3, 4, 8], [2, 2, 0, 1], [5, 1, -2, 0]])

    def normalized(table, axis=-1):
        centred = table - table.mean(axis=axis, keepdims=True)
        return centred / centred.std(axis=axis, keepdims=True)

    answer = np.asarray(add_and_normalize(x.copy(), step.copy()), float)

    def is_like(wrong):
        return np.allclose(answer, wrong, atol=0.02)

    if answer.shape != x.shape:
        return say(
            en=f"The result must have the shape of x, {x.shape}; yours has {answer.shape}.",
            ko=f"결과의 모양은 x의 모양 {x.shape}와(과) 같아야 합니다. 지금 모양은 "
            f"{answer.shape}입니다.",
        )
    total = x + step
    centred = total - total.mean(axis=-1, keepdims=True)
    if is_like(normalized(total, axis=0)) or is_like(normalized(total, axis=None)):
        return say(
            en="Each word is to be normalised by itself: mean and deviation along the row, which "
            "is the last axis.",
            ko="단어마다 따로 정규화해야 합니다. 평균과 표준편차를 행을 따라, 곧 마지막 축으로 "
            "구하세요.",
        )
    if is_like(normalized(step)):
        return say(
            en="What the word was before is lost: add x to the step first.",
            ko="단어가 원래 가지고 있던 것이 사라졌습니다. 먼저 x와 step을 더하세요.",
        )
    if is_like(x + normalized(step)) or is_like(normalized(x) + step):
        return say(
            en="Add first, then normalise the sum; you normalise one of the two and then add.",
            ko="먼저 더하고, 더한 것을 정규화해야 합니다. 지금은 하나를 정규화한 다음 더했습니다.",
        )
    if is_like(total):
        return say(
            en="The sum is right; now bring each of its rows to mean 0 and deviation 1.",
            ko="더하기는 맞습니다. 이제 행마다 평균 0, 표준편차 1로 맞추세요.",
        )
    if is_like(centred):
        return say(
            en="The mean of each row is 0, but its deviation is not yet 1: divide by it.",
            ko="행마다 평균은 0이 되었지만 표준편차가 1이 아닙니다. 표준편차로 나누세요.",
        )
    if is_like(centred / centred.var(axis=-1, keepdims=True)):
        return say(
            en="You divide by the variance; the deviation is its root.",
            ko="분산으로 나누었습니다. 표준편차는 분산의 제곱근입니다.",
        )
    rng = np.random.default_rng()
    trials = [(x, step), tuple(rng.normal(size=(2, 5, 7))), tuple(rng.normal(size=(2, 2, 3, 4)))]
    for x, step in trials:
        right, answer = normalized(x + step), np.asarray(add_and_normalize(x, step), float)
        if answer.shape != right.shape or not np.allclose(answer, right, atol=0.02):
            right, said = (table.reshape(-1, x.shape[-1])[0].round(2) for table in (right, answer))
            return say(
                en=f"The first row must become {right}; yours is {said}.",
                ko=f"첫 행은 {right}이(가) 되어야 하는데 {said}입니다.",
            )
    return None


@check(
    "14/count-weights",
    hints=[
        {
            "en": "Go through the block: four tables of attention, two dense layers, two "
            "normalisations. A dense layer from m numbers to n has m × n weights and n biases.",
            "ko": "블록을 차례로 따라가세요. 어텐션의 표 넷, 밀집층 둘, 정규화 둘입니다. "
            "수 m개를 n개로 바꾸는 층에는 가중치 m × n개와 편향 n개가 있습니다.",
        },
        {
            "en": "All heads together are as wide as the token's vector, however many there are: "
            "each table of the attention goes from `size` to `size`.",
            "ko": "헤드가 몇 개이든 모두 합치면 토큰 벡터의 너비입니다. 어텐션의 표는 저마다 수 "
            "`size`개를 `size`개로 바꿉니다.",
        },
        {
            "en": "`4 * (size * size + size)` for the attention, `size * hidden + hidden` and "
            "`hidden * size + size` for the dense layers, `2 * 2 * size` for the normalisations.",
            "ko": "어텐션이 `4 * (size * size + size)`, 밀집층이 `size * hidden + hidden`과 "
            "`hidden * size + size`, 정규화가 `2 * 2 * size`입니다.",
        },
    ],
)
def check_count_weights(count_weights: Callable) -> str | None:
    """Judge a function (size, num_heads, hidden) -> weights of a block, biases included."""

    def right(size, heads, hidden, *, tables=4, biases=1, norms=2):
        attention = tables * (size * size + biases * size)
        dense = 2 * size * hidden + biases * (hidden + size)
        return attention + dense + norms * 2 * size

    size, heads, hidden = 64, 4, 256
    answer = count_weights(size, heads, hidden)
    mistakes = {
        right(size, heads, hidden, tables=3): say(
            en="One table is missing: the attention has four, for queries, keys, values, and for "
            "what joins the heads.",
            ko="표 하나가 빠졌습니다. 어텐션에는 쿼리, 키, 값, 그리고 헤드를 합치는 표까지 넷이 "
            "있습니다.",
        ),
        right(size, heads, hidden, tables=4 * heads): say(
            en="You count each table once for every head; but a head gets only its share of the "
            "width, so that all heads together are one table.",
            ko="표를 헤드마다 한 번씩 세었습니다. 헤드는 너비를 나누어 가지므로, 헤드를 모두 합친 "
            "것이 표 하나입니다.",
        ),
        right(size, heads, hidden, biases=0): say(
            en="The biases are missing: one for each number that a table or a layer gives out.",
            ko="편향이 빠졌습니다. 표나 층이 내놓는 수마다 하나씩 있습니다.",
        ),
        right(size, heads, hidden, norms=0): say(
            en="The two normalisations are missing: each stretches and moves every number by a "
            "weight of its own.",
            ko="정규화 둘이 빠졌습니다. 정규화마다 수 하나하나를 늘이고 옮기는 가중치가 있습니다.",
        ),
        right(size, heads, hidden, norms=1): say(
            en="A block has two normalisations, one after each step, and each has two weights for "
            "every number.",
            ko="블록에는 단계마다 하나씩 정규화가 둘 있고, 정규화마다 수 하나에 가중치가 둘씩 "
            "있습니다.",
        ),
    }
    if answer in mistakes:
        return mistakes[answer]
    trials = [(size, heads, hidden), (8, 2, 32), (16, 1, 20), (12, 3, 5)]
    if wrong := Tried(count_weights, trials).first_wrong(right):
        return say(
            en=f"{wrong.given} must give {wrong.right}; you say {wrong.said}.",
            ko=f"{wrong.given}에서는 {wrong.right}이(가) 나와야 하는데 {wrong.said}이(가) "
            "나옵니다.",
        )
    return None


@check(
    "14/mask",
    hints=[
        {
            "en": "Begin with the causal mask alone: in row i, which columns j may be True?",
            "ko": "인과 마스크부터 만드세요. i번 행에서는 어느 j번 열이 True입니까?",
        },
        {
            "en": "Whether a token is padding decides its *column*: nobody may look at it. "
            "`np.tri(n, dtype=bool)` is the causal mask, and `&` is True where both are.",
            "ko": "토큰이 패딩인지는 그 토큰의 *열*을 정합니다. 아무도 그 토큰을 보면 안 됩니다. "
            "`np.tri(n, dtype=bool)`이 인과 마스크이고, `&`는 둘 다 True인 곳에서 True입니다.",
        },
        {
            "en": "`np.tri(len(ids), dtype=bool) & (np.array(ids) != PAD)`",
            "ko": "`np.tri(len(ids), dtype=bool) & (np.array(ids) != PAD)`",
        },
    ],
)
def check_mask(mask: Callable) -> str | None:
    """Judge a function ids (T,) -> mask (T, T) of a decoder that skips padding."""
    for ids in ([2, 7, 8, 9, 0, 0], [5, 0, 6, 0], [0, 3, 4]):
        length, kept = len(ids), np.array(ids) != 0
        causal = np.tri(length, dtype=bool)
        answer = np.asarray(mask(ids))
        if answer.shape != (length, length):
            return say(
                en=f"{length} tokens need a mask of {length} rows and {length} columns; yours has "
                f"the shape {answer.shape}.",
                ko=f"토큰이 {length}개이면 마스크는 {length}행 {length}열이어야 합니다. 지금 "
                f"모양은 {answer.shape}입니다.",
            )
        answer = answer.astype(bool)
        if np.array_equal(answer, causal & kept):
            continue
        if np.array_equal(answer, causal):
            return say(
                en="That is causal, but padding may still be looked at: the columns of PAD must "
                "be False.",
                ko="앞을 보지 않는 것은 맞지만 패딩을 볼 수 있습니다. PAD의 열은 False여야 합니다.",
            )
        if np.array_equal(answer, np.broadcast_to(kept, (length, length))):
            return say(
                en="Padding is hidden, but a token may look ahead: row i may look at columns 0 to "
                "i only.",
                ko="패딩은 가렸지만 뒤에 올 토큰을 볼 수 있습니다. i번 행은 0번부터 i번 열까지만 "
                "볼 수 있습니다.",
            )
        if np.array_equal(answer, causal.T & kept):
            return say(
                en="The wrong way round: your tokens look ahead and not back. Rows look, "
                "columns are looked at.",
                ko="방향이 반대입니다. 지나간 토큰이 아니라 올 토큰을 봅니다. 행이 보는 쪽, 열이 "
                "보이는 쪽입니다.",
            )
        if np.array_equal(answer, causal & kept[:, None]):
            return say(
                en="You forbid the padding to look; it must be forbidden to look *at* it: columns, "
                "not rows.",
                ko="패딩이 보는 것을 막았습니다. 막아야 할 것은 패딩을 *보는* 것, 곧 행이 아니라 "
                "열입니다.",
            )
        if np.array_equal(answer, np.tri(length, k=-1, dtype=bool) & kept):
            return say(
                en="A token may look at itself too: the diagonal belongs to the mask.",
                ko="토큰은 자기 자신도 볼 수 있습니다. 대각선도 True여야 합니다.",
            )
        return say(
            en=f"For {ids} row {length - 1} must be {(causal & kept)[-1].astype(int)} (1 for "
            f"True), row 0 {(causal & kept)[0].astype(int)}.",
            ko=f"{ids}에서 {length - 1}번 행은 {(causal & kept)[-1].astype(int)}(True가 1), 0번 "
            f"행은 {(causal & kept)[0].astype(int)}이어야 합니다.",
        )
    return None
