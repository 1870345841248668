"""Activation functions: the bend between two layers, and the probabilities at the end."""

import numpy as np
from numpy.typing import ArrayLike

from helpers.nn.checks import as_float_array, check_axis, check_mask


def sigmoid(x: ArrayLike) -> np.ndarray:
    """Squash each number into 0..1: the answer to a yes-or-no question.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    ndarray
        1 / (1 + exp(-x)), of the shape of `x`; float32 unless `x` has a wider dtype.

    Notes
    -----
    For negative `x` it is computed as exp(x) / (1 + exp(x)), which is the same number: exp gets
    no positive argument, so it cannot overflow. Goodfellow, Bengio and Courville, *Deep
    Learning* (2016), equation 3.30.

    Examples
    --------
    >>> sigmoid(np.array([-1e4, 0, 1e4], np.float32))
    array([0. , 0.5, 1. ], dtype=float32)
    """
    x = as_float_array(x)
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


def relu(x: ArrayLike) -> np.ndarray:
    """Set everything below zero to zero: the usual bend between two layers.

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


def softmax(x: ArrayLike, axis: int = -1, mask: ArrayLike | None = None) -> np.ndarray:
    """Turn scores into probabilities that add up to 1: one answer out of many.

    Parameters
    ----------
    x : array_like
    axis : int
        The axis along which the probabilities add up to 1.
    mask : array_like of bool, optional
        Broadcasts to the shape of `x`; where it is False, the probability is 0.

    Returns
    -------
    ndarray
        exp(x) / sum(exp(x)), of the shape of `x`; float32 unless `x` has a wider dtype.

    Raises
    ------
    ValueError
        If `x` has no such axis or it is empty, or if `mask` is not boolean, does not fit, or is
        False everywhere along the axis.

    Notes
    -----
    The largest score is subtracted first: the quotient stays the same, and exp cannot
    overflow. A masked score becomes minus infinity, whose exp is 0. Goodfellow, Bengio and
    Courville, *Deep Learning* (2016), section 4.1.

    Examples
    --------
    >>> softmax(np.array([1e4, 1e4, -1e4], np.float32))
    array([0.5, 0.5, 0. ], dtype=float32)
    >>> softmax([1, 1, 9], mask=[True, True, False])
    array([0.5, 0.5, 0. ])
    """
    x = as_float_array(x)
    check_axis(x, axis)
    if mask is not None:
        x = np.where(check_mask(mask, x.shape, axis), x, -np.inf)
    exponentials = np.exp(x - x.max(axis, keepdims=True))
    return exponentials / exponentials.sum(axis, keepdims=True)
