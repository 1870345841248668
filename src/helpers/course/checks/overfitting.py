"""Checks of lesson 07, overfitting."""

from collections.abc import Callable
from inspect import unwrap

import numpy as np

from helpers.course.checks import Tried, apart, check, differing, numbers, shown
from helpers.data import load_mnist
from helpers.nn.dense import backward, build_dnn, cross_entropy, forward
from helpers.nn.optimizers import SGD
from helpers.reader import say


@check(
    "07/split",
    hints=[
        {
            "en": "Images and labels must be shuffled together. So don't shuffle them: shuffle "
            "the numbers of their places, 0, 1, 2 ..., and pick both by these.",
            "ko": "그림과 레이블은 함께 섞여야 합니다. 그림과 레이블을 따로 섞지 말고, 0, 1, 2 … "
            "하는 자리 번호를 섞어서 그 번호로 둘 다 고르세요.",
        },
        {
            "en": "`order = rng.permutation(len(images))` gives the places in a random order. The "
            "first `num_held` of them are held back, the others are kept.",
            "ko": "`order = rng.permutation(len(images))`는 자리 번호를 무작위 순서로 돌려줍니다. "
            "앞의 `num_held`개는 떼어 두고, 나머지는 훈련에 씁니다.",
        },
        {
            "en": "With `held, kept = order[:num_held], order[num_held:]` return `images[kept], "
            "labels[kept], images[held], labels[held]`.",
            "ko": "`held, kept = order[:num_held], order[num_held:]`로 나눈 다음 `images[kept], "
            "labels[kept], images[held], labels[held]`를 돌려주세요.",
        },
    ],
)
def check_split(split: Callable) -> str | None:
    """Judge (images, labels, num_held, rng) -> images and labels kept, then those held back."""
    places = np.arange(1000)
    images, labels = np.tile(places[:, None, None], (1, 2, 2)), places // 100  # sorted by label
    parts = split(images, labels, 200, np.random.default_rng(0))
    if not isinstance(parts, tuple | list) or len(parts) != 4:
        return say(
            en="Return four things in this order: the images to learn from, their labels, the "
            "images held back, their labels.",
            ko="훈련에 쓸 그림, 그 레이블, 떼어 둔 그림, 그 레이블의 네 가지를 이 순서로 "
            "돌려주세요.",
        )
    kept_images, kept_labels, held_images, held_labels = parts = [*map(numbers, parts)]
    if not all(part.ndim for part in parts):
        return say(
            en="Each of the four must be an array of pictures or labels, not a number.",
            ko="네 가지 모두 수가 아니라 그림이나 레이블의 배열이어야 합니다.",
        )
    if (len(kept_images), len(held_images)) == (200, 800):
        return say(
            en="The two parts have changed places: `num_held` images are to be held back, and the "
            "network learns from the others.",
            ko="두 묶음이 바뀌었습니다. `num_held`장은 떼어 두고, 신경망은 나머지에서 배웁니다.",
        )
    if [len(part) for part in parts] == [800, 200, 800, 200]:
        return say(
            en="The four parts are in another order than asked for: images and labels to learn "
            "from, then images and labels held back.",
            ko="네 묶음의 순서가 다릅니다. 학습에 쓸 그림과 레이블, 떼어 둔 그림과 레이블의 "
            "순서로 돌려주세요.",
        )
    if len(kept_images) == 1000:
        return say(
            en="All the images are still in the training set, those held back too: the network "
            "would be examined with pictures that it has practised.",
            ko="떼어 둔 그림까지 모두 훈련 세트에 남아 있습니다. 이대로는 연습한 그림으로 시험을 "
            "보게 됩니다.",
        )
    if (len(kept_images), len(held_images)) != (800, 200):
        return say(
            en="Of 1000 images with `num_held = 200`, 800 must be kept and 200 held back; you "
            f"return {len(kept_images)} and {len(held_images)}.",
            ko="그림 1000장에서 `num_held = 200`이면 800장이 남고 200장을 떼어야 하는데 "
            f"{len(kept_images)}장과 {len(held_images)}장이 나옵니다.",
        )
    kept, held = kept_images[:, 0, 0], held_images[:, 0, 0]
    if np.ptp(held) == 199 and len(set(held)) == 200:
        num_kinds = len(set(held // 100))
        return say(
            en="You held back 200 images that lie next to each other. Mine were sorted by their "
            f"labels, and only {num_kinds} of the ten digits are among yours: pick at random.",
            ko="나란히 놓인 200장을 떼었습니다. 채점용 그림은 레이블 순서로 놓여 있어서, 떼어 둔 "
            f"묶음에 열 숫자 가운데 {num_kinds}가지밖에 없습니다. 무작위로 고르세요.",
        )
    if len({*kept, *held}) < 1000:
        return say(
            en="Some images are in both sets or twice in one: each must be in one set, once.",
            ko="두 묶음에 다 들어 있거나 한 묶음에 두 번 들어 있는 그림이 있습니다. 그림마다 한 "
            "묶음에 한 번만 있어야 합니다.",
        )
    if not np.array_equal(kept // 100, kept_labels) or not np.array_equal(held // 100, held_labels):
        return say(
            en="Images and labels no longer belong together: both must be put in the same order.",
            ko="그림과 레이블의 짝이 맞지 않습니다. 둘을 똑같은 순서로 골라야 합니다.",
        )
    same_seed, other_seed = (
        np.asarray(split(images, labels, 200, np.random.default_rng(seed))[2])[:, 0, 0]
        for seed in (0, 1)
    )
    if not np.array_equal(held, same_seed):
        return say(
            en="The same seed gives another split each time: draw with the `rng` that is given, "
            "so that an experiment can be repeated.",
            ko="같은 시드인데 나눌 때마다 결과가 다릅니다. 실험을 되풀이할 수 있도록 받은 `rng`로 "
            "고르세요.",
        )
    if np.array_equal(held, other_seed):
        return say(
            en="Every seed gives the same split: draw the places with `rng`.",
            ko="시드가 달라도 늘 똑같이 나뉩니다. `rng`로 무작위로 고르세요.",
        )
    if len(set(np.diff(np.sort(held)))) <= 2:
        return say(
            en="You held back images at even distances: only where they begin is drawn. Draw each "
            "place.",
            ko="일정한 간격으로 떼었습니다. 무작위인 것은 시작하는 자리뿐입니다. 자리를 하나하나 "
            "무작위로 고르세요.",
        )
    if [len(part) for part in split(images[:9], labels[:9], 2, np.random.default_rng(0))] != [
        *(7, 7, 2, 2)
    ]:
        return say(
            en="Of 9 images with `num_held = 2`, 7 must be kept and 2 held back: use `num_held`.",
            ko="그림 9장에서 `num_held = 2`이면 7장이 남고 2장을 떼어야 합니다. `num_held`를 "
            "쓰세요.",
        )
    return None


@check(
    "07/diagnose",
    hints=[
        {
            "en": "Which of the two accuracies shows whether the network can do its exercises at "
            "all? Ask that one first.",
            "ko": "신경망이 연습 문제라도 제대로 푸는지는 두 정확도 가운데 어느 쪽이 알려 줄까요? "
            "그쪽을 먼저 보세요.",
        },
        {
            "en": "Low on the training set: underfitting. High there, and low on the validation "
            "set: overfitting. High on both: fine.",
            "ko": "훈련 세트에서 낮으면 과소적합, 훈련 세트에서는 높은데 검증 세트에서 낮으면 "
            "과적합, 둘 다 높으면 괜찮은 것입니다.",
        },
        {
            "en": '`if train < wanted: return "underfitting"`, then `if held < wanted: return '
            '"overfitting"`, and else `"fine"`.',
            "ko": '먼저 `if train < wanted: return "underfitting"`, 다음으로 `if held < wanted: '
            'return "overfitting"`, 그 밖에는 `"fine"`입니다.',
        },
    ],
)
def check_diagnose(diagnose: Callable) -> str | None:
    """Judge (train, held, wanted accuracy) -> "underfitting", "overfitting" or "fine"."""
    poor, learned_by_heart = diagnose(0.6, 0.58, 0.95), diagnose(1.0, 0.89, 0.95)
    names = {"underfitting", "overfitting", "fine"}
    both = [poor, learned_by_heart]
    if unknown := [said for said in both if not isinstance(said, str) or said not in names]:
        return say(
            en=f'Return one of "underfitting", "overfitting" and "fine", not {unknown[0]!r}.',
            ko='"underfitting", "overfitting", "fine" 가운데 하나를 돌려주세요. '
            f"{unknown[0]!r}은(는) 없는 이름입니다.",
        )
    if (poor, learned_by_heart) == ("overfitting", "underfitting"):
        return say(
            en="The two names have changed places: a network that knows the exercises by heart "
            "and fails the exam overfits.",
            ko="두 이름이 바뀌었습니다. 연습 문제는 다 외웠는데 시험을 못 보는 쪽이 과적합입니다.",
        )
    if poor == "fine":
        return say(
            en="60 % on the training set and 58 % on the validation set: the gap is small, but "
            "where 95 % are wanted both are bad. Compare the accuracies with `wanted`.",
            ko="훈련 세트에서 60 %, 검증 세트에서 58 %이면 차이는 작지만, 95 %가 필요하다면 둘 다 "
            "모자랍니다. 정확도를 `wanted`와 비교하세요.",
        )
    if poor == "overfitting":
        return say(
            en="60 % on the training set, where 95 % are wanted: this network can't even do its "
            "exercises. Look at the training set first.",
            ko="95 %가 필요한데 훈련 세트에서 60 %이면, 연습 문제도 제대로 풀지 못하는 "
            "신경망입니다. 훈련 세트부터 보세요.",
        )
    for case, right in {
        (1.0, 0.89, 0.95): "overfitting",
        (0.97, 0.96, 0.95): "fine",
        (1.0, 0.96, 0.95): "fine",
        (0.96, 0.94, 0.95): "overfitting",
        (0.94, 0.96, 0.95): "underfitting",
        (1.0, 0.89, 0.85): "fine",
        (0.95, 0.95, 0.95): "fine",
        (0.7, 0.9, 0.8): "underfitting",
        (0.5, 0.4, 0.3): "fine",
    }.items():
        if (answer := diagnose(*case)) != right:
            train, held, wanted = (f"{share:.0%}" for share in case)
            return say(
                en=f"{train} on the training set, {held} on the validation set, {wanted} wanted: "
                f'that is "{right}", you say {answer!r}.',
                ko=f"훈련 세트 {train}, 검증 세트 {held}, 필요한 정확도 {wanted}이면 "
                f'"{right}"인데 {answer!r}이(가) 나옵니다.',
            )
    return None


@check(
    "07/step-with-decay",
    hints=[
        {
            "en": "The penalty is `decay * w ** 2` for each weight. What is the slope of w²?",
            "ko": "벌점은 가중치마다 `decay * w ** 2`입니다. w²의 기울기는 얼마일까요?",
        },
        {
            "en": "The slope of the penalty, `2 * decay * weights`, is added to the slope of the "
            "loss; then the step is as ever.",
            "ko": "벌점의 기울기 `2 * decay * weights`를 손실의 기울기에 더한 다음, 늘 하던 대로 "
            "한 걸음 내디디세요.",
        },
        {
            "en": "`weights - learning_rate * (slopes + 2 * decay * weights)`",
            "ko": "`weights - learning_rate * (slopes + 2 * decay * weights)`",
        },
    ],
)
def check_step(step: Callable) -> str | None:
    """Judge (weights, slopes, learning_rate, decay) -> weights after a step with L2 penalty."""
    weights, slopes = np.array([[1.0, -2.0], [0.5, 4.0]]), np.array([[0.3, 0.1], [-0.4, 0.2]])
    rate, decay = 0.1, 0.3
    answer = numbers(step(weights, slopes, rate, decay))
    if answer.shape != weights.shape:
        return say(
            en=f"The weights must keep their shape, {weights.shape}; yours is {answer.shape}.",
            ko=f"가중치의 모양 {weights.shape}은(는) 그대로여야 합니다. 지금 모양은 "
            f"{answer.shape}입니다.",
        )
    mistakes = [
        (
            weights - rate * slopes,
            say(
                en="That is a step without the penalty: `decay` changes nothing.",
                ko="벌점이 없는 걸음입니다. `decay`를 바꾸어도 달라지는 것이 없습니다.",
            ),
        ),
        (
            weights - rate * (slopes + decay * weights),
            say(
                en="The weights shrink half as much as they should: the slope of w² is 2 w.",
                ko="가중치가 줄어야 할 만큼의 절반만 줄어듭니다. w²의 기울기는 2 w입니다.",
            ),
        ),
        (
            weights - rate * (slopes - 2 * decay * weights),
            say(
                en="The sign is the wrong way round: your penalty makes the weights *grow*.",
                ko="부호가 반대입니다. 벌점 때문에 가중치가 오히려 *커집니다*.",
            ),
        ),
        (
            weights - rate * (slopes + decay * weights**2),
            say(
                en="You added the penalty itself. A step needs its slope: how does the penalty "
                "change when the weight does?",
                ko="벌점 자체를 더했습니다. 걸음에는 벌점의 기울기, 곧 가중치가 변할 때 벌점이 "
                "얼마나 변하는지가 필요합니다.",
            ),
        ),
        (
            weights - rate * slopes - 2 * decay * weights,
            say(
                en="The penalty's slope must be multiplied by the learning rate, like every slope.",
                ko="벌점의 기울기에도 다른 기울기와 마찬가지로 학습률을 곱해야 합니다.",
            ),
        ),
    ]
    for stepped, mistake in mistakes:
        if np.allclose(answer, stepped):
            return mistake
    rng = np.random.default_rng()
    trials = [(weights, slopes, rate, decay)]
    trials += [(*rng.normal(size=(2, size)), *rng.uniform(0.1, 1, 2)) for size in (3, 5)]
    if wrong := Tried(step, trials).first_wrong(
        lambda weights, slopes, rate, decay: weights - rate * (slopes + 2 * decay * weights)
    ):
        weights, slopes, rate, decay = wrong.given
        at = differing(wrong.right, wrong.said)
        right, said = shown(wrong.right[at], np.asarray(wrong.said)[at], 4)
        return say(
            en=f"A weight of {weights[at]:.3g} with the slope {slopes[at]:.3g}, learning rate "
            f"{rate:.3g} and decay {decay:.3g} must become {right}, you say "
            f"{said}.",
            ko=f"가중치 {weights[at]:.3g}, 기울기 {slopes[at]:.3g}, 학습률 {rate:.3g}, decay "
            f"{decay:.3g}이면 {right}이(가) 되어야 하는데 {said}이(가) 나옵니다.",
        )
    return None


TO_BEAT = 0.93  # of digits that the lesson does not use


@check(
    "07/augment",
    hints=[
        {
            "en": "What could the same writer have done differently? Written a little higher, "
            "further left, larger, at more of a slant: choose one, at random for each picture.",
            "ko": "같은 사람이 달리 쓴다면 무엇이 달라졌을까요? 조금 위에, 더 왼쪽에, 더 크게, "
            "더 기울여 썼을 것입니다. 하나를 골라 그림마다 무작위로 바꾸세요.",
        },
        {
            "en": "`rng.integers(-2, 3, size=2)` draws two numbers from -2 to 2, and "
            "`np.roll(image, (down, right), axis=(0, 1))` moves a picture by them.",
            "ko": "`rng.integers(-2, 3, size=2)`는 -2부터 2까지의 수 두 개를 뽑고, "
            "`np.roll(image, (down, right), axis=(0, 1))`은 그림을 그만큼 옮깁니다.",
        },
        {
            "en": "`np.array([np.roll(image, rng.integers(-2, 3, size=2), axis=(0, 1)) for image "
            "in images])`",
            "ko": "`np.array([np.roll(image, rng.integers(-2, 3, size=2), axis=(0, 1)) for image "
            "in images])`",
        },
    ],
)
def check_augment(augment: Callable) -> str | None:
    """Judge a function (images, rng) -> images by a network that learns from what it makes."""
    code = getattr(unwrap(augment), "__code__", None)
    if code and "distort" in code.co_names:
        return say(
            en="That is the helper's work: change the pictures without `distort`.",
            ko="그것은 도우미 함수가 하는 일입니다. `distort` 없이 그림을 바꾸어 보세요.",
        )
    (x, y), _ = load_mnist()
    order = np.random.default_rng(0).permutation(len(x))[35_000:41_000]  # the lesson has the rest
    images, labels = x[order, :, :, None] / np.float32(255), y[order]
    some = numbers(augment(images[:3], np.random.default_rng(0)))
    if some.shape != (3, 28, 28, 1):
        return say(
            en="Three pictures must come back as (3, 28, 28, 1), the shape in which they came; "
            f"yours has the shape {some.shape}.",
            ko="그림 세 장은 받은 모양 그대로 (3, 28, 28, 1)이어야 합니다. 지금 모양은 "
            f"{some.shape}입니다.",
        )
    if not (some.min() >= -1 and some.max() <= 2):  # too large, or NaN
        return say(
            en=f"Your numbers go from {some.min():g} to {some.max():g}; a picture's go from 0 "
            "to 1.",
            ko=f"수가 {some.min():g}부터 {some.max():g}까지입니다. 그림의 수는 0부터 1까지입니다.",
        )
    share = _learn_from(augment, images[:1000], labels[:1000], images[1000:], labels[1000:])
    if share >= TO_BEAT:
        return None
    reached = apart(share, TO_BEAT)
    got = say(
        en=f"{reached} of digits that it has not seen; the number to beat is {TO_BEAT:.0%}. ",
        ko=f"처음 보는 숫자의 {reached}를 맞혔습니다. 넘어야 할 수는 {TO_BEAT:.0%}입니다. ",
    )
    if share < 0.8:
        return got + say(
            en="That is less than without any change: do your pictures still deserve their labels?",
            ko="아무것도 바꾸지 않았을 때보다 낮습니다. 바꾼 그림에 레이블이 아직 맞나요?",
        )
    again = numbers(augment(images[:3], np.random.default_rng(1)))
    if np.array_equal(some, again):
        return got + say(
            en="Every time your pictures come out the same: draw from `rng`, for each picture "
            "anew.",
            ko="언제나 같은 그림이 나옵니다. 그림마다 `rng`로 새로 뽑으세요.",
        )
    return got + say(
        en="Change more, or something that handwriting really varies in: place, size, slant, turn.",
        ko="더 많이 바꾸거나, 글씨에서 실제로 달라지는 것을 바꾸세요. 자리, 크기, 글씨가 "
        "기운 정도, 돌아간 각도입니다.",
    )


def _learn_from(augment, images, labels, tested, answers):
    """Train the network of the lesson, written out; return the share of the digits it reads."""
    layers = build_dnn([784, 128, 10], seed=0)
    optimizer = SGD(layers, momentum=0.9)
    rng = np.random.default_rng(0)
    for epoch in range(30):
        optimizer.learning_rate = 0.1 * (1 - epoch / 30)
        for rows in rng.permutation(len(images)).reshape(-1, 50):
            batch = np.asarray(augment(images[rows], rng), np.float32).reshape(50, 784)
            _, grad = cross_entropy(forward(layers, batch), labels[rows])
            backward(layers, grad)
            optimizer.step()
    right = forward(layers, tested.reshape(-1, 784)).argmax(axis=1) == answers
    return float(right.mean())
