import numpy as np

from helpers.data import load_mnist
from helpers.vision import digits

_, (X_TEST, Y_TEST) = load_mnist()


def test_changes_every_digit_but_keeps_it_readable():
    images = digits.to_images(X_TEST[:1000])
    original = images.copy()
    distorted = digits.distort(images, np.random.default_rng(0))
    np.testing.assert_array_equal(images, original)
    assert distorted.shape == images.shape
    assert distorted.dtype == np.float32
    assert distorted.min() >= 0
    assert distorted.max() <= 1
    assert np.abs(distorted - images).max(axis=(1, 2, 3)).min() > 0.1
    assert digits.evaluate(digits.shipped_reader(), distorted, Y_TEST[:1000]) > 0.97


def test_the_generator_decides():
    images = digits.to_images(X_TEST[:5])
    first, again, other = (
        digits.distort(images, np.random.default_rng(seed)) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
