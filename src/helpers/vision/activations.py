"""Activation functions: the bend between the layers, and the probabilities at the end."""

import numpy as np

from helpers.reader import say


def sigmoid(x):
    """Squash each number into 0..1: the answer to a yes-or-no question.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    ndarray
        1 / (1 + exp(-x)), of the shape of `x`; float32 unless `x` is of a wider kind.

    Notes
    -----
    Written as exp(-log(1 + exp(-x))), where no large number can overflow. Goodfellow,
    Bengio and Courville, *Deep Learning* (2016), equation 3.30.

    Examples
    --------
    >>> sigmoid(np.array([-1e4, 0, 1e4], np.float32))
    array([0. , 0.5, 1. ], dtype=float32)
    """
    return np.exp(-np.logaddexp(0, -_floats(x)))


def relu(x):
    """Set all below zero to zero: the usual bend between two layers.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    ndarray
        max(x, 0), of the shape and dtype of `x`.

    Notes
    -----
    Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines" (2010).

    Examples
    --------
    >>> relu([-2, 0, 3])
    array([0, 0, 3])
    """
    return np.maximum(x, 0)


def softmax(x, axis=-1):
    """Turn scores into probabilities that add up to 1: one answer out of many.

    Parameters
    ----------
    x : array_like
    axis : int
        The axis along which the probabilities add up to 1.

    Returns
    -------
    ndarray
        exp(x) / sum(exp(x)), of the shape of `x`; float32 unless `x` is of a wider kind.

    Raises
    ------
    ValueError
        If `x` has no such axis, or nothing along it.

    Notes
    -----
    The largest score is taken off first, which changes nothing in the quotient but keeps
    exp from overflowing. Goodfellow, Bengio and Courville, *Deep Learning* (2016),
    section 4.1.

    Examples
    --------
    >>> softmax(np.array([1e4, 1e4, -1e4], np.float32))
    array([0.5, 0.5, 0. ], dtype=float32)
    """
    x = _floats(x)
    if not -x.ndim <= axis < x.ndim or x.shape[axis] == 0:
        raise ValueError(
            say(
                en=f"axis must be an axis of x with something along it: x has the shape "
                f"{x.shape}, axis is {axis}.",
                ko="axis는 x에 있는, 비어 있지 않은 축이어야 합니다. "
                f"x의 모양: {x.shape}, 받은 axis: {axis}",
            )
        )
    exponentials = np.exp(x - x.max(axis, keepdims=True))
    return exponentials / exponentials.sum(axis, keepdims=True)


def _floats(x):
    """Give `x` as floats: of whole numbers without a sign, -x would wrap around."""
    x = np.asarray(x)
    return x.astype(np.result_type(x, np.float32), copy=False)
