import numpy as np
import pytest

from helpers.nn.attention import causal_mask, padding_mask
from helpers.nn.optimizers import SGD
from helpers.nn.transformer import (
    Block,
    DecoderBlock,
    FeedForward,
    LayerNormalization,
    MultiHeadAttention,
    positions,
)

TOLERANCE = {"rtol": 0, "atol": 1e-5}


def test_positions_by_hand():
    # Two waves: one turn in 2 pi places, the other a hundred times slower.
    waves = positions(2, 4)
    expected = [[0, 1, 0, 1], [np.sin(1), np.cos(1), np.sin(0.01), np.cos(0.01)]]
    np.testing.assert_allclose(waves, expected, atol=1e-7)
    with pytest.raises(ValueError, match="even"):
        positions(2, 5)


def test_a_step_turns_every_position_alike():
    # Why waves: the vector k places on is the same rotation of each vector.
    waves = positions(50, 8).astype(float)
    products = waves @ waves.T
    for step in (1, 7):
        np.testing.assert_allclose(np.diag(products, step), products[0, step], atol=1e-5)


def test_attention_by_hand():
    # The first asks for the second twice as loudly as e allows: weights 1/4 and 3/4.
    eye = np.eye(2)[:, None, :], np.zeros((1, 2))
    ask = np.sqrt(2) * np.log(3) * np.array([[0.0, 1], [0, 0]])[:, None, :], np.zeros((1, 2))
    attention = MultiHeadAttention(*ask, *eye, *eye, np.eye(2)[None], np.zeros(2))
    x = np.eye(2)[None]
    outputs, weights = attention.forward(x, x)
    np.testing.assert_allclose(weights, [[[[0.25, 0.75], [0.5, 0.5]]]])
    np.testing.assert_allclose(outputs, [[[0.25, 0.75], [0.5, 0.5]]])


def test_attention_refuses_shapes_that_do_not_fit():
    eye = np.eye(2)[:, None, :], np.zeros((1, 2))
    with pytest.raises(ValueError, match=r"output must have the shape \(1, 2, 2\), not \(2, 2\)"):
        MultiHeadAttention(*eye * 3, np.eye(2), np.zeros(2))


def randomized(layer, rng):
    """Give a Keras layer random weights, biases among them, and return them."""
    layer.set_weights([rng.normal(0, 0.2, w.shape).astype("float32") for w in layer.get_weights()])
    return layer.get_weights()


def assert_gradients_equal(ours, theirs):
    """Keras keeps the heads on an axis of their own, `Dense` side by side: the sizes count."""
    for our, their in zip(ours, theirs, strict=True):
        assert our.dtype == np.float32
        np.testing.assert_allclose(our, np.reshape(their, our.shape), **TOLERANCE)


@pytest.mark.parametrize(("heads", "size"), [(1, 3), (4, 16)])
@pytest.mark.parametrize("masked", [None, "padding", "causal"])
def test_attention_equals_keras(heads, size, masked):
    import keras
    import tensorflow as tf

    rng = np.random.default_rng(heads)
    x = rng.normal(size=(3, 5, heads * size)).astype("float32")
    memory = x if masked == "causal" else rng.normal(size=(3, 7, x.shape[2])).astype("float32")
    ids = np.where(np.arange(7) < [[7], [4], [1]], 9, 0)
    mask = {None: None, "padding": padding_mask(ids), "causal": causal_mask(5)[None]}[masked]
    layer = keras.layers.MultiHeadAttention(heads, size)
    layer.build(x.shape, memory.shape)
    ours = MultiHeadAttention(*randomized(layer, rng))
    grad = rng.normal(size=x.shape).astype("float32") / 10
    inputs = [tf.Variable(x), tf.Variable(memory)]
    with tf.GradientTape() as tape:
        theirs = layer(*inputs, attention_mask=mask, return_attention_scores=True)
        loss = tf.reduce_sum(theirs[0] * grad)
    for one, other in zip(ours.forward(x, memory, mask), theirs, strict=True):
        np.testing.assert_allclose(one, other, **TOLERANCE)
    gradients = tape.gradient(loss, [*inputs, *layer.trainable_variables])
    assert_gradients_equal([*ours.backward(grad), *ours.gradients], gradients)


def test_layer_normalization_equals_keras():
    import keras
    import tensorflow as tf

    rng = np.random.default_rng(0)
    x = rng.normal(3, 10, size=(4, 6, 12)).astype("float32")
    x[0, 0] = 5  # no deviation at all
    layer = keras.layers.LayerNormalization()
    layer.build(x.shape)
    ours = LayerNormalization(*randomized(layer, rng))
    grad = rng.normal(size=x.shape).astype("float32")
    inputs = tf.Variable(x)
    with tf.GradientTape() as tape:
        theirs = layer(inputs)
        loss = tf.reduce_sum(theirs * grad)
    np.testing.assert_allclose(ours.forward(x), theirs, **TOLERANCE)
    gradients = tape.gradient(loss, [inputs, *layer.trainable_variables])
    assert_gradients_equal([ours.backward(grad), *ours.gradients], gradients)


def random_parts(rng, size=6, num_heads=2, num_hidden=5):
    """Draw the weights of an attention, a norm and a feed-forward step, in float64."""
    heads = (size, num_heads, size // num_heads)

    def attention():
        projections = [rng.normal(size=shape) for shape in (heads, heads[1:]) * 3]
        return MultiHeadAttention(*projections, rng.normal(size=(*heads[1:], size)), np.ones(size))

    def norm():
        return LayerNormalization(*rng.normal(size=(2, size)))

    hidden, output = rng.normal(size=(size, num_hidden)), rng.normal(size=(num_hidden, size))
    return attention, norm, FeedForward(hidden, np.ones(num_hidden), output, np.ones(size))


def assert_slopes_equal(loss, arrays, gradients, slope):
    """Hold gradients against finite differences, at three places of each array."""
    rng = np.random.default_rng(0)
    for array, gradient in zip(arrays, gradients, strict=True):
        assert gradient.shape == array.shape
        for _ in range(3):
            place = tuple(rng.integers(array.shape))
            np.testing.assert_allclose(gradient[place], slope(loss, array, place), atol=1e-6)


def test_the_gradients_of_a_block_equal_finite_differences(slope):
    rng = np.random.default_rng(0)
    attention, norm, feed_forward = random_parts(rng)
    block = Block(attention(), norm(), feed_forward, norm())
    x, grad = rng.normal(size=(2, 2, 4, 6))

    def loss():
        return (block.forward(x, causal_mask(4)) * grad).sum()

    loss()
    gradients = [block.backward(grad), *block.gradients]
    assert len(gradients) == 1 + 8 + 2 + 4 + 2
    assert_slopes_equal(loss, [x, *block.parameters], gradients, slope)


def test_the_gradients_of_a_decoder_block_equal_finite_differences(slope):
    rng = np.random.default_rng(1)
    attention, norm, feed_forward = random_parts(rng)
    block = DecoderBlock(attention(), norm(), attention(), norm(), feed_forward, norm())
    x, grad = rng.normal(size=(2, 2, 4, 6))
    memory = rng.normal(size=(2, 3, 6))
    memory_mask = padding_mask([[7, 8, 9], [7, 0, 0]])

    def loss():
        return (block.forward(x, memory, causal_mask(4), memory_mask) * grad).sum()

    loss()
    gradients = [*block.backward(grad), *block.gradients]
    assert_slopes_equal(loss, [x, memory, *block.parameters], gradients, slope)


def test_a_block_learns():
    """One way through all layers: what moves a dense network moves a block."""
    rng = np.random.default_rng(0)
    attention, norm, feed_forward = random_parts(rng)
    block = Block(attention(), norm(), feed_forward, norm())
    x, wanted = rng.normal(size=(2, 3, 4, 6))
    optimizer = SGD([block], learning_rate=0.01)
    losses = []
    for _ in range(50):
        difference = block.forward(x) - wanted
        losses.append((difference**2).mean())
        block.backward(2 * difference / difference.size)
        optimizer.step()
    assert losses[-1] < losses[0] / 2


def test_masks_hide_what_they_should():
    rng = np.random.default_rng(0)
    head = rng.normal(size=(8, 2, 4)), rng.normal(size=(2, 4))
    attention = MultiHeadAttention(*head * 3, rng.normal(size=(2, 4, 8)), rng.normal(size=8))
    x = rng.normal(size=(1, 6, 8))
    changed = x.copy()
    changed[:, 4:] += 1
    ids = [[5, 6, 7, 8, 0, 0]]
    for mask in (causal_mask(6), padding_mask(ids)):
        before, _ = attention.forward(x, x, mask)
        after, _ = attention.forward(changed, changed, mask)
        np.testing.assert_allclose(before[:, :4], after[:, :4])
        assert not np.allclose(before[:, 4:], after[:, 4:])
