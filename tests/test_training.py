"""What `fit` does beyond one input and equal weights. The digits' tests interrupt it."""

import numpy as np
import pytest

from helpers.training import fit

pytestmark = pytest.mark.slow

SETTINGS = {"num_examples": 2, "num_epochs": 60, "batch_size": 2}


def sum_of_two():
    """Return a model of two numbers x and y with one weight w: w (x + y), w = 0 at first."""
    import keras

    first, second = keras.Input((1,)), keras.Input((1,))
    total = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    model = keras.Model([first, second], total(keras.layers.Add()([first, second])))
    model.compile(keras.optimizers.SGD(0.1), loss="mse")
    return model


def weight_after(*weights):
    x = np.array([[1.0], [1.0]], np.float32)
    y = np.array([[2.0], [4.0]], np.float32)
    model = sum_of_two()
    history = fit(model, lambda epoch: ([x, 0 * x], y, *weights), SETTINGS)
    assert len(history["loss"]) == 60
    return float(model.get_weights()[0][0, 0])


def test_several_inputs_are_a_list():
    assert weight_after() == pytest.approx(3, abs=1e-3)  # the mean of 2 and 4


def test_what_weighs_nothing_is_not_learned():
    assert weight_after(np.array([0.0, 1.0], np.float32)) == pytest.approx(4, abs=1e-2)
    assert weight_after(np.array([1.0, 0.0], np.float32)) == pytest.approx(2, abs=1e-2)
