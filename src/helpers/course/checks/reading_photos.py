"""Checks of lesson 08, reading photos."""

from collections.abc import Callable
from functools import cache

import numpy as np

from helpers.course.checks import Tried, apart, check, differing, numbers, shown
from helpers.data import load_mnist
from helpers.reader import say
from helpers.vision.digits import shipped_reader
from helpers.vision.hands.sheets import compose_sheet, read_sheet


@check(
    "08/as-mnist",
    hints=[
        {
            "en": "Paper is about 255 and must become about 0; ink is about 0 and must become "
            "about 1. Which sum turns the one into the other?",
            "ko": "종이는 255쯤인데 0쯤이 되어야 하고, 잉크는 0쯤인데 1쯤이 되어야 합니다. "
            "어떤 계산을 하면 그렇게 될까요?",
        },
        {
            "en": "Divide by 255 first: then everything lies between 0 and 1, and `1 - ...` flips "
            "it.",
            "ko": "먼저 255로 나누세요. 그러면 모든 값이 0과 1 사이에 오고, `1 - ...`로 반전할 "
            "수 있습니다.",
        },
        {"en": "`1 - grey / 255`", "ko": "`1 - grey / 255`"},
    ],
)
def check_as_mnist(as_mnist: Callable) -> str | None:
    """Judge a function (H, W) uint8, dark on light -> (H, W) in [0, 1], light on dark."""
    grey = np.array([[240, 229, 204], [20, 51, 102]], np.uint8)  # no white paper, no black ink
    image = numbers(as_mnist(grey))
    if image.shape != grey.shape:
        return say(
            en=f"A picture of the shape {grey.shape} must keep its shape; yours has {image.shape}.",
            ko=f"그림의 모양은 {grey.shape} 그대로여야 합니다. 지금은 {image.shape}입니다.",
        )
    if np.allclose(image, grey / 255):
        return say(
            en="The range is right, but the ink is still dark on light: flip it.",
            ko="범위는 맞지만 아직도 밝은 종이에 어두운 잉크입니다. 반전하세요.",
        )
    if np.allclose(image, 1 - grey / grey.max()) or np.allclose(
        image, (grey.max() - grey.astype(float)) / np.ptp(grey)
    ):
        return say(
            en="You stretch the picture to its own lightest and darkest pixel: divide by 255, so "
            "that a number means the same in every picture.",
            ko="그림에서 가장 밝은 화소와 가장 어두운 화소에 맞추어 늘였습니다. 어느 그림에서나 "
            "같은 수가 같은 밝기를 뜻하도록 255로 나누세요.",
        )
    if image.max() > 1:
        return say(
            en=f"The largest number is {image.max():g}: MNIST's images lie between 0 and 1, "
            "so divide by 255.",
            ko=f"가장 큰 수가 {image.max():g}입니다. MNIST 그림은 0과 1 사이이므로 255로 나누세요.",
        )
    if image.min() < 0:
        return say(
            en=f"The smallest number is {image.min():g}: black is 0, nothing lies below it.",
            ko=f"가장 작은 수가 {image.min():g}입니다. 검정이 0이고, 그보다 작은 수는 없습니다.",
        )
    if np.ptp(image) == 0 and image.flat[0] in (0, 1):
        return say(
            en=f"Everything has become {image.flat[0]:g}, the greys are lost: `//` drops what "
            "comes after the decimal point, `/` keeps it.",
            ko=f"모든 화소가 {image.flat[0]:g}이고 회색이 사라졌습니다. `//`는 소수점 아래를 "
            "버립니다. `/`를 쓰세요.",
        )
    if np.isin(image, (0, 1)).all():
        return say(
            en="Only 0 and 1 are left, the greys are lost: keep how dark each pixel is.",
            ko="0과 1만 남고 회색이 사라졌습니다. 화소가 얼마나 어두운지를 남기세요.",
        )
    fresh = np.random.default_rng().integers(0, 256, (4, 5)).astype(np.uint8)
    extremes = np.array([[0, 255]], np.uint8)
    if wrong := Tried(as_mnist, [(grey,), (extremes,), (fresh,)]).first_wrong(
        lambda grey: 1 - grey / 255
    ):
        if np.shape(wrong.said) != wrong.right.shape:
            return say(
                en="Another picture has another shape: make the result from `grey`.",
                ko="그림이 다르면 모양도 다릅니다. 결과를 `grey`에서 만드세요.",
            )
        at = differing(wrong.right, wrong.said)
        before = wrong.given[0][at]
        right, said = shown(wrong.right[at], np.asarray(wrong.said)[at])
        return say(
            en=f"White paper (255) must become 0 and black ink (0) must become 1. Yours "
            f"turns {before} into {said}; it must become {right}.",
            ko=f"흰 종이(255)는 0, 검은 잉크(0)는 1이 되어야 합니다. 지금은 {before}이(가) "
            f"{said}(으)로 나오는데, {right}이어야 합니다.",
        )
    return None


#: Ink that is heavier on one side, so that its centre of mass is not that of its box.
_IMAGE = np.zeros((28, 28), np.float32)
_IMAGE[3:14, 9:12] = 1.0
_IMAGE[12:14, 12:23] = 0.5
_IMAGE = _IMAGE[:, ::-1].copy()


def _centre(image):
    rows, columns = np.indices(image.shape)
    return float(np.average(rows, weights=image)), float(np.average(columns, weights=image))


@check(
    "08/shift",
    hints=[
        {
            "en": "Where is the centre of mass now, and how far is it from there to row 14?",
            "ko": "질량 중심은 지금 몇 번 행에 있나요? 거기서 14번 행까지는 몇 행인가요?",
        },
        {
            "en": "`rows, columns = np.indices(image.shape)` gives each pixel its row and column; "
            "`np.average(rows, weights=image)` is the row of the centre.",
            "ko": "`rows, columns = np.indices(image.shape)`는 화소마다 행과 열의 번호를 줍니다. "
            "`np.average(rows, weights=image)`가 중심의 행 번호입니다.",
        },
        {
            "en": "`round(14 - np.average(rows, weights=image))` is how far down; the same with "
            "`columns` is how far to the right.",
            "ko": "`round(14 - np.average(rows, weights=image))`가 아래로 옮길 거리입니다. "
            "`columns`로 똑같이 하면 오른쪽으로 옮길 거리입니다.",
        },
    ],
)
def check_shift(shift_to_centre: Callable) -> str | None:
    """Judge a function (28, 28) image -> (down, right), whole pixels to (14, 14)."""
    answer = numbers(shift_to_centre(_IMAGE))
    if answer.shape != (2,):
        return say(
            en="Return two numbers: how far down, how far to the right.",
            ko="수 두 개를 돌려주세요. 아래로 몇 화소, 오른쪽으로 몇 화소인지입니다.",
        )
    row, column = _centre(_IMAGE)
    down, right = round(14 - row), round(14 - column)
    said = tuple(f"{number:.3g}" for number in answer)
    if np.array_equal(answer, (down, right)):
        return _on_another(shift_to_centre)
    if np.array_equal(answer, (right, down)):
        return say(
            en="Rows and columns are exchanged: first how far down, then how far to the right.",
            ko="행과 열이 바뀌었습니다. 아래로 옮길 거리가 먼저, 오른쪽으로 옮길 거리가 "
            "다음입니다.",
        )
    if np.array_equal(answer, (-down, -right)):
        return say(
            en="The direction is the wrong way round: a centre above row 14 must go down, by a "
            "positive number.",
            ko="방향이 반대입니다. 중심이 14번 행보다 위에 있으면 아래로, 곧 양수만큼 옮겨야 "
            "합니다.",
        )
    if np.allclose(answer, (14 - row, 14 - column)):
        return say(
            en=f"The distance is right, but moving by {said[0]} rows would smear the ink: round "
            "to whole pixels.",
            ko=f"거리는 맞지만 {said[0]}화소를 옮기면 잉크가 번집니다. 정수로 반올림하세요.",
        )
    if np.allclose(answer, (row, column), atol=0.6):
        return say(
            en=f"({said[0]}, {said[1]}) is where the centre is; what is wanted is how far it must "
            "go.",
            ko=f"({said[0]}, {said[1]})은(는) 지금 중심이 있는 자리입니다. 거기서 얼마나 옮겨야 "
            "하는지를 구하세요.",
        )
    if np.array_equal(answer, np.trunc([14 - row, 14 - column])):
        return say(
            en=f"The distance is {14 - row:.2f} down and {14 - column:.2f} to the right; you cut "
            "off what comes after the point. Use `round`, which takes the nearest whole number.",
            ko=f"거리는 아래로 {14 - row:.2f}, 오른쪽으로 {14 - column:.2f}인데 소수점 아래를 "
            "잘라 냈습니다. 가장 가까운 정수를 주는 `round`를 쓰세요.",
        )
    # Down to the next whole number from 14 is as good as to the nearest one from 13.5.
    if np.array_equal(answer, np.floor([14 - row, 14 - column])):
        return say(
            en=f"The distance is {14 - row:.2f} down and {14 - column:.2f} to the right. You go to "
            "(13.5, 13.5), the middle of the picture, or always down to the next whole number: "
            "MNIST puts the centre of mass on pixel (14, 14), and `round` takes the nearest.",
            ko=f"거리는 아래로 {14 - row:.2f}, 오른쪽으로 {14 - column:.2f}입니다. 그림의 "
            "한가운데인 (13.5, 13.5)까지 재었거나 늘 작은 쪽 정수로 내렸습니다. MNIST에서는 질량 "
            "중심이 화소 (14, 14)에 오고, 가장 가까운 정수는 `round`가 줍니다.",
        )
    ink = _IMAGE > 0
    if np.allclose(answer, [14 - axis.mean() for axis in np.nonzero(ink)], atol=0.6):
        return say(
            en="You count every pixel of ink alike: a half-grey pixel weighs half as much, so use "
            "the image as the weights.",
            ko="잉크가 있는 화소를 모두 똑같이 세고 있습니다. 회색 화소는 그만큼 가볍습니다. "
            "그림을 가중치로 쓰세요.",
        )
    middles = [(axis.min() + axis.max()) / 2 for axis in np.nonzero(ink)]
    if np.allclose(answer, 14 - np.array(middles), atol=0.6):
        return say(
            en="That brings the middle of the box to the centre; the centre of *mass* lies where "
            "more of the ink is.",
            ko="상자의 한가운데를 옮기는 거리입니다. *질량* 중심은 잉크가 많은 쪽에 있습니다.",
        )
    return say(
        en=f"The centre of mass is at row {row:.1f}, column {column:.1f}; from there to (14, 14) "
        f"it is {down} down and {right} to the right, you say {said[0]} and {said[1]}.",
        ko=f"질량 중심은 {row:.1f}번 행, {column:.1f}번 열입니다. (14, 14)까지는 아래로 {down}, "
        f"오른쪽으로 {right}인데 {said[0]}, {said[1]}이(가) 나옵니다.",
    )


def _on_another(shift_to_centre):
    """Judge on other ink, whose distances end in all sorts of decimals."""
    rng = np.random.default_rng(8)
    last, first = np.zeros((2, 28, 28), np.float32)
    last[[27, 3], [27, 6]] = first[[0, 23], [20, 0]] = 1, 0.5
    images = [np.roll(_IMAGE, (13, 5), axis=(0, 1)), last, first]
    images += [_ink(rng) for _ in range(6)] + [_ink(np.random.default_rng())]
    for image in images:
        row, column = _centre(image)
        wanted = [round(14 - row), round(14 - column)]
        said = numbers(shift_to_centre(image))
        if not np.array_equal(said, wanted):
            return say(
                en=f"With other ink, whose centre of mass is at row {row:.2f}, column "
                f"{column:.2f}, it must be {wanted[0]} and {wanted[1]}; you say "
                f"{said.tolist()}. Compute the shift from the image.",
                ko=f"질량 중심이 {row:.2f}번 행, {column:.2f}번 열에 있는 다른 잉크에서는 "
                f"{wanted[0]}, {wanted[1]}이어야 하는데 {said.tolist()}이(가) 나옵니다. "
                "그림에서 거리를 계산하세요.",
            )
    return None


def _ink(rng):
    """Return ink of any grey in a corner of an image, its centre not half-way between pixels."""
    while True:
        image = np.zeros((28, 28), np.float32)
        (top, left), (height, width) = rng.integers(0, 12, 2), rng.integers(3, 14, 2)
        image[top : top + height, left : left + width] = rng.random((height, width)) ** 3
        if all(abs((at % 1) - 0.5) > 0.02 for at in _centre(image)):
            return image


#: x, y, width, height: a three and a one of a ZIP code, a ruled line, crumbs, an eight that is
#: small and wide, a seven. From left to right is another order than from top to bottom.
_BOXES = [
    (210, 44, 38, 70),
    (0, 130, 400, 3),
    (50, 42, 14, 74),
    (330, 15, 6, 30),
    (305, 37, 60, 40),
    (120, 90, 9, 24),
    (130, 40, 45, 71),
]
_DIGITS = [_BOXES[2], _BOXES[6], _BOXES[0], _BOXES[4]]


@check(
    "08/pick",
    hints=[
        {
            "en": "What do digits have in common that neither ruled lines nor crumbs have? Compare "
            "their heights.",
            "ko": "숫자에는 있고 줄과 얼룩에는 없는 것이 무엇일까요? 높이를 견주어 보세요.",
        },
        {
            "en": "`max(box[3] for box in boxes)` is the height of the tallest; keep the boxes of "
            "more than half of it, then sort them by `x`.",
            "ko": "`max(box[3] for box in boxes)`가 가장 큰 높이입니다. 그 절반보다 높은 상자만 "
            "남기고 `x`로 정렬하세요.",
        },
        {
            "en": "`sorted(box for box in boxes if box[3] > tallest / 2)` sorts by the first "
            "number of each box, which is `x`.",
            "ko": "`sorted(box for box in boxes if box[3] > tallest / 2)`는 상자의 첫 번째 수인 "
            "`x`로 정렬합니다.",
        },
    ],
)
def check_pick(pick_digits: Callable) -> str | None:
    """Judge a function list of (x, y, width, height) -> those of digits, left to right."""
    answer = pick_digits(list(_BOXES))
    is_list = isinstance(answer, list | tuple | np.ndarray) and np.ndim(answer) > 0
    rows = list(answer) if is_list else []
    picked = [tuple(map(int, box)) for box in rows if np.ndim(box) == 1 and len(box) == 4]
    if not is_list or len(picked) != len(rows):
        return say(
            en="Return a list of boxes, each with its four numbers.",
            ko="상자의 리스트를 돌려주세요. 상자마다 수가 네 개씩 있어야 합니다.",
        )
    if picked == _DIGITS:
        return _on_larger(pick_digits)
    if sorted(picked) == sorted(_BOXES):
        return say(
            en="Nothing was left out: the crumbs and the line are no digits.",
            ko="빠진 것이 없습니다. 얼룩과 줄은 숫자가 아닙니다.",
        )
    if sorted(picked) == sorted(_DIGITS):
        return say(
            en="The right boxes, in the wrong order: a ZIP code is read from left to right, so "
            "sort by `x`.",
            ko="상자는 맞지만 순서가 틀렸습니다. 우편 번호는 왼쪽에서 오른쪽으로 읽으므로 `x`로 "
            "정렬하세요.",
        )
    if _BOXES[1] in picked:
        return say(
            en="The ruled line was taken for a digit: it is wide, but only 3 pixels high.",
            ko="줄을 숫자로 골랐습니다. 줄은 넓지만 높이가 3화소밖에 되지 않습니다.",
        )
    if _BOXES[2] not in picked:
        return say(
            en="The 1 is missing: it is only 14 pixels wide, but with 74 pixels the highest of "
            "all.",
            ko="1이 빠졌습니다. 너비는 14화소뿐이지만 높이는 74화소로 가장 큽니다.",
        )
    if _DIGITS[3] not in picked and len(picked) < 4:
        return say(
            en="The eight is missing, which is written smaller: keep what is higher than half of "
            "the tallest box.",
            ko="조금 작게 쓴 8이 빠졌습니다. 가장 높은 상자의 절반보다 높으면 모두 남기세요.",
        )
    if _DIGITS[3] not in picked:
        return say(
            en="A digit is missing that is wider than high: only the height counts, against half "
            "of the tallest.",
            ko="높이보다 너비가 큰 숫자가 빠졌습니다. 높이만 보고, 가장 높은 상자의 절반과 "
            "견주세요.",
        )
    return say(
        en=f"The digits begin at x = {[box[0] for box in _DIGITS]}, you picked "
        f"{[box[0] for box in picked]}.",
        ko=f"숫자가 시작하는 x는 {[box[0] for box in _DIGITS]}인데, 고른 것은 "
        f"{[box[0] for box in picked]}입니다.",
    )


def _on_larger(pick_digits):
    """Judge the same boxes ten times as large: the limit must grow with the digits."""
    larger = [tuple(10 * side for side in box) for box in _BOXES]
    picked = [tuple(map(int, box)) for box in pick_digits(larger)]
    if picked != [tuple(10 * side for side in box) for box in _DIGITS]:
        return say(
            en="Ten times as large, the same photo gives another answer: compare with the "
            "tallest box and not with a fixed number of pixels.",
            ko="같은 사진을 열 배로 키우면 답이 달라집니다. 정해진 화소 수가 아니라 가장 높은 "
            "상자와 견주세요.",
        )
    for turn, rng in enumerate([np.random.default_rng(8)] * 6 + [np.random.default_rng()]):
        heights = [40, 20, 21, *rng.integers(1, 40, 12).tolist()]
        heights = heights[turn:] + heights[:turn]  # the tallest first, then last, ...
        places = rng.permutation(400)[: len(heights)].tolist()  # no two boxes begin at one x
        boxes = [
            (x, *rng.integers(0, 400, 2).tolist(), height)
            for x, height in zip(places, heights, strict=True)
        ]
        wanted = sorted(box for box in boxes if box[3] > max(heights) / 2)
        if [tuple(map(int, box)) for box in pick_digits(boxes)] != wanted:
            return say(
                en=f"Of boxes with the heights {heights} those over {max(heights) / 2:g} must "
                "stay, half of the tallest, sorted by `x`.",
                ko=f"높이가 {heights}인 상자 가운데 가장 높은 것의 절반인 {max(heights) / 2:g}보다 "
                "높은 것만 `x` 순서로 남아야 합니다.",
            )
    return None


TO_BEAT_HAND, TO_BEAT_MNIST = 0.95, 0.98
#: Seeds of sheets that are not in the lesson: one to compare with, and two to be read.
_SHEETS = [(800, 801, 802), (803, 804, 805), (806, 807, 808)]
#: Which of MNIST's test digits are read; the lesson tries with the first 1,000.
_TESTED = slice(5000, 6000)


@check(
    "08/answer",
    hints=[
        {
            "en": "The nearest digit in `own` is worth believing only if it is really near. How "
            "far is it for the digits of `others`, and how far for those of MNIST? Draw or print "
            "both.",
            "ko": "가장 가까운 내 숫자는 정말로 가까울 때만 믿을 만합니다. `others`의 숫자에서는 "
            "그 거리가 얼마이고 MNIST에서는 얼마인가요? 그리거나 출력해서 비교하세요.",
        },
        {
            "en": "Take the label of the nearest digit in `own` where its distance is under a "
            "limit, and the network's answer everywhere else: `np.where(is_near, nearest, known)`.",
            "ko": "거리가 어떤 기준보다 작으면 가장 가까운 내 숫자의 레이블을, 아니면 신경망의 "
            "답을 쓰세요. `np.where(is_near, nearest, known)`입니다.",
        },
        {
            "en": "With sums of squared differences as in `by_nearest`, a limit of about 36 does.",
            "ko": "`by_nearest`처럼 차이의 제곱을 더한 거리라면 기준은 36쯤이면 됩니다.",
        },
    ],
)
def check_answer(answer: Callable) -> str | None:
    """Judge a function (images, probabilities, own images, own labels) -> digits."""
    shares = []
    for (own, own_labels), *written in _hands():
        for images, p, labels in [*written, _mnist()]:
            answers = numbers(answer(images, p, own, own_labels))
            if answers.shape != labels.shape:
                return say(
                    en=f"For {len(labels)} images return {len(labels)} digits; the shape of yours "
                    f"is {answers.shape}.",
                    ko=f"그림이 {len(labels)}장이면 숫자를 {len(labels)}개 돌려주어야 합니다. 지금 "
                    f"모양은 {answers.shape}입니다.",
                )
            if not np.isin(answers, range(10)).all():
                odd = answers[~np.isin(answers, range(10))][0]
                return say(
                    en=f"{odd:g} is no digit. If it is the place of the nearest image in `own`, "
                    "look up its label in `own_labels`.",
                    ko=f"{odd:g}은(는) 숫자 하나가 아닙니다. 가장 가까운 내 그림의 번호라면 "
                    "`own_labels`에서 레이블을 찾으세요.",
                )
            shares.append(float(np.mean(answers == labels)))
    hand, mnist = float(np.mean(shares[::2])), float(np.mean(shares[1::2]))
    if hand >= TO_BEAT_HAND and mnist >= TO_BEAT_MNIST:
        return None
    own, others = apart(hand, TO_BEAT_HAND), apart(mnist, TO_BEAT_MNIST)
    got = say(
        en=f"The handwriting {own}, MNIST {others}; the numbers to beat are "
        f"{TO_BEAT_HAND:.0%} and {TO_BEAT_MNIST:.0%}. ",
        ko=f"이 글씨 {own}, MNIST {others}입니다. 넘어야 할 수는 {TO_BEAT_HAND:.0%}와 "
        f"{TO_BEAT_MNIST:.0%}입니다. ",
    )
    if mnist >= TO_BEAT_MNIST:
        return got + say(
            en="Listen to the digits in `own` more often: the network is sure of a slashed 0, "
            "and wrong.",
            ko="내 숫자를 더 자주 따르세요. 신경망은 빗금 그은 0을 확신하면서 틀립니다.",
        )
    if hand >= TO_BEAT_HAND:
        return got + say(
            en="The digits in `own` decide too often: where none is near, believe the network.",
            ko="내 숫자를 너무 자주 따릅니다. 가까운 것이 없으면 신경망의 답을 쓰세요.",
        )
    return got + say(
        en="Each reader alone is better at one of the two: decide for each image which to believe.",
        ko="판독기 하나만 써도 둘 가운데 하나는 더 잘 읽습니다. 어느 쪽을 믿을지 그림마다 "
        "정하세요.",
    )


@cache
def _hands():
    """Return own images with their labels, shuffled, and images of that hand to be read."""
    hands = []
    for own, *others in _SHEETS:
        images, labels = read_sheet(compose_sheet(own))
        order = np.random.default_rng(own).permutation(len(labels))
        tested, answers = zip(*(read_sheet(compose_sheet(seed)) for seed in others), strict=True)
        tested = np.concatenate(tested)
        p = np.asarray(shipped_reader()(tested))
        hands.append(((images[order], labels[order]), (tested, p, np.concatenate(answers))))
    return hands


@cache
def _mnist():
    """Return images of MNIST's test digits, what the network says, and their labels."""
    _, (x_test, y_test) = load_mnist()
    images = x_test[_TESTED] / np.float32(255)
    return images, np.asarray(shipped_reader()(images)), y_test[_TESTED]
