"""How well a model reads digits."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from helpers.vision.digits.model import labelled_images, to_images

#: How many digits a model gets at once: the feature maps of 10,000 would take half a gigabyte.
BATCH_SIZE = 1000


def probabilities(model: Callable[[np.ndarray], ArrayLike], x: ArrayLike) -> np.ndarray:
    """Return the probabilities that a model, from Keras or ONNX, computes for digits.

    Parameters
    ----------
    model : callable
        (N, 28, 28, 1) float32 to (N, 10).
    x : array_like
        Digits as `to_images` takes them.

    Returns
    -------
    ndarray, (N, 10) float32
        Each row adds up to 1.
    """
    images = to_images(x)
    starts = range(0, len(images), BATCH_SIZE)
    batches = [model(images[start : start + BATCH_SIZE]) for start in starts]
    return np.concatenate(batches) if batches else np.empty((0, 10), np.float32)


def evaluate(model: Callable[[np.ndarray], ArrayLike], x: ArrayLike, y: ArrayLike) -> float:
    """Return the accuracy of a model, from Keras or ONNX: the share of digits it reads right.

    Parameters
    ----------
    model : callable
        (N, 28, 28, 1) float32 to (N, 10).
    x, y : array_like
        Digits as `to_images` takes them, and their N labels.

    Returns
    -------
    float in [0, 1]

    Raises
    ------
    ValueError
        If digits and labels do not match.

    Examples
    --------
    >>> from helpers.data import load_mnist
    >>> from helpers.vision.digits.inference import shipped_reader
    >>> _, (x_test, y_test) = load_mnist()
    >>> evaluate(shipped_reader(), x_test, y_test) >= 0.995
    True
    """
    x, y = labelled_images(x, y)
    return float(np.mean(probabilities(model, x).argmax(axis=1) == y))
