"""Checks of lesson 14, transformers."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from helpers.course.checks import Tried, apart, check, differing, numbers, shown
from helpers.language.corpus import load_greetings
from helpers.nn.activations import softmax
from helpers.reader import say


def _attended(x, w_query, w_key, w_value, *, scale=None, axis=-1):
    scores = (x @ w_query) @ (x @ w_key).T
    scale = w_key.shape[1] ** -0.5 if scale is None else scale
    return softmax(scale * scores, axis=axis) @ (x @ w_value)


def _attention_trials():
    """Return x (T, D) and the three tables, with sizes that differ in every dimension."""
    rng = np.random.default_rng(14)
    sizes = [(3, 5, 2, 4), (4, 2, 5, 3), (6, 4, 3, 2)]
    return [
        tuple(rng.normal(size=shape) for shape in ((t, d), (d, k), (d, k), (d, v)))
        for t, d, k, v in sizes
    ]


@check(
    "14/self-attention",
    hints=[
        {
            "en": "Five steps: queries, keys, values; the scores; divide; softmax; mix the values. "
            "`x @ w_query` makes all queries at once.",
            "ko": "다섯 단계입니다. 쿼리, 키, 값을 만들고, 점수를 내고, 나누고, 소프트맥스를 하고, "
            "값을 섞습니다. `x @ w_query`는 쿼리를 한꺼번에 만듭니다.",
        },
        {
            "en": "Every query meets every key in `queries @ keys.T`, a table (T, T). The number "
            "to divide by is the square root of the length of *one key*: `keys.shape[1]`.",
            "ko": "`queries @ keys.T`에서 모든 쿼리가 모든 키를 만나 (T, T) 표가 됩니다. *키 "
            "하나의 "
            "길이* `keys.shape[1]`의 제곱근으로 나누세요.",
        },
        {
            "en": "`softmax(queries @ keys.T / np.sqrt(keys.shape[1])) @ values`",
            "ko": "`softmax(queries @ keys.T / np.sqrt(keys.shape[1])) @ values`",
        },
    ],
)
def check_self_attention(self_attention: Callable) -> str | None:
    """Judge a function (x (T, D), three tables (D, K), (D, K), (D, V)) -> contexts (T, V)."""
    tried = Tried(self_attention, _attention_trials())
    if tried.agrees(lambda x, q, k, v: _attended(x, q, k, v, scale=1.0)):
        return say(
            en="The scores are not divided yet: divide them by the square root of a key's length.",
            ko="점수를 아직 나누지 않았습니다. 키 길이의 제곱근으로 나누세요.",
        )
    if tried.agrees(lambda x, q, k, v: _attended(x, q, k, v, scale=1 / k.shape[1])):
        return say(
            en="You divide by the length of a key; it must be the square root of it.",
            ko="키의 길이로 나누었습니다. 그 제곱근으로 나누어야 합니다.",
        )
    if tried.agrees(lambda x, q, k, v: _attended(x, q, k, v, scale=x.shape[1] ** -0.5)):
        return say(
            en="You divide by the root of the length of `x`'s rows; what is compared are queries "
            "and keys, so their length counts.",
            ko="`x`의 행 길이의 제곱근으로 나누었습니다. 비교하는 것은 쿼리와 키이므로 키 길이의 "
            "제곱근으로 나누세요.",
        )
    if tried.agrees(lambda x, q, k, v: _attended(x, q, k, v, axis=0)):
        return say(
            en="Your weights add up to 1 down each column; each *row* is a word that looks, so "
            "softmax goes along the last axis.",
            ko="가중치의 합이 열마다 1입니다. *행* 하나가 바라보는 단어이므로 소프트맥스는 마지막 "
            "축을 따라 해야 합니다.",
        )
    if tried.agrees(lambda x, q, k, v: _attended(x, k, q, v)):
        return say(
            en="Queries and keys have changed places: the row that looks must be the query.",
            ko="쿼리와 키가 뒤바뀌었습니다. 바라보는 쪽인 행이 쿼리여야 합니다.",
        )
    if tried.agrees(lambda x, q, k, v: (x @ q) @ (x @ k).T / k.shape[1] ** 0.5 @ (x @ v)):
        return say(
            en="You mix with the bare scores: softmax must first turn each row into weights that "
            "add up to 1.",
            ko="점수를 그대로 섞는 데 썼습니다. 먼저 소프트맥스로 행마다 합이 1인 가중치를 "
            "만드세요.",
        )
    if wrong := tried.first_wrong(_attended):
        x, _, w_key, w_value = wrong.given
        shape = np.shape(wrong.said)
        if shape == (len(x), len(x)):
            return say(
                en="You return the weights; the result is the values mixed by them.",
                ko="가중치를 돌려주었습니다. 결과는 그 가중치로 섞은 값이어야 합니다.",
            )
        if shape != wrong.right.shape:
            return say(
                en=f"With {len(x)} words and values of {w_value.shape[1]} numbers the result has "
                f"the shape {wrong.right.shape}; yours has {shape}.",
                ko=f"단어가 {len(x)}개이고 값이 수 {w_value.shape[1]}개이면 결과의 모양은 "
                f"{wrong.right.shape}인데 {shape}이(가) 나옵니다.",
            )
        row = differing(wrong.right, wrong.said)[0]
        right, said = shown(wrong.right[row], np.asarray(wrong.said)[row])
        return say(
            en=f"With {len(x)} words and keys of {w_key.shape[1]} numbers row {row} must be "
            f"{right}; yours is {said}.",
            ko=f"단어가 {len(x)}개이고 키가 수 {w_key.shape[1]}개일 때 {row}번 행은 {right}이어야 "
            f"하는데 {said}이(가) 나옵니다.",
        )
    return None


NUM_PLACES, ENOUGH = 8, 0.9  # words of the head to build, and the weight that it must give


@check(
    "14/head",
    hints=[
        {
            "en": "Word 3 is the row with a 1 at place 3. Its query must be the same as the key "
            "of word 2. Leave the keys alone (`np.eye(8)`) and shift the queries.",
            "ko": "3번 단어는 3번 자리가 1인 행입니다. 3번의 쿼리가 2번의 키와 같아야 합니다. 키는 "
            "그대로(`np.eye(8)`) 두고 쿼리를 한 자리 옮기세요.",
        },
        {
            "en": "`np.eye(8, k=-1)` has its ones one place further left; row 3 is 1 at place 2.",
            "ko": "`np.eye(8, k=-1)`은 1이 한 자리 왼쪽에 있습니다. 3번 행은 2번 자리가 1입니다.",
        },
        {
            "en": "A match scores 1 / √8, hardly more than 0, and softmax stays soft. Multiply one "
            "of the tables by 20.",
            "ko": "맞는 쌍의 점수가 1 / √8로 0과 별로 다르지 않아 소프트맥스가 한쪽을 고르지 "
            "못합니다. "
            "두 표 가운데 하나에 20을 곱하세요.",
        },
    ],
)
def check_head(my_head: Any) -> str | None:
    """Judge two tables (8, K) by where the words at 8 places look: at the one before."""
    if not isinstance(my_head, tuple | list | np.ndarray) or len(my_head) != 2:
        return say(
            en="`my_head` must be two tables: `my_query, my_key`.",
            ko="`my_head`는 표 두 개여야 합니다. `my_query, my_key`의 차례로 쓰세요.",
        )
    w_query, w_key = map(numbers, my_head)
    if w_query.ndim != 2 or len(w_query) != NUM_PLACES or w_query.shape != w_key.shape:
        return say(
            en=f"Both tables need {NUM_PLACES} rows, a row for each place, and as many columns as "
            f"each other; yours have the shapes {w_query.shape} and {w_key.shape}.",
            ko=f"두 표 모두 자리마다 한 행씩 {NUM_PLACES}행이어야 하고 열의 수가 서로 같아야 "
            f"합니다. "
            f"지금 모양은 {w_query.shape}와(과) {w_key.shape}입니다.",
        )
    weights = softmax(w_query @ w_key.T / np.sqrt(w_key.shape[1]))
    back = np.diagonal(weights, -1)
    if np.all(back > ENOUGH):
        return None
    if np.all(np.diagonal(weights)[1:] > 0.5):
        return say(
            en="Every word looks at itself: its own key fits its query best.",
            ko="단어마다 자기 자신을 봅니다. 자기 키가 자기 쿼리와 가장 잘 맞습니다.",
        )
    if np.all(np.diagonal(weights, 1) > 0.5):
        return say(
            en="The wrong direction: every word looks at the one *after* it.",
            ko="방향이 반대입니다. 단어마다 바로 *뒤*의 단어를 봅니다.",
        )
    if np.all(weights.argmax(axis=1)[1:] == np.arange(NUM_PLACES - 1)):
        return say(
            en=f"The right direction, but too soft: the word before gets a weight of "
            f"{back.min():.2f}. Larger numbers in the tables make softmax more decided.",
            ko=f"방향은 맞지만 너무 약합니다. 바로 앞 단어의 가중치가 {back.min():.2f}입니다. "
            f"표의 수가 "
            "커지면 소프트맥스가 한쪽을 더 분명하게 고릅니다.",
        )
    word = int(np.flatnonzero(~(back > ENOUGH))[0]) + 1
    most = np.flatnonzero(np.isclose(weights[word], weights[word].max()))
    if len(most) > 1:
        places = ", ".join(map(str, most))
        return say(
            en=f"The word at place {word} gives the one before it a weight of {back[word - 1]:.2f} "
            f"and looks equally much at the places {places}: no key fits its query best.",
            ko=f"{word}번 자리의 단어는 바로 앞 단어에 {back[word - 1]:.2f}만큼의 가중치를 주고, "
            f"{places}번 자리를 똑같이 봅니다. 이 단어의 쿼리에 가장 잘 맞는 키가 없습니다.",
        )
    return say(
        en=f"The word at place {word} gives the one before it a weight of {back[word - 1]:.2f} and "
        f"looks most at place {weights[word].argmax()}.",
        ko=f"{word}번 자리의 단어는 바로 앞 단어에 {back[word - 1]:.2f}만큼의 가중치를 주고, "
        f"{weights[word].argmax()}번 자리를 가장 많이 봅니다.",
    )


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
    """Judge a function (x (T, D), step (T, D)) -> normalized rows of their sum."""

    def normalized(table, axis=-1):
        centred = table - table.mean(axis=axis, keepdims=True)
        return centred / centred.std(axis=axis, keepdims=True)

    def centred(x, step):
        return x + step - (x + step).mean(axis=-1, keepdims=True)

    def by_variance(x, step):
        return centred(x, step) / (x + step).var(axis=-1, keepdims=True)

    rng = np.random.default_rng(14)
    shapes = (3, 4), (2, 5), (6, 3)
    trials = [tuple(rng.normal(2, 3, size=(2, *shape))) for shape in shapes]
    tried = Tried(lambda *given: numbers(add_and_normalize(*given)).round(2), trials)

    def is_like(rule):
        # Near enough for any small number that is added to the variance.
        return all(
            np.shape(said) == np.shape(rule(*given)) and np.allclose(said, rule(*given), atol=0.02)
            for given, said in zip(tried.trials, tried.said, strict=True)
        )

    mistakes = [
        (
            lambda x, step: normalized(x + step, axis=0),
            "Each word must be normalised by itself: mean and standard deviation along the row, "
            "which is the last axis.",
            "단어마다 따로 정규화해야 합니다. 평균과 표준편차를 행을 따라, 곧 마지막 축으로 "
            "구하세요.",
        ),
        (
            lambda x, step: normalized(x + step, axis=None),
            "You take one mean and one standard deviation of the whole table; each row needs "
            "its own.",
            "표 전체의 평균과 표준편차를 썼습니다. 행마다 따로 구해야 합니다.",
        ),
        (
            lambda x, step: normalized(step),
            "What the word was before is lost: add x to the step first.",
            "단어가 원래 가지고 있던 것이 사라졌습니다. 먼저 x와 step을 더하세요.",
        ),
        (
            lambda x, step: normalized(x),
            "What attention found is lost: add the step to x first.",
            "어텐션이 찾은 것이 사라졌습니다. 먼저 x에 step을 더하세요.",
        ),
        (
            lambda x, step: x + normalized(step),
            "Add first, then normalise the sum; you normalise the step and then add.",
            "먼저 더하고, 더한 것을 정규화해야 합니다. 지금은 step을 정규화한 다음 더했습니다.",
        ),
        (
            lambda x, step: normalized(x) + step,
            "Add first, then normalise the sum; you normalise x and then add.",
            "먼저 더하고, 더한 것을 정규화해야 합니다. 지금은 x를 정규화한 다음 더했습니다.",
        ),
        (
            lambda x, step: x + step,
            "The sum is right; now bring each of its rows to mean 0 and standard deviation 1.",
            "더하기는 맞습니다. 이제 행마다 평균 0, 표준편차 1로 맞추세요.",
        ),
        (
            centred,
            "The mean of each row is 0, but its standard deviation is not 1 yet: divide by it.",
            "행마다 평균은 0이 되었지만 표준편차가 1이 아닙니다. 표준편차로 나누세요.",
        ),
        (
            by_variance,
            "You divide by the variance; the standard deviation is its square root.",
            "분산으로 나누었습니다. 표준편차는 분산의 제곱근입니다.",
        ),
    ]
    for rule, en, ko in mistakes:
        if is_like(rule):
            return say(en=en, ko=ko)
    for given, said in zip(tried.trials, tried.said, strict=True):
        right = normalized(sum(given))
        if np.shape(said) != right.shape:
            return say(
                en=f"For tables of the shape {right.shape} the result must have it too; yours has "
                f"{np.shape(said)}.",
                ko=f"모양이 {right.shape}인 표를 받으면 결과의 모양도 같아야 합니다. 지금은 "
                f"{np.shape(said)}입니다.",
            )
        if not np.allclose(said, right, atol=0.02):
            row = int(np.flatnonzero(~np.isclose(said, right, atol=0.02).all(axis=1))[0])
            return say(
                en=f"With {right.shape[0]} words of {right.shape[1]} numbers row {row} must become "
                f"{right[row].round(2)}; yours is {said[row]}.",
                ko=f"수 {right.shape[1]}개짜리 단어가 {right.shape[0]}개일 때 {row}번 행은 "
                f"{right[row].round(2)}이(가) 되어야 하는데 {said[row]}입니다.",
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

    tried = Tried(count_weights, [(64, 4, 256), (8, 2, 30), (16, 1, 20), (12, 3, 5)])
    mistakes = [
        (
            lambda size, heads, hidden: right(size, heads, hidden, tables=3),
            "One table is missing: the attention has four, for queries, keys, values, and for "
            "what joins the heads.",
            "표 하나가 빠졌습니다. 어텐션에는 쿼리, 키, 값, 그리고 헤드를 합치는 표까지 넷이 "
            "있습니다.",
        ),
        (
            lambda size, heads, hidden: right(size, heads, hidden, tables=4 * heads),
            "You count each table once for every head; but a head gets only its share of the "
            "width, so that all heads together are one table.",
            "표를 헤드마다 한 번씩 세었습니다. 헤드는 너비를 나누어 가지므로, 헤드를 모두 합친 "
            "것이 표 하나입니다.",
        ),
        (
            lambda size, heads, hidden: right(size, heads, hidden, biases=0),
            "The biases are missing: one for each number that a table or a layer gives out.",
            "편향이 빠졌습니다. 표나 층이 내놓는 수마다 하나씩 있습니다.",
        ),
        (
            lambda size, heads, hidden: right(size, heads, hidden, norms=0),
            "4 · size weights are missing: either the two normalisations (each stretches and moves "
            "every number by a weight of its own), or the biases of the attention's four tables.",
            "가중치 4 · size개가 모자랍니다. 정규화 둘(정규화마다 수 하나하나를 늘이고 옮기는 "
            "가중치가 있습니다)이나 어텐션의 표 넷의 편향이 빠졌습니다.",
        ),
        (
            lambda size, heads, hidden: right(size, heads, hidden, norms=1),
            "A block has two normalisations, one after each step, and each has two weights for "
            "every number.",
            "블록에는 단계마다 하나씩 정규화가 둘 있고, 정규화마다 수 하나에 가중치가 둘씩 "
            "있습니다.",
        ),
    ]
    for rule, en, ko in mistakes:
        if tried.agrees(rule):
            return say(en=en, ko=ko)
    if wrong := tried.first_wrong(right):
        size, heads, hidden = wrong.given
        weights, said = wrong.shown()
        return say(
            en=f"size {size}, {heads} heads and hidden {hidden} make {weights} weights; you "
            f"say {said}.",
            ko=f"size {size}, 헤드 {heads}개, hidden {hidden}이면 가중치가 {weights}개인데 "
            f"{said}이(가) 나옵니다.",
        )
    return None


@check(
    "14/mask",
    hints=[
        {
            "en": "Begin with the causal mask alone: in row i, which columns j may be True?",
            "ko": "인과 마스크부터 만드세요. i번 행에서는 어느 j번 열이 True일까요?",
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
    trials = [([2, 7, 8, 9, 0, 0],), ([5, 0, 6, 0],), ([0, 3, 4],), ([4, 9, 0, 1, 6],)]
    tried = Tried(lambda ids: numbers(mask(ids)), trials)
    for (ids,), said in zip(tried.trials, tried.said, strict=True):
        if np.shape(said) != (len(ids), len(ids)):
            return say(
                en=f"{len(ids)} tokens need a mask of {len(ids)} rows and {len(ids)} columns; "
                f"yours "
                f"has the shape {np.shape(said)}.",
                ko=f"토큰이 {len(ids)}개이면 마스크는 {len(ids)}행 {len(ids)}열이어야 합니다. 지금 "
                f"모양은 {np.shape(said)}입니다.",
            )
    said = [np.asarray(one, bool) for one in tried.said]
    kept = [np.array(ids) != 0 for (ids,) in tried.trials]
    causal = [np.tri(len(one), dtype=bool) for one in kept]

    def is_like(rule):
        rows = zip(said, causal, kept, strict=True)
        return all(np.array_equal(one, rule(back, real)) for one, back, real in rows)

    mistakes = [
        (
            lambda back, real: back,
            "That is causal, but padding may still be looked at: the columns of PAD must be False.",
            "뒤에 올 토큰을 보지 않는 것은 맞지만 패딩을 볼 수 있습니다. PAD의 열은 False여야 "
            "합니다.",
        ),
        (
            lambda back, real: np.broadcast_to(real, back.shape),
            "Padding is hidden, but a token may look ahead: row i may look at columns 0 to i only.",
            "패딩은 가렸지만 뒤에 올 토큰을 볼 수 있습니다. i번 행은 0번부터 i번 열까지만 볼 수 "
            "있습니다.",
        ),
        (
            lambda back, real: back.T & real,
            "The wrong way round: your tokens look ahead and not back. Rows look, columns are "
            "looked at.",
            "방향이 반대입니다. 지나간 토큰이 아니라 올 토큰을 봅니다. 행이 보는 쪽, 열이 보이는 "
            "쪽입니다.",
        ),
        (
            lambda back, real: back & real[:, None],
            "You forbid the padding to look; what must be forbidden is to look *at* it: columns, "
            "not rows.",
            "패딩이 보는 것을 막았습니다. 막아야 할 것은 패딩을 *보는* 것, 곧 행이 아니라 "
            "열입니다.",
        ),
        (
            lambda back, real: back & ~np.eye(len(back), dtype=bool) & real,
            "A token may look at itself too: the diagonal belongs to the mask.",
            "토큰은 자기 자신도 볼 수 있습니다. 대각선도 True여야 합니다.",
        ),
        (
            lambda back, real: ~(back & real),
            "True and False have changed places: True is where a token *may* look.",
            "True와 False가 뒤바뀌었습니다. *볼 수 있는* 곳이 True입니다.",
        ),
    ]
    for rule, en, ko in mistakes:
        if is_like(rule):
            return say(en=en, ko=ko)
    for (ids,), one, back, real in zip(tried.trials, said, causal, kept, strict=True):
        if not np.array_equal(one, back & real):
            row = int(np.flatnonzero((one != (back & real)).any(axis=1))[0])
            return say(
                en=f"For {ids} row {row} must be {(back & real)[row].astype(int)} (1 for True); "
                f"yours is {one[row].astype(int)}.",
                ko=f"{ids}에서 {row}번 행은 {(back & real)[row].astype(int)}(True가 1)이어야 "
                f"하는데 "
                f"{one[row].astype(int)}입니다.",
            )
    return None


TO_BEAT = 0.65  # of the held-out wordings


@check(
    "14/weigh",
    hints=[
        {
            "en": "A pair of letters that half of all wordings contain says little about what "
            "is meant; one that three wordings contain says a lot. So the number must fall.",
            "ko": "질문의 절반에 나오는 조각은 무슨 뜻인지 별로 알려 주지 않고, 세 질문에만 나오는 "
            "조각은 많이 알려 줍니다. 그러니 수가 작아져야 합니다.",
        },
        {
            "en": "`1 / containing` falls too fast: one rare pair then outweighs ten others. Try "
            "something gentler, such as a root or a logarithm.",
            "ko": "`1 / containing`은 너무 빨리 작아져서, 드문 조각 하나가 다른 조각 열 개를 "
            "이깁니다. 제곱근이나 로그처럼 더 완만한 것을 써 보세요.",
        },
        {
            "en": "`np.log(8087 / containing)`",
            "ko": "`np.log(8087 / containing)`",
        },
    ],
)
def check_weigh(weigh: Callable) -> str | None:
    """Judge a function from how many wordings contain a pair to what the pair counts."""
    where, lengths, known = _lookup()
    weights = {count: numbers(weigh(count)) for count in {len(own) for own in where.values()}}
    if odd := next((c for c, one in weights.items() if one.ndim or not np.isfinite(one)), None):
        return say(
            en=f"What a pair counts must be one finite number; for {odd} wordings you say "
            f"{weights[odd].tolist()}.",
            ko=f"조각 하나의 무게는 유한한 수 하나여야 하는데, 질문 {odd}개에 나오면 "
            f"{weights[odd].tolist()}이(가) 나옵니다.",
        )
    texts, intents = load_greetings("held_out")
    right = []
    for text, intent in zip(texts, intents, strict=True):
        scores = np.zeros(len(known))
        for pair in _pairs(text) & where.keys():
            scores[where[pair]] += weights[len(where[pair])]
        right.append(known[int((scores / lengths).argmax())] == intent)
    share = float(np.mean(right))
    if share >= TO_BEAT:
        return None
    got = apart(share, TO_BEAT)
    if len({*map(float, weights.values())}) == 1:
        return say(
            en=f"Every pair counts the same: {got} of the held-out wordings. The number to "
            f"beat is {TO_BEAT:.0%}.",
            ko=f"모든 조각을 똑같이 셉니다. 떼어 둔 질문의 {got}를 맞혔습니다. 넘어야 할 수는 "
            f"{TO_BEAT:.0%}입니다.",
        )
    if weights[max(weights)] > weights[min(weights)]:
        return say(
            en=f"Common pairs count more than rare ones: {got}. It is the rare ones that "
            "tell what is meant.",
            ko=f"흔한 조각이 드문 조각보다 더 크게 셉니다. {got}를 맞혔습니다. 무슨 뜻인지 "
            "알려 주는 것은 드문 조각입니다.",
        )
    if min(weights.values()) < 0:
        return say(
            en=f"Some pairs count less than 0, so that sharing them lowers the score: {got}. Let "
            "every pair count more than 0, and common ones less than rare ones.",
            ko=f"0보다 작게 세는 조각이 있어서, 그런 조각이 겹치면 점수가 오히려 깎입니다. {got}를 "
            "맞혔습니다. 모든 조각을 0보다 크게, 흔한 조각은 드문 조각보다 작게 세어 보세요.",
        )
    return say(
        en=f"Rare pairs count more, but it brings only {got}; the number to beat is "
        f"{TO_BEAT:.0%}. Let the number fall faster, or more slowly.",
        ko=f"드문 조각을 더 크게 세지만 {got}에 그칩니다. 넘어야 할 수는 "
        f"{TO_BEAT:.0%}입니다. 수가 더 빨리, 또는 더 천천히 작아지게 해 보세요.",
    )


def _pairs(text: str) -> set[str]:
    padded = f" {text} "
    return {padded[start : start + 2] for start in range(len(padded) - 1)}


@cache
def _lookup() -> tuple[dict[str, list[int]], np.ndarray, list[str]]:
    """Return which training wordings contain each pair, their lengths' roots, and intents."""
    texts, intents = load_greetings("train")
    where: dict[str, list[int]] = {}
    for number, text in enumerate(texts):
        for pair in _pairs(text):
            where.setdefault(pair, []).append(number)
    return where, np.sqrt([len(_pairs(text)) for text in texts]), intents
