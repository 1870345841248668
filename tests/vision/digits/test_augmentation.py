import numpy as np
import pytest

from helpers.data import load_mnist
from helpers.vision import digits

_, (X_TEST, Y_TEST) = load_mnist()


@pytest.mark.parametrize("waves", [0, 1.1])
def test_changes_every_digit_but_keeps_it_readable(waves):
    images = digits.to_images(X_TEST[:1000])
    original = images.copy()
    distorted = digits.distort(images, np.random.default_rng(0), waves=waves)
    np.testing.assert_array_equal(images, original)
    assert distorted.shape == images.shape
    assert distorted.dtype == np.float32
    assert distorted.min() >= 0
    assert distorted.max() <= 1
    assert np.abs(distorted - images).max(axis=(1, 2, 3)).min() > 0.1
    assert digits.evaluate(digits.shipped_reader(), distorted, Y_TEST[:1000]) > 0.97


@pytest.mark.parametrize("waves", [0, 1.1])
def test_the_generator_decides(waves):
    images = digits.to_images(X_TEST[:5])
    first, again, other = (
        digits.distort(images, np.random.default_rng(seed), waves=waves) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_waves_bend_a_straight_stroke():
    stroke = np.zeros((50, 28, 28, 1), np.float32)
    stroke[:, 4:24, 13:15] = 1

    def unevenness(waves):
        """The mean distance, in pixels, of the stroke's middle in each row from a line."""
        bent = digits.distort(stroke, np.random.default_rng(0), waves=waves)[:, 8:20, :, 0]
        middles = (bent * np.arange(28)).sum(axis=2) / bent.sum(axis=2)
        lines = [np.polyval(np.polyfit(range(12), one, 1), range(12)) for one in middles]
        return np.abs(middles - lines).mean()

    assert unevenness(0) < 0.1 < unevenness(1.1) < 1
