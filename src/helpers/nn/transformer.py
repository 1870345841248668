"""The transformer, written out: positions, attention in several heads, and the blocks.

A mask is an array of bool that broadcasts to (N, T, S), True where a query may look at a key.
The layers take their weights in the shapes and the order of Keras's ``get_weights``, so that
those of a trained layer fit.

Vaswani et al., "Attention is all you need" (2017), unless a class says otherwise.
"""

import numpy as np
from numpy.typing import ArrayLike

from helpers.nn.attention import DotProductAttention
from helpers.nn.checks import as_float_array, check_even, check_gradient, check_shape
from helpers.nn.dense import Dense, ReLU, backward, forward
from helpers.nn.layer import Layer


def positions(length: int, size: int) -> np.ndarray:
    """Give each position in a sentence a vector, made of waves from short to long.

    Parameters
    ----------
    length : int
        How many positions, from 0.
    size : int
        How many numbers for each, an even number: half sines, half cosines.

    Returns
    -------
    ndarray, (length, size) float32 in [-1, 1]
        Columns 2i and 2i + 1 are sin and cos of position / 10000^(2i / size).

    Raises
    ------
    ValueError
        If `size` is odd.

    Notes
    -----
    Vaswani et al. (2017), section 3.5.

    Examples
    --------
    >>> positions(3, 4).round(2)
    array([[ 0.  ,  1.  ,  0.  ,  1.  ],
           [ 0.84,  0.54,  0.01,  1.  ],
           [ 0.91, -0.42,  0.02,  1.  ]], dtype=float32)
    """
    check_even("size", size)
    rates = 10000.0 ** (-np.arange(0, size, 2) / size)
    angles = np.arange(length)[:, None] * rates
    waves = np.stack([np.sin(angles), np.cos(angles)], axis=-1)
    return waves.reshape(length, size).astype(np.float32)


class MultiHeadAttention(Layer):
    """Attention in H heads of K numbers each, as ``keras.layers.MultiHeadAttention``.

    Parameters
    ----------
    query, query_bias : array_like, (D, H, K) and (H, K)
        They turn the vector that looks into its queries, one for each head.
    key, key_bias, value, value_bias : array_like, of the same shapes
        They turn a vector that is looked at into its keys and its values.
    output, output_bias : array_like, (H, K, D) and (D,)
        They join what the heads found.

    Raises
    ------
    ValueError
        If the shapes do not fit each other.

    Notes
    -----
    Vaswani et al. (2017), section 3.2.2. Each of the four steps is a `Dense` layer, whose
    outputs (or inputs) are the heads side by side.

    Examples
    --------
    >>> one_head = np.eye(2)[:, None, :], np.zeros((1, 2))
    >>> attention = MultiHeadAttention(*one_head * 3, np.eye(2)[None], np.zeros(2))
    >>> x = np.array([[[1.0, 0], [0, 1]]])
    >>> outputs, weights = attention.forward(x, x, mask=[[True, False], [True, True]])
    >>> weights.round(2)
    array([[[[1.  , 0.  ],
             [0.33, 0.67]]]])
    """

    def __init__(
        self,
        query: ArrayLike,
        query_bias: ArrayLike,
        key: ArrayLike,
        key_bias: ArrayLike,
        value: ArrayLike,
        value_bias: ArrayLike,
        output: ArrayLike,
        output_bias: ArrayLike,
    ) -> None:
        size, num_heads, head_size = check_shape("query", query, "D H K").shape
        sizes = {"D": size, "H": num_heads, "K": head_size}
        self.num_heads = num_heads
        self.query = _dense("query", query, "D H K", query_bias, "H K", **sizes)
        self.key = _dense("key", key, "D H K", key_bias, "H K", **sizes)
        self.value = _dense("value", value, "D H K", value_bias, "H K", **sizes)
        self.output = _dense("output", output, "H K D", output_bias, "D", **sizes)
        self.parts = self.query, self.key, self.value, self.output
        self.attention = DotProductAttention()

    def forward(
        self, x: ArrayLike, memory: ArrayLike, mask: ArrayLike | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Let each vector of `x` look at those of `memory`.

        Parameters
        ----------
        x : array_like, (N, T, D)
        memory : array_like, (N, S, D)
            `x` itself in self-attention.
        mask : array_like of bool, broadcasting to (N, T, S), optional
            If omitted, everything may be looked at.

        Returns
        -------
        outputs, weights : ndarray, (N, T, D) and ndarray, (N, H, T, S)
            The weights of each row add up to 1.

        Raises
        ------
        ValueError
            If the shapes do not fit, or the mask leaves a row nothing to look at.
        """
        x, memory = check_shape("x", x, "N T D"), check_shape("memory", memory, "N S D")
        queries = self._split_heads(self.query.forward(x))
        keys = self._split_heads(self.key.forward(memory))
        values = self._split_heads(self.value.forward(memory))
        if mask is not None:
            mask = np.asarray(mask)[..., None, :, :]  # the same for every head
        found, weights = self.attention.forward(queries, keys, values, mask)
        return self.output.forward(_join_heads(found)), weights

    def backward(self, grad: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Set the gradients of the weights; return those of `x` and of `memory`.

        Where `x` looks at itself, its gradient is the sum of the two.
        """
        grad_found = self._split_heads(self.output.backward(grad))
        grad_queries, grad_keys, grad_values = self.attention.backward(grad_found)
        grad_x = self.query.backward(_join_heads(grad_queries))
        grad_memory = self.key.backward(_join_heads(grad_keys))
        grad_memory += self.value.backward(_join_heads(grad_values))
        return grad_x, grad_memory

    def _split_heads(self, x: np.ndarray) -> np.ndarray:
        """(N, T, H * K) -> (N, H, T, K)."""
        return x.reshape(*x.shape[:2], self.num_heads, -1).swapaxes(1, 2)


def _join_heads(x: np.ndarray) -> np.ndarray:
    """(N, H, T, K) -> (N, T, H * K)."""
    num, _, length, _ = x.shape
    return x.swapaxes(1, 2).reshape(num, length, -1)


def _dense(
    name: str, weights: ArrayLike, axes: str, bias: ArrayLike, bias_axes: str, **sizes: int
) -> Dense:
    """Make a `Dense` layer of weights whose heads have an axis of their own."""
    weights = check_shape(name, as_float_array(weights), axes, **sizes)
    bias = check_shape(f"{name}_bias", as_float_array(bias), bias_axes, **sizes)
    return Dense(weights.reshape(-1, bias.size), bias.reshape(-1))


class LayerNormalization(Layer):
    """Bring each vector to mean 0 and deviation 1, then scale and shift it, as Keras's layer.

    Parameters
    ----------
    gamma, beta : array_like, (D,)
        The scale and the shift of each number.
    epsilon : float
        Added to the variance, so that a vector of equal numbers is not divided by 0.

    Notes
    -----
    Ba, Kiros and Hinton, "Layer normalization" (2016).

    Examples
    --------
    >>> norm = LayerNormalization(np.ones(2), np.zeros(2), epsilon=0)
    >>> norm.forward(np.array([[3.0, 7], [-1, 1]]))
    array([[-1.,  1.],
           [-1.,  1.]])
    """

    names = ("gamma", "beta")

    def __init__(self, gamma: ArrayLike, beta: ArrayLike, epsilon: float = 1e-3) -> None:
        self.gamma = check_shape("gamma", as_float_array(gamma), "D")
        self.beta = check_shape("beta", as_float_array(beta), f"{len(self.gamma)}")
        self.grad_gamma, self.grad_beta = np.zeros_like(self.gamma), np.zeros_like(self.beta)
        self.epsilon = epsilon
        self._normalized = self._deviation = np.empty(0)

    def forward(self, x: ArrayLike) -> np.ndarray:
        """Return the normalized vectors, of the shape of `x` (..., D)."""
        x = check_shape("x", x, f"... {len(self.gamma)}")
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = (centred**2).mean(axis=-1, keepdims=True)
        self._deviation = np.sqrt(variance + self.epsilon)
        self._normalized = centred / self._deviation
        return self._normalized * self.gamma + self.beta

    def backward(self, grad: ArrayLike) -> np.ndarray:
        """Set `grad_gamma` and `grad_beta`; return the gradient of `x`."""
        normalized = self._normalized
        grad = check_gradient(grad, normalized.shape)
        in_front = tuple(range(grad.ndim - 1))
        self.grad_gamma = (grad * normalized).sum(axis=in_front)
        self.grad_beta = grad.sum(axis=in_front)
        grad_normalized = grad * self.gamma
        # Mean and deviation stay the same: what would change them is subtracted.
        shift = grad_normalized.mean(axis=-1, keepdims=True)
        stretch = normalized * (grad_normalized * normalized).mean(axis=-1, keepdims=True)
        return (grad_normalized - shift - stretch) / self._deviation


class FeedForward(Layer):
    """Two dense layers with a ReLU between them, for each vector separately.

    Parameters
    ----------
    hidden, hidden_bias : array_like, (D, F) and (F,)
    output, output_bias : array_like, (F, D) and (D,)

    Examples
    --------
    >>> there, back = np.array([[1.0, -1]]), np.array([[2.0], [-2]])
    >>> double = FeedForward(there, np.zeros(2), back, np.zeros(1))
    >>> double.forward(np.array([[3.0], [-4]]))
    array([[ 6.],
           [-8.]])
    """

    def __init__(
        self,
        hidden: ArrayLike,
        hidden_bias: ArrayLike,
        output: ArrayLike,
        output_bias: ArrayLike,
    ) -> None:
        self.parts = Dense(hidden, hidden_bias), ReLU(), Dense(output, output_bias)

    def forward(self, x: ArrayLike) -> np.ndarray:
        """Return vectors of the shape of `x` (..., D)."""
        return forward(self.parts, x)

    def backward(self, grad: ArrayLike) -> np.ndarray:
        """Set the gradients of the weights; return the one of `x`."""
        return backward(self.parts, grad)


class Block(Layer):
    """One block: look around, then think; after each step, add the input and normalize.

    Parameters
    ----------
    attention : MultiHeadAttention
        Of the sentence to itself.
    attention_norm : LayerNormalization
    feed_forward : FeedForward
    feed_forward_norm : LayerNormalization

    Examples
    --------
    >>> one_head = np.eye(2)[:, None, :], np.zeros((1, 2))
    >>> attention = MultiHeadAttention(*one_head * 3, np.eye(2)[None], np.zeros(2))
    >>> silent = FeedForward(np.zeros((2, 8)), np.zeros(8), np.zeros((8, 2)), np.zeros(2))
    >>> norm_1, norm_2 = (LayerNormalization(np.ones(2), np.zeros(2)) for _ in range(2))
    >>> block = Block(attention, norm_1, silent, norm_2)
    >>> block.forward(np.array([[[1.0, 0], [0, 1]]])).round(1)
    array([[[ 1., -1.],
            [-1.,  1.]]])
    """

    def __init__(
        self,
        attention: MultiHeadAttention,
        attention_norm: LayerNormalization,
        feed_forward: FeedForward,
        feed_forward_norm: LayerNormalization,
    ) -> None:
        self.attention, self.attention_norm = attention, attention_norm
        self.feed_forward, self.feed_forward_norm = feed_forward, feed_forward_norm
        self.parts = attention, attention_norm, feed_forward, feed_forward_norm

    def forward(self, x: ArrayLike, mask: ArrayLike | None = None) -> np.ndarray:
        """Send sentences through the block.

        Parameters
        ----------
        x : array_like, (N, T, D)
        mask : array_like of bool, broadcasting to (N, T, T), optional

        Returns
        -------
        ndarray, (N, T, D)
        """
        looked, _ = self.attention.forward(x, x, mask)
        x = self.attention_norm.forward(x + looked)
        return self.feed_forward_norm.forward(x + self.feed_forward.forward(x))

    def backward(self, grad: ArrayLike) -> np.ndarray:
        """Set the gradients of all parts; return the one of `x`."""
        grad = self.feed_forward_norm.backward(grad)
        grad = grad + self.feed_forward.backward(grad)  # past the step, and through it
        grad = self.attention_norm.backward(grad)
        grad_x, grad_memory = self.attention.backward(grad)
        return grad + grad_x + grad_memory


class DecoderBlock(Layer):
    """A block of a decoder: between the two steps it looks at what the encoder made.

    Parameters
    ----------
    attention : MultiHeadAttention
        Of the sentence to itself.
    attention_norm : LayerNormalization
    cross_attention : MultiHeadAttention
        Of the sentence to what the encoder made.
    cross_attention_norm : LayerNormalization
    feed_forward : FeedForward
    feed_forward_norm : LayerNormalization
    """

    def __init__(
        self,
        attention: MultiHeadAttention,
        attention_norm: LayerNormalization,
        cross_attention: MultiHeadAttention,
        cross_attention_norm: LayerNormalization,
        feed_forward: FeedForward,
        feed_forward_norm: LayerNormalization,
    ) -> None:
        self.attention, self.attention_norm = attention, attention_norm
        self.cross_attention = cross_attention
        self.cross_attention_norm = cross_attention_norm
        self.feed_forward, self.feed_forward_norm = feed_forward, feed_forward_norm
        self.parts = (
            attention,
            attention_norm,
            cross_attention,
            cross_attention_norm,
            feed_forward,
            feed_forward_norm,
        )

    def forward(
        self,
        x: ArrayLike,
        memory: ArrayLike,
        mask: ArrayLike | None = None,
        memory_mask: ArrayLike | None = None,
    ) -> np.ndarray:
        """Send sentences through the block.

        Parameters
        ----------
        x : array_like, (N, T, D)
        memory : array_like, (N, S, D)
            What the encoder made.
        mask, memory_mask : array_like of bool, broadcasting to (N, T, T) and (N, T, S), optional

        Returns
        -------
        ndarray, (N, T, D)
        """
        looked, _ = self.attention.forward(x, x, mask)
        x = self.attention_norm.forward(x + looked)
        looked, _ = self.cross_attention.forward(x, memory, memory_mask)
        x = self.cross_attention_norm.forward(x + looked)
        return self.feed_forward_norm.forward(x + self.feed_forward.forward(x))

    def backward(self, grad: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Set the gradients of all parts; return those of `x` and of `memory`."""
        grad = self.feed_forward_norm.backward(grad)
        grad = grad + self.feed_forward.backward(grad)
        grad = self.cross_attention_norm.backward(grad)
        grad_x, grad_memory = self.cross_attention.backward(grad)
        grad = self.attention_norm.backward(grad + grad_x)
        grad_queries, grad_keys = self.attention.backward(grad)
        return grad + grad_queries + grad_keys, grad_memory
