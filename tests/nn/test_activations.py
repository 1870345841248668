import numpy as np
import pytest

from helpers.nn.activations import relu, sigmoid, softmax


def test_sigmoid_by_hand():
    np.testing.assert_allclose(sigmoid([-np.log(3), 0, np.log(3)]), [0.25, 0.5, 0.75])


def test_relu_by_hand():
    np.testing.assert_array_equal(relu([[-2.5, 0], [0.5, 7]]), [[0, 0], [0.5, 7]])


def test_softmax_by_hand():
    # e^ln(n) = n, so the probabilities are in the ratio 1 : 2 : 5.
    np.testing.assert_allclose(softmax(np.log([1, 2, 5])), [1 / 8, 2 / 8, 5 / 8])


def test_softmax_goes_along_its_axis():
    scores = np.log([[1, 3], [1, 1]])
    np.testing.assert_allclose(softmax(scores), [[0.25, 0.75], [0.5, 0.5]])
    np.testing.assert_allclose(softmax(scores, axis=0), [[0.5, 0.75], [0.5, 0.25]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_numbers_neither_overflow_nor_lose_their_kind(dtype):
    large = np.array([-1e4, 0, 1e4], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        np.testing.assert_array_equal(sigmoid(large), np.array([0, 0.5, 1], dtype), strict=True)
        np.testing.assert_array_equal(softmax(large), np.array([0, 0, 1], dtype), strict=True)
        np.testing.assert_array_equal(relu(large), np.array([0, 0, 1e4], dtype), strict=True)


def test_sigmoid_keeps_its_small_values():
    assert sigmoid(-80.0) == pytest.approx(np.exp(-80), rel=1e-12)


def test_bytes_do_not_wrap_around():
    values = np.array([0, 1], np.uint8)
    np.testing.assert_allclose(sigmoid(values), [0.5, 1 / (1 + np.exp(-1))], rtol=1e-6)
    np.testing.assert_allclose(softmax(values), [1 / (1 + np.e), np.e / (1 + np.e)], rtol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_equals_tensorflow_on_random_shapes(seed):
    tf = pytest.importorskip("tensorflow")
    rng = np.random.default_rng(seed)
    x = rng.normal(scale=20, size=rng.integers(1, 6, 3)).astype(np.float32)
    axis = int(rng.integers(-3, 3))
    pairs = [
        (sigmoid(x), tf.math.sigmoid(x)),
        (relu(x), tf.nn.relu(x)),
        (softmax(x, axis), tf.nn.softmax(x, axis)),
    ]
    for ours, theirs in pairs:
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize(("x", "axis"), [(1.0, -1), ([1.0], 1), ([1.0], -2), ([], 0)])
def test_error_names_the_axis_and_what_was_given(x, axis):
    with pytest.raises(ValueError, match="axis") as error:
        softmax(x, axis)
    assert str(axis) in str(error.value)
    assert str(np.shape(x)) in str(error.value)


def test_a_mask_hides_scores_however_large():
    scores, mask = np.array([[1, 1, 9e3], [2, 5, 2]]), [[True, True, False], [True, False, True]]
    np.testing.assert_array_equal(softmax(scores, mask=mask), [[0.5, 0.5, 0], [0.5, 0, 0.5]])
    np.testing.assert_array_equal(softmax(scores.T, 0, np.transpose(mask)).T[0], [0.5, 0.5, 0])


@pytest.mark.parametrize(
    "mask",
    [[[True, True], [False, False]], [True] * 3, np.ones((2, 2)), False],
    ids=["empty row", "shape", "numbers", "nothing"],
)
def test_error_says_what_a_mask_is(mask):
    with pytest.raises(ValueError, match=r"\(2, 2\), with a True in every row"):
        softmax(np.zeros((2, 2)), mask=mask)
