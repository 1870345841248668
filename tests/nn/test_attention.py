import re

import numpy as np
import pytest

from helpers.nn.attention import (
    AdditiveAttention,
    DotProductAttention,
    causal_mask,
)


def test_dot_product_by_hand():
    attention = DotProductAttention(scale=1)
    # Scores ln 3 and 0 make weights 3/4 and 1/4.
    context, weights = attention.forward([[np.log(3)]], [[1], [0]], [[4], [8]])
    np.testing.assert_allclose(weights, [[3 / 4, 1 / 4]])
    np.testing.assert_allclose(context, [[5]])
    grad_queries, grad_keys, grad_values = attention.backward([[1]])
    np.testing.assert_allclose(grad_values, [[3 / 4], [1 / 4]])
    # The gradients of the scores are 3/4 * (4 - 5) and 1/4 * (8 - 5).
    np.testing.assert_allclose(grad_queries, [[-3 / 4]])
    np.testing.assert_allclose(grad_keys, np.log(3) * np.array([[-3 / 4], [3 / 4]]))


def test_the_scale_is_one_over_the_root_of_the_length():
    queries, keys = np.full((1, 4), np.log(3) / 2), np.array([[1, 1, 1, 1], [0, 0, 0, 0]])
    _, weights = DotProductAttention().forward(queries, keys, [[1], [0]])
    np.testing.assert_allclose(weights, [[3 / 4, 1 / 4]])  # the dot product is 2 ln 3


def test_additive_by_hand():
    attention = AdditiveAttention([[1.0]], [[1.0]], [2 * np.log(3)])
    query = np.log(3) / 2  # its tanh is 1/2
    context, weights = attention.forward([[query]], [[0], [-query]], [[4], [8]])
    np.testing.assert_allclose(weights, [[3 / 4, 1 / 4]])
    np.testing.assert_allclose(context, [[5]])
    grad_queries, grad_keys, grad_values = attention.backward([[1]])
    np.testing.assert_allclose(grad_values, [[3 / 4], [1 / 4]])
    np.testing.assert_allclose(attention.grad_v, [-3 / 4 * 1 / 2])
    # The slope of tanh is 3/4 where it is 1/2, and 1 at 0.
    grad_sums = 2 * np.log(3) * np.array([[-3 / 4 * 3 / 4], [3 / 4]])
    np.testing.assert_allclose(grad_keys, grad_sums)
    np.testing.assert_allclose(grad_queries, [grad_sums.sum(axis=0)])
    np.testing.assert_allclose(attention.grad_w_query, query * grad_queries)
    np.testing.assert_allclose(attention.grad_w_key, [-query * grad_sums[1]])


def test_a_mask_hides_a_key_whatever_its_score():
    keys, mask = [[2], [2], [9e3]], [True, True, False]
    _, weights = DotProductAttention(scale=1).forward([[1.0]], keys, np.eye(3), mask)
    np.testing.assert_array_equal(weights, [[0.5, 0.5, 0]])


def test_sharp_scores_look_up_one_value():
    keys, values = np.eye(3), np.array([[10.0], [20], [30]])
    context, _ = DotProductAttention(scale=1e3).forward(keys[[2, 0]], keys, values)
    np.testing.assert_allclose(context, [[30], [10]])


def test_causal_mask_lets_nobody_look_ahead():
    x = np.random.default_rng(0).normal(size=(2, 5, 3))
    context, weights = DotProductAttention().forward(x, x, x, causal_mask(5))
    np.testing.assert_array_equal(weights, np.tril(weights))
    changed = x.copy()
    changed[:, 3:] += 1
    again, _ = DotProductAttention().forward(changed, changed, changed, causal_mask(5))
    np.testing.assert_array_equal(context[:, :3], again[:, :3])
    assert (context[:, 3:] != again[:, 3:]).all()


def random_case(seed, dtype, kind):
    """Draw an attention, its inputs and a mask: of keys, of pairs, or None."""
    rng = np.random.default_rng(seed)

    def draw(*shape):
        return rng.normal(size=shape).astype(dtype)

    num, num_queries, num_keys, d_query, d_key, d_values, units = rng.integers(1, 7, 7)
    if kind == "dot":
        d_query = d_key
        attention = DotProductAttention(scale=[None, 1.0, 0.3][seed % 3])
    else:
        attention = AdditiveAttention(draw(d_query, units), draw(d_key, units), draw(units))
    inputs = [
        draw(num, num_queries, d_query),
        draw(num, num_keys, d_key),
        draw(num, num_keys, d_values),
    ]
    rows = 1 if seed % 2 else num_queries
    mask = rng.random((num, rows, num_keys)) < 0.6
    mask[..., rng.integers(num_keys)] = True
    return attention, inputs, [mask, None, mask][seed % 3], draw(num, num_queries, d_values)


@pytest.mark.parametrize("kind", ["dot", "additive"])
@pytest.mark.parametrize("seed", range(6))
def test_gradients_equal_finite_differences(seed, kind, slope):
    attention, inputs, mask, grad = random_case(seed, np.float64, kind)

    def loss():
        return (attention.forward(*inputs, mask)[0] * grad).sum()

    loss()
    gradients = [*attention.backward(grad), *attention.gradients]
    for array, gradient in zip([*inputs, *attention.parameters], gradients, strict=True):
        assert gradient.shape == array.shape
        slopes = [slope(loss, array, place) for place in np.ndindex(array.shape)]
        np.testing.assert_allclose(gradient.ravel(), slopes, atol=1e-7)


@pytest.mark.parametrize("kind", ["dot", "additive"])
@pytest.mark.parametrize("seed", range(8))
def test_equals_keras_on_random_shapes(seed, kind):
    tf = pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    attention, inputs, mask, grad = random_case(seed, np.float32, kind)
    variables = [tf.Variable(array) for array in (*inputs, *attention.parameters)]
    with tf.GradientTape() as tape:
        queries, keys, values = map(tf.convert_to_tensor, variables[:3])
        if kind == "dot":
            layer = keras.layers.Attention(use_scale=True)
            scale = attention.scale or 1 / np.sqrt(keys.shape[-1])
        else:
            layer = keras.layers.AdditiveAttention()
            queries, keys = queries @ variables[3], keys @ variables[4]
            scale = attention.v
        layer.build([queries.shape, values.shape, keys.shape])
        layer.scale.assign(scale)
        seen = layer(
            [queries, values, keys],
            mask=None if mask is None else [None, mask],
            return_attention_scores=True,
        )
        loss = tf.reduce_sum(seen[0] * grad)
    if kind == "additive":
        variables[5] = layer.scale.value
    theirs = tape.gradient(loss, variables)

    for our, their in zip(attention.forward(*inputs, mask), seen, strict=True):
        assert our.dtype == np.float32
        np.testing.assert_allclose(our, their, atol=1e-5)
    ours = [*attention.backward(grad), *attention.gradients]
    for our, their in zip(ours, theirs, strict=True):
        assert our.dtype == np.float32
        np.testing.assert_allclose(our, their, atol=1e-5)


def test_axes_in_front_are_looked_up_apart():
    """Heads of a transformer, (examples, heads, places, numbers)."""
    rng = np.random.default_rng(0)
    queries, keys, values = rng.normal(size=(3, 2, 4, 5, 6))
    units = rng.normal(size=(2, 6, 3))
    for attention in (DotProductAttention(), AdditiveAttention(*units, np.ones(3))):
        context, weights = attention.forward(queries, keys, values, causal_mask(5))
        alone, _ = attention.forward(queries[1, 3], keys[1, 3], values[1, 3], causal_mask(5))
        assert weights.shape == (2, 4, 5, 5)
        np.testing.assert_allclose(weights.sum(axis=-1), 1)
        np.testing.assert_allclose(context[1, 3], alone)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((3,), (4, 3), (4, 2)), "queries must have the shape (..., num_queries, d), not (3,)"),
        (((1, 3), (4, 2), (4, 2)), "keys must have the shape (num_keys, 3), not (4, 2)"),
        (((1, 3), (4, 3), (5, 2)), "values must have the shape (4, d_values), not (5, 2)"),
        (((2, 1, 3), (4, 3), (4, 2)), "keys must have the shape (2, num_keys, 3), not (4, 3)"),
    ],
)
def test_error_names_the_shape_that_does_not_fit(shapes, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        DotProductAttention().forward(*map(np.zeros, shapes))


@pytest.mark.parametrize(
    ("shapes", "name"),
    [(((2, 3), (2, 4), (3,)), "w_key"), (((2, 3), (2, 3), (4,)), "w_query"),
     (((3,), (3,), (3,)), "w_query")],
)  # fmt: skip
def test_error_names_the_parameter_that_does_not_fit(shapes, name):
    with pytest.raises(ValueError, match=f"{name} must have the shape"):
        AdditiveAttention(*map(np.zeros, shapes))


def test_backward_asks_for_the_shape_of_the_context():
    attention = DotProductAttention()
    with pytest.raises(ValueError, match="forward first"):
        attention.backward(np.zeros((2, 5)))
    attention.forward(np.zeros((2, 3)), np.zeros((4, 3)), np.zeros((4, 5)))
    with pytest.raises(ValueError, match=r"\(2, 5\), not \(2, 3\)"):
        attention.backward(np.zeros((2, 3)))
