"""Attention: a soft dictionary, in which every query finds a little of everything.

A query is compared with each key, which gives a score; softmax turns the scores into weights
that add up to 1; what the query finds, the context, is the average of the values under these
weights. The two classes differ in how they compare. Each has a `forward`, which remembers what
it needs for the way back, and a `backward`, which takes the gradient of the loss with respect
to the context.

All arrays may have axes in front, the same ones (examples, heads). A mask is boolean and says
True where a query may look; it fits if it broadcasts to the shape of the weights.
"""

import numpy as np

from helpers.nn.activations import softmax
from helpers.nn.checks import as_float_array
from helpers.reader import say


class DotProductAttention:
    """Compare a query with a key by their dot product, ``keras.layers.Attention``.

    Parameters
    ----------
    scale : float, optional
        What the dot products are multiplied by; 1 / sqrt(d) if it is not given, where d is
        the length of a key.

    Notes
    -----
    Luong, Pham and Manning, "Effective approaches to attention-based neural machine
    translation" (2015) have the scale 1; Vaswani et al., "Attention is all you need" (2017),
    equation 1, have 1 / sqrt(d), which keeps the scores of long vectors near 1.

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

    def __init__(self, scale=None):
        self.scale = scale
        self._remembered = (np.empty((0, 0)),) * 4

    def forward(self, queries, keys, values, mask=None):
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
        queries, keys, values = _checked(queries, keys, values, same_length=True)
        weights = softmax(self._scale(keys) * (queries @ keys.mT), mask=mask)
        self._remembered = queries, keys, values, weights
        return weights @ values, weights

    def backward(self, grad):
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

    def _scale(self, keys):
        # A plain float: NumPy's own would widen float32.
        return float(keys.shape[-1] ** -0.5 if self.scale is None else self.scale)


class AdditiveAttention:
    """Compare a query with a key by a small network, Bahdanau's: v . tanh(W q + U k).

    It is ``keras.layers.AdditiveAttention`` behind two dense layers without bias.

    Parameters
    ----------
    w_query : ndarray, (d_query, units)
    w_key : ndarray, (d_key, units)
        W and U, transposed to stand behind rows.
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

    def __init__(self, w_query, w_key, v):
        w_query, w_key, v = map(as_float_array, (w_query, w_key, v))
        two_axes = w_query.ndim == w_key.ndim == 2
        if not (two_axes and w_query.shape[1:] == w_key.shape[1:] == v.shape):
            raise ValueError(
                say(
                    en="w_query must have the shape (d_query, units), w_key (d_key, units) and v "
                    f"(units,), not {w_query.shape}, {w_key.shape} and {v.shape}.",
                    ko="w_query의 모양은 (d_query, units), w_key는 (d_key, units), v는 "
                    f"(units,)여야 합니다. 받은 모양: {w_query.shape}, {w_key.shape}, {v.shape}",
                )
            )
        self.w_query, self.w_key, self.v = w_query, w_key, v
        self._remembered = (np.empty((0, 0)),) * 5

    def forward(self, queries, keys, values, mask=None):
        """Look up every query, as `DotProductAttention.forward` does.

        Queries are of length d_query here, keys of length d_key.
        """
        queries, keys, values = _checked(queries, keys, values, same_length=False)
        # Each query meets each key: (..., num_queries, num_keys, units).
        hidden = np.tanh(
            (queries @ self.w_query)[..., :, None, :] + (keys @ self.w_key)[..., None, :, :]
        )
        weights = softmax(hidden @ self.v, mask=mask)
        self._remembered = queries, keys, values, hidden, weights
        return weights @ values, weights

    def backward(self, grad):
        """Set the gradients of the parameters; return those that the dot product returns."""
        queries, keys, values, hidden, weights = self._remembered
        grad_scores, grad_values = _backward(grad, values, weights)
        grad_scores = grad_scores[..., None]
        self.grad_v = _sum_in_front(grad_scores * hidden, 1)
        grad_sums = grad_scores * self.v * (1 - hidden**2)
        grad_projected_queries, grad_projected_keys = grad_sums.sum(-2), grad_sums.sum(-3)
        self.grad_w_query = _sum_in_front(queries.mT @ grad_projected_queries, 2)
        self.grad_w_key = _sum_in_front(keys.mT @ grad_projected_keys, 2)
        return (
            grad_projected_queries @ self.w_query.T,
            grad_projected_keys @ self.w_key.T,
            grad_values,
        )


def causal_mask(length):
    """Return the mask under which each place looks at itself and back, never ahead.

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


def padding_mask(ids, pad=0) -> np.ndarray:
    """Let every token look at all but the padding.

    Parameters
    ----------
    ids : array_like of int, (N, S)
        Filled up with `pad`.
    pad : int

    Returns
    -------
    ndarray, (N, 1, S) bool

    Examples
    --------
    >>> padding_mask([[7, 8, 3, 0, 0]])
    array([[[ True,  True,  True, False, False]]])
    """
    return (np.asarray(ids) != pad)[:, None, :]


def _backward(grad, values, weights):
    """Return the gradients of the scores and of the values."""
    grad = np.asarray(grad)
    shape = (*weights.shape[:-1], values.shape[-1])
    if grad.shape != shape:
        raise ValueError(
            say(
                en=f"grad must have the shape of the latest context, {shape}, not {grad.shape}: "
                "run forward first.",
                ko=f"grad의 모양은 forward가 마지막으로 낸 context의 모양 {shape}와(과) 같아야 "
                f"합니다. 먼저 forward를 실행하십시오. 받은 모양: {grad.shape}",
            )
        )
    grad_weights = grad @ values.mT
    # A weight can grow only at the cost of the others: the average of the row is taken off.
    average = (weights * grad_weights).sum(-1, keepdims=True)
    return weights * (grad_weights - average), weights.mT @ grad


def _sum_in_front(array, kept):
    """Add up along all axes but the last `kept`."""
    return array.sum(axis=tuple(range(array.ndim - kept)))


def _checked(queries, keys, values, *, same_length):
    arrays = queries, keys, values = tuple(map(as_float_array, (queries, keys, values)))
    fits = (
        all(array.ndim >= 2 for array in arrays)
        and keys.shape[:-1] == values.shape[:-1]
        and queries.shape[:-2] == keys.shape[:-2]
        and (not same_length or queries.shape[-1] == keys.shape[-1])
    )
    if not fits:
        d_query, d_key = ("d", "d") if same_length else ("d_query", "d_key")
        raise ValueError(
            say(
                en=f"queries must have the shape (..., num_queries, {d_query}), keys (..., "
                f"num_keys, {d_key}) and values (..., num_keys, d_values), with the same axes "
                f"in front, not {queries.shape}, {keys.shape} and {values.shape}.",
                ko=f"queries의 모양은 (..., num_queries, {d_query}), keys는 (..., num_keys, "
                f"{d_key}), values는 (..., num_keys, d_values)이고 앞쪽 축은 서로 같아야 합니다. "
                f"받은 모양: {queries.shape}, {keys.shape}, {values.shape}",
            )
        )
    return arrays
