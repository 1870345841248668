"""Checks of lesson 13, attention."""

from collections.abc import Callable

import numpy as np

from helpers.course.checks import Tried, check
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
            "ko": "점수, 가중치, 문맥의 세 걸음입니다. 한 걸음에 한 줄이면 됩니다.",
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
    found = np.asarray(look_up(_QUERY, _KEYS, _VALUES), float)
    scores = _KEYS @ _QUERY
    weights = softmax(scores)

    def says(answer):
        return found.shape == np.shape(answer) and np.allclose(found, answer)

    if says(weights):
        return say(
            en="Those are the weights. One step is missing: the average of the values under them.",
            ko="그것은 가중치입니다. 한 걸음이 남았습니다. 이 가중치로 값들의 평균을 내세요.",
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
        said = float(look_up(query, keys, values))
        if not np.isclose(said, right):
            return say(
                en=f"With {num} keys of {size} numbers the context must be {right:.4f}; you say "
                f"{said:.4f}.",
                ko=f"수 {size}개짜리 키가 {num}개일 때 문맥은 {right:.4f}이어야 하는데 "
                f"{said:.4f}이(가) 나옵니다.",
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
            "ko": "exp가 0이 되는 점수는 무엇입니까? `np.where(mask, a, b)`는 마스크가 True인 "
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
        found = np.asarray(masked_weights(_SCORES.copy(), _MASK.copy()), float)
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
                ko="열마다 더해서 1이 됩니다. 행마다 1이 되어야 합니다. 쿼리마다 키들에 주의를 "
                "나누어 주는 것입니다.",
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
                ko="0점도 점수입니다. exp(0)은 1이므로 채움 토큰을 여전히 봅니다.",
            )
        rng = np.random.default_rng()
        trials = [(_SCORES, _MASK), (_SCORES, np.array([False, True, False, True, True]))]
        trials += [(rng.normal(size=(3, 6)), np.array([True, False, False, True, True, False]))]
        trials += [(rng.normal(size=(2, 3, 4)), np.array([True, True, False, True]))]
        if wrong := Tried(masked_weights, trials).first_wrong(
            lambda scores, mask: softmax(scores, mask=mask)
        ):
            mask = wrong.given[1].tolist()
            right, said = (
                np.asarray(weights).reshape(-1, len(mask))[0].round(3).tolist()
                for weights in wrong[1:]
            )
            return say(
                en=f"Under the mask {mask} the first row must be {right}; you say {said}.",
                ko=f"마스크가 {mask}이면 첫 행은 {right}이어야 하는데 {said}이(가) 나옵니다.",
            )
    return None


_WEIGHTS = np.array([[0.1, 0.2, 0.6, 0.1], [0.5, 0.3, 0.1, 0.1], [0.7, 0.1, 0.1, 0.1]])
_PIECES = ["▁이름", "이", "▁뭐예요", "?"]


@check(
    "13/strongest",
    hints=[
        {
            "en": "Each row of the weights belongs to one piece of the answer, each column to one "
            "of the question.",
            "ko": "가중치의 행은 답의 조각에, 열은 질문의 조각에 해당합니다.",
        },
        {
            "en": "`argmax` gives the place of the largest number; `axis` says along what.",
            "ko": "`argmax`는 가장 큰 수의 자리를 알려 줍니다. `axis`로 방향을 정합니다.",
        },
        {
            "en": "`weights.argmax(axis=1)` has a place for each row; look each of them up in "
            "`pieces`.",
            "ko": "`weights.argmax(axis=1)`에는 행마다 자리가 하나씩 있습니다. 그 자리의 조각을 "
            "`pieces`에서 찾으세요.",
        },
    ],
)
def check_strongest(strongest: Callable) -> str | None:
    """Judge a function (weights, pieces) -> for each row the piece of the largest weight."""
    found = strongest(_WEIGHTS, _PIECES)
    right = ["▁뭐예요", "▁이름", "▁이름"]
    if isinstance(found, np.ndarray | tuple):
        found = list(found)
    if found == [2, 0, 0]:
        return say(
            en="Those are the places; give back the pieces in those places.",
            ko="그것은 자리 번호입니다. 그 자리에 있는 조각을 돌려주세요.",
        )
    down = [_PIECES[row] for row in _WEIGHTS.argmax(axis=0)]
    if found in (down, down[: len(_WEIGHTS)]):
        return say(
            en="You look down the columns: that tells who looks at each piece of the question "
            "most. Go along the rows.",
            ko="열을 따라 찾았습니다. 그러면 질문의 조각마다 누가 가장 많이 보는지가 나옵니다. "
            "행을 따라 찾으세요.",
        )
    if found == [0.6, 0.5, 0.7]:
        return say(
            en="Those are the largest weights; asked for is which piece they belong to.",
            ko="그것은 가장 큰 가중치입니다. 그 가중치가 어느 조각의 것인지를 묻고 있습니다.",
        )
    if found in right:
        return say(
            en="One piece alone comes back; there must be one for each row.",
            ko="조각이 하나만 나옵니다. 행마다 하나씩 나와야 합니다.",
        )
    fresh = np.random.default_rng().dirichlet(np.ones(3), 5), ["나", "너", "우리"]
    if wrong := Tried(strongest, [(_WEIGHTS, _PIECES), fresh]).first_wrong(
        lambda weights, pieces: [pieces[place] for place in weights.argmax(axis=1)]
    ):
        return say(
            en=f"The answer must be {wrong.right}; you say {wrong.said!r}.",
            ko=f"{wrong.right}이(가) 나와야 하는데 {wrong.said!r}이(가) 나옵니다.",
        )
    return None
