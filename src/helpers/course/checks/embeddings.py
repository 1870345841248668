"""Checks of lesson 10, embeddings."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from helpers.course.checks import Tried, Unfit, check, numbers
from helpers.language.embeddings import embed
from helpers.reader import say


@check(
    "10/cosine",
    hints=[
        {
            "en": "Section 1 did it for Father and Mother: dot product, two lengths, one division.",
            "ko": "1절에서 아버지와 어머니로 해 보았습니다. 내적 하나, 길이 둘, 나눗셈 하나입니다.",
        },
        {
            "en": "`a @ b` is the dot product. The length of `a` is the root of `a @ a`.",
            "ko": "`a @ b`가 내적입니다. `a`의 길이는 `a @ a`의 제곱근입니다.",
        },
        {
            "en": "`a @ b / (np.sqrt(a @ a) * np.sqrt(b @ b))`",
            "ko": "`a @ b / (np.sqrt(a @ a) * np.sqrt(b @ b))`",
        },
    ],
)
def check_cosine(cosine: Callable) -> str | None:
    """Judge a function (vector, vector) -> cosine."""
    a, b = np.array([3.0, 4.0, 0.0]), np.array([5.0, 12.0, 0.0])
    answer = numbers(cosine(a, b))
    if answer.shape != ():
        return say(
            en=f"The cosine is one number; yours has the shape {answer.shape}. Add the products "
            "up: `a @ b`.",
            ko=f"코사인은 수 하나인데 모양이 {answer.shape}인 값이 나옵니다. 곱한 것을 모두 "
            "더하세요: `a @ b`",
        )
    if np.isclose(answer, 63):
        return say(
            en="That is the dot product; divide it by both lengths, or long vectors seem more "
            "alike than short ones.",
            ko="그것은 내적입니다. 두 길이로 나누지 않으면 긴 벡터일수록 더 닮은 것처럼 보입니다.",
        )
    if np.isclose(answer, 63 / (25 * 169)):
        return say(
            en="You divide by the squares of the lengths: `a @ a` is 25 for (3, 4), whose length "
            "is 5.",
            ko="길이의 제곱으로 나누었습니다. (3, 4)에서 `a @ a`는 25이고, 길이는 5입니다.",
        )
    if np.isclose(answer, np.sqrt(68)):
        return say(
            en="That is the distance: 0 for equal vectors, where the cosine is 1.",
            ko="그것은 거리입니다. 똑같은 벡터라면 거리는 0이고 코사인은 1입니다.",
        )
    if np.isclose(answer, 63 / 5 * 13):
        return say(
            en="Python goes from left to right: put the product of the two lengths in "
            "parentheses, as `a @ b / (length_a * length_b)`.",
            ko="파이썬은 왼쪽부터 계산합니다. `a @ b / (길이_a * 길이_b)`처럼 두 길이의 곱을 "
            "괄호로 묶으세요.",
        )
    pairs = [([3, 4], [5, 12]), ([3, 4], [4, 3]), ([1, 0, 0], [0, 2, 0]), ([1, 2], [-2, -4])]
    pairs += [([1, -2, 2, 4], [1, 6, 2, -2])]
    trials = [tuple(np.array(vector, float) for vector in pair) for pair in pairs]
    trials += [tuple(np.random.default_rng().normal(size=(2, size))) for size in (3, 7)]
    if wrong := Tried(cosine, trials).first_wrong(
        lambda a, b: a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
    ):
        a, b = (vector.round(2).tolist() for vector in wrong.given)
        right, said = wrong.shown()
        return say(
            en=f"The cosine of {a} and {b} is {right}; you say {said}.",
            ko=f"{a}와(과) {b}의 코사인은 {right}인데 {said}이(가) 나옵니다.",
        )
    return None


# Row 0 points nearly the way of rows 3 and 1; row 2 is long, row 4 opposite, row 5 near in place.
_TABLE = np.array(
    [[1.0, 0.2], [3.0, 1.5], [5.0, 9.0], [4.0, 1.0], [-1.0, -0.2], [0.4, 0.9], [0.1, -0.6]]
)


@check(
    "10/neighbours",
    hints=[
        {
            "en": "Divide every row by its length first; then one product with `@` gives all "
            "cosines of the row.",
            "ko": "먼저 모든 행을 저마다의 길이로 나누세요. 그러면 `@` 한 번으로 그 행의 "
            "코사인이 모두 나옵니다.",
        },
        {
            "en": "`np.argsort` gives the places from the smallest number to the largest; put a "
            "minus before the cosines.",
            "ko": "`np.argsort`는 작은 수부터 자리 번호를 알려 줍니다. 코사인 앞에 빼기 부호를 "
            "붙이세요.",
        },
        {
            "en": "`order = np.argsort(-(unit @ unit[row]))`, and then leave `row` itself out.",
            "ko": "`order = np.argsort(-(unit @ unit[row]))`를 구한 다음 `row` 자신을 빼세요.",
        },
    ],
)
def check_neighbours(neighbours: Callable) -> str | None:
    """Judge a function (row, table, k) -> the rows of the k highest cosines but its own."""
    found = neighbours(0, _TABLE, 3)
    if not isinstance(found, list | tuple | np.ndarray) or len(found) != 3:
        return say(
            en=f"For k = 3 the answer must be a list of three rows, not {found!r}.",
            ko=f"k = 3이면 행 번호 세 개가 든 리스트가 나와야 합니다. 지금은 {found!r}입니다.",
        )
    found = np.asarray(found).tolist()
    if found[0] == 0:
        return say(
            en="The first neighbour that you find is the word itself: leave it out.",
            ko="첫째 이웃이 그 단어 자신입니다. 자신은 빼세요.",
        )
    if any(isinstance(row, float) and row != int(row) for row in found):
        return say(
            en="Those are the cosines; the numbers of the rows are asked for. `np.argsort` gives "
            "places, `np.sort` values.",
            ko="그것은 코사인입니다. 행의 번호를 돌려주어야 합니다. `np.sort`는 값을, "
            "`np.argsort`는 자리를 알려 줍니다.",
        )
    if found == _neighbours(0, _TABLE, 3)[::-1]:
        return say(
            en="The right rows in the wrong order: the one with the highest cosine comes first.",
            ko="행은 맞지만 순서가 거꾸로입니다. 코사인이 가장 큰 행이 먼저입니다.",
        )
    if found == _ranked(_TABLE @ _TABLE[0]):
        return say(
            en="Row 2 wins because it is long: divide by the lengths, so that only the direction "
            "counts.",
            ko="2번 행은 길다는 이유만으로 이겼습니다. 방향만 보도록 길이로 나누세요.",
        )
    if found == _ranked(-np.linalg.norm(_TABLE - _TABLE[0], axis=1)):
        return say(
            en="You take those at the smallest distance; take those with the largest cosine, which "
            "does not depend on how long a row is.",
            ko="거리가 가까운 것을 골랐습니다. 행의 길이를 따지지 않는 코사인으로 골라야 합니다.",
        )
    unit = _TABLE / np.linalg.norm(_TABLE, axis=1, keepdims=True)
    if found == _ranked(-(unit @ unit[0])):
        return say(
            en="Your first is the one that points the opposite way: `np.argsort` begins with the "
            "smallest.",
            ko="첫째로 나온 것은 반대쪽을 가리키는 벡터입니다. `np.argsort`는 작은 것부터 "
            "늘어놓습니다.",
        )
    fresh = np.random.default_rng().normal(size=(9, 4)) * np.arange(1, 10)[:, None]
    trials = [(0, _TABLE, 3), (5, _TABLE, 3), (2, _TABLE, 2), (6, _TABLE, 5), (4, fresh, 6)]
    if wrong := Tried(neighbours, trials).first_wrong(_neighbours):
        row, _, k = wrong.given
        right, said = wrong.shown()
        return say(
            en=f"On a table that the check made, the {k} neighbours of row {row} are "
            f"{right}; you say {said}.",
            ko=f"채점용 표에서 {row}번 행의 이웃 {k}개는 {right}인데 {said}이(가) 나옵니다.",
        )
    return None


def _neighbours(row, table, k):
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    return [other for other in np.argsort(-(unit @ unit[row])).tolist() if other != row][:k]


def _ranked(scores):
    """Return the first three rows but row 0, the highest score first."""
    return [row for row in np.argsort(-scores).tolist() if row != 0][:3]


@check(
    "10/recall",
    hints=[
        {
            "en": "Go through the questions with `zip(found, true)`: how many rows are in both?",
            "ko": "`zip(found, true)`로 질문을 하나씩 봅시다. 양쪽에 모두 있는 행은 몇 개일까요?",
        },
        {
            "en": "`set(f) & set(t)` keeps what both have, in whatever order.",
            "ko": "`set(f) & set(t)`는 순서와 상관없이 양쪽에 모두 있는 것만 남깁니다.",
        },
        {
            "en": "Add up the sizes of these sets and divide by `true.size`, the number of all "
            "true neighbours.",
            "ko": "그 집합의 크기를 모두 더하고, 진짜 이웃의 전체 수인 `true.size`로 나누세요.",
        },
    ],
)
def check_recall(recall: Callable) -> str | None:
    """Judge a function (found, true) -> share of the true neighbours that were found."""
    true = np.array([[1, 2, 3, 4], [5, 6, 7, 8]])
    found = np.array([[2, 1, 3, 9], [5, 8, 4, 0]])  # three and two of four, most out of place
    answer = numbers(recall(found, true))
    if answer.shape != ():
        return say(
            en=f"The recall of all questions together is one number; yours has the shape "
            f"{answer.shape}.",
            ko=f"재현율은 모든 질문을 합쳐 수 하나입니다. 지금은 모양이 {answer.shape}입니다.",
        )
    if np.isclose(answer, 2 / 8):
        return say(
            en="You compare place by place: a neighbour that was found second instead of first "
            "was found all the same.",
            ko="같은 자리끼리만 견주었습니다. 첫째여야 할 이웃이 둘째로 나와도 찾은 것입니다.",
        )
    if np.isclose(answer, 5):
        return say(
            en="That is how many were found; the share is asked for: divide by how many there are.",
            ko="그것은 찾은 개수입니다. 비율을 구하려면 전체 수로 나누세요.",
        )
    if np.isclose(answer, 5 / 2):
        return say(
            en="That is how many were found for a question on average; each question has k true "
            "neighbours, so divide by `true.size`.",
            ko="그것은 질문마다 찾은 개수의 평균입니다. 질문마다 진짜 이웃이 k개씩 있으므로 "
            "`true.size`로 나누세요.",
        )
    if np.isclose(answer, 6 / 8):
        return say(
            en="You throw all questions together: row 4 is a neighbour of the first question and "
            "was found for the second, where it counts for nothing.",
            ko="모든 질문을 한데 섞었습니다. 4번 행은 첫째 질문의 이웃인데, 둘째 질문에서 찾은 "
            "것을 맞았다고 세었습니다.",
        )
    if np.isclose(answer, 0):
        return say(
            en="You count a question only if all its neighbours were found; count each neighbour.",
            ko="이웃을 모두 찾은 질문만 세었습니다. 이웃을 하나하나 세세요.",
        )
    rng = np.random.default_rng()
    fresh = tuple(
        np.array([rng.permutation(9)[:size] for _ in range(questions)])
        for size, questions in ((5, 4), (5, 4))
    )
    more = np.array([[7, 1, 2]] * 3), np.array([[4, 2, 3], [1, 7, 2], [9, 8, 6]])
    if wrong := Tried(recall, [(found, true), more, fresh]).first_wrong(_recall):
        found, true = (table.tolist() for table in wrong.given)
        right, said = wrong.shown()
        return say(
            en=f"Found {found} of the true neighbours {true}: a recall of {right}; you say {said}.",
            ko=f"진짜 이웃이 {true}일 때 {found}을(를) 찾았으면 재현율은 {right}인데 "
            f"{said}이(가) 나옵니다.",
        )
    return None


def _recall(found, true):
    hits = [len({*f} & {*t}) for f, t in zip(found.tolist(), true.tolist(), strict=True)]
    return sum(hits) / true.size


@check(
    "10/windowed",
    hints=[
        {
            "en": "Two loops over the places: `enumerate(words)` gives each place with its word.",
            "ko": "자리를 훑는 반복문이 두 개 필요합니다. `enumerate(words)`는 자리와 단어를 함께 "
            "줍니다.",
        },
        {
            "en": "Two places are `abs(other_place - place)` apart; 0 is the word itself.",
            "ko": "두 자리의 거리는 `abs(other_place - place)`입니다. 0이면 그 단어 자신입니다.",
        },
        {
            "en": "`if 0 < abs(other_place - place) <= window: pairs.append((word, other))`",
            "ko": "`if 0 < abs(other_place - place) <= window: pairs.append((word, other))`",
        },
    ],
)
def check_windowed(windowed_pairs: Callable) -> str | None:
    """Judge a function (words, window) -> the pairs of words at most so many places apart."""

    def sorted_pairs(words, window):
        answer = windowed_pairs(words, window)
        pairs = list(answer) if isinstance(answer, Iterable) else [answer]
        if not all(
            isinstance(pair, list | tuple | np.ndarray) and len(pair) == 2 for pair in pairs
        ):
            raise Unfit(
                say(
                    en=f"The answer must be a list of pairs of words, not {answer!r}.",
                    ko=f"답은 단어 두 개로 된 쌍의 리스트여야 합니다. 지금은 {answer!r}입니다.",
                )
            )
        return sorted(tuple(map(str, pair)) for pair in pairs)

    trials = [(list("abcde"), 2), (list("abcab"), 1), (list("abcdefg"), 3), (["a", "b"], 4)]
    rng = np.random.default_rng()
    trials += [(rng.choice(list("vwxyz"), 8).tolist(), int(rng.integers(2, 6)))]
    tried = Tried(sorted_pairs, trials)
    if tried.agrees(lambda words, _: sorted((a, b) for a in words for b in words if a != b)):
        return say(
            en="You pair all words of the sentence; only places at most `window` apart count.",
            ko="문장의 모든 단어를 짝지었습니다. `window`자리까지만 짝지으세요.",
        )
    if tried.agrees(lambda words, window: _windowed(words, window, range(1, window + 1))):
        return say(
            en="You look only to the right: each pair comes once in each direction.",
            ko="오른쪽만 보았습니다. 쌍은 양쪽 방향으로 하나씩 있어야 합니다.",
        )
    if tried.agrees(lambda words, window: _windowed(words, window, range(-window, window + 1))):
        return say(
            en="You pair each word with itself too: a distance of 0 does not count.",
            ko="단어를 자기 자신과도 짝지었습니다. 거리가 0인 것은 빼세요.",
        )
    if wrong := tried.first_wrong(
        lambda words, window: _windowed(
            words, window, [gap for gap in range(-window, window + 1) if gap]
        )
    ):
        words, window = wrong.given
        return say(
            en=f"For {words} and a window of {window} there are {len(wrong.right)} pairs, sorted "
            f"{wrong.right}; yours are {len(wrong.said)}: {wrong.said}.",
            ko=f"{words}에서 윈도가 {window}이면 쌍은 {len(wrong.right)}개, 정렬하면 "
            f"{wrong.right}입니다. 지금은 {len(wrong.said)}개이고 {wrong.said}입니다.",
        )
    return None


def _windowed(words: list[str], window: int, gaps: Iterable[int]) -> list[tuple[str, str]]:
    """Return the sorted pairs of a word with the words so many places to its right."""
    size = len(words)
    return sorted(
        (words[place], words[place + gap])
        for place in range(size)
        for gap in gaps
        if 0 <= place + gap < size
    )


@check(
    "10/fooled",
    hints=[
        {
            "en": "Ask the same question in two ways. Which one word changes what is asked?",
            "ko": "같은 것을 두 가지로 물어보세요. 어떤 단어 하나를 바꾸면 묻는 것이 달라질까요?",
        },
        {
            "en": "A translation shares no word with its original and lies very near to it.",
            "ko": "번역한 문장은 원문과 함께 쓴 단어가 없으면서 아주 가까이 있습니다.",
        },
        {
            "en": "Begin with `how old are you`. How else do you ask for somebody's age? And what "
            "else can you ask with `how ... are you`?",
            "ko": "`비가 와요`에서 시작해 보세요. 영어로는 무엇이라고 하나요? 그리고 `비가` 대신 "
            "무엇이 올 수 있을까요?",
        },
    ],
)
def check_fooled(sentences: Any) -> str | None:
    """Judge three sentences: the second is nearer to the first than the more similar third."""
    if (
        not isinstance(sentences, list | tuple)
        or len(sentences) != 3
        or not all(isinstance(sentence, str) and sentence.strip() for sentence in sentences)
    ):
        return say(
            en="The answer must be a list of three sentences in quotes.",
            ko="따옴표로 묶은 문장 세 개의 리스트를 쓰세요.",
        )
    first, second, third = (re.findall(r"\w+", sentence.lower()) for sentence in sentences)
    if shared := sorted({*first} & {*second}):
        return say(
            en=f"The first two sentences share a word: {', '.join(shared)}.",
            ko=f"첫째와 둘째 문장에 같은 단어가 있습니다: {', '.join(shared)}",
        )
    different = sum(one != other for one, other in zip(first, third, strict=False))
    if len(first) != len(third) or different != 1 or len(first) < 2:
        return say(
            en="The first and the third sentence must have two words or more and differ in one of "
            "them, all others in the same places.",
            ko="첫째와 셋째 문장은 단어가 두 개 이상이어야 하고, 한 단어만 다르고 나머지는 같은 "
            "자리에 있어야 합니다.",
        )
    one, other, alike = embed(list(sentences))
    to_second, to_third = float(one @ other), float(one @ alike)
    if to_second <= to_third:
        return say(
            en=f"The cosine with the second is {to_second:.2f}, with the third {to_third:.2f}: the "
            "third is nearer. Change a word that matters more.",
            ko=f"둘째와의 코사인은 {to_second:.2f}, 셋째와의 코사인은 {to_third:.2f}입니다. 셋째가 "
            "더 가깝습니다. 더 중요한 단어를 바꾸어 보세요.",
        )
    return None
