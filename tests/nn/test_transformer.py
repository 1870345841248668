import numpy as np
import pytest

from helpers.nn.attention import causal_mask, padding_mask
from helpers.nn.transformer import (
    Block,
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
    outputs, weights = attention(x, x)
    np.testing.assert_allclose(weights, [[[[0.25, 0.75], [0.5, 0.5]]]])
    np.testing.assert_allclose(outputs, [[[0.25, 0.75], [0.5, 0.5]]])


def test_attention_refuses_shapes_that_do_not_fit():
    eye = np.eye(2)[:, None, :], np.zeros((1, 2))
    with pytest.raises(ValueError, match=r"\(H, K, D\)"):
        MultiHeadAttention(*eye * 3, np.eye(2), np.zeros(2))


def test_a_block_needs_a_norm_behind_each_step():
    with pytest.raises(ValueError, match="2 steps"):
        Block(None, None, [LayerNormalization(1, 0)] * 3)


def randomized(layer, rng):
    """Give a Keras layer random weights, biases among them, and return them."""
    layer.set_weights([rng.normal(0, 0.2, w.shape).astype("float32") for w in layer.get_weights()])
    return layer.get_weights()


@pytest.mark.parametrize(("heads", "size"), [(1, 3), (4, 16)])
@pytest.mark.parametrize("masked", [None, "padding", "causal"])
def test_attention_equals_keras(heads, size, masked):
    import keras

    rng = np.random.default_rng(heads)
    x = rng.normal(size=(3, 5, heads * size)).astype("float32")
    memory = x if masked == "causal" else rng.normal(size=(3, 7, x.shape[2])).astype("float32")
    ids = np.where(np.arange(7) < [[7], [4], [1]], 9, 0)
    mask = {None: None, "padding": padding_mask(ids), "causal": causal_mask(5)[None]}[masked]
    layer = keras.layers.MultiHeadAttention(heads, size)
    layer.build(x.shape, memory.shape)
    ours = MultiHeadAttention(*randomized(layer, rng))
    theirs = layer(x, memory, attention_mask=mask, return_attention_scores=True)
    for one, other in zip(ours(x, memory, mask), theirs, strict=True):
        np.testing.assert_allclose(one, other, **TOLERANCE)


def test_layer_normalization_equals_keras():
    import keras

    rng = np.random.default_rng(0)
    x = rng.normal(3, 10, size=(4, 6, 12)).astype("float32")
    x[0, 0] = 5  # no deviation at all
    layer = keras.layers.LayerNormalization()
    layer.build(x.shape)
    ours = LayerNormalization(*randomized(layer, rng))(x)
    np.testing.assert_allclose(ours, layer(x), **TOLERANCE)


def test_masks_hide_what_they_should():
    rng = np.random.default_rng(0)
    head = rng.normal(size=(8, 2, 4)), rng.normal(size=(2, 4))
    attention = MultiHeadAttention(*head * 3, rng.normal(size=(2, 4, 8)), rng.normal(size=8))
    x = rng.normal(size=(1, 6, 8))
    changed = x.copy()
    changed[:, 4:] += 1
    ids = [[5, 6, 7, 8, 0, 0]]
    for mask in (causal_mask(6), padding_mask(ids)):
        before, after = attention(x, x, mask)[0], attention(changed, changed, mask)[0]
        np.testing.assert_allclose(before[:, :4], after[:, :4])
        assert not np.allclose(before[:, 4:], after[:, 4:])
