"""Checks of lesson 09, tokens."""

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from helpers.course.checks import Tried, check
from helpers.language.corpus import load_greetings
from helpers.language.tokens import Subwords, train_subwords
from helpers.nn import bpe
from helpers.reader import say


@check(
    "09/compose",
    hints=[
        {
            "en": "Take the function of section 2 backwards: what it divides by, you multiply by.",
            "ko": "2절의 함수를 거꾸로 따라가세요. 거기서 나눈 수를 여기서는 곱합니다.",
        },
        {
            "en": "Each vowel has 28 syllables, each initial has 21 vowels: how many syllables "
            "stand before the first one with your initial?",
            "ko": "중성 하나에 음절이 28개, 초성 하나에 중성이 21개 있습니다. 이 초성으로 "
            "시작하는 첫 음절 앞에는 음절이 몇 개 있나요?",
        },
        {
            "en": "`chr(0xAC00 + (initial * 21 + vowel) * 28 + final)`",
            "ko": "`chr(0xAC00 + (initial * 21 + vowel) * 28 + final)`",
        },
    ],
)
def check_compose(compose: Callable) -> str | None:
    """Judge a function (initial, vowel, final) -> Hangul syllable."""
    han = compose(18, 0, 4)
    if isinstance(han, int):
        return say(
            en="You give back a number; `chr` makes a character of it.",
            ko="수가 나옵니다. `chr`로 글자로 바꾸세요.",
        )
    if not isinstance(han, str):
        return say(
            en=f"The function must give back a character, not {han!r}.",
            ko=f"함수는 글자 하나를 돌려주어야 합니다. 지금은 {han!r}입니다.",
        )
    if len(han) != 1:
        return say(
            en=f"The syllable must be one character; yours is {len(han)}, {', '.join(han)}. Find "
            "its number and take `chr` of it.",
            ko=f"음절은 글자 하나여야 하는데 글자 {len(han)}개({', '.join(han)})가 나옵니다. "
            "번호를 구해 `chr`로 바꾸세요.",
        )
    if han == chr((18 * 21 + 0) * 28 + 4):
        return say(
            en="The syllables do not begin at 0: add the number of the first, 0xAC00.",
            ko="한글 음절은 0번에서 시작하지 않습니다. '가'의 번호 0xAC00을 더하세요.",
        )
    if han == chr(0xAC00 + 18 * 21 + 0 + 4):
        return say(
            en="You step by one syllable from vowel to vowel, but each vowel has 28 of them: "
            "one without a final and 27 with one.",
            ko="중성이 하나 바뀔 때 음절이 하나씩만 넘어갑니다. 중성마다 받침이 없는 것 하나와 "
            "있는 것 27개, 모두 28개의 음절이 있습니다.",
        )
    if han == chr(0xAC00 + (18 * 21 + 0) * 27 + 4):
        return say(
            en="No final at all is a choice too: each vowel has 28 syllables, not 27.",
            ko="받침이 없는 경우도 세어야 합니다. 중성마다 음절이 27개가 아니라 28개입니다.",
        )
    fresh = [tuple(np.random.default_rng().integers(0, (19, 21, 28)).tolist()) for _ in range(5)]
    if wrong := Tried(compose, [(18, 0, 4), (0, 0, 0), (18, 20, 27), *fresh]).first_wrong(
        lambda initial, vowel, final: chr(0xAC00 + (initial * 21 + vowel) * 28 + final)
    ):
        right, said = wrong.shown()
        return say(
            en=f"{wrong.given} must give {right}; you say {said}.",
            ko=f"{wrong.given}에서는 {right}이(가) 나와야 하는데 {said}이(가) 나옵니다.",
        )
    return None


_CHASES = [
    ([("고양이", "NNG"), ("가", "JKS"), ("쥐", "NNG"), ("를", "JKO"), ("쫓", "VV")], "고양이"),
    ([("고양이", "NNG"), ("를", "JKO"), ("쥐", "NNG"), ("가", "JKS"), ("쫓", "VV")], "쥐"),
    ([("사람", "NNG"), ("이", "JKS"), ("개", "NNG"), ("를", "JKO"), ("안", "VV")], "사람"),
    # The letters of the particle in other words: this dog; a tooth that hurts.
    (
        [("공", "NNG"), ("을", "JKO"), ("이", "MM"), ("개", "NNG"), ("가", "JKS"), ("물", "VV")],
        "개",
    ),
    ([("어제", "MAG"), ("큰", "MM"), ("이", "NNG"), ("가", "JKS"), ("아프", "VA")], "이"),
    # Who acts is a pronoun, a name.
    ([("밥", "NNG"), ("을", "JKO"), ("내", "NP"), ("가", "JKS"), ("먹", "VV")], "내"),
    ([("책", "NNG"), ("을", "JKO"), ("민수", "NNP"), ("가", "JKS"), ("읽", "VV")], "민수"),
    # What stands before the particle is no noun: the people (사람 with the ending of a plural).
    ([("사람", "NNG"), ("들", "XSN"), ("이", "JKS"), ("웃", "VV")], "들"),
]


@check(
    "09/who",
    hints=[
        {
            "en": "Go through the pieces in a loop. Which tag says that the piece before it did "
            "something?",
            "ko": "조각들을 반복문으로 차례로 봅시다. 바로 앞의 말이 주어라고 알려 주는 태그는 "
            "무엇일까요?",
        },
        {
            "en": "Remember the form of the piece before, in a variable, while you go on.",
            "ko": "다음 조각으로 넘어가기 전에 지금 조각의 형태(form)를 변수에 적어 두세요.",
        },
        {
            "en": "In the loop: `if tag == 'JKS': return before`, and after it `before = form`.",
            "ko": "반복문 안에서 `if tag == 'JKS': return before`, 그다음 줄에 `before = form`을 "
            "쓰세요.",
        },
    ],
)
def check_who(who: Callable) -> str | None:
    """Judge a function (list of (form, tag)) -> form before the subject particle."""
    answers = [who(pieces) for pieces, _ in _CHASES]
    if answers[0] in ("가", "JKS", ("가", "JKS")):
        return say(
            en="That is the particle itself; the one who acts is the piece before it.",
            ko="그것은 조사입니다. 주어는 조사 바로 앞의 조각입니다.",
        )
    if answers[:3] == ["쥐", "고양이", "개"]:
        return say(
            en="That is the one to whom it is done: the particle JKO follows the object, "
            "JKS the one who acts.",
            ko="그것은 당하는 쪽입니다. JKO는 목적어 뒤에, JKS는 주어 뒤에 붙습니다.",
        )
    if answers[:3] == ["고양이", "고양이", "사람"]:
        return say(
            en="In the third sentence about cat and mouse the mouse chases, and you say the cat: "
            "the first noun need not be the one who acts.",
            ko="'고양이를 쥐가 쫓습니다'에서는 쥐가 쫓는데 고양이가 나옵니다. 첫 명사가 언제나 "
            "주어인 것은 아닙니다.",
        )
    if answers[0] == ("고양이", "NNG"):
        return say(
            en="You give back the form together with its tag; the form alone is asked for.",
            ko="형태와 태그가 함께 나옵니다. 형태만 돌려주세요.",
        )
    by_form = [
        next(before for (before, _), (form, _) in pairwise(pieces) if form in ("이", "가"))
        for pieces, _ in _CHASES
    ]
    if answers == by_form:
        return say(
            en="You go by the letters of the particle; another word may be written with the same "
            "letters. Look at the tag.",
            ko="조사의 글자를 보고 찾았습니다. 글자가 같은 다른 말도 있으므로 태그를 보세요.",
        )
    is_right = [answer == right for answer, (_, right) in zip(answers, _CHASES, strict=True)]
    if is_right == [*(True,) * (len(_CHASES) - 1), False]:
        return say(
            en="You look for the last noun, but the piece right before JKS may be another, such as "
            "the ending of a plural (XSN): take it whatever its tag.",
            ko="마지막 명사를 찾는데, '사람들이'에서 JKS 바로 앞의 조각은 복수를 나타내는 "
            "'들'(XSN)입니다. 태그와 상관없이 바로 앞의 조각을 고르세요.",
        )
    if is_right == [*(True,) * (len(_CHASES) - 3), *(False,) * 3]:
        return say(
            en="You look for certain nouns, but who acts may be a pronoun (NP) or a name (NNP): "
            "take the piece right before JKS, whatever its tag.",
            ko="정해진 명사만 찾는데, 주어는 대명사(NP)나 고유 명사(NNP)일 수도 있습니다. JKS "
            "바로 앞의 조각을 태그와 상관없이 고르세요.",
        )
    for answer, (pieces, right) in zip(answers, _CHASES, strict=True):
        if answer != right:
            text = " ".join(form for form, _ in pieces)
            return say(
                en=f"In {text} it is {right} that acts; you say {answer!r}.",
                ko=f"'{text}'에서 주어는 {right}인데 {answer!r}이(가) 나옵니다.",
            )
    return None


@check(
    "09/encode",
    hints=[
        {
            "en": "Begin with a list that holds the id of `<s>` alone.",
            "ko": "`<s>`의 번호 하나만 든 리스트에서 시작하세요.",
        },
        {
            "en": "A dictionary's `get` takes a second argument: what to give if the key is "
            "not there.",
            "ko": "딕셔너리의 `get`은 둘째 인자를 받습니다. 찾는 것이 없을 때 대신 줄 값입니다.",
        },
        {
            "en": '`vocab.get(token, vocab["<unk>"])` for each token, and the id of `</s>` last.',
            "ko": '토큰마다 `vocab.get(token, vocab["<unk>"])`을 쓰고, 끝에 `</s>`의 번호를 '
            "붙이세요.",
        },
    ],
)
def check_encode(encode: Callable) -> str | None:
    """Judge a function (tokens, vocab) -> ids with beginning, end and unknown."""
    vocab = {"<pad>": 0, "<unk>": 1, "<s>": 2, "</s>": 3, "밥": 4, "먹": 5, "어요": 6}
    ids = encode(["밥", "을", "먹", "어요"], vocab)
    if not isinstance(ids, list | tuple | np.ndarray):
        return say(
            en=f"The ids must come back as a list, not as {type(ids).__name__}.",
            ko=f"번호들은 리스트로 돌려주어야 합니다. 지금은 {type(ids).__name__}입니다.",
        )
    ids = list(ids)
    if ids in ([4, 1, 5, 6], [4, 5, 6]):
        return say(
            en="The sentence has no beginning and no end: put `<s>` before the ids and `</s>` "
            "after them.",
            ko="문장의 처음과 끝이 없습니다. 번호들 앞에 `<s>`, 뒤에 `</s>`를 붙이세요.",
        )
    if ids == [2, 4, 5, 6, 3]:
        return say(
            en="A token that is not in the vocabulary falls away without a trace: it must become "
            "`<unk>`.",
            ko="단어장에 없는 토큰이 흔적 없이 사라집니다. `<unk>`가 되어야 합니다.",
        )
    if ids == [2, 4, 0, 5, 6, 3]:
        return say(
            en="An unknown token becomes 0, which is `<pad>`; `<unk>` is 1.",
            ko="모르는 토큰이 0이 되었는데, 0은 `<pad>`입니다. `<unk>`는 1입니다.",
        )
    trials = [(["밥", "을", "먹", "어요"], vocab), ([], vocab), (["을", "어요", "을", "밥"], vocab)]
    if wrong := Tried(encode, trials).first_wrong(_encoded):
        tokens = ", ".join(wrong.given[0]) or "[]"
        right, said = wrong.shown()
        return say(
            en=f"{tokens} must give {right}; you say {said}.",
            ko=f"{tokens}에서는 {right}이(가) 나와야 하는데 {said}이(가) 나옵니다.",
        )
    # Another vocabulary has the special tokens elsewhere.
    other = {"a": 0, "</s>": 1, "<s>": 2, "<unk>": 3}
    tried = Tried(encode, [(["a", "b"], other)])
    if tried.agrees(lambda *_: [2, 3, 3, 1]):
        return say(
            en=f"In the vocabulary {other} 'a' has the id 0, and becomes `<unk>` with you: for "
            "`or` and `if` a 0 is as good as nothing. Give `get` its second argument.",
            ko=f"단어장 {other}에서 'a'의 번호는 0인데 `<unk>`가 되었습니다. `or`와 `if`는 0을 "
            "없는 것으로 봅니다. `get`에 둘째 인자를 주세요.",
        )
    if wrong := tried.first_wrong(_encoded):
        right, said = wrong.shown()
        return say(
            en=f"With the vocabulary {other} the tokens a, b must give {right}; you say {said}. "
            "Look up the special tokens in `vocab` too: their ids are others there.",
            ko=f"단어장이 {other}이면 a, b에서 {right}이(가) 나와야 하는데 {said}이(가) "
            "나옵니다. 특수 토큰의 번호도 단어장마다 다르므로 `vocab`에서 찾으세요.",
        )
    return None


def _encoded(tokens, vocab):
    ids = [vocab.get(token, vocab["<unk>"]) for token in tokens]
    return [vocab["<s>"], *ids, vocab["</s>"]]


@check(
    "09/merge",
    hints=[
        {
            "en": "Go through the pieces one by one and keep a list of what is done. When does "
            "the new piece join the last one of that list?",
            "ko": "조각을 하나씩 보면서, 처리한 것을 리스트에 담아 가세요. 새 조각은 언제 "
            "리스트의 마지막 조각에 붙을까요?",
        },
        {
            "en": "If the list is not empty and `(merged[-1], piece) == pair`, the last piece "
            "grows; else the new one is appended.",
            "ko": "리스트가 비어 있지 않고 `(merged[-1], piece) == pair`이면 마지막 조각이 "
            "길어지고, 아니면 새 조각을 뒤에 붙입니다.",
        },
        {
            "en": "`merged[-1] += piece` makes the last piece longer; `merged.append(piece)` adds "
            "a new one.",
            "ko": "`merged[-1] += piece`는 마지막 조각을 늘이고, `merged.append(piece)`는 새 "
            "조각을 붙입니다.",
        },
    ],
)
def check_merge(merge: Callable) -> str | None:
    """Judge a function (pieces, pair) -> pieces with each such pair merged."""
    trials = [
        (("▁", "h", "i"), ("▁", "h")),
        (("b", "a", "n", "a", "n", "a"), ("a", "n")),
        (("a", "a", "a", "a", "a"), ("a", "a")),
        (("x", "ab", "c", "a", "bc"), ("ab", "c")),
        (("n", "a", "b"), ("a", "n")),
        # Pieces that only begin or end like those of the pair.
        (("a", "bc", "a", "b"), ("a", "b")),
        (("xa", "b"), ("a", "b")),
        ((), ("a", "b")),
    ]
    tried = Tried(merge, trials)
    if tried.agrees(
        lambda pieces, pair: " ".join(pieces).replace(" ".join(pair), "".join(pair)).split()
    ):
        return say(
            en="You replace in one long text, and there the pair is also found where a piece only "
            "begins or ends like it: `('a', 'bc')` holds no `('a', 'b')`. Compare whole pieces.",
            ko="긴 글에서 바꾸면, 앞이나 뒤만 같은 조각까지 합쳐집니다. `('a', 'bc')`에는 "
            "`('a', 'b')`가 없습니다. 조각을 통째로 비교하세요.",
        )
    if wrong := tried.first_wrong(bpe.merge):
        pieces, pair = wrong.given
        right, said = wrong.shown()
        return say(
            en=f"Merging {pair} in {pieces} gives {right}; yours gives {said}.",
            ko=f"{pieces}에서 {pair} 쌍을 합치면 {right}인데 {said}이(가) 나옵니다.",
        )
    return None


@cache
def _lesson_tokenizer() -> Subwords:
    """Return the tokenizer of section 9: 800 subwords, from twelve wordings of each intent."""
    kept: dict[str, list[str]] = {}
    for text, intent in zip(*load_greetings("train"), strict=True):
        kept.setdefault(intent, []).append(text)
    return train_subwords([text for group in kept.values() for text in group[:12]], 800)


@check(
    "09/lossy",
    hints=[
        {
            "en": "What happens between the words? Look at how `cut` writes a space.",
            "ko": "어절과 어절 사이에서 무슨 일이 일어날까요? `cut`이 띄어쓰기를 어떻게 적는지 "
            "보세요.",
        },
        {
            "en": "There is one ▁ before each word. How would it note two spaces, or a new line?",
            "ko": "어절마다 앞에 ▁가 하나 붙습니다. 빈칸 두 개나 줄바꿈은 어떻게 적을까요?",
        },
        {
            "en": "Type two spaces between two words that it knows.",
            "ko": "아는 단어 두 개 사이에 빈칸을 두 번 넣어 보세요.",
        },
    ],
)
def check_lossy(lossy: Any) -> str | None:
    """Judge a text of known characters that does not come back as it was."""
    if not isinstance(lossy, str):
        return say(
            en=f"`lossy` must be a text in quotes, not {type(lossy).__name__}.",
            ko=f"`lossy`에는 따옴표로 묶은 글을 넣으세요. 지금은 {type(lossy).__name__}입니다.",
        )
    tokenizer = _lesson_tokenizer()
    back = tokenizer.decode(tokenizer.encode(lossy))
    if "⁇" in back:
        return say(
            en="A character comes back as ⁇: use only characters of the corpus.",
            ko="모르는 글자가 있어서 ⁇가 돌아옵니다. 말뭉치에 나오는 글자만 쓰세요.",
        )
    if back == lossy:
        return say(
            en="This text comes back exactly. Try something else.",
            ko="이 글은 그대로 돌아옵니다. 다른 글을 써 보세요.",
        )
    return None
