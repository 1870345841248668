"""The transformer, written out: positions, attention in several heads, and the block.

A mask is an array of bool that broadcasts to (N, T, S), True where a query may look at a key.
The layers take their weights in the shapes and the order of Keras's ``get_weights``, so that
those of a trained layer fit.

Vaswani et al., "Attention is all you need" (2017), unless a function says otherwise.
"""

import numpy as np

from helpers.nn.attention import DotProductAttention
from helpers.reader import say


def positions(length: int, size: int) -> np.ndarray:
    """Give each place in a sentence a vector, of waves from short to long.

    Parameters
    ----------
    length : int
        How many places, from 0.
    size : int
        How many numbers for each, an even number: half sines, half cosines.

    Returns
    -------
    ndarray, (length, size) float32 in [-1, 1]
        Columns 2i and 2i + 1 are sin and cos of place / 10000^(2i / size).

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
    if size % 2:
        raise ValueError(
            say(
                en=f"size must be even, a sine and a cosine for each wave, not {size}.",
                ko="size는 짝수여야 합니다. 물결마다 사인과 코사인이 하나씩 필요합니다. "
                f"받은 값: {size}",
            )
        )
    rates = 10000.0 ** (-np.arange(0, size, 2) / size)
    angles = np.arange(length)[:, None] * rates
    waves = np.stack([np.sin(angles), np.cos(angles)], axis=-1)
    return waves.reshape(length, size).astype(np.float32)


class MultiHeadAttention:
    """Attention in H heads of K numbers each, as ``keras.layers.MultiHeadAttention``.

    Parameters
    ----------
    query, query_bias : ndarray, (D, H, K) and (H, K)
        They turn the one who looks into what it asks for, for each head.
    key, key_bias, value, value_bias : ndarray, of the same shapes
        They turn what is looked at into what it offers, and what it gives.
    output, output_bias : ndarray, (H, K, D) and (D,)
        They join what the heads found.

    Raises
    ------
    ValueError
        If the shapes do not fit each other.

    Notes
    -----
    Vaswani et al. (2017), section 3.2.2.

    Examples
    --------
    >>> one_head = np.eye(2)[:, None, :], np.zeros((1, 2))
    >>> attention = MultiHeadAttention(*one_head * 3, np.eye(2)[None], np.zeros(2))
    >>> x = np.array([[[1.0, 0], [0, 1]]])
    >>> outputs, weights = attention(x, x, mask=np.array([[True, False], [True, True]]))
    >>> weights.round(2)
    array([[[[1.  , 0.  ],
             [0.33, 0.67]]]])
    """

    def __init__(self, query, query_bias, key, key_bias, value, value_bias, output, output_bias):
        self._weights = [(query, query_bias), (key, key_bias), (value, value_bias)]
        self._output, self._output_bias = output, output_bias
        size, *heads = np.shape(query)
        shapes = [np.shape(array) for pair in self._weights for array in pair]
        shapes += [np.shape(output), np.shape(output_bias)]
        right = [(size, *heads), tuple(heads)] * 3 + [(*heads, size), (size,)]
        if len(heads) != 2 or shapes != right:
            raise ValueError(
                say(
                    en="The weights must have the shapes (D, H, K) and (H, K), three times, "
                    f"then (H, K, D) and (D,), not {shapes}.",
                    ko="가중치의 모양은 차례로 (D, H, K)와 (H, K)가 세 번, 그다음 (H, K, D)와 "
                    f"(D,)여야 합니다. 받은 모양: {shapes}",
                )
            )

    def __call__(self, x, memory, mask=None):
        """Let each vector of `x` look at those of `memory`.

        Parameters
        ----------
        x : ndarray, (N, T, D)
        memory : ndarray, (N, S, D)
            `x` itself in self-attention.
        mask : ndarray of bool, broadcasting to (N, T, S), optional
            Everything may be looked at if omitted.

        Returns
        -------
        outputs, weights : ndarray, (N, T, D) and ndarray, (N, H, T, S)
            The weights of each row add up to 1.

        Raises
        ------
        ValueError
            If the shapes do not fit, or the mask leaves a row nothing to look at.
        """
        queries, keys, values = (
            np.einsum("ntd,dhk->nhtk", source, weights) + bias[:, None, :]
            for source, (weights, bias) in zip((x, memory, memory), self._weights, strict=True)
        )
        mask = None if mask is None else np.asarray(mask)[..., None, :, :]  # alike in every head
        found, weights = DotProductAttention().forward(queries, keys, values, mask)
        return np.einsum("nhtk,hkd->ntd", found, self._output) + self._output_bias, weights


class LayerNormalization:
    """Bring each vector to mean 0 and deviation 1, then stretch and move it, as Keras's layer.

    Parameters
    ----------
    gamma, beta : ndarray, (D,)
        By how much each number is stretched and moved.
    epsilon : float
        Added to the variance, so that a vector of equal numbers is no division by 0.

    Notes
    -----
    Ba, Kiros and Hinton, "Layer normalization" (2016).

    Examples
    --------
    >>> LayerNormalization(np.ones(2), np.zeros(2), epsilon=0)(np.array([[3.0, 7], [-1, 1]]))
    array([[-1.,  1.],
           [-1.,  1.]])
    """

    def __init__(self, gamma, beta, epsilon=1e-3):
        self.gamma, self.beta, self.epsilon = gamma, beta, epsilon

    def __call__(self, x):
        """Return the normalised vectors, of the shape of `x` (..., D)."""
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = (centred**2).mean(axis=-1, keepdims=True)
        return centred / np.sqrt(variance + self.epsilon) * self.gamma + self.beta


class FeedForward:
    """Two dense layers with a ReLU between, for each vector by itself.

    Parameters
    ----------
    hidden, hidden_bias : ndarray, (D, F) and (F,)
    output, output_bias : ndarray, (F, D) and (D,)

    Examples
    --------
    >>> there, back = np.array([[1.0, -1]]), np.array([[2.0], [-2]])
    >>> double = FeedForward(there, np.zeros(2), back, np.zeros(1))
    >>> double(np.array([[3.0], [-4]]))
    array([[ 6.],
           [-8.]])
    """

    def __init__(self, hidden, hidden_bias, output, output_bias):
        self._hidden, self._hidden_bias = hidden, hidden_bias
        self._output, self._output_bias = output, output_bias

    def __call__(self, x):
        """Return vectors of the shape of `x` (..., D)."""
        hidden = np.maximum(x @ self._hidden + self._hidden_bias, 0)
        return hidden @ self._output + self._output_bias


class Block:
    """One block: look around, then think; after each step add what was there, and normalise.

    Parameters
    ----------
    attention : MultiHeadAttention
        Of the sentence to itself.
    feed_forward : FeedForward
    norms : sequence of LayerNormalization
        One behind each step: two, or three with `cross_attention`.
    cross_attention : MultiHeadAttention, optional
        Of a decoder to what the encoder made, between the other two steps.

    Examples
    --------
    >>> one_head = np.eye(2)[:, None, :], np.zeros((1, 2))
    >>> attention = MultiHeadAttention(*one_head * 3, np.eye(2)[None], np.zeros(2))
    >>> silent = FeedForward(np.zeros((2, 8)), np.zeros(8), np.zeros((8, 2)), np.zeros(2))
    >>> block = Block(attention, silent, [LayerNormalization(np.ones(2), np.zeros(2))] * 2)
    >>> block(np.array([[[1.0, 0], [0, 1]]])).round(1)
    array([[[ 1., -1.],
            [-1.,  1.]]])
    """

    def __init__(self, attention, feed_forward, norms, cross_attention=None):
        self._attention, self._cross_attention = attention, cross_attention
        self._feed_forward, self._norms = feed_forward, list(norms)
        steps = 2 + (cross_attention is not None)
        if len(self._norms) != steps:
            raise ValueError(
                say(
                    en=f"The block has {steps} steps: give it as many norms, not "
                    f"{len(self._norms)}.",
                    ko=f"블록이 {steps}단계이므로 norms도 {steps}개여야 합니다. "
                    f"받은 개수: {len(self._norms)}",
                )
            )

    def __call__(self, x, mask=None, memory=None, memory_mask=None):
        """Send sentences through the block.

        Parameters
        ----------
        x : ndarray, (N, T, D)
        mask : ndarray of bool, broadcasting to (N, T, T), optional
        memory, memory_mask : ndarray, (N, S, D) and (N, T, S) of bool
            What the encoder made, where there is a cross-attention.

        Returns
        -------
        ndarray, (N, T, D)
        """
        norms = iter(self._norms)
        x = next(norms)(x + self._attention(x, x, mask)[0])
        if self._cross_attention is not None:
            x = next(norms)(x + self._cross_attention(x, memory, memory_mask)[0])
        return next(norms)(x + self._feed_forward(x))
