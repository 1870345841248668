"""Data augmentation: digits as other hands would have written them."""

import numpy as np

#: The x and y of each pixel, (28, 28, 2).
_GRID = np.dstack(np.meshgrid(range(28), range(28))).astype(np.float32)


def distort(images: np.ndarray, rng: np.random.Generator, *, waves: float = 0.0) -> np.ndarray:
    """Rotate, slant, stretch and shift each digit, make it thicker or thinner, brighter or darker.

    With `waves`, each is bent too, as if drawn on rubber (elastic distortion).

    Parameters
    ----------
    images : ndarray, (N, 28, 28, 1) float32 in [0, 1]
    rng : numpy.random.Generator
    waves : float
        How far the rubber is pulled, in pixels: each point of a 5x5 lattice moves by a normal
        distribution, whose standard deviation is drawn anew for each digit, up to this.

    Returns
    -------
    ndarray, (N, 28, 28, 1) float32 in [0, 1]
        New images; rotated by up to 15 degrees, stretched by up to 15 % and shifted by up to
        2.5 pixels.

    Notes
    -----
    Elastic distortion is due to Simard, Steinkraus and Platt, "Best practices for convolutional
    neural networks applied to visual document analysis" (2003); they smooth a displacement of
    each pixel, and here a coarse lattice is interpolated.

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
    if waves:
        pulls = rng.uniform(0, waves, (num, 1, 1, 1)) * rng.normal(size=(num, 5, 5, 2))

    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    distorted = np.empty_like(images)
    for n in range(num):
        image = images[n, :, :, 0]
        other = cv2.dilate(image, cross) if thickness[n] > 0 else cv2.erode(image, cross)
        share = max(abs(thickness[n]) - 0.3, 0)  # some keep their width, and none disappears
        image = (1 - share) * image + share * other
        affine = np.c_[linear[n], shift[n]]
        if waves:
            moves = cv2.resize(pulls[n], (28, 28), interpolation=cv2.INTER_CUBIC)
            places = cv2.transform(_GRID, affine) + moves.astype(np.float32)
            distorted[n, :, :, 0] = cv2.remap(
                image, places[..., 0], places[..., 1], cv2.INTER_LINEAR
            )
        else:
            distorted[n, :, :, 0] = cv2.warpAffine(image, affine, (28, 28))
    return np.clip(distorted, 0, 1) ** gamma
