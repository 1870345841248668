"""Data augmentation: digits as other hands would have written them."""

import numpy as np


def distort(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rotate, slant, stretch and shift each digit, make it thicker or thinner, brighter or darker.

    Parameters
    ----------
    images : ndarray, (N, 28, 28, 1) float32 in [0, 1]
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, (N, 28, 28, 1) float32 in [0, 1]
        New images; rotated by up to 15 degrees, stretched by up to 15 % and shifted by up to
        2.5 pixels.

    Examples
    --------
    >>> images = np.zeros((2, 28, 28, 1), np.float32)
    >>> distort(images, np.random.default_rng(0)).shape
    (2, 28, 28, 1)
    """
    import cv2

    num = len(images)
    angle, slant = np.radians(rng.uniform(-15, 15, num)), rng.uniform(-0.2, 0.2, num)
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.stack([[cos, slant * cos - sin], [sin, slant * sin + cos]]).transpose(2, 0, 1)
    linear = rng.uniform(0.85, 1.15, (num, 2, 1)) * turn
    centre = np.full(2, 13.5)
    shift = centre - linear @ centre + rng.uniform(-2.5, 2.5, (num, 2))
    thickness = rng.uniform(-1, 1, num)
    gamma = np.exp(rng.uniform(-0.6, 0.6, (num, 1, 1, 1))).astype(np.float32)

    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    distorted = np.empty_like(images)
    for n in range(num):
        image = images[n, :, :, 0]
        other = cv2.dilate(image, cross) if thickness[n] > 0 else cv2.erode(image, cross)
        share = max(abs(thickness[n]) - 0.3, 0)  # some keep their width, and none disappears
        image = (1 - share) * image + share * other
        distorted[n, :, :, 0] = cv2.warpAffine(image, np.c_[linear[n], shift[n]], (28, 28))
    return np.clip(distorted, 0, 1) ** gamma
