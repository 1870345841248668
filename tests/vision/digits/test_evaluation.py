import numpy as np

from helpers.vision import digits


def test_evaluate_by_hand():
    def always_seven(images):
        return np.eye(10, dtype=np.float32)[np.full(len(images), 7)]

    x = np.zeros((2500, 28, 28), np.uint8)  # more than one batch
    assert digits.probabilities(always_seven, x).shape == (2500, 10)
    assert digits.evaluate(always_seven, x, np.arange(2500) % 10) == 0.1
    assert digits.evaluate(always_seven, x, np.full(2500, 7)) == 1
