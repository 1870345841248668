import numpy as np
import pytest

from helpers.data import load_mnist
from helpers.vision.digits import build_cnn, evaluate, shipped_reader
from helpers.vision.hands.inference import LEARNED_NONE, MODEL, NONE, hands_reader
from helpers.vision.hands.marks import cut_wrongly, draw_glyph, draw_shape
from helpers.vision.hands.sheets import compose_sheet, read_sheet
from helpers.vision.hands.strokes import HANDS, curve, write
from helpers.vision.hands.training import RECIPE, bend, compose, ink_in, train
from helpers.vision.pictures import PhotoError


def test_a_curve_goes_through_its_points():
    points = np.array([(0, 0), (1, 2), (3, 1), (4, 4)], float)
    line = curve(points, num=5)
    assert len(line) == 3 * 5 + 1
    np.testing.assert_allclose(line[::5], points)


def test_every_digit_is_written_in_several_hands():
    values = [value for value, _, _ in HANDS]
    assert all(values.count(digit) >= 2 for digit in range(10))


def test_all_strokes_stay_on_the_paper():
    for _, strokes, is_curve in HANDS:
        picture = write(strokes, is_curve, np.random.default_rng(0), pen=4, wobble=0)
        assert picture.any()
        border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
        assert not border.any()


@pytest.mark.parametrize("draw", [draw_glyph, draw_shape])
def test_a_mark_has_ink_and_comes_from_the_seed(draw):
    for seed in range(20):
        picture, again = (draw(np.random.default_rng(seed)) for _ in range(2))
        assert picture.shape == (84, 84)
        assert picture.dtype == np.uint8
        assert picture.any()
        np.testing.assert_array_equal(picture, again)


def test_two_digits_that_touch_are_one_piece_of_ink():
    digit = write([[(0.5, 0), (0.5, 1)]], False, np.random.default_rng(0), wobble=0)
    both = cut_wrongly(digit, digit, np.random.default_rng(1))
    assert both.shape == digit.shape
    assert both.any(axis=0).sum() > 1.5 * digit.any(axis=0).sum()


def test_ink_without_ink_left_is_still_a_mark():
    faint = np.zeros((56, 56), np.uint8)
    faint[20:30, 20:22] = 3
    assert ink_in(faint, np.random.default_rng(0)).any()


def test_bending_keeps_the_ink():
    picture = write(HANDS[0][1], True, np.random.default_rng(0))
    assert bend(picture, np.random.default_rng(0)).any()


def test_a_composed_epoch_has_what_was_asked_for_and_comes_from_the_seed():
    (images, labels), _ = load_mnist()
    x, y = compose(images[:200], labels[:200], 60, 20, 40, np.random.default_rng(3))
    again, same = compose(images[:200], labels[:200], 60, 20, 40, np.random.default_rng(3))
    assert x.shape == (120, 28, 28, 1)
    assert (y == NONE).sum() == 40
    assert x.min() >= 0
    assert x.max() <= 1
    np.testing.assert_array_equal(x, again)
    np.testing.assert_array_equal(y, same)


@pytest.mark.slow
def test_a_training_learns_and_tells_every_epoch():
    (images, labels), _ = load_mnist()
    few = {"num_digits": 90, "num_hands": 30, "num_marks": 40, "num_epochs": 3, "batch_size": 32}
    model = build_cnn(4, num_classes=NONE + 1, seed=0)
    history = train(model, images[:300], labels[:300], **RECIPE | few)
    assert {name: len(values) for name, values in history.items()} == {"loss": 3, "accuracy": 3}
    assert history["loss"][2] < history["loss"][0]


def test_the_shipped_network_reads_mnist_and_is_small():
    _, (x_test, y_test) = load_mnist()
    assert MODEL.stat().st_size < 500_000
    assert evaluate(hands_reader(), x_test[:2000], y_test[:2000]) > 0.95


def test_how_many_marks_are_none_is_what_the_network_learned_from():
    num_none, num_digits = RECIPE["num_marks"], RECIPE["num_digits"] + RECIPE["num_hands"]
    assert num_none / (num_none + num_digits) == LEARNED_NONE


def test_the_shipped_network_knows_other_marks():
    rng = np.random.default_rng(7)
    marks = [ink_in(bend(draw_glyph(rng), rng), rng) for _ in range(300)]
    assert np.mean(hands_reader()(np.array(marks)).argmax(axis=1) == NONE) > 0.85


@pytest.mark.parametrize("seed", [20, 35, 3000])
def test_a_sheet_is_labelled_by_its_order(seed):
    images, labels = read_sheet(compose_sheet(seed))
    assert images.shape == (30, 28, 28)
    assert images.dtype == np.float32
    np.testing.assert_array_equal(labels, 3 * list(range(10)))
    plain = np.isin(labels, [2, 3, 4, 5, 6])  # written as MNIST's hands write them
    assert np.mean(shipped_reader()(images).argmax(axis=1)[plain] == labels[plain]) > 0.9


def test_a_sheet_comes_from_its_seed():
    np.testing.assert_array_equal(compose_sheet(7), compose_sheet(7))
    assert (compose_sheet(7) != compose_sheet(8)).any()


@pytest.mark.parametrize(
    ("spoil", "count"),
    [
        (lambda sheet: sheet[:580], "20 digits (10 + 10)"),
        (lambda sheet: np.full_like(sheet, 200), "0 digits where"),
        (lambda sheet: _joined(sheet), "29 digits (10 + 9 + 10)"),
    ],
)
def test_a_sheet_with_another_number_of_digits_says_so(spoil, count):
    with pytest.raises(PhotoError) as caught:
        read_sheet(spoil(compose_sheet(1)))
    assert f"Found {count}" in str(caught.value)


def _joined(sheet):
    """Draw a stroke from a 4 to the 5 beside it."""
    sheet = sheet.copy()
    sheet[446:454, 730:900] = 40
    return sheet
