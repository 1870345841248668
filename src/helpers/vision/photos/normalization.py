"""Draw a digit as those of MNIST are drawn."""

import cv2
import numpy as np
from numpy.typing import ArrayLike

from helpers.reader import say


def to_mnist(mask: ArrayLike, turn: float = 0.0) -> np.ndarray:
    """Draw a digit as in MNIST: 20 pixels at the longer side, its centre of mass at (14, 14).

    Parameters
    ----------
    mask : array_like, (h, w) bool or floats in [0, 1]
        The ink of one digit, cut to its box.
    turn : float, default 0
        Degrees to rotate it by, counter-clockwise.

    Returns
    -------
    ndarray, (28, 28) float32 in [0, 1]
        White ink on black.

    Examples
    --------
    >>> image = to_mnist(np.ones((40, 10)))
    >>> image.shape, float(image.sum())
    ((28, 28), 100.0)
    """
    if np.ndim(mask) != 2 or not np.any(mask):
        raise ValueError(
            say(
                en="mask must have rows and columns, and some ink in them; it has the shape "
                f"{np.shape(mask)}.",
                ko="mask는 행과 열이 있고 잉크가 있는 배열이어야 합니다. 받은 모양: "
                f"{np.shape(mask)}",
            )
        )
    small, centre = shrink(mask)
    return place(small, centre, turn)


def shrink(mask: ArrayLike) -> tuple[np.ndarray, tuple[float, float]]:
    """Return a digit with 20 pixels at the longer side, (h, w) float32, and its centre of mass."""
    mask = np.asarray(mask, np.float32)
    scale = 20 / max(mask.shape)
    height, width = (max(1, round(scale * side)) for side in mask.shape)
    small = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)
    # Not cv2.moments, which takes a picture two pixels wide for a list of points.
    across, down, ink = small.sum(axis=0), small.sum(axis=1), small.sum()
    return small, (float(across @ np.arange(width) / ink), float(down @ np.arange(height) / ink))


def place(small: np.ndarray, centre: tuple[float, float], turn: float) -> np.ndarray:
    """Draw a small digit into (28, 28) float32, rotated, its centre at pixel (14, 14)."""
    placed = cv2.getRotationMatrix2D(centre, turn, 1.0)
    shift = 14 - np.array(centre)
    placed[:, 2] += np.round(shift) if turn == 0 else shift  # whole pixels keep it sharp
    return np.clip(cv2.warpAffine(small, placed, (28, 28)), 0, 1)
