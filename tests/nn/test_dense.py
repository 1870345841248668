import re

import numpy as np
import pytest

from helpers.nn.dense import Dense, ReLU, backward, build_dnn, cross_entropy, forward
from helpers.nn.optimizers import SGD


def dense_layers(layers):
    return [layer for layer in layers if isinstance(layer, Dense)]


def test_dense_by_hand():
    layer = Dense(np.array([[1.0, -1], [0, 2], [0.5, 0]]), np.array([0.5, -1]))
    np.testing.assert_array_equal(layer.forward([[1, 2, 3], [0, 0, 1]]), [[3, 2], [1, -1]])
    np.testing.assert_array_equal(layer.backward([[1, 0], [0, 2]]), [[1, 0, 0.5], [-2, 4, 0]])
    np.testing.assert_array_equal(layer.grad_weights, [[1, 0], [2, 0], [3, 2]])
    np.testing.assert_array_equal(layer.grad_bias, [1, 2])


def test_axes_in_front_are_examples_too():
    layer, rng = Dense(np.arange(6.0).reshape(3, 2), np.ones(2)), np.random.default_rng(0)
    x, grad = rng.normal(size=(4, 5, 3)), rng.normal(size=(4, 5, 2))
    outputs, grad_x, *gradients = layer.forward(x), layer.backward(grad), *layer.gradients
    rows = layer.forward(x.reshape(20, 3)), layer.backward(grad.reshape(20, 2))
    np.testing.assert_allclose(outputs.reshape(20, 2), rows[0])
    np.testing.assert_allclose(grad_x.reshape(20, 3), rows[1])
    for one, other in zip(gradients, layer.gradients, strict=True):
        np.testing.assert_allclose(one, other)


def test_relu_by_hand():
    layer = ReLU()
    np.testing.assert_array_equal(layer.forward([[-1.0, 0, 2]]), [[0, 0, 2]])
    np.testing.assert_array_equal(layer.backward([[3.0, 4, 5]]), [[0, 0, 5]])


def test_cross_entropy_by_hand():
    # e^ln(n) = n, so the probabilities are 1/4, 3/4 and 1/2, 1/2.
    loss, grad = cross_entropy(np.log([[1, 3], [2, 2]]), [0, 1])
    assert loss == pytest.approx((np.log(4) + np.log(2)) / 2)
    np.testing.assert_allclose(grad, [[-3 / 8, 3 / 8], [1 / 4, -1 / 4]])


def test_a_chain_by_hand():
    layers = [Dense(np.array([[0.5]]), np.zeros(1)), ReLU(), Dense(np.array([[3.0]]), np.zeros(1))]
    np.testing.assert_array_equal(forward(layers, [[2.0]]), [[3]])
    np.testing.assert_array_equal(backward(layers, [[4.0]]), [[6]])  # 4 * 3 * 0.5
    assert [layer.grad_weights.item() for layer in dense_layers(layers)] == [24, 4]


def test_large_scores_do_not_overflow():
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss, grad = cross_entropy(np.array([[1e4, 0, -1e4]], np.float32), [1])
    assert loss == 1e4
    np.testing.assert_array_equal(grad, [[1, -1, 0]])


def test_momentum_by_hand():
    layer = Dense(np.ones((1, 1)), np.zeros(1))
    optimizer = SGD([layer], learning_rate=0.5, momentum=0.5)
    layer.grad_weights, layer.grad_bias = np.full((1, 1), 2.0), np.array([-1.0])
    optimizer.step()  # velocity -1
    assert (layer.weights.item(), layer.bias.item()) == (0, 0.5)
    optimizer.step()  # velocity -1/2 - 1
    assert (layer.weights.item(), layer.bias.item()) == (-1.5, 1.25)


def test_build_dnn_draws_repeatable_weights_of_the_right_size():
    layers = build_dnn([400, 300, 10], seed=1)
    assert [type(layer) for layer in layers] == [Dense, ReLU, Dense]
    first, _, last = layers
    assert (first.weights.shape, last.weights.shape) == ((400, 300), (300, 10))
    assert first.weights.dtype == first.bias.dtype == np.float32
    assert first.weights.std() == pytest.approx(np.sqrt(2 / 400), rel=0.02)
    assert not first.bias.any()
    np.testing.assert_array_equal(first.weights, build_dnn([400, 300, 10], seed=1)[0].weights)
    assert (first.weights != build_dnn([400, 300, 10], seed=2)[0].weights).all()


def random_case(seed, dtype):
    rng = np.random.default_rng(seed)
    widths = rng.integers(2, 9, rng.integers(2, 6))
    layers = build_dnn(widths, seed=seed, dtype=dtype)
    for layer in dense_layers(layers):
        layer.bias[:] = rng.normal(size=layer.bias.shape)
    num = rng.integers(1, 12)
    x = rng.normal(size=(num, widths[0])).astype(dtype)
    return layers, x, rng.integers(0, widths[-1], num)


@pytest.mark.parametrize("seed", range(8))
def test_gradients_equal_finite_differences(seed, slope):
    layers, x, labels = random_case(seed, np.float64)

    def loss():
        return cross_entropy(forward(layers, x), labels)[0]

    _, grad = cross_entropy(forward(layers, x), labels)
    pairs = [(x, backward(layers, grad))]
    for layer in dense_layers(layers):
        pairs += [(layer.weights, layer.grad_weights), (layer.bias, layer.grad_bias)]
    for array, gradient in pairs:
        slopes = [slope(loss, array, place) for place in np.ndindex(array.shape)]
        np.testing.assert_allclose(gradient.ravel(), slopes, atol=1e-7)


@pytest.mark.parametrize("seed", range(8))
def test_equals_tensorflow_on_random_shapes(seed):
    tf = pytest.importorskip("tensorflow")
    layers, x, labels = random_case(seed, np.float32)
    parameters = [
        tf.Variable(p) for layer in dense_layers(layers) for p in (layer.weights, layer.bias)
    ]
    inputs = tf.Variable(x)
    with tf.GradientTape() as tape:
        scores = inputs
        for number in range(0, len(parameters), 2):
            scores = tf.nn.relu(scores) if number else scores
            scores = scores @ parameters[number] + parameters[number + 1]
        their_loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=scores)
        )
    theirs = tape.gradient(their_loss, [inputs, *parameters])

    our_scores = forward(layers, x)
    loss, grad = cross_entropy(our_scores, labels)
    ours = [backward(layers, grad)]
    for layer in dense_layers(layers):
        ours += [layer.grad_weights, layer.grad_bias]
    np.testing.assert_allclose(our_scores, scores, atol=1e-5)
    assert loss == pytest.approx(float(their_loss), abs=1e-5)
    for our, their in zip(ours, theirs, strict=True):
        assert our.dtype == np.float32
        np.testing.assert_allclose(our, their, atol=1e-5)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_steps_equal_keras(momentum):
    keras = pytest.importorskip("keras")
    layers, x, labels = random_case(3, np.float32)
    dense = dense_layers(layers)
    twin = [keras.Variable(p.copy()) for layer in dense for p in (layer.weights, layer.bias)]
    ours = SGD(layers, learning_rate=0.05, momentum=momentum)
    theirs = keras.optimizers.SGD(learning_rate=0.05, momentum=momentum)
    for _ in range(5):
        _, grad = cross_entropy(forward(layers, x), labels)
        backward(layers, grad)
        ours.step()
        gradients = [g for layer in dense for g in (layer.grad_weights, layer.grad_bias)]
        theirs.apply(gradients, twin)
    moved = [p for layer in dense for p in (layer.weights, layer.bias)]
    for our, their in zip(moved, twin, strict=True):
        np.testing.assert_allclose(our, their, atol=1e-5)


def test_a_network_learns_what_one_layer_cannot():
    """Exclusive or: no straight line parts the two kinds."""
    x, labels = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), np.array([0, 1, 1, 0])
    right = {}
    for widths in ((2, 2), (2, 8, 2)):
        layers = build_dnn(widths, seed=0, dtype=float)
        optimizer = SGD(layers)
        for _ in range(200):
            _, grad = cross_entropy(forward(layers, x), labels)
            backward(layers, grad)
            optimizer.step()
        right[widths] = (forward(layers, x).argmax(axis=1) == labels).sum()
    assert right[2, 8, 2] == 4 > right[2, 2]


def test_whole_numbers_become_floats_that_can_learn():
    layer = Dense([[1, 2]], [0, 0])
    layer.forward([[1]])
    layer.backward([[1, 0]])
    SGD([layer], learning_rate=0.5).step()
    np.testing.assert_array_equal(layer.weights, [[0.5, 2]])


@pytest.mark.parametrize(
    ("weights", "bias", "message"),
    [
        ((3,), (3,), "weights must have the shape (num_inputs, num_outputs), not (3,)"),
        ((3, 2), (3,), "bias must have the shape (2,), not (3,)"),
        ((3, 2), (), "bias must have the shape (2,), not ()"),
    ],
)
def test_error_names_the_shapes_of_a_layer(weights, bias, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Dense(np.zeros(weights), np.zeros(bias))


@pytest.mark.parametrize("shape", [(), (2,), (5, 2), (1, 5, 2)])
def test_error_names_the_inputs_that_fit(shape):
    with pytest.raises(ValueError, match=r"\(\.\.\., 3\)") as error:
        build_dnn([3, 2])[0].forward(np.zeros(shape))
    assert str(shape) in str(error.value)


@pytest.mark.parametrize("layer", [build_dnn([3, 3])[0], ReLU()], ids=["dense", "relu"])
def test_backward_asks_for_the_forward_before_it(layer):
    with pytest.raises(ValueError, match="forward first"):
        layer.backward(np.zeros((5, 3)))
    layer.forward(np.zeros((5, 3)))
    assert layer.backward(np.zeros((5, 3))).shape == (5, 3)
    with pytest.raises(ValueError, match=r"\(5, 3\), not \(4, 3\)"):
        layer.backward(np.zeros((4, 3)))


@pytest.mark.parametrize("widths", [[], [784], [784, 0], [784, 1.5], [784, -1, 10]])
def test_error_names_the_widths(widths):
    with pytest.raises(ValueError, match="widths") as error:
        build_dnn(widths)
    assert str(widths) in str(error.value)


@pytest.mark.parametrize("scores", [np.zeros(3), np.zeros((0, 3)), np.zeros((2, 3, 4))])
def test_error_names_the_scores_that_fit(scores):
    with pytest.raises(ValueError, match=r"scores .* \(N, num_classes\)") as error:
        cross_entropy(scores, [0])
    assert str(scores.shape) in str(error.value)


@pytest.mark.parametrize("labels", [[0], [0, 3], [-1, 0], [0.0, 1.0], [[0, 1]]])
def test_error_names_the_labels_that_fit(labels):
    with pytest.raises(ValueError, match="labels must be 2 whole numbers from 0 to 2"):
        cross_entropy(np.zeros((2, 3)), labels)
