import re
import subprocess
import sys

import numpy as np
import pytest

from helpers.nn.recurrent import GRU, LSTM, SimpleRNN

LAYERS = [SimpleRNN, LSTM, GRU]
WEIGHTS = ("kernel", "recurrent_kernel", "bias")

each_layer = pytest.mark.parametrize("kind", LAYERS)


def random_weights(kind, rng, num_inputs, units, dtype):
    width = kind.num_blocks * units
    bias = (2, width) if kind is GRU else (width,)
    shapes = (num_inputs, width), (units, width), bias
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


def random_case(kind, seed, dtype):
    """A layer, its inputs and a gradient of its outputs, all of random shape."""
    rng = np.random.default_rng(seed)
    num, steps, num_inputs, units = rng.integers(1, 8, 4)
    layer = kind(*random_weights(kind, rng, num_inputs, units, dtype))
    x = rng.normal(size=(num, steps, num_inputs)).astype(dtype)
    return layer, x, rng.normal(size=(num, steps, units)).astype(dtype)


# By hand: sigmoid(ln 3) is 3/4, sigmoid(0) is 1/2


def test_simple_rnn_by_hand():
    rnn = SimpleRNN([[np.arctanh(0.5)]], [[2 * np.arctanh(0.25)]], [0.0])
    h = rnn.forward([[[1.0], [0.0]]])
    np.testing.assert_allclose(h, [[[0.5], [0.25]]])
    # tanh's slopes are 1 - 1/16 and 1 - 1/4
    back_1 = 1 - 0.25**2
    back_0 = back_1 * 2 * np.arctanh(0.25) * (1 - 0.5**2)
    grad_x = rnn.backward([[[0.0], [1.0]]])
    np.testing.assert_allclose(grad_x.ravel(), np.array([back_0, back_1]) * np.arctanh(0.5))
    assert rnn.grad_kernel.item() == pytest.approx(back_0)
    assert rnn.grad_recurrent_kernel.item() == pytest.approx(back_1 * 0.5)
    assert rnn.grad_bias.item() == pytest.approx(back_0 + back_1)


def test_lstm_by_hand():
    new = np.arctanh(0.8)
    # The input opens the input gate to 3/4; the other gates stay half open.
    lstm = LSTM([[np.log(3), 0, 0, 0]], np.zeros((1, 4)), [0, 0, new, 0])
    h = lstm.forward([[[1.0], [0.0]]])
    assert [c_t.item() for _, c_t in lstm.states] == pytest.approx([0, 0.6, 0.3 + 0.4])
    np.testing.assert_allclose(h.ravel(), np.tanh([0.6, 0.7]) / 2)
    # h_2 -> c_2 -> c_1 (through f = 1/2) -> i_1 -> x_1
    grad_c = 0.5 * (1 - np.tanh(0.7) ** 2)
    grad_x = lstm.backward([[[0.0], [1.0]]]).ravel()
    expected = [grad_c * 0.5 * 0.8 * 0.75 * 0.25, grad_c * 0.8 * 0.5 * 0.5]
    np.testing.assert_allclose(grad_x, np.array(expected) * np.log(3))


def test_gru_by_hand():
    # The input holds the update gate at 3/4; what is new is 0.8 at every step.
    gru = GRU([[np.log(3), 0, 0]], np.zeros((1, 3)), [[0, 0, np.arctanh(0.8)], [0, 0, 0]])
    h = gru.forward([[[0.0], [1.0]]])
    np.testing.assert_allclose(h.ravel(), [0.4, 0.75 * 0.4 + 0.25 * 0.8])
    grad_x = gru.backward([[[0.0], [1.0]]]).ravel()
    expected = [0.75 * (0 - 0.8) / 4, (0.4 - 0.8) * 0.75 * 0.25]
    np.testing.assert_allclose(grad_x, np.array(expected) * np.log(3))


def test_the_reset_gate_of_the_gru_stands_behind_the_recurrent_kernel_and_its_bias():
    bias = [[0, np.log(3), 0], [0, 0, np.arctanh(0.8) * 4 / 3]]
    gru = GRU(np.zeros((1, 3)), np.zeros((1, 3)), bias)
    assert gru.forward([[[0.0]]]).item() == pytest.approx(0.4)


# The oracle


@each_layer
@pytest.mark.parametrize("seed", range(6))
def test_equals_keras_on_random_shapes(kind, seed):
    keras = pytest.importorskip("keras")
    tf = pytest.importorskip("tensorflow")
    layer, x, grad = random_case(kind, seed, np.float32)
    theirs = getattr(keras.layers, kind.__name__)(
        layer.units, return_sequences=True, return_state=True
    )
    theirs.build(x.shape)
    theirs.set_weights([getattr(layer, name) for name in WEIGHTS])
    inputs = tf.Variable(x)
    with tf.GradientTape() as tape:
        their_h, *their_state = theirs(inputs)
        loss = tf.reduce_sum(their_h * grad)
    gradients = tape.gradient(loss, [inputs, *theirs.trainable_variables])

    h = layer.forward(x)
    ours = [layer.backward(grad), *(getattr(layer, f"grad_{name}") for name in WEIGHTS)]
    np.testing.assert_allclose(h, their_h, atol=1e-5)
    for our, their in zip(layer.states[-1], their_state, strict=True):
        np.testing.assert_allclose(our, their, atol=1e-5)
    for our, their in zip(ours, gradients, strict=True):
        assert our.dtype == np.float32
        np.testing.assert_allclose(our, their, atol=1e-5)


def test_every_c_t_equals_that_of_keras():
    keras = pytest.importorskip("keras")
    lstm, x, _ = random_case(LSTM, 2, np.float32)
    cell = keras.layers.LSTMCell(lstm.units)
    cell.build(x[:, 0].shape)
    cell.set_weights([getattr(lstm, name) for name in WEIGHTS])
    lstm.forward(x)
    assert x.shape[1] > 1
    state = [np.zeros((len(x), lstm.units), np.float32)] * 2
    for t in range(x.shape[1]):
        _, state = cell(x[:, t], state)
        for our, their in zip(lstm.states[t + 1], state, strict=True):
            np.testing.assert_allclose(our, their, atol=1e-5)


@each_layer
@pytest.mark.parametrize("seed", range(3))
def test_gradients_equal_finite_differences(kind, seed, slope):
    layer, x, grad = random_case(kind, seed, np.float64)

    def loss():
        return np.sum(layer.forward(x) * grad)

    layer.forward(x)
    pairs = [(x, layer.backward(grad))]
    pairs += [(getattr(layer, name), getattr(layer, f"grad_{name}")) for name in WEIGHTS]
    for array, gradient in pairs:
        slopes = [slope(loss, array, place) for place in np.ndindex(array.shape)]
        np.testing.assert_allclose(gradient.ravel(), slopes, atol=1e-6)


# What makes a layer recurrent


@each_layer
def test_a_layer_is_its_cell_in_a_loop(kind):
    layer, x, _ = random_case(kind, 4, np.float64)
    h = layer.forward(x)
    state = layer.states[0]
    for t in range(x.shape[1]):
        state = layer.step(x[:, t], *state)
        np.testing.assert_array_equal(h[:, t], state[0])
        np.testing.assert_array_equal(layer.states[t + 1], state)


@each_layer
def test_a_step_knows_the_past_and_not_the_future(kind):
    rng = np.random.default_rng(0)
    layer = kind(*random_weights(kind, rng, 3, 4, np.float64))
    x = rng.normal(size=(1, 5, 3))
    changed = x.copy()
    changed[:, 2] += 1
    differs = (layer.forward(x) != layer.forward(changed)).any(axis=(0, 2))
    assert differs.tolist() == [False, False, True, True, True]


@each_layer
def test_sequences_do_not_mix_and_each_forward_begins_anew(kind):
    layer, x, _ = random_case(kind, 3, np.float64)
    together = layer.forward(x)
    alone = np.concatenate([layer.forward(row[None]) for row in x])
    np.testing.assert_allclose(together, alone)


def test_an_open_forget_gate_keeps_the_memory_and_its_gradient():
    bias = np.repeat([-20.0, 20, 0, 20], 3)  # nothing new comes in, nothing is forgotten
    lstm = LSTM(np.zeros((2, 12)), np.zeros((3, 12)), bias)
    _, c_t = lstm.step(np.ones((1, 2)), np.zeros((1, 3)), np.array([[1.0, -2, 3]]))
    np.testing.assert_allclose(c_t, [[1, -2, 3]], atol=1e-7)


@each_layer
def test_large_numbers_do_not_overflow(kind):
    layer = kind(*random_weights(kind, np.random.default_rng(0), 1, 2, np.float32))
    with np.errstate(all="raise", under="ignore"):
        h = layer.forward(np.full((1, 3, 1), 1e6, np.float32))
        layer.backward(np.ones_like(h))
    assert np.isfinite(layer.grad_kernel).all()


def test_no_tensorflow_is_loaded():
    code = "import sys, helpers.nn.recurrent; print('tensorflow' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert loaded.stdout == "False\n", loaded.stderr


# Bad input


@pytest.mark.parametrize(
    ("kind", "shapes", "message"),
    [
        (SimpleRNN, [(3,), (4, 4), (4,)], "kernel must have the shape (num_inputs, units)"),
        (SimpleRNN, [(3, 4), (4, 5), (4,)], "recurrent_kernel must have the shape (4, 4)"),
        (LSTM, [(3, 14), (4, 16), (16,)], "kernel must have the shape (num_inputs, 4*units)"),
        (LSTM, [(3, 16), (4, 16), (2, 16)], "bias must have the shape (16,), not (2, 16)"),
        (GRU, [(3, 12), (4, 12), (12,)], "bias must have the shape (2, 12)"),  # reset_after=False
    ],
)
def test_error_names_the_shapes_of_the_weights(kind, shapes, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        kind(*map(np.zeros, shapes))


@pytest.mark.parametrize("shape", [(5, 3), (2, 5, 4), (2, 0, 3), (3,)])
def test_error_names_the_inputs_that_fit(shape):
    rnn = SimpleRNN(np.zeros((3, 2)), np.zeros((2, 2)), np.zeros(2))
    with pytest.raises(ValueError, match=r"\(N, T, 3\)") as error:
        rnn.forward(np.zeros(shape))
    assert str(shape) in str(error.value)


@each_layer
def test_backward_asks_for_the_forward_before_it(kind):
    layer = kind(*random_weights(kind, np.random.default_rng(0), 3, 2, np.float32))
    for shape in ((1, 5, 2), (0, 0, 2)):
        with pytest.raises(ValueError, match="forward first"):
            layer.backward(np.zeros(shape))
    layer.forward(np.zeros((1, 5, 3)))
    assert layer.backward(np.zeros((1, 5, 2))).shape == (1, 5, 3)
    with pytest.raises(ValueError, match=r"\(1, 5, 2\), not \(1, 4, 2\)"):
        layer.backward(np.zeros((1, 4, 2)))


def test_errors_speak_korean_to_korean_readers(monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "ko")
    with pytest.raises(ValueError, match="여야 합니다"):
        SimpleRNN([[1.0]], [[1.0]], [0.0]).forward([1.0])
