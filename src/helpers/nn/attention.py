"""Attention: a soft dictionary, in which every query finds a little of everything.

A query is compared with each key, which gives a score; softmax turns the scores into weights
that add up to 1; the context that the query gets is the average of the values under these
weights. The two classes differ in how they compare.

All arrays may have axes in front, the same ones (examples, heads). A mask is boolean and says
True where a query may look; it must broadcast to the shape of the weights.
"""

import numpy as np
from numpy.typing import ArrayLike

from helpers.nn.activations import softmax
from helpers.nn.checks import as_float_array, check_gradient, check_shape
from helpers.nn.layer import Layer


class DotProductAttention(Layer):
    """Compare a query with a key by their dot product, ``keras.layers.Attention``.

    Parameters
    ----------
    scale : float, optional
        The factor of the dot products; 1 / sqrt(d) if omitted, where d is the length of a key.

    Notes
    -----
    Luong, Pham and Manning, "Effective approaches to attention-based neural machine
    translation" (2015) use the scale 1; Vaswani et al., "Attention is all you need" (2017),
    equation 1, use 1 / sqrt(d), which keeps the scores of long vectors near 1.

    Examples
    --------
    >>> attention = DotProductAttention(scale=1)
    >>> context, weights = attention.forward([[np.log(3)]], [[1], [0]], [[4], [8]])
    >>> weights, context
    (array([[0.75, 0.25]]), array([[5.]]))
    >>> grad_queries, grad_keys, grad_values = attention.backward([[1.0]])
    >>> grad_queries, grad_values
    (array([[-0.75]]), array([[0.75],
           [0.25]]))
    """

    def __init__(self, scale: float | None = None) -> None:
        self.scale = scale
        self._remembered = (np.empty((0, 0)),) * 4

    def forward(
        self,
        queries: ArrayLike,
        keys: ArrayLike,
        values: ArrayLike,
        mask: ArrayLike | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Look up every query.

        Parameters
        ----------
        queries : array_like, (..., num_queries, d)
        keys : array_like, (..., num_keys, d)
        values : array_like, (..., num_keys, d_values)
        mask : array_like of bool, optional
            Broadcasts to (..., num_queries, num_keys); True where a query may look.

        Returns
        -------
        context : ndarray, (..., num_queries, d_values)
        weights : ndarray, (..., num_queries, num_keys)
            In [0, 1]; each row adds up to 1.

        Raises
        ------
        ValueError
            If the shapes do not fit each other, or the mask leaves a query nothing to look at.
        """
        queries, keys, values = _checked(queries, keys, values)
        scores = self._scale(keys) * (queries @ keys.mT)
        weights = softmax(scores, mask=mask)
        self._remembered = queries, keys, values, weights
        return weights @ values, weights

    def backward(self, grad: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the gradients of the queries, keys and values of the latest `forward`.

        Parameters
        ----------
        grad : array_like, (..., num_queries, d_values)
            The gradient of the loss with respect to the context.

        Returns
        -------
        grad_queries, grad_keys, grad_values : ndarray
            Each of the shape of what it belongs to.
        """
        queries, keys, values, weights = self._remembered
        grad_scores, grad_values = _backward(grad, values, weights)
        grad_products = self._scale(keys) * grad_scores
        return grad_products @ keys, grad_products.mT @ queries, grad_values

    def _scale(self, keys: np.ndarray) -> float:
        # Python's float: NumPy's float64 would widen float32.
        return float(keys.shape[-1] ** -0.5 if self.scale is None else self.scale)


class AdditiveAttention(Layer):
    """Compare a query with a key by a small network, Bahdanau's: v . tanh(W q + U k).

    It is ``keras.layers.AdditiveAttention`` after two dense layers without bias.

    Parameters
    ----------
    w_query : ndarray, (d_query, units)
    w_key : ndarray, (d_key, units)
        W and U, transposed: a query or a key is a row here.
    v : ndarray, (units,)
        Keras calls it the scale.

    Attributes
    ----------
    grad_w_query, grad_w_key, grad_v : ndarray
        The gradient of the loss, set by `backward`, of the shapes of the parameters.

    Notes
    -----
    Bahdanau, Cho and Bengio, "Neural machine translation by jointly learning to align and
    translate" (2015), appendix A.1.2.

    Examples
    --------
    >>> attention = AdditiveAttention(np.eye(1), np.eye(1), np.array([2 * np.log(3)]))
    >>> query = np.log(3) / 2  # its tanh is 1/2
    >>> context, weights = attention.forward([[query]], [[0], [-query]], [[4], [8]])
    >>> weights.round(4), context.round(4)
    (array([[0.75, 0.25]]), array([[5.]]))
    """

    names = ("w_query", "w_key", "v")

    def __init__(self, w_query: ArrayLike, w_key: ArrayLike, v: ArrayLike) -> None:
        self.v = check_shape("v", as_float_array(v), "units")
        units = len(self.v)
        self.w_query = check_shape("w_query", as_float_array(w_query), f"d_query {units}")
        self.w_key = check_shape("w_key", as_float_array(w_key), f"d_key {units}")
        self.grad_w_query, self.grad_w_key = np.zeros_like(self.w_query), np.zeros_like(self.w_key)
        self.grad_v = np.zeros_like(self.v)
        self._remembered = (np.empty((0, 0)),) * 5

    def forward(
        self,
        queries: ArrayLike,
        keys: ArrayLike,
        values: ArrayLike,
        mask: ArrayLike | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Look up every query, as `DotProductAttention.forward` does.

        Queries are of length d_query here, keys of length d_key.
        """
        d_query, d_key = len(self.w_query), len(self.w_key)
        queries, keys, values = _checked(queries, keys, values, d_query, d_key)
        projected_queries = (queries @ self.w_query)[..., :, None, :]
        projected_keys = (keys @ self.w_key)[..., None, :, :]
        # Each query meets each key: (..., num_queries, num_keys, units).
        hidden = np.tanh(projected_queries + projected_keys)
        weights = softmax(hidden @ self.v, mask=mask)
        self._remembered = queries, keys, values, hidden, weights
        return weights @ values, weights

    def backward(self, grad: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Set the gradients of the parameters; return those of queries, keys and values."""
        queries, keys, values, hidden, weights = self._remembered
        grad_scores, grad_values = _backward(grad, values, weights)
        grad_scores = grad_scores[..., None]
        self.grad_v = _sum_in_front(grad_scores * hidden, 1)
        grad_sums = grad_scores * self.v * (1 - hidden**2)
        grad_projected_queries, grad_projected_keys = grad_sums.sum(-2), grad_sums.sum(-3)
        self.grad_w_query = _sum_in_front(queries.mT @ grad_projected_queries, 2)
        self.grad_w_key = _sum_in_front(keys.mT @ grad_projected_keys, 2)
        grad_queries = grad_projected_queries @ self.w_query.T
        grad_keys = grad_projected_keys @ self.w_key.T
        return grad_queries, grad_keys, grad_values


def causal_mask(length: int) -> np.ndarray:
    """Return the mask that lets each position look at itself and back, never ahead.

    Parameters
    ----------
    length : int

    Returns
    -------
    ndarray, (length, length) bool

    Examples
    --------
    >>> causal_mask(3).astype(int)
    array([[1, 0, 0],
           [1, 1, 0],
           [1, 1, 1]])
    """
    return np.tri(length, dtype=bool)


def padding_mask(ids: ArrayLike, pad: int = 0) -> np.ndarray:
    """Return the mask that lets every token look at all tokens but the padding.

    Parameters
    ----------
    ids : array_like of int, (N, S)
    pad : int
        The id of the padding.

    Returns
    -------
    ndarray, (N, 1, S) bool

    Examples
    --------
    >>> padding_mask([[7, 8, 3, 0, 0]])
    array([[[ True,  True,  True, False, False]]])
    """
    return (np.asarray(ids) != pad)[:, None, :]


def _checked(
    queries: ArrayLike,
    keys: ArrayLike,
    values: ArrayLike,
    d_query: int | None = None,
    d_key: int | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Check that the shapes fit; without `d_key`, keys must be as long as queries."""
    queries = check_shape("queries", as_float_array(queries), f"... num_queries {d_query or 'd'}")
    *front, _, d = queries.shape
    in_front = " ".join(map(str, front))
    keys = check_shape("keys", as_float_array(keys), f"{in_front} num_keys {d_key or d}")
    num_keys = keys.shape[-2]
    values = check_shape("values", as_float_array(values), f"{in_front} {num_keys} d_values")
    return queries, keys, values


def _backward(
    grad: ArrayLike, values: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the gradients of the scores and of the values."""
    grad = check_gradient(grad, (*weights.shape[:-1], values.shape[-1]))
    grad_weights = grad @ values.mT
    # A weight can grow only at the cost of the others: subtract the average of the row.
    average = (weights * grad_weights).sum(-1, keepdims=True)
    return weights * (grad_weights - average), weights.mT @ grad


def _sum_in_front(array: np.ndarray, num_kept: int) -> np.ndarray:
    """Add up along all axes but the last `num_kept`."""
    return array.sum(axis=tuple(range(array.ndim - num_kept)))
