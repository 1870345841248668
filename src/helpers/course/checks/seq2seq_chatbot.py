"""Checks of lesson 12, the chatbot that answers a sequence with a sequence."""

import math
from collections.abc import Callable

from helpers.course.checks import Tried, check, same
from helpers.language.tokens import BEGIN, END, PAD
from helpers.reader import say


@check(
    "12/teach",
    hints=[
        {
            "en": "Write the two rows of the table in section 4 on paper, for the ids 7, 8 and 9.",
            "ko": "4절의 표에 나온 두 줄을, 번호가 7, 8, 9인 답에 대해 종이에 써 봅시다.",
        },
        {
            "en": "What is fed begins with `BEGIN`, what is asked for ends with `END`; between "
            "them both hold the same ids.",
            "ko": "넣어 주는 쪽은 `BEGIN`으로 시작하고, 맞혀야 하는 쪽은 `END`로 끝납니다. "
            "나머지 번호는 양쪽이 같습니다.",
        },
        {
            "en": "`padding = [PAD] * (length - len(ids) - 1)`, then "
            "`[BEGIN, *ids] + padding` and `[*ids, END] + padding`.",
            "ko": "`padding = [PAD] * (length - len(ids) - 1)`이라 하면 답은 "
            "`[BEGIN, *ids] + padding`과 `[*ids, END] + padding`입니다.",
        },
    ],
)
def check_teach(teach: Callable) -> str | None:
    """Judge a function (ids, length) -> (what is fed, what is asked for)."""
    both = teach([7, 8, 9], 6)
    if not isinstance(both, tuple | list) or len(both) != 2:
        return say(
            en="Give back two lists: `return fed, wanted`.",
            ko="리스트 두 개를 돌려주어야 합니다. `return fed, wanted`",
        )
    fed, wanted = map(list, both)
    right_fed, right_wanted = [BEGIN, 7, 8, 9, PAD, PAD], [7, 8, 9, END, PAD, PAD]
    if fed == wanted:
        return say(
            en="Both are the same, so that the network need only copy what it is fed: what is "
            "asked for must be one step ahead.",
            ko="두 줄이 똑같으면 신경망은 받은 것을 베끼기만 하면 됩니다. 맞혀야 하는 쪽은 한 "
            "걸음 앞서야 합니다.",
        )
    if (fed, wanted) == (right_wanted, right_fed):
        return say(
            en="The two have changed places: the decoder is fed `BEGIN` first, and asked for "
            "`END` last.",
            ko="두 리스트가 뒤바뀌었습니다. 디코더에는 `BEGIN`을 먼저 넣어 주고, 마지막에 "
            "`END`를 맞히게 합니다.",
        )
    if (len(fed), len(wanted)) != (6, 6):
        return say(
            en=f"Both lists must be {6} long, filled up with `PAD`; yours are {len(fed)} and "
            f"{len(wanted)} long.",
            ko=f"두 리스트 모두 `PAD`로 채워 길이가 {6}이 되어야 합니다. 지금은 {len(fed)}, "
            f"{len(wanted)}입니다.",
        )
    if END not in wanted:
        return say(
            en="Nothing asks for `END`: such a decoder never learns to stop.",
            ko="`END`를 맞히게 하지 않았습니다. 이렇게 배운 디코더는 말을 끝낼 줄 모릅니다.",
        )
    # After END nothing counts: the lesson's own line, one row shifted against itself, feeds it.
    trials = [([7, 8, 9], 6), ([], 2), ([5, 6], 4), ([9, 4, 4, 8], 5)]
    tried = Tried(teach, trials)
    if (wrong := tried.first_wrong(_taught)) and tried.first_wrong(_taught_with_end):
        ids, length = wrong.given
        (right_fed, right_wanted), (fed, wanted) = _taught(ids, length), teach(ids, length)
        return say(
            en=f"For the ids {ids} and length {length} {right_fed} is fed and {right_wanted} "
            f"asked for; you have {list(fed)} and {list(wanted)}.",
            ko=f"번호가 {ids}이고 길이가 {length}이면 {right_fed}을(를) 넣고 {right_wanted}을(를) "
            f"맞혀야 합니다. 지금은 {list(fed)}, {list(wanted)}입니다.",
        )
    return None


def _taught(ids, length):
    padding = [PAD] * (length - len(ids) - 1)
    return [BEGIN, *ids, *padding], [*ids, END, *padding]


def _taught_with_end(ids, length):
    row = [BEGIN, *ids, END, *[PAD] * length]
    return row[:length], row[1 : length + 1]


#: The likeliest stand neither first nor last.
_GOODBYE = {
    "<s>": {"잘": 0.2, "안녕히": 0.7, "그럼": 0.1},
    "그럼": {"</s>": 1.0},
    "안녕히": {"계세요": 0.3, "가세요": 0.6, "</s>": 0.1},
    "잘": {"있어요": 0.1, "가요": 0.9},
    "있어요": {"</s>": 1.0},
    "가세요": {"</s>": 1.0},
    "계세요": {"</s>": 1.0},
    "가요": {"</s>": 1.0},
}
_COUNTING = {
    "<s>": {"1": 1.0},
    **{str(n): {str(n + 1): 0.9, "</s>": 0.1} for n in range(1, 40)},
    "40": {"</s>": 1.0},
}


@check(
    "12/speak",
    hints=[
        {
            "en": "Keep the latest token in a variable; `after[token]` says what may follow it.",
            "ko": "가장 최근 토큰을 변수에 담아 두세요. 그다음에 올 수 있는 토큰은 "
            "`after[token]`에 있습니다.",
        },
        {
            "en": "The key with the greatest value of a dictionary d is `max(d, key=d.get)`.",
            "ko": "딕셔너리 d에서 값이 가장 큰 키는 `max(d, key=d.get)`으로 찾습니다.",
        },
        {
            "en": "In `for _ in range(most):` set the token to the most probable one, "
            '`break` if it is `"</s>"`, else append it.',
            "ko": "`for _ in range(most):` 안에서 token을 가장 확률이 높은 것으로 바꾸고, "
            '`"</s>"`이면 `break`, 아니면 리스트에 더하세요.',
        },
    ],
)
def check_speak(speak: Callable) -> str | None:
    """Judge a greedy search (after, most) -> tokens, over a table of next tokens."""
    said = speak(_GOODBYE, 10)
    if not isinstance(said, list | tuple):
        return say(
            en=f"Give back a list of tokens, not {type(said).__name__}.",
            ko=f"토큰의 리스트를 돌려주어야 합니다. 지금은 {type(said).__name__}입니다.",
        )
    said = list(said)
    if "</s>" in said or "<s>" in said:
        return say(
            en="`<s>` and `</s>` are not part of what is said: leave them out.",
            ko="`<s>`와 `</s>`는 말한 내용이 아니므로 빼야 합니다.",
        )
    if said == ["그럼"]:
        return say(
            en="You take the least probable token; the most probable one is asked for.",
            ko="확률이 가장 낮은 토큰을 고르고 있습니다. 가장 높은 것을 골라야 합니다.",
        )
    if said == ["잘", "있어요"]:
        return say(
            en="You take the first token of the table, whatever its probability: look for the "
            "most probable one.",
            ko="확률과 상관없이 표의 맨 앞에 있는 토큰을 고르고 있습니다. 확률이 가장 높은 것을 "
            "찾으세요.",
        )
    if said == ["안녕히"]:
        return say(
            en="Only one token is said: go on from it, until `</s>` comes.",
            ko="토큰을 하나만 말했습니다. `</s>`가 나올 때까지 이어 가야 합니다.",
        )
    if said != ["안녕히", "가세요"]:
        return say(
            en=f"안녕히 (0.7) and then 가세요 (0.6) are the most probable; you say {said}.",
            ko=f"확률이 가장 높은 것은 안녕히(0.7), 다음은 가세요(0.6)인데 {said}이(가) 나옵니다.",
        )
    counted = speak(_COUNTING, 5)
    if len(counted) != 5:
        return say(
            en=f"After `most` tokens it must stop, even without `</s>`: with 5 you say "
            f"{len(counted)}.",
            ko=f"`</s>`가 나오지 않아도 토큰 `most`개에서 멈춰야 합니다. 5로 부르면 지금은 "
            f"{len(counted)}개가 나옵니다.",
        )
    if list(counted) != ["1", "2", "3", "4", "5"] or len(speak(_COUNTING, 60)) != 40:
        return say(
            en=f"Counting from 1 your function says {list(counted)}: each token follows from the "
            "one before it, until `</s>` or `most` tokens.",
            ko=f"1부터 세게 하면 {list(counted)}이(가) 나옵니다. 토큰마다 바로 앞의 토큰에서 "
            "이어져야 하고, `</s>`가 나오거나 토큰이 `most`개가 되면 끝나야 합니다.",
        )
    return None


_BEAMS = [(["네,"], math.log(0.5)), (["고마워요"], math.log(0.4))]
_AFTER = {
    "네,": {"그래요": 0.3, "좋아요": 0.5, "알겠어요": 0.2},
    "고마워요": {"정말": 0.1, "</s>": 0.9},
}
#: Beginnings of several tokens, and a step at which both best ones grow from the same.
_LONGER = [
    (["오늘", "날씨가"], math.log(0.6)),
    (["오늘", "기분이", "정말"], math.log(0.3)),
    (["내일", "날씨가"], math.log(0.1)),
]
_AFTER_LONGER = {
    "날씨가": {"춥네요": 0.15, "좋네요": 0.45, "덥네요": 0.4},
    "정말": {"좋아요": 0.7, "나빠요": 0.3},
    "오늘": {"뭐": 1.0},
    "내일": {"봐요": 1.0},
}


@check(
    "12/extend",
    hints=[
        {
            "en": "Two loops, one in the other: over the beams, and over the tokens that "
            "may follow each.",
            "ko": "반복문 두 개를 겹쳐 쓰세요. 바깥은 앞부분마다, 안쪽은 그 뒤에 올 수 있는 "
            "토큰마다 돕니다.",
        },
        {
            "en": "Append `([*tokens, token], score + math.log(probability))` to a list.",
            "ko": "`([*tokens, token], score + math.log(probability))`을 리스트에 더하세요.",
        },
        {
            "en": "Last: `sorted(longer, key=lambda beam: -beam[1])[:width]`.",
            "ko": "마지막 줄은 `sorted(longer, key=lambda beam: -beam[1])[:width]`입니다.",
        },
    ],
)
def check_extend(extend: Callable) -> str | None:
    """Judge one step of a beam (beams, after, width) -> the best longer beginnings."""
    beams = extend([(list(tokens), score) for tokens, score in _BEAMS], _AFTER, 2)
    if not isinstance(beams, list | tuple) or not all(len(beam) == 2 for beam in beams):
        return say(
            en="Give back a list of pairs (tokens, log probability).",
            ko="(토큰들, 로그 확률) 쌍의 리스트를 돌려주어야 합니다.",
        )
    found = [list(tokens) for tokens, _ in beams]
    if len(beams) > 2:
        return say(
            en=f"{len(beams)} beginnings are left, and only the best `width`, 2, may be.",
            ko=f"{len(beams)}개가 남았습니다. 가장 나은 `width`개, 곧 2개만 남겨야 합니다.",
        )
    if found == [["네,", "좋아요"], ["네,", "그래요"]]:
        return say(
            en="You go on from the first beginning only; the second, with </s>, comes to "
            "0.4 · 0.9 = 0.36.",
            ko="첫 번째 앞부분만 이어 갔습니다. 고마워요 </s>의 확률이 0.4 · 0.9 = 0.36으로 더 "
            "높습니다.",
        )
    if found == [["고마워요", "정말"], ["네,", "알겠어요"]]:
        return say(
            en="You keep the least probable: a log probability is better the nearer to 0 it is.",
            ko="확률이 가장 낮은 것들이 남았습니다. 로그 확률은 0에 가까울수록 좋습니다.",
        )
    right = [["고마워요", "</s>"], ["네,", "좋아요"]]
    if found != right:
        return say(
            en=f"The best two are {right}; you keep {found}.",
            ko=f"가장 나은 둘은 {right}인데 {found}이(가) 남았습니다.",
        )
    scores = [float(score) for _, score in beams]
    if all(math.isclose(s, p) for s, p in zip(scores, (0.36, 0.25), strict=True)):
        return say(
            en="These are probabilities; logarithms are asked for, as they came in.",
            ko="이것은 확률입니다. 받은 것과 같이 로그 확률로 돌려주어야 합니다.",
        )
    if not all(
        math.isclose(s, math.log(p), abs_tol=1e-9)
        for s, p in zip(scores, (0.36, 0.25), strict=True)
    ):
        return say(
            en=f"The log probabilities must be {math.log(0.36):.3f} and {math.log(0.25):.3f}: "
            f"add the logarithm of each step. You have {scores[0]:.3f} and {scores[1]:.3f}.",
            ko=f"로그 확률은 {math.log(0.36):.3f}, {math.log(0.25):.3f}이어야 합니다. 걸음마다 "
            f"확률의 로그를 더하세요. 지금은 {scores[0]:.3f}, {scores[1]:.3f}입니다.",
        )
    trials = [(_LONGER, _AFTER_LONGER, width) for width in (3, 1, 2, 20)]
    if wrong := Tried(extend, trials).first_wrong(_extended):
        width = wrong.given[2]
        right, kept = ([list(tokens) for tokens, _ in beams] for beams in wrong[1:])
        of_the_first = _extended(
            [(tokens[:1], score) for tokens, score in _LONGER], *wrong.given[1:]
        )
        if {tokens[-1] for tokens in kept} == {tokens[-1] for tokens, _ in of_the_first}:
            return say(
                en="You go on from the first token of each beam; what comes next depends on the "
                "last one.",
                ko="앞부분의 첫 토큰에서 이어 갔습니다. 다음에 올 토큰은 마지막 토큰을 보고 "
                "정해야 합니다.",
            )
        if not same(kept, right):
            return say(
                en=f"From beams of several tokens, with the width {width}, these must stay: "
                f"{right}; you keep {kept}.",
                ko=f"토큰이 여럿인 앞부분에서 너비가 {width}이면 {right}이(가) 남아야 하는데 "
                f"{kept}이(가) 남았습니다.",
            )
        return say(
            en=f"With the width {width} the log probabilities must be "
            f"{[round(score, 3) for _, score in wrong.right]}; yours are "
            f"{[round(float(score), 3) for _, score in wrong.said]}.",
            ko=f"너비가 {width}이면 로그 확률은 {[round(score, 3) for _, score in wrong.right]}"
            f"이어야 하는데 {[round(float(score), 3) for _, score in wrong.said]}이(가) 나옵니다.",
        )
    return None


def _extended(beams, after, width):
    longer = [
        ([*tokens, token], score + math.log(probability))
        for tokens, score in beams
        for token, probability in after[tokens[-1]].items()
    ]
    return sorted(longer, key=lambda beam: -beam[1])[:width]
