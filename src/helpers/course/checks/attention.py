"""Checks of lesson 13, attention."""

from collections.abc import Callable

import numpy as np

from helpers.course.checks import Tried, check, differing, numbers, same, shown
from helpers.nn.activations import softmax
from helpers.reader import say

_QUERY = np.array([1.0, 0.5])
_KEYS = np.array([[2.0, 0.0], [0.0, 2.0], [-1.0, 1.0], [0.5, 0.5]])
_VALUES = np.array([10.0, 20.0, 40.0, 30.0])


@check(
    "13/look-up",
    hints=[
        {
            "en": "Three steps, a line each: scores, weights, context.",
            "ko": "점수, 가중치, 문맥의 세 단계입니다. 한 단계에 한 줄이면 됩니다.",
        },
        {
            "en": "`keys @ query` gives the dot product of each key with the query. Softmax is "
            "`np.exp` of the scores, divided by the sum of them all.",
            "ko": "`keys @ query`를 쓰면 키마다 쿼리와의 내적이 나옵니다. 소프트맥스는 점수의 "
            "`np.exp`를 그 합으로 나눈 것입니다.",
        },
        {
            "en": "`weights = np.exp(scores) / np.exp(scores).sum()`, and the average of the "
            "values is `weights @ values`.",
            "ko": "`weights = np.exp(scores) / np.exp(scores).sum()`이고, 값의 가중 평균은 "
            "`weights @ values`입니다.",
        },
    ],
)
def check_look_up(look_up: Callable) -> str | None:
    """Judge a function (query, keys, values) -> the context, a number."""
    found = numbers(look_up(_QUERY, _KEYS, _VALUES))
    scores = _KEYS @ _QUERY
    weights = softmax(scores)

    def says(answer):
        return found.shape == np.shape(answer) and np.allclose(found, answer)

    if says(weights):
        return say(
            en="Those are the weights. One step is missing: the average of the values under them.",
            ko="그것은 가중치입니다. 한 단계가 남았습니다. 이 가중치로 값들의 평균을 내세요.",
        )
    if says(scores @ _VALUES):
        return say(
            en="The scores themselves are no weights: they may be negative, and do not add up "
            "to 1. Put softmax between.",
            ko="점수를 그대로 가중치로 썼습니다. 점수는 음수일 수도 있고 더해서 1이 되지도 "
            "않습니다. 소프트맥스를 거치세요.",
        )
    if says(scores @ _VALUES / scores.sum()):
        return say(
            en="Divided by their sum the scores add up to 1, but some stay negative: softmax "
            "takes `np.exp` first.",
            ko="점수를 합으로 나누면 더해서 1이 되기는 하지만 음수가 남습니다. 소프트맥스는 먼저 "
            "`np.exp`를 취합니다.",
        )
    if says(_VALUES[scores.argmax()]):
        return say(
            en="That is the hard look-up: the value of the best key alone. The soft one blends "
            "all values by their weights.",
            ko="그것은 딱 하나만 고르는 찾기입니다. 점수가 가장 높은 키의 값만 나옵니다. 부드러운 "
            "찾기에서는 모든 값을 가중치만큼 섞습니다.",
        )
    if says(weights * _VALUES):
        return say(
            en="You give back each value times its weight; add them up.",
            ko="값마다 가중치를 곱한 것이 나옵니다. 모두 더하세요.",
        )
    if found.shape != ():
        return say(
            en=f"The context of one query is one number here, not an array {found.shape}.",
            ko="여기서 쿼리 하나의 문맥은 수 하나입니다. 지금은 모양이 "
            f"{found.shape}인 배열이 나옵니다.",
        )
    rng = np.random.default_rng(0)
    for num, size in ((1, 2), (3, 5), (6, 4)):
        query, keys, values = (
            rng.normal(size=size),
            rng.normal(size=(num, size)),
            rng.normal(size=num),
        )
        right = softmax(keys @ query) @ values
        said = look_up(query, keys, values)
        if not same(said, right):
            context, own = shown(right, said)
            return say(
                en=f"With {num} keys of {size} numbers the context must be {context}; you say "
                f"{own}.",
                ko=f"수 {size}개짜리 키가 {num}개일 때 문맥은 {context}이어야 하는데 "
                f"{own}이(가) 나옵니다.",
            )
    return None


_SCORES = np.array([[1.0, 2.0, -1.0, 3.0, 0.5], [0.0, -2.0, 1.0, 5.0, 5.0]])
_MASK = np.array([True, True, True, False, False])


@check(
    "13/masked-weights",
    hints=[
        {
            "en": "What is masked must count for nothing in the sum as well: change the scores "
            "before softmax, not the weights after it.",
            "ko": "가려진 자리는 합에도 들어가면 안 됩니다. 소프트맥스 뒤의 가중치가 아니라, 그 "
            "앞의 점수를 바꾸세요.",
        },
        {
            "en": "Which score has the exp 0? `np.where(mask, a, b)` takes from `a` where the "
            "mask is True and from `b` elsewhere.",
            "ko": "exp가 0이 되는 점수는 무엇일까요? `np.where(mask, a, b)`는 마스크가 True인 "
            "곳에서는 `a`를, 나머지에서는 `b`를 고릅니다.",
        },
        {
            "en": "`scores = np.where(mask, scores, -np.inf)`, then softmax along the last axis: "
            "`.sum(axis=-1, keepdims=True)`.",
            "ko": "`scores = np.where(mask, scores, -np.inf)`를 한 다음, 마지막 축을 따라 "
            "소프트맥스를 하세요. `.sum(axis=-1, keepdims=True)`입니다.",
        },
    ],
)
def check_masked_weights(masked_weights: Callable) -> str | None:
    """Judge a function (scores, mask) -> weights, 0 where the mask says False."""
    with np.errstate(all="ignore"):
        found = numbers(masked_weights(_SCORES, _MASK))
        if found.shape != _SCORES.shape:
            return say(
                en=f"The weights must have the shape of the scores, {_SCORES.shape}, not "
                f"{found.shape}.",
                ko=f"가중치의 모양은 점수의 모양 {_SCORES.shape}와 같아야 합니다. 지금은 "
                f"{found.shape}입니다.",
            )
        if np.allclose(found.sum(axis=0)[_MASK], 1):
            return say(
                en="Each column adds up to 1; each row must: a query shares its attention out "
                "over the keys.",
                ko="열마다 더해서 1이 됩니다. 행마다 1이 되어야 합니다. 쿼리마다 키들에 가중치를 "
                "나누어 주기 때문입니다.",
            )
        if np.isnan(found).any():
            return say(
                en="There are weights that are no number (`nan`): 0 times infinity is none. "
                "Choose with `np.where` instead of multiplying.",
                ko="수가 아닌 것(`nan`)이 있습니다. 0에 무한대를 곱하면 수가 되지 않습니다. 곱하지 "
                "말고 `np.where`로 고르세요.",
            )
        if np.allclose(found, softmax(_SCORES, mask=~_MASK)):
            return say(
                en="It is the wrong way round: True means that one may look.",
                ko="거꾸로 되었습니다. True가 보아도 되는 자리입니다.",
            )
        if np.allclose(found, softmax(_SCORES) * _MASK):
            return say(
                en="What was masked is 0 now, but the rest does not add up to 1 any more: the "
                "masked scores were still in the sum.",
                ko="가린 자리는 0이 되었지만 나머지를 더해도 1이 되지 않습니다. 가린 점수가 나눌 "
                "때의 합에 들어 있기 때문입니다.",
            )
        if np.allclose(found, softmax(_SCORES * _MASK)):
            return say(
                en="A score of 0 is a score like any other: exp(0) is 1, and the padding is still "
                "looked at.",
                ko="0점도 점수입니다. exp(0)은 1이므로 패딩을 여전히 봅니다.",
            )
        rng = np.random.default_rng()
        trials = [(_SCORES, _MASK), (_SCORES, np.array([False, True, False, True, True]))]
        trials += [(rng.normal(size=(3, 6)), np.array([True, False, False, True, True, False]))]
        trials += [(rng.normal(size=(4, 3)), np.array([False, True, True]))]
        if wrong := Tried(masked_weights, trials).first_wrong(
            lambda scores, mask: softmax(scores, mask=mask)
        ):
            mask, said = wrong.given[1].tolist(), np.asarray(wrong.said)
            if said.shape != wrong.right.shape:
                return say(
                    en=f"Scores of the shape {wrong.right.shape} give weights of the same shape; "
                    f"yours have {said.shape}.",
                    ko=f"점수의 모양이 {wrong.right.shape}이면 가중치의 모양도 같아야 하는데 "
                    f"{said.shape}이(가) 나옵니다.",
                )
            row = differing(wrong.right, said)[0]
            right, own = shown(wrong.right[row], said[row])
            return say(
                en=f"Under the mask {mask} row {row} must be {right}; yours is {own}.",
                ko=f"마스크가 {mask}이면 {row}번 행은 {right}이어야 하는데 {own}이(가) 나옵니다.",
            )
    return None


def _attend(queries: np.ndarray, keys: np.ndarray, values: np.ndarray) -> list[np.ndarray]:
    weights = softmax(queries @ keys.T / np.sqrt(keys.shape[1]))
    return [weights @ values, weights]


@check(
    "13/scaled-dot-product",
    hints=[
        {
            "en": "Four steps: all scores in one matrix product, the division, softmax along each "
            "row, the contexts in one more product. The last line is there already.",
            "ko": "네 단계입니다. 행렬 곱 한 번으로 모든 점수를 구하고, 나누고, 행마다 "
            "소프트맥스를 하고, 한 번 더 곱해 문맥을 구합니다. 마지막 줄은 이미 있습니다.",
        },
        {
            "en": "`queries @ keys.T` has a row for each query and a column for each key. *d* is "
            "the length of a key, `keys.shape[1]`, not their number.",
            "ko": "`queries @ keys.T`에는 쿼리마다 한 행, 키마다 한 열이 있습니다. *d*는 키의 "
            "개수가 아니라 키의 길이 `keys.shape[1]`입니다.",
        },
        {
            "en": "`scores = queries @ keys.T / np.sqrt(keys.shape[1])`, `weights = "
            "np.exp(scores)`, then divide by `weights.sum(axis=1, keepdims=True)`.",
            "ko": "`scores = queries @ keys.T / np.sqrt(keys.shape[1])`, `weights = "
            "np.exp(scores)`를 계산한 다음 `weights.sum(axis=1, keepdims=True)`로 나누세요.",
        },
    ],
)
def check_scaled_dot_product(scaled_dot_product: Callable) -> str | None:
    """Judge a function (queries, keys, values) -> contexts and weights."""
    rng = np.random.default_rng()
    trials = [
        tuple(rng.normal(0, 1.5, size) for size in ((queries, d), (keys, d), (keys, out)))
        for queries, keys, d, out in ((3, 5, 8, 2), (4, 2, 3, 6), (1, 6, 20, 3))
    ]
    tried = Tried(scaled_dot_product, trials)
    for said in tried.said:
        if not isinstance(said, tuple | list) or len(said) != 2:
            return say(
                en="Return two arrays: the contexts, then the weights.",
                ko="배열 두 개를 돌려주세요. 문맥이 먼저이고 가중치가 다음입니다.",
            )

    def other(scale, normalize=softmax):
        def rule(queries, keys, values):
            weights = normalize(queries @ keys.T / scale(keys))
            return [weights @ values, weights]

        return rule

    if tried.agrees(lambda *given: _attend(*given)[::-1]):
        return say(
            en="Both are right, in the wrong order: first the contexts, then the weights.",
            ko="둘 다 맞지만 순서가 바뀌었습니다. 문맥이 먼저이고 가중치가 다음입니다.",
        )
    if tried.agrees(other(lambda keys: 1)):
        return say(
            en="The scores are not divided: long vectors make this softmax sharp.",
            ko="점수를 나누지 않았습니다. 그러면 벡터가 길수록 소프트맥스가 날카로워집니다.",
        )
    if tried.agrees(other(lambda keys: keys.shape[1])):
        return say(
            en="You divide by d; divide by its square root.",
            ko="d로 나누었습니다. d의 제곱근으로 나누세요.",
        )
    if tried.agrees(other(lambda keys: np.sqrt(len(keys)))):
        return say(
            en="You divide by the square root of the *number* of keys; d is the length of a key.",
            ko="키의 *개수*의 제곱근으로 나누었습니다. d는 키의 길이입니다.",
        )
    if tried.agrees(other(lambda keys: np.sqrt(keys.shape[1]), lambda scores: scores)):
        return say(
            en="Your weights are the scores themselves: put softmax between.",
            ko="점수를 그대로 가중치로 썼습니다. 소프트맥스를 거치세요.",
        )
    if tried.agrees(other(lambda keys: np.sqrt(keys.shape[1]), lambda scores: softmax(scores, 0))):
        return say(
            en="Each *column* of your weights adds up to 1; each row must: one row for one query.",
            ko="가중치가 *열*마다 더해서 1이 됩니다. 행마다 1이 되어야 합니다. 한 행이 쿼리 "
            "하나입니다.",
        )
    if wrong := tried.first_wrong(_attend):
        (num, d), num_keys = wrong.given[0].shape, len(wrong.given[1])
        right, said = wrong.right[1], np.shape(wrong.said[1])
        if said != right.shape:
            return say(
                en=f"{num} queries and {num_keys} keys give weights of the shape {right.shape}; "
                f"yours have {said}.",
                ko=f"쿼리가 {num}개, 키가 {num_keys}개이면 가중치의 모양은 {right.shape}인데 "
                f"{said}이(가) 나옵니다.",
            )
        weights = numbers(wrong.said[1])
        if not same(weights, right):
            row = differing(right, weights)[0]
            must, own = shown(right[row], weights[row])
            return say(
                en=f"With {num_keys} keys of {d} numbers row {row} of the weights must be {must}; "
                f"yours is {own}.",
                ko=f"수 {d}개짜리 키가 {num_keys}개일 때 가중치의 {row}번 행은 {must}이어야 하는데 "
                f"{own}이(가) 나옵니다.",
            )
        return say(
            en="The weights are right and the contexts are not: a context is the average of the "
            "values under its weights.",
            ko="가중치는 맞지만 문맥이 맞지 않습니다. 문맥은 값들을 가중치로 평균한 것입니다.",
        )
    return None


#: How much of its weight a query must give to the key it is to find.
ENOUGH = 0.9


@check(
    "13/backwards",
    hints=[
        {
            "en": "Which query has the best score for a key of length 1? Think of the hands of the "
            "clock.",
            "ko": "길이가 1인 어떤 키에서 점수가 가장 높은 쿼리는 무엇일까요? 시곗바늘을 떠올려 "
            "보세요.",
        },
        {
            "en": "A key scores best with itself. So the first query may be the last key, and so "
            "on: `keys[::-1]`. But how sharply does it look?",
            "ko": "키는 자기 자신과 점수가 가장 높습니다. 그러니 첫째 쿼리로 마지막 키를 쓰면 "
            "됩니다. `keys[::-1]`입니다. 그런데 충분히 날카롭게 볼까요?",
        },
        {
            "en": "Section 2: multiply the scores by a large number and the look-up becomes hard. "
            "You can multiply the queries.",
            "ko": "2절에서 점수에 큰 수를 곱하면 딱딱한 찾기가 되었습니다. 쿼리에 곱하면 됩니다.",
        },
    ],
)
def check_backwards(backwards: Callable) -> str | None:
    """Judge a function (keys) -> queries by what attention reads with them: the last key first."""
    rng = np.random.default_rng(13)
    trials = []
    for num, d in ((5, 4), (3, 2), (7, 9)):
        keys = rng.normal(size=(num, d))
        keys /= np.linalg.norm(keys, axis=1, keepdims=True)
        while (keys @ keys.T - 2 * np.eye(num)).max() > 0.75:  # different enough
            keys = rng.normal(size=(num, d))
            keys /= np.linalg.norm(keys, axis=1, keepdims=True)
        trials.append((keys,))
    for (keys,), found in zip(trials, Tried(backwards, trials).said, strict=True):
        queries = numbers(found)
        if queries.shape != keys.shape:
            return say(
                en=f"For keys of the shape {keys.shape} the queries must have the same shape; "
                f"yours have {queries.shape}.",
                ko=f"키의 모양이 {keys.shape}이면 쿼리의 모양도 같아야 하는데 "
                f"{queries.shape}이(가) 나옵니다.",
            )
        weights = softmax(queries @ keys.T / np.sqrt(keys.shape[1]))
        if not np.isfinite(weights).all():
            return say(
                en="Your queries hold infinities or no numbers: large is enough.",
                ko="쿼리에 무한대이거나 수가 아닌 것이 있습니다. 적당히 크면 됩니다.",
            )
        reached = np.diagonal(weights[:, ::-1])
        if np.diagonal(weights).min() > ENOUGH:
            return say(
                en="Sharp, but forwards: the first query finds the first key. It must find the "
                "last.",
                ko="날카롭기는 하지만 앞에서부터 읽습니다. 첫째 쿼리는 첫째 키가 아니라 마지막 "
                "키를 찾아야 합니다.",
            )
        if reached.min() < ENOUGH:
            row = int(reached.argmin())
            wanted, strongest = len(keys) - row, int(weights[row].argmax()) + 1
            if strongest == wanted:
                return say(
                    en=f"Of {len(keys)} keys of {keys.shape[1]} numbers, query {row + 1} finds key "
                    f"{wanted}, the right one, but gives it only {reached[row]:.2f} of its weight: "
                    "look more sharply.",
                    ko=f"수 {keys.shape[1]}개짜리 키 {len(keys)}개에서 {row + 1}번째 쿼리가 맞는 "
                    f"키({wanted}번째)를 찾지만 가중치를 {reached[row]:.2f}만 줍니다. 더 "
                    "날카롭게 보세요.",
                )
            if reached.max() < 0.5 and weights.argmin(axis=1).tolist() == [
                *range(len(keys) - 1, -1, -1)
            ]:
                return say(
                    en="Every query flees the key that it should find: the sign is wrong.",
                    ko="쿼리마다 찾아야 할 키를 오히려 피합니다. 부호가 반대입니다.",
                )
            return say(
                en=f"Of {len(keys)} keys of {keys.shape[1]} numbers, query {row + 1} must find key "
                f"{wanted}; it gives most of its weight to key {strongest}.",
                ko=f"수 {keys.shape[1]}개짜리 키 {len(keys)}개에서 {row + 1}번째 쿼리는 "
                f"{wanted}번째 키를 찾아야 하는데 {strongest}번째 키에 가중치를 가장 많이 줍니다.",
            )
    return None
