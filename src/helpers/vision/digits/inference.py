"""The trained network run by ONNX Runtime, without TensorFlow."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from helpers.models import open_onnx, unreadable
from helpers.paths import MODELS
from helpers.vision.digits.model import to_images

#: How many digits the network gets at once: their feature maps take 40 kB each.
BATCH_SIZE = 256

#: From digits, as `to_images` takes them, to probabilities (N, 10) float32.
Reader = Callable[[ArrayLike], np.ndarray]


def load_onnx(path: str | Path) -> Reader:
    """Load a model from an ONNX file.

    It reads in batches of `BATCH_SIZE`, so that its memory does not grow with the number of
    digits.

    Parameters
    ----------
    path : path

    Returns
    -------
    callable
        From digits, as `to_images` takes them, to probabilities (N, 10) float32. Several
        threads may call it at once.

    Raises
    ------
    DataError
        If the file is missing or damaged, or holds a network of another kind.

    Examples
    --------
    >>> reader = load_onnx(MODELS / "digits.onnx")
    >>> reader(np.zeros((2, 28, 28), np.uint8)).shape
    (2, 10)
    """
    session = open_onnx(path)
    inputs = session.get_inputs()
    if [one.shape[1:] for one in inputs] != [[28, 28, 1]]:
        raise unreadable(path)
    name = inputs[0].name

    def read(x: ArrayLike) -> np.ndarray:
        images = to_images(x)
        starts = range(0, max(len(images), 1), BATCH_SIZE)  # without digits: one empty batch
        batches = [
            session.run(None, {name: images[start : start + BATCH_SIZE]})[0] for start in starts
        ]
        return np.concatenate(batches)

    return read


@cache
def shipped_reader() -> Reader:
    """Return the network that the course ships; it is loaded once.

    Examples
    --------
    >>> from helpers.data import load_mnist
    >>> (_, _), (x_test, y_test) = load_mnist()
    >>> shipped_reader()(x_test[:4]).argmax(axis=1), y_test[:4]
    (array([7, 2, 1, 0]), array([7, 2, 1, 0], dtype=uint8))
    """
    return load_onnx(MODELS / "digits.onnx")
