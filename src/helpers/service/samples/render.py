"""Samples of MNIST as pictures of five inches, drawn when they are asked for."""

from functools import lru_cache

import cv2
import numpy as np

from helpers.data import load_mnist
from helpers.service.pictures import encode

SIZE = 500  # pixels: five inches at a hundred dots an inch
SIGMA = 15  # of the noise, in grey levels


def labels() -> np.ndarray:
    """Return the labels of the training images, (60000,) uint8."""
    (_, y_train), _ = load_mnist()
    return y_train


@lru_cache(maxsize=1024)
def draw(index: int, add_noise: bool, kind: str) -> bytes:
    """Draw a training image; the same arguments give the same bytes.

    Parameters
    ----------
    index : int
        0 to 59999.
    add_noise : bool
        Add Gaussian noise, clipped to 0..255; the index is its seed.
    kind : str
        ``"png"`` or ``"jpeg"``.
    """
    (x_train, _), _ = load_mnist()
    digit = x_train[index]
    if add_noise:
        noise = np.random.default_rng(index).normal(0, SIGMA, digit.shape)
        digit = np.clip(digit + noise, 0, 255).astype(np.uint8)
    return encode(cv2.resize(digit, (SIZE, SIZE), interpolation=cv2.INTER_NEAREST), kind)
