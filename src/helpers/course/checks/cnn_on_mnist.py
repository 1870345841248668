"""Checks of lesson 06, a CNN on MNIST."""

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.course.checks import Tried, check, differing, numbers, same, shown
from helpers.data import load_mnist
from helpers.reader import say
from helpers.vision.digits import shipped_reader


@check(
    "06/counts",
    hints=[
        {
            "en": "A filter has one kernel for each input channel. How many weights are in one "
            "filter of the layer, and how many filters does it have?",
            "ko": "필터에는 입력 채널마다 커널이 하나씩 있습니다. 이 층의 필터 하나에는 가중치가 "
            "몇 개이고, 필터는 몇 개일까요?",
        },
        {
            "en": "`conv_1` reads 1 channel and has no biases: 5 × 5 × 1 × 16. Batch "
            "normalisation keeps 4 numbers for each of its maps. What does pooling have to learn?",
            "ko": "`conv_1`은 입력 채널이 1개이고 편향이 없으므로 5 × 5 × 1 × 16입니다. 배치 "
            "정규화는 특징 맵마다 수를 4개씩 가집니다. 풀링이 배울 것은 무엇일까요?",
        },
        {
            "en": "`conv_2` has 3 × 3 × 16 × 32 weights, `pool_2` none, and each of the ten "
            "outputs of `dense_1` has 64 weights and a bias.",
            "ko": "`conv_2`의 가중치는 3 × 3 × 16 × 32개이고, `pool_2`에는 하나도 없습니다. "
            "`dense_1`의 출력 열 개에는 저마다 가중치 64개와 편향 하나가 있습니다.",
        },
    ],
)
def check_counts(counts: Any) -> str | None:
    """Judge the numbers of parameters of five layers, a dict by the layers' names."""
    mistakes = {
        ("conv_1", 5 * 5 * 16 + 16): say(
            en="`conv_1` has no biases (`use_bias=False`): count its weights alone.",
            ko="`conv_1`에는 편향이 없습니다(`use_bias=False`). 가중치만 세세요.",
        ),
        ("bn_1", 4): say(
            en="Batch normalisation keeps four numbers for *each* of its 16 maps.",
            ko="배치 정규화는 특징 맵 16장에 *저마다* 수를 네 개씩 가집니다.",
        ),
        ("bn_1", 2 * 16): say(
            en="Batch normalisation also keeps the running mean and variance of each map: that "
            "makes four numbers, not two.",
            ko="배치 정규화는 특징 맵마다 평균과 분산도 기록해 둡니다. 수가 두 개가 아니라 네 "
            "개입니다.",
        ),
        ("conv_2", 3 * 3 * 32): say(
            en="A filter of `conv_2` has one kernel for each of the 16 maps it reads: multiply "
            "by them too.",
            ko="`conv_2`의 필터에는 읽어 들이는 특징 맵 16장마다 커널이 하나씩 있습니다. 입력 "
            "채널의 수도 곱하세요.",
        ),
        ("dense_1", 64 * 10): say(
            en="In `dense_1` each of the ten outputs has a bias as well.",
            ko="`dense_1`의 출력 열 개에는 편향도 하나씩 있습니다.",
        ),
        ("dense_1", (7 * 7 * 64 + 1) * 10): say(
            en="`pool_3` leaves one number of each map, so that 64 numbers reach `dense_1`, not "
            "7 × 7 × 64.",
            ko="`pool_3`은 특징 맵마다 수를 하나만 남깁니다. `dense_1`에 들어오는 수는 7 × 7 × "
            "64개가 아니라 64개입니다.",
        ),
    }
    if not isinstance(counts, dict) or not {"conv_1", "bn_1", "conv_2", "pool_2", "dense_1"} <= set(
        counts
    ):
        return say(
            en="Keep the names of the five layers as they are, and write a number after each.",
            ko="다섯 층의 이름은 그대로 두고, 그 뒤에 수를 쓰세요.",
        )
    if wrong_kind := next((layer for layer in counts if numbers(counts[layer]).ndim), None):
        return say(
            en=f"`{wrong_kind}` has several numbers: write how many parameters it has, one number.",
            ko=f"`{wrong_kind}`에 수가 여러 개 있습니다. 파라미터가 몇 개인지 수 하나를 쓰세요.",
        )
    for (layer, wrong), mistake in mistakes.items():
        if counts[layer] == wrong:
            return mistake
    if not same(counts["pool_2"], 0):
        return say(
            en="Pooling takes the largest of four numbers: there is nothing in it to learn.",
            ko="풀링은 네 수 가운데 가장 큰 수를 고를 뿐입니다. 배울 것이 하나도 없습니다.",
        )
    right = {"conv_1": 400, "bn_1": 64, "conv_2": 4608, "dense_1": 650}
    for layer, count in right.items():
        if not same(counts[layer], count):
            return say(
                en=f"`{layer}` does not have {counts[layer]} parameters: read off the table what "
                "goes in and what comes out, and count again.",
                ko=f"`{layer}`의 파라미터는 {counts[layer]}개가 아닙니다. 표에서 무엇이 들어가고 "
                "무엇이 나오는지 보고 다시 세세요.",
            )
    return None


@check(
    "06/cross-entropy",
    hints=[
        {
            "en": "First pick one number from each row: the probability that the network gave "
            "to the digit that it really was.",
            "ko": "먼저 행마다 수를 하나씩 고르세요. 신경망이 정답인 숫자에 준 확률입니다.",
        },
        {
            "en": "`probabilities[np.arange(len(labels)), labels]` picks from row 0 the column "
            "`labels[0]`, from row 1 the column `labels[1]`, and so on.",
            "ko": "`probabilities[np.arange(len(labels)), labels]`는 0번 행에서 `labels[0]`번 열, "
            "1번 행에서 `labels[1]`번 열을 차례대로 고릅니다.",
        },
        {
            "en": "Of what you picked: `np.mean(-np.log(picked))`.",
            "ko": "고른 수를 `picked`라고 하면 `np.mean(-np.log(picked))`입니다.",
        },
    ],
)
def check_cross_entropy(cross_entropy: Callable) -> str | None:
    """Judge a function (probabilities (N, C), labels (N,)) -> mean cross-entropy."""
    rng = np.random.default_rng(0)
    # Rows and labels may be exchanged without an error: the number that comes out tells more.
    labels = np.array([7, 2, 2, 0, 8, 4, 7, 1, 5])
    rows = np.arange(len(labels))
    probabilities = rng.dirichlet(np.ones(10), len(rows)).round(3) + 0.001
    answer = numbers(cross_entropy(probabilities, labels))
    right = -np.log(probabilities[rows, labels])
    if answer.shape == rows.shape:
        return say(
            en="You return one number for each digit: take their mean.",
            ko="숫자 그림마다 수가 하나씩 나옵니다. 평균을 구하세요.",
        )
    if answer.shape != ():
        return say(
            en=f"The result must be one number; yours has the shape {answer.shape}.",
            ko=f"결과는 수 하나여야 합니다. 지금 모양은 {answer.shape}입니다.",
        )
    mistakes = {
        -right.mean(): say(
            en="The logarithm of a probability is negative, and the loss must grow when things "
            "go wrong: the minus sign is missing.",
            ko="확률의 로그는 음수이고, 손실은 틀릴수록 커져야 합니다. 음의 부호가 빠졌습니다.",
        ),
        right.sum(): say(
            en="You add the losses up: a batch twice as large would look twice as bad. Take "
            "their mean.",
            ko="손실을 모두 더했습니다. 이렇게 하면 배치가 두 배일 때 손실도 두 배가 됩니다. "
            "평균을 구하세요.",
        ),
        -np.log(probabilities.max(axis=1)).mean(): say(
            en="You took the largest probability of each row; what counts is the one of the "
            "right digit, `labels`.",
            ko="행마다 가장 큰 확률을 골랐습니다. 정답인 숫자(`labels`)의 확률을 골라야 합니다.",
        ),
        -np.log(probabilities[:, labels]).mean(): say(
            en="`[:, labels]` takes several columns from every row: pick one number a row, with "
            "`np.arange(len(labels))` in place of the `:`.",
            ko="`[:, labels]`는 모든 행에서 열을 여러 개 고릅니다. `:` 자리에 "
            "`np.arange(len(labels))`를 써서 행마다 수를 하나씩 고르세요.",
        ),
        -np.log(probabilities[labels, labels]).mean(): say(
            en="`[labels, labels]` takes the rows of the labels: `labels[0]` belongs to row 0, "
            "`labels[1]` to row 1. Put `np.arange(len(labels))` first.",
            ko="`[labels, labels]`는 행도 레이블로 고릅니다. `labels[0]`은 0번 행, `labels[1]`은 "
            "1번 행의 것이므로 앞자리에 `np.arange(len(labels))`를 쓰세요.",
        ),
        -np.log(probabilities[labels, rows]).mean(): say(
            en="Rows and columns are exchanged: a row is a picture, and its label is the column.",
            ko="행과 열이 바뀌었습니다. 행은 그림이고, 그 레이블이 열 번호입니다.",
        ),
        -np.log(probabilities[rows, rows]).mean(): say(
            en="You go down the diagonal, as if the pictures showed 0, 1, 2, ...: `labels` says "
            "which column is the right one.",
            ko="그림이 0, 1, 2, ... 차례인 것처럼 대각선을 따라갑니다. 어느 열이 정답인지는 "
            "`labels`에 있습니다.",
        ),
        (1 - probabilities[rows, labels]).mean(): say(
            en="That is how far the probabilities fall short of 1; the cross-entropy takes the "
            "logarithm.",
            ko="그것은 1에서 모자란 만큼입니다. 교차 엔트로피는 로그를 씁니다.",
        ),
    }
    for wrong, mistake in mistakes.items():
        if np.isclose(answer, wrong):
            return mistake
    fresh = np.random.default_rng()
    trials = [
        (fresh.dirichlet(np.ones(10), size) + 0.001, fresh.permutation(size) % 10)
        for size in (3, 13)
    ]

    def rule(probabilities, labels):
        return -np.log(probabilities[np.arange(len(labels)), labels]).mean()

    # One that is wrong on the first may stop with an error on the others.
    if wrong := (
        Tried(cross_entropy, [(probabilities, labels)]).first_wrong(rule)
        or Tried(cross_entropy, trials).first_wrong(rule)
    ):
        probabilities, labels = wrong.given
        picked = probabilities[np.arange(len(labels)), labels].round(3).tolist()
        right, said = wrong.shown()
        return say(
            en=f"The right digits got {picked}: the mean loss is {right}, you say {said}.",
            ko=f"정답인 숫자가 받은 확률이 {picked}이면 손실의 평균은 {right}인데 "
            f"{said}이(가) 나옵니다.",
        )
    return None


@check(
    "06/batches",
    hints=[
        {
            "en": "First the order: `rng.permutation(10)` gives the numbers 0 to 9, each once, "
            "shuffled.",
            "ko": "먼저 순서를 정하세요. `rng.permutation(10)`은 0부터 9까지의 수를 한 번씩, "
            "섞인 순서로 돌려줍니다.",
        },
        {
            "en": "Then cut: `order[0:batch_size]` is the first batch. Where does the next begin? "
            "`range` can take a step.",
            "ko": "다음은 자르기입니다. `order[0:batch_size]`가 첫 배치입니다. 다음 배치는 어디서 "
            "시작할까요? `range`에는 간격을 줄 수 있습니다.",
        },
        {
            "en": "`[order[start : start + batch_size] for start in range(0, num_examples, "
            "batch_size)]`",
            "ko": "`[order[start : start + batch_size] for start in range(0, num_examples, "
            "batch_size)]`",
        },
    ],
)
def check_batches(batches: Callable) -> str | None:
    """Judge a function (num_examples, batch_size, rng) -> batches of numbers, for one epoch."""
    seeds = np.random.default_rng().integers(1_000_000, size=2)
    for num, size, seed in [(50, 7, 0), (23, 5, int(seeds[0])), (12, 4, int(seeds[1]))]:
        epoch = [
            numbers(batch).ravel() for batch in batches(num, size, np.random.default_rng(seed))
        ]
        if mistake := _fault_in(epoch, num, size):
            return mistake
    epochs = np.array(
        [
            np.concatenate([np.ravel(part) for part in batches(50, 7, np.random.default_rng(seed))])
            for seed in (3, *range(3, 20))
        ]
    )
    if np.array_equal(epochs[0], epochs[2]):
        return say(
            en="Two epochs come in one and the same order: let `rng` shuffle, which goes on from "
            "where it was.",
            ko="두 에포크의 순서가 똑같습니다. 순서는 `rng`로 섞으세요. `rng`는 부를 때마다 다른 "
            "순서를 줍니다.",
        )
    if not np.array_equal(epochs[0], epochs[1]):
        return say(
            en="A generator with the same seed gives another order: shuffle with the `rng` that is "
            "given, so that a training can be repeated.",
            ko="시드가 같은 생성기를 주어도 순서가 달라집니다. 학습을 되풀이할 수 있도록 받은 "
            "`rng`로 섞으세요.",
        )
    if any(len(set(place)) == 1 for place in epochs.T) or _keeps_neighbours(epochs):
        return say(
            en="Part of the order is the same in every epoch: shuffle all of the numbers.",
            ko="에포크마다 순서의 일부가 똑같습니다. 모든 수를 섞으세요.",
        )
    return None


def _keeps_neighbours(epochs: np.ndarray) -> bool:
    """Return whether most numbers follow each other as in the file, as in a list turned round."""
    return bool((np.abs(np.diff(epochs, axis=1)) == 1).mean() > 0.5)


def _fault_in(epoch: list[np.ndarray], num: int, size: int) -> str | None:
    """Return what is wrong with the batches of one epoch of `num` examples."""
    order = np.concatenate([*epoch, []])
    given = say(en=f"{num} examples in batches of {size}", ko=f"{num}장을 {size}장씩 묶으면")
    if missing := sorted(set(range(num)) - set(order)):
        return say(
            en=f"{given}: number {missing[0]} never comes. Each must come once in an epoch, and "
            "the last batch may be smaller.",
            ko=f"{given} {missing[0]}번이 한 번도 나오지 않습니다. 한 에포크에 모두 한 번씩 "
            "나와야 하고, 마지막 배치는 작아도 됩니다.",
        )
    if len(order) > num:
        return say(
            en=f"{given}: {len(order)} numbers come instead of {num}. Each must come once.",
            ko=f"{given} 수가 {num}개가 아니라 {len(order)}개 나옵니다. 한 번씩만 나와야 합니다.",
        )
    sizes = [len(batch) for batch in epoch]
    wanted = [size] * (num // size) + [num % size] * (num % size > 0)
    if sizes != wanted:
        return say(
            en=f"{given} have the sizes {wanted}; yours have {sizes}.",
            ko=f"{given} 배치의 크기는 {wanted}인데 {sizes}이(가) 나옵니다.",
        )
    if np.array_equal(order, np.arange(num)):
        return say(
            en="The examples come in the order in which they lie in the file: shuffle them first.",
            ko="파일에 있는 순서 그대로 나옵니다. 먼저 섞으세요.",
        )
    if all(np.ptp(batch) == len(batch) - 1 for batch in epoch):
        return say(
            en="You shuffle within or among batches, but neighbours stay together: shuffle all "
            "the numbers first, then cut.",
            ko="배치 안에서, 또는 배치끼리만 섞어서 이웃한 수가 늘 함께 있습니다. 먼저 모든 수를 "
            "섞고 그다음에 자르세요.",
        )
    return None


@check(
    "06/accuracies",
    hints=[
        {
            "en": "Where in the table are the digits that were read right?",
            "ko": "바르게 읽은 숫자의 수는 표의 어디에 있을까요?",
        },
        {
            "en": "`np.diag(confusion)` gives the diagonal. A row holds all digits of one label: "
            "how many are there?",
            "ko": "`np.diag(confusion)`은 대각선을 돌려줍니다. 한 행에는 정답이 같은 숫자가 모두 "
            "들어 있습니다. 모두 몇 장일까요?",
        },
        {
            "en": "`np.diag(confusion) / confusion.sum(axis=1)`",
            "ko": "`np.diag(confusion) / confusion.sum(axis=1)`",
        },
    ],
)
def check_accuracies(accuracies: Callable) -> str | None:
    """Judge a function: confusion (C, C), labels by rows -> share read right of each label."""
    confusion = np.random.default_rng(6).integers(0, 4, (10, 10)) + 9 * np.eye(10, dtype=int)
    confusion[2, [0, 2]] = 11, 8  # mostly taken for a 0
    answer = numbers(accuracies(confusion))
    hits = np.diag(confusion)
    right = hits / confusion.sum(axis=1)
    if answer.shape == (10, 10):
        return say(
            en="You divide the whole table; what is wanted are the numbers on its diagonal.",
            ko="표 전체를 나누었습니다. 필요한 것은 대각선에 있는 수입니다.",
        )
    if answer.shape == ():
        return say(
            en="That is one number for all digits together: give one for each.",
            ko="모든 숫자를 합친 수가 하나 나옵니다. 숫자마다 하나씩 구하세요.",
        )
    if answer.shape != (10,):
        return say(
            en=f"Each of the 10 labels of the trial table needs one number; the shape of your "
            f"result is {answer.shape}.",
            ko=f"시험용 표의 정답 10가지마다 수가 하나씩 있어야 합니다. 지금 모양은 "
            f"{answer.shape}입니다.",
        )
    mistakes = [
        (
            hits,
            say(
                en="These are counts: divide each by the number of digits in its row.",
                ko="이것은 개수입니다. 그 행에 있는 숫자의 수로 나누세요.",
            ),
        ),
        (
            hits / confusion.sum(axis=0),
            say(
                en="You divide by the sums of the columns: that tells how far an *answer* can be "
                "trusted. Of all the real threes, say, how many were read? Sum the rows.",
                ko="열의 합으로 나누었습니다. 그것은 신경망의 *답*을 얼마나 믿을 수 있는지를 "
                "나타냅니다. 여기서는 실제 숫자 가운데 몇 장을 바르게 읽었는지가 필요하므로, "
                "행의 합으로 나누세요.",
            ),
        ),
        (
            hits / confusion.sum(),
            say(
                en="You divide by all digits of the table: divide each by those of its own row.",
                ko="표에 있는 모든 숫자의 수로 나누었습니다. 저마다 자기 행의 합으로 나누세요.",
            ),
        ),
        (
            1 - right,
            say(
                en="That is the share of the mistakes; what is wanted is the share read right.",
                ko="그것은 틀린 비율입니다. 바르게 읽은 비율을 구하세요.",
            ),
        ),
    ]
    for wrong, mistake in mistakes:
        if np.allclose(answer, wrong):
            return mistake
    fresh = np.random.default_rng().integers(1, 20, (10, 10))
    if wrong := Tried(accuracies, [(confusion,), (fresh,)]).first_wrong(
        lambda confusion: np.diag(confusion) / confusion.sum(axis=1)
    ):
        (label,) = differing(wrong.right, wrong.said)
        right, said = shown(wrong.right[label], np.asarray(wrong.said)[label])
        row = wrong.given[0][label].tolist()
        return say(
            en=f"Row {label} of the trial table is {row}: the share is {right}, you say {said}.",
            ko=f"시험용 표의 {label}번 행이 {row}이면 비율은 {right}인데 {said}이(가) 나옵니다.",
        )
    return None


MOST_PIXELS = 6  # that may differ from the digit


@check(
    "06/fooled",
    hints=[
        {
            "en": "With which digit does the network confuse a 4 most often? Look at row 4 of the "
            "confusion matrix.",
            "ko": "신경망은 4를 어떤 숫자로 가장 자주 잘못 읽을까요? 혼동 행렬의 4행을 보세요.",
        },
        {
            "en": "A 9 is a 4 whose top is closed. Look at the picture with `show_images`: in "
            "which row would a short stroke close it?",
            "ko": "9는 위가 닫힌 4와 같습니다. `show_images`로 그림을 보세요. 몇 행에 짧은 획을 "
            "그으면 위가 닫힐까요?",
        },
        {
            "en": "Row 5: try a white stroke of five pixels, `my_picture[5, start : start + 5] = "
            "255`, with `start` between 10 and 15.",
            "ko": "5행입니다. `my_picture[5, start : start + 5] = 255`로 다섯 화소짜리 흰 획을 "
            "그어 보세요. `start`는 10과 15 사이입니다.",
        },
    ],
)
def check_fooled(picture: Any) -> str | None:
    """Judge a picture: a 4 with few pixels changed, which the shipped network reads otherwise."""
    (_, _), (x_test, _) = load_mnist()
    picture, four = numbers(picture), x_test[4]
    if picture.shape != (28, 28):
        return say(
            en=f"The picture must have 28 rows and 28 columns; yours has the shape "
            f"{picture.shape}.",
            ko=f"그림은 28행 28열이어야 합니다. 지금 모양은 {picture.shape}입니다.",
        )
    if not np.all((picture >= 0) & (picture <= 255)):
        return say(
            en="Pixels are numbers from 0 (black) to 255 (white); yours go beyond.",
            ko="화소는 0(검정)부터 255(흰색)까지의 수입니다. 이 범위를 벗어난 화소가 있습니다.",
        )
    if picture.max() <= 1:
        return say(
            en="Your pixels go from 0 to 1: keep those of `x_test[4]`, from 0 to 255.",
            ko="화소가 0부터 1까지입니다. `x_test[4]`처럼 0부터 255까지의 수를 쓰세요.",
        )
    picture = picture.round().astype(np.uint8)
    changed = int(np.sum(picture != four))
    if changed == 0:
        return say(
            en="This is the 4 as it was: change a few of its pixels.",
            ko="원래의 4 그대로입니다. 화소를 몇 개 바꾸어 보세요.",
        )
    if changed > MOST_PIXELS:
        return say(
            en=f"You changed {changed} pixels; at most {MOST_PIXELS} are allowed.",
            ko=f"화소를 {changed}개 바꾸었습니다. {MOST_PIXELS}개까지만 바꿀 수 있습니다.",
        )
    (probabilities,) = shipped_reader()(picture[None])
    if probabilities.argmax() == 4:
        pixels = "pixel" if changed == 1 else "pixels"
        return say(
            en=f"With {changed} {pixels} changed the network still reads a 4, with a probability "
            f"of {probabilities[4]:.0%}. Try other pixels.",
            ko=f"화소를 {changed}개 바꾸었지만 신경망은 아직 {probabilities[4]:.0%}의 확률로 4라고 "
            "읽습니다. 다른 화소를 바꾸어 보세요.",
        )
    return None
